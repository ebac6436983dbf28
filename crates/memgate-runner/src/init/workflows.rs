//! The workflows for GitHub.

use super::choices::Choices;
use super::draft::Draft;

/// Where they lie. The last is written when somebody asks for it, since it may write to the repository.
pub(super) const PATHS: [&str; 3] = [
    ".github/workflows/memgate.yml",
    ".github/workflows/memgate-comment.yml",
    ".github/workflows/memgate-history.yml",
];

const MEASURE: &str = include_str!("templates/memgate.yml");
const COMMENT: &str = include_str!("templates/memgate-comment.yml");
const HISTORY: &str = include_str!("templates/memgate-history.yml");

/// Gets the tool where the project has no xtask: the version that wrote the workflow, so that runs do not differ by it.
const INSTALL: &str = concat!(
    "\n      - name: Install the tool\n        run: cargo install --locked memgate-runner@",
    env!("CARGO_PKG_VERSION")
);

/// Plans them. The tool is the xtask in a folder, or installed.
pub(super) fn plan(draft: &mut Draft<'_>, choices: &Choices, xtask_folder: Option<&str>) {
    const ADVICE: &str =
        "keep your own with --no-workflows, or move it away and take over by hand what you changed";
    let wanted = if choices.history { PATHS.len() } else { PATHS.len() - 1 };
    for (path, text) in PATHS.into_iter().zip(render(xtask_folder)).take(wanted) {
        draft.file(path, text, ADVICE);
    }
}

/// The texts of all.
fn render(xtask_folder: Option<&str>) -> [String; 3] {
    let (install, measure, comment) = match xtask_folder {
        // By its manifest, because `--features` is refused in the root of some workspaces.
        Some(folder) => (
            String::new(),
            "cargo xtask memgate".to_owned(),
            format!(
                "cargo run --quiet --manifest-path {folder}/Cargo.toml --features memgate-runner/github -- memgate"
            ),
        ),
        None => (INSTALL.to_owned(), "cargo memgate".to_owned(), "cargo memgate".to_owned()),
    };
    let with_github = if install.is_empty() { String::new() } else { format!("{install} --features github") };
    [
        MEASURE.replace("@install@", &install).replace("@memgate@", &measure),
        COMMENT.replace("@install@", &with_github).replace("@memgate@", &comment),
        HISTORY.replace("@install@", &install).replace("@memgate@", &measure),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_repository_has_what_it_gives_to_others() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for (path, text) in PATHS.into_iter().zip(render(Some("xtask"))) {
            assert_eq!(std::fs::read_to_string(root.join(path)).unwrap(), text, "{path}");
        }
    }
}
