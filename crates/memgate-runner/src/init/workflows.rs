//! The workflows for GitHub.

use super::draft::Draft;

/// Where they lie.
pub(super) const PATHS: [&str; 2] =
    [".github/workflows/memgate.yml", ".github/workflows/memgate-comment.yml"];

const MEASURE: &str = include_str!("templates/memgate.yml");
const COMMENT: &str = include_str!("templates/memgate-comment.yml");

/// Gets the tool where the project has no xtask: the version that wrote the workflow, so that runs do not differ by it.
const INSTALL: &str = concat!(
    "\n      - name: Install the tool\n        run: cargo install --locked memgate-runner@",
    env!("CARGO_PKG_VERSION")
);

/// Plans both. The tool is the xtask in a folder, or installed.
pub(super) fn plan(draft: &mut Draft<'_>, xtask_folder: Option<&str>) {
    const ADVICE: &str =
        "keep your own with --no-workflows, or move it away and take over by hand what you changed";
    for (path, text) in PATHS.into_iter().zip(render(xtask_folder)) {
        draft.file(path, text, ADVICE);
    }
}

/// The texts of both.
fn render(xtask_folder: Option<&str>) -> [String; 2] {
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
    ]
}
