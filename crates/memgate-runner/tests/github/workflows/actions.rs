//! The actions that steps use.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use super::programs::real;
use super::world::{Artifact, World};

/// What a step gives to an action.
pub(super) type Inputs = BTreeMap<String, String>;

/// Where the step is.
pub(super) struct Place<'a> {
    pub(super) world: &'a World,
    pub(super) run: u64,
    pub(super) commit: &'a str,
    pub(super) workspace: &'a Path,
}

/// Whether an action of GitHub's succeeded, with what it says; nothing when it is none of those that are known here.
pub(super) fn act(place: &Place<'_>, action: &str, inputs: &Inputs) -> Option<(bool, String)> {
    let known: &[&str] = match action {
        "actions/checkout" => &["fetch-depth", "persist-credentials", "sparse-checkout"],
        "actions/upload-artifact" => &["name", "path", "overwrite", "if-no-files-found"],
        "actions/download-artifact" => &["pattern", "merge-multiple", "path", "run-id", "github-token"],
        _ => return None,
    };
    for input in inputs.keys() {
        assert!(known.contains(&input.as_str()), "the tests do not know `{input}` of {action} yet");
    }
    let result = match action {
        "actions/checkout" => checkout(place, inputs),
        "actions/upload-artifact" => upload(place, inputs),
        _ => download(place, inputs),
    };
    Some(match result {
        Ok(()) => (true, String::new()),
        Err(problem) => (false, problem),
    })
}

fn checkout(place: &Place<'_>, inputs: &Inputs) -> Result<(), String> {
    assert_eq!(inputs.get("persist-credentials").map(String::as_str), Some("false"));
    let depth = inputs.get("fetch-depth").map_or("1", String::as_str);
    let git = |words: &[&str]| {
        let output = Command::new(real("git")).args(words).current_dir(place.workspace).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(()) } else { Err(error) }
    };
    let origin = format!("file://{}", place.world.path("origin.git").display());
    git(&["init", "--quiet"])?;
    git(&["remote", "add", "origin", &origin])?;
    let depth = format!("--depth={depth}");
    let depth = if depth == "--depth=0" { "--tags" } else { &depth };
    git(&["fetch", "--quiet", depth, "origin", place.commit])?;
    git(&["checkout", "--quiet", place.commit])
}

fn upload(place: &Place<'_>, inputs: &Inputs) -> Result<(), String> {
    assert_eq!(inputs["if-no-files-found"], "error");
    let path = Path::new(&inputs["path"]);
    let bytes = std::fs::read(path)
        .map_err(|_| format!("No files were found with the provided path: {}", inputs["path"]))?;
    let file = path.file_name().unwrap().to_str().unwrap().to_owned();
    let key = (place.run, inputs["name"].clone());
    let mut artifacts = place.world.artifacts.borrow_mut();
    // Also those of an earlier attempt at the same run.
    if artifacts.contains_key(&key) && inputs.get("overwrite").map(String::as_str) != Some("true") {
        return Err("an artifact with this name already exists on the workflow run".into());
    }
    artifacts.insert(key, Artifact::from([(file, bytes)]));
    Ok(())
}

fn download(place: &Place<'_>, inputs: &Inputs) -> Result<(), String> {
    let prefix = inputs["pattern"].strip_suffix('*').expect("a pattern of its beginning");
    assert!(!prefix.contains(['*', '?', '[', '{']), "{prefix}");
    // Those of another run are for who has a token.
    assert_eq!(inputs.contains_key("run-id"), inputs.contains_key("github-token"));
    let run = inputs.get("run-id").map_or(place.run, |run| run.parse().unwrap());
    let is_merged = inputs.get("merge-multiple").is_some_and(|value| value == "true");
    for ((_, name), files) in
        place.world.artifacts.borrow().iter().filter(|((of, name), _)| *of == run && name.starts_with(prefix))
    {
        if place.world.lost.borrow().contains(name) {
            return Err(format!("Unable to download artifact(s): {name}"));
        }
        let folder = Path::new(&inputs["path"]);
        let folder = if is_merged { folder.to_path_buf() } else { folder.join(name) };
        std::fs::create_dir_all(&folder).unwrap();
        for (file, bytes) in files {
            std::fs::write(folder.join(file), bytes).unwrap();
        }
    }
    Ok(())
}
