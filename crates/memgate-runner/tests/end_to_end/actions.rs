//! `check` as a step of GitHub Actions, and what a change asks its reviewers to accept: real repositories, and the files
//! that GitHub gives to a step.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::finished::Finished;
use crate::support::{Package, Project};

const FILL: &str = "memgate::main! { fill }\nfn fill(bencher: memgate::Bencher) {\n    bencher.bench(|| vec![1_u8; 1_000]);\n}\n";

fn project(name: &str) -> Project {
    Project::new(name, [Package::new("filler").bench("memory", FILL)])
}

/// Git in a folder, with nobody's configuration but what is needed to commit.
fn git(folder: &Path, line: &str) -> String {
    let mut command = Command::new("git");
    command.current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command.args(["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main"]);
    command.args(["-c", "protocol.file.allow=always"]);
    let done = Finished::of(command.args(line.split_whitespace()));
    assert_eq!(done.code, Some(0), "git {line}: {done:?}");
    done.stdout.trim().to_owned()
}

/// A repository whose first commit, `base`, has baselines, and whose second raises them and loosens the rules.
fn raised(name: &str) -> (Project, String, String) {
    let project = project(name);
    project.memgate("update").exits(0);
    let root = project.path("");
    project.write(".gitignore", "Cargo.lock\n");
    git(&root, "init -q");
    git(&root, "add -A");
    git(&root, "commit -qm base");
    let base = git(&root, "rev-parse HEAD");
    project.replace("filler/benches/memory.rs", "1_000", "2_000");
    project.write("memgate.toml", "[limits]\nallocs = { absolute = 5 }\n");
    project.memgate("update").exits(0);
    git(&root, "add -A");
    git(&root, "commit -qm head");
    let head = git(&root, "rev-parse HEAD");
    (project, base, head)
}

fn acceptance(finished: &Finished) -> Value {
    finished.json()["report"]["acceptance"].clone()
}

#[test]
fn a_raised_baseline_is_shown_however_the_verdict_is() {
    let (project, base, _) = raised("acceptance");
    let report = project.memgate_words(["check", "--base", &base, "--format", "json"]).exits(0);
    let accepted = acceptance(&report);
    let raises = accepted["raises"].as_array().unwrap();
    let of_metric = |metric: &str| raises.iter().find(|raise| raise["metric"] == metric).unwrap();
    assert_eq!(
        (of_metric("peak_bytes")["base"].clone(), of_metric("peak_bytes")["head"].clone()),
        (json!(1_000), json!(2_000))
    );
    assert_eq!(
        accepted["notes"],
        json!(["the limit of `allocs` goes from `any rise` to `> 5`, for `filler/memory/fill`"])
    );
    assert_eq!(base.get(..10), accepted["base"].as_str());
    let text = project.memgate_words(["check", "--base", &base]).exits(0).stdout;
    assert!(text.contains("This change accepts, against") && text.contains("+1,000 B (+100.0 %)"), "{text}");

    // Without a base nothing is said, against itself there is nothing to accept, and a wrong one is an error.
    assert_eq!(acceptance(&project.memgate("check --format json").exits(0)), Value::Null);
    assert_eq!(acceptance(&project.memgate("check --base HEAD --format json").exits(0))["raises"], json!([]));
    project
        .memgate("check --base nonsense")
        .exits(101)
        .complains("nonsense: it is not in this clone; fetch it first");
}

/// Runs `check` as a step of a workflow for a pull request, and gives what it left: the summary and the outputs.
fn step(project: &Project, root: &Path, event: &Value, words: &[&str]) -> (Finished, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let [summary, output, event_path] =
        ["summary", "output", "event.json"].map(|name| folder.path().join(name));
    std::fs::write(&event_path, event.to_string()).unwrap();
    let mut tool = project.tool();
    tool.current_dir(root).arg("check").args(words);
    tool.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary).env("GITHUB_OUTPUT", &output);
    tool.env("GITHUB_EVENT_PATH", &event_path);
    let finished = Finished::of(&mut tool);
    let read = |path: &Path| std::fs::read_to_string(path).unwrap_or_default();
    (finished, read(&summary), read(&output))
}

fn pull_request(base: &str, head: &str) -> Value {
    json!({"number": 7, "pull_request": {"number": 7, "head": {"sha": head}, "base": {"sha": base, "ref": "main"}}})
}

#[test]
fn a_step_of_a_workflow_has_a_summary_annotations_and_a_report() {
    let (project, base, head) = raised("actions_step");
    let root = project.path("");
    let event = pull_request(&base, &head);
    let (green, summary, output) = step(&project, &root, &event, &[]);
    let green = green.exits(0);
    assert!(!green.stderr.contains("::error"), "{}", green.stderr);
    assert!(summary.contains("This change raises the baselines") && summary.contains("+1,000"), "{summary}");
    let report = output.lines().find_map(|line| line.strip_prefix("report=")).unwrap().to_owned();
    assert!(output.contains("outcome=passed\n"), "{output}");
    assert!(
        project
            .memgate_words(["report", &report, "--format", "markdown"])
            .exits(0)
            .stdout
            .contains("raises the baselines")
    );

    // A regression is annotated where the bytes come from, and standard output stays what was asked for.
    project.replace("filler/benches/memory.rs", "vec![1_u8; 2_000]", "vec![1_u8; 9_000]");
    let (red, summary, output) = step(&project, &root, &event, &["--format", "json"]);
    let red = red.exits(100);
    assert_eq!(red.json()["outcome"], "regressed");
    assert_eq!(red.json()["report"]["pull_request"], json!({"number": 7, "base_branch": "main"}));
    assert!(
        red.stderr.contains("::error file=filler/benches/memory.rs,line=3,title=memgate%3A peak_bytes +"),
        "{}",
        red.stderr
    );
    assert!(summary.contains("🔴") && output.contains("outcome=regressed\n"));
    let mut never = project.tool();
    never
        .args(["check", "--github=never"])
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", root.join("no"));
    Finished::of(&mut never).exits(100);
    assert!(!root.join("no").exists());
}

#[test]
fn a_merge_for_the_occasion_needs_two_commits_of_history() {
    let (project, base, head) = raised("actions_merge");
    let origin = project.path("");
    // As GitHub does it: the base branch has gone on, and what is checked out is a merge that nobody else has.
    git(&origin, &format!("checkout -q -b theirs {base}"));
    project.write("other.txt", "x");
    git(&origin, "add -A");
    git(&origin, "commit -qm later");
    git(&origin, &format!("merge -q --no-ff -m merge {head}"));
    let clone = |depth: &str| {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("file://{}", origin.display());
        git(folder.path(), &format!("clone -q --depth {depth} --branch theirs {url} ."));
        folder
    };
    let event = pull_request(&base, &head);
    let two = clone("2");
    let (done, _, _) = step(&project, two.path(), &event, &["--format", "json"]);
    assert_eq!(acceptance(&done.exits(0))["raises"][0]["head"], 2_000);
    let one = clone("1");
    let (done, summary, _) = step(&project, one.path(), &event, &["--format", "json"]);
    let done = done.exits(0);
    let notice = &done.json()["report"]["notices"][0];
    assert_eq!(notice["kind"], "no_acceptance");
    assert!(notice["text"].as_str().unwrap().contains("the clone is shallow; fetch more of it"), "{notice}");
    assert!(summary.contains("shallow"), "{summary}");
}
