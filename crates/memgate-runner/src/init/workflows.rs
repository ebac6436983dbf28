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

/// The condition of that step where the tool may not be needed.
const ONLY_WHEN_NEEDED: &str = "\n        if: steps.look.outputs.needed == 'true'";

/// Plans them. The tool is the xtask in a folder, or installed.
pub(super) fn plan(draft: &mut Draft<'_>, choices: &Choices, xtask_folder: Option<&str>) {
    const ADVICE: &str =
        "keep your own with --no-workflows, or move it away and take over by hand what you changed";
    let wanted = if choices.history { PATHS.len() } else { PATHS.len() - 1 };
    for (path, text) in PATHS.into_iter().zip(render(xtask_folder)).take(wanted) {
        draft.file(path, text, ADVICE);
    }
}

/// What has to be said of a host, as far as it is known: not all of what the workflows use is there on all of them.
pub(super) fn note_of_host(host: Option<&str>) -> Option<String> {
    // Enterprise Cloud with data residency has names of its own, and all that github.com has.
    let host = host.filter(|host| *host != "github.com" && !host.ends_with(".ghe.com"))?;
    Some(format!(
        "The workflows are for GitHub, and `origin` is on {host}. GitHub Enterprise Server lacks the artifact actions that they \
         are pinned to; docs/GITHUB.md says what to put in their place."
    ))
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
    // Like all that comes after the question, only where there is something to say.
    let with_github = if install.is_empty() {
        String::new()
    } else {
        format!("{install} --features github{ONLY_WHEN_NEEDED}")
    };
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
    fn another_host_than_github_is_told() {
        assert_eq!(note_of_host(None), None);
        assert_eq!(note_of_host(Some("github.com")), None);
        assert_eq!(note_of_host(Some("octo.ghe.com")), None);
        let said = note_of_host(Some("git.corporation.example")).unwrap();
        assert!(
            said.contains("`origin` is on git.corporation.example. GitHub Enterprise Server lacks"),
            "{said}"
        );
    }

    #[test]
    fn this_repository_has_what_it_gives_to_others() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for (path, text) in PATHS.into_iter().zip(render(Some("xtask"))) {
            assert_eq!(std::fs::read_to_string(root.join(path)).unwrap(), text, "{path}");
        }
    }
}
