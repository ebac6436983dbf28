//! What is asked of a package with divan suites besides: the ids that divan itself lists, numbers that can be updated, and green checks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::sources::{cargo, copy, optimisation};
use crate::trial::{Places, run};
use crate::varying::varying;

/// How often a package is checked after its numbers are accepted.
const CHECKS: usize = 5;

/// For one process: nothing is optimised, mostly.
const TIME_LIMIT: &str = "10m";

/// Compares the ids, updates and checks, and says what came of it.
pub(crate) fn steps(
    places: &Places,
    source: &Path,
    folder: &Path,
    features: &str,
    ids: &[String],
) -> Result<Vec<String>, String> {
    let differences = differences(places, source, folder, features, ids)?;
    let mut said = vec![if differences.is_empty() {
        "ids as divan's".to_owned()
    } else {
        return Err(format!("the ids are not those of divan: {differences:#?}"));
    }];
    let updated = places.tool(folder, &["update", "--time-limit", TIME_LIMIT, "--features", features])?;
    if !updated.status.success() {
        return Err(format!("update: {}", String::from_utf8_lossy(&updated.stderr)));
    }
    let mut green = 0;
    for _ in 0..CHECKS {
        let checked = places.tool(folder, &["check", "--time-limit", TIME_LIMIT, "--features", features])?;
        if !checked.status.success() {
            let (table, problem) = (checked.stdout, checked.stderr);
            return Err(format!(
                "check {} of {CHECKS}: {}{}",
                green + 1,
                String::from_utf8_lossy(&table),
                String::from_utf8_lossy(&problem)
            ));
        }
        green += 1;
    }
    said.push(format!("{green} of {CHECKS} checks green"));
    said.push(format!("{} vary by themselves", varying(folder)?));
    Ok(said)
}

/// What there is to say of the release that the facade is pinned to, when another one is published.
pub(crate) fn newer_release(places: &Places) -> Option<String> {
    let manifest = std::fs::read_to_string(places.repository.join("Cargo.toml")).ok()?;
    let pinned = manifest.split_once("\ndivan = { version = \"=")?.1.split_once('"')?.0.to_owned();
    let output =
        run(cargo().args(["info", "divan", "--color", "never"]).current_dir(&places.repository)).ok()?;
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    // Within a workspace: `version: 0.1.21 (latest 0.1.22)`.
    let line = shown.lines().find_map(|line| line.strip_prefix("version: "))?;
    let latest = line.split_once("(latest ").map_or(line, |(_, latest)| latest);
    let latest = latest.split([' ', ')']).next().unwrap_or(latest);
    (latest != pinned).then(|| {
        format!("divan {latest} is published, and memgate-divan is pinned to {pinned}: see docs/DIVAN.md")
    })
}

/// The ids that one of both lists and the other does not.
fn differences(
    places: &Places,
    source: &Path,
    folder: &Path,
    features: &str,
    ids: &[String],
) -> Result<Vec<String>, String> {
    let mut by_target: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for id in ids {
        let mut parts = id.splitn(3, '/').skip(1);
        if let (Some(target), Some(name)) = (parts.next(), parts.next()) {
            by_target.entry(target).or_default().insert(name);
        }
    }
    let original = folder.with_extension("original");
    let _ = std::fs::remove_dir_all(&original);
    copy(source, &original).map_err(|error| format!("failed to copy it: {error}"))?;
    let mut manifest = std::fs::read_to_string(original.join("Cargo.toml")).unwrap_or_default();
    manifest += "\n[workspace]\n";
    std::fs::write(original.join("Cargo.toml"), manifest).map_err(|error| error.to_string())?;
    let _ = std::fs::copy(folder.join("Cargo.lock"), original.join("Cargo.lock"));
    let mut differences = Vec::new();
    for (target, names) in by_target {
        let executable = build(places, &original, target, features)?;
        let of_divan = names_of_divan(&executable, &original)?;
        let of_gate: BTreeSet<&str> = names.into_iter().map(|name| listed_as(name, &of_divan)).collect();
        let of_divan: BTreeSet<&str> = of_divan.iter().map(String::as_str).collect();
        differences.extend(of_divan.symmetric_difference(&of_gate).map(|name| format!("{target}: {name}")));
    }
    Ok(differences)
}

