//! The package `xtask`, which pins the tool.

use super::choices::Choices;
use super::dependency::Dependency;
use super::draft::Draft;
use super::error::InitError;
use super::members::add_member;

const FOLDER: &str = "xtask";
const MANIFEST: &str = include_str!("templates/xtask.toml");
const MAIN: &str = include_str!("templates/xtask.rs");

/// What calls the tool from code.
const CALL: &str = "memgate_runner::run(";

/// Plans the package, and gives its folder.
pub(super) fn plan(draft: &mut Draft<'_>, choices: &Choices) -> Result<String, InitError> {
    let folder = draft.found.xtask_folder.clone().unwrap_or_else(|| FOLDER.to_owned());
    let (manifest, main) = (format!("{folder}/Cargo.toml"), format!("{folder}/src/main.rs"));
    let absolute = draft.found.root.join(&folder);
    let dependency = Dependency::Runner.value(&choices.source, &absolute).to_string();
    let dependency = format!("{} = {}", Dependency::Runner.package(), dependency.trim());
    match (draft.found.text(&manifest), draft.found.text(&main)) {
        // One is there; it is ours as soon as it hands over, and the user's own besides.
        (Some(there), main_there) if there != manifest_text(&dependency) => {
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
            draft.file(&manifest, manifest_text(&dependency), "");
            draft.file(&main, MAIN.to_owned(), "rename your own file, or use --no-xtask");
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

fn manifest_text(dependency: &str) -> String {
    MANIFEST.replace("@dependency@", dependency)
}
