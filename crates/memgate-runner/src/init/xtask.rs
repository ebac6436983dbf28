//! The package `xtask`, which pins the tool.

use std::path::Path;

use toml_edit::{InlineTable, Value};

use super::choices::{Choices, Source};
use super::dependency::Dependency;
use super::draft::Draft;
use super::error::InitError;
use super::line_ends::same;
use super::members::add_member;

const FOLDER: &str = "xtask";
const MANIFEST: &str = include_str!("templates/xtask.toml");

/// The sources, by their paths below the folder.
const SOURCES: [(&str, &str); 3] = [
    ("src/main.rs", include_str!("templates/xtask.rs")),
    ("src/launch.rs", include_str!("templates/xtask_launch.rs")),
    ("src/memgate.rs", include_str!("templates/xtask_memgate.rs")),
];

/// What calls the tool from code.
const CALL: &str = "memgate_runner::run(";

/// Plans the package, and gives its folder.
pub(super) fn plan(draft: &mut Draft<'_>, choices: &Choices) -> Result<String, InitError> {
    let folder = draft.found.xtask_folder.clone().unwrap_or_else(|| FOLDER.to_owned());
    let (manifest, main) = (format!("{folder}/Cargo.toml"), format!("{folder}/src/main.rs"));
    let absolute = draft.found.root.join(&folder);
    let wanted = manifest_text(&choices.source, &absolute);
    match (draft.found.text(&manifest), draft.found.text(&main)) {
        // One is there; it is ours as soon as it hands over, and the user's own besides.
        (Some(there), main_there) if !same(there, &wanted) => {
            let dependency = Dependency::Runner.value(&choices.source, &absolute).to_string();
            let dependency = format!("{} = {}", Dependency::Runner.package(), dependency.trim());
            let sources = format!("{folder}/src/");
            let mut texts = draft.found.files.iter().filter(|(path, _)| path.starts_with(&sources));
            let calls = texts.any(|(_, text)| text.contains(CALL));
            if !there.contains(Dependency::Runner.package()) {
                draft.refuse(
                    &manifest,
                    format!("there is an xtask already; add to its [dependencies]: {dependency}{OR_WITHOUT}"),
                );
            }
            if !calls && main_there.is_some() {
                draft.refuse(
                    &main,
                    format!(
                        "there is an xtask already; have it hand over when its first argument is `memgate`, with the \
                         arguments after that, and use what comes back as the exit code: \
                         {CALL}\"cargo xtask memgate\", arguments){OR_WITHOUT}"
                    ),
                );
            }
        }
        _ => {
            draft.file(&manifest, wanted, "");
            for (path, text) in SOURCES {
                draft.file(
                    &format!("{folder}/{path}"),
                    text.to_owned(),
                    "rename your own file, or use --no-xtask",
                );
            }
        }
    }
    if draft.found.xtask_folder.is_none()
        && let Err(problem) = add_member(draft.document("Cargo.toml")?, &folder)
    {
        draft.refuse("Cargo.toml", problem);
    }
    Ok(folder)
}

const OR_WITHOUT: &str = "; or leave it as it is, and call the tool `cargo memgate` with --no-xtask";

fn manifest_text(source: &Source, folder: &Path) -> String {
    let (key, origin) = Dependency::Runner.origin(source, folder);
    let value = InlineTable::from_iter([(key, Value::from(origin)), ("optional", true.into())]);
    MANIFEST.replace("@dependency@", &format!("{} = {value}", Dependency::Runner.package()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_repository_has_what_it_gives_to_others() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../xtask");
        // Its main has tasks besides.
        for (path, text) in SOURCES.into_iter().skip(1) {
            assert_eq!(std::fs::read_to_string(root.join(path)).unwrap(), text, "{path}");
        }
    }
}