/// The names in divan's own list of a bench target.
fn names_of_divan(executable: &Path, folder: &Path) -> Result<BTreeSet<String>, String> {
    // As cargo-nextest asks; divan's list for people has no arguments.
    let listed = run(Command::new(executable)
        .args(["--list", "--format", "terse"])
        .env("NEXTEST", "1")
        .current_dir(folder))?;
    let printed = String::from_utf8_lossy(&listed.stdout);
    if listed.status.success() && printed.contains(": benchmark\n") {
        let names = printed.split(": benchmark\n").filter(|name| !name.is_empty());
        return Ok(names.map(|name| name.replace('\n', "\\n")).collect());
    }
    // CodSpeed's divan has no such list, and where a `main` by hand does not look at the command line, the tree has numbers.
    let listed = run(Command::new(executable).arg("--list").current_dir(folder))?;
    Ok(leaves(&String::from_utf8_lossy(&listed.stdout)))
}

/// What stands in divan's list for a name of the gate's: itself, or without its number of threads and its argument, which not every list
/// has.
fn listed_as<'a>(name: &'a str, of_divan: &BTreeSet<String>) -> &'a str {
    let mut shorter = Some(name);
    while let Some(listed) = shorter {
        if of_divan.contains(listed) {
            return listed;
        }
        shorter = listed.rsplit_once("::").map(|(before, _)| before);
    }
    name
}

/// The leaves of a tree as divan prints it, by their paths. What suites print themselves may be among its lines.
fn leaves(tree: &str) -> BTreeSet<String> {
    let lines: Vec<(usize, &str)> = tree.lines().filter_map(node).collect();
    let mut path: Vec<&str> = Vec::new();
    let mut leaves = BTreeSet::new();
    for (index, &(depth, name)) in lines.iter().enumerate() {
        path.truncate(depth);
        path.push(name);
        let is_leaf = lines.get(index + 1).is_none_or(|(next, _)| *next <= depth);
        if is_leaf && depth > 0 && !name.ends_with("(ignored)") {
            leaves.insert(path.join("::"));
        }
    }
    leaves
}

/// The depth and the name of a line of a tree. A root is told from what is printed by how it is named.
fn node(line: &str) -> Option<(usize, &str)> {
    fn name(text: &str) -> Option<&str> {
        text.split("  ").next().map(str::trim_end).filter(|name| !name.is_empty())
    }
    let Some(at) = line.find("├─ ").or_else(|| line.find("╰─ ")) else {
        let is_crate = |name: &&str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        return name(line).filter(is_crate).map(|name| (0, name));
    };
    let (before, branch) = line.split_at(at);
    let (_, rest) = branch.split_once("─ ")?;
    let name = if rest.ends_with("(ignored)") { rest } else { name(rest)? };
    let is_tree = before.chars().all(|character| matches!(character, '│' | ' '));
    is_tree.then_some((before.chars().count() / 3 + 1, name))
}

/// Builds a bench target with divan itself.
fn build(places: &Places, folder: &Path, target: &str, features: &str) -> Result<PathBuf, String> {
    let output = run(cargo()
        .args(["bench", "--no-run", "--message-format", "json-render-diagnostics", "--bench", target])
        .args(["--features", features])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", places.work.join("target"))
        .envs([optimisation()]))?;
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == target)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .ok_or_else(|| {
            format!("{target} is not built with divan itself: {}", String::from_utf8_lossy(&output.stderr))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_leaves_of_a_tree_have_paths() {
        let tree = "printed by a suite: 5
suite             fastest       │ slowest
├─ plain          2 ns          │ 3 ns
│                 alloc:        │
├─ all
│  ├─ u8
│  │  ╰─ 2 words
│  ╰─ t=1
├─ left out    (ignored)
╰─ last
";
        let found: Vec<String> = leaves(tree).into_iter().collect();
        assert_eq!(found, ["suite::all::t=1", "suite::all::u8::2 words", "suite::last", "suite::plain"]);
    }
}
