//! Where workflows run: a repository, what earlier runs have left, and what the programs answer.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use memgate_report::format::{parse_run, print_report, print_run};
use memgate_report::model::{BenchmarkResult, Selection};
use memgate_report::report::Verdict;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::programs;
use crate::github::{GitHub, HEAD, REPOSITORY, TOKEN};
use crate::tool::report_of;

pub(super) const LINUX: &str = "x86_64-unknown-linux-gnu";
pub(super) const MAC: &str = "aarch64-apple-darwin";

/// The files of an artifact, by their names.
pub(super) type Artifact = BTreeMap<String, Vec<u8>>;

pub(super) struct World {
    folder: TempDir,
    pub(super) github: GitHub,
    /// By run and name.
    pub(super) artifacts: RefCell<BTreeMap<(u64, String), Artifact>>,
    /// Artifacts that can't be downloaded.
    pub(super) lost: RefCell<BTreeSet<String>>,
}

impl World {
    /// A repository with baselines for targets. On GitHub there is pull request 5 at [`HEAD`].
    pub(super) fn new(targets: &[&str]) -> Self {
        let world = Self {
            folder: tempfile::tempdir().unwrap(),
            github: GitHub::new(),
            artifacts: RefCell::default(),
            lost: RefCell::default(),
        };
        for folder in ["bin", "played", "home"] {
            std::fs::create_dir(world.path(folder)).unwrap();
        }
        programs::write(&world.path("bin"), &world.path("played"));
        world.play("pulls", "5\n");
        world.play("comments", "");
        let source = world.path("source");
        let write = |path: &str, text: &str| {
            std::fs::create_dir_all(source.join(path).parent().unwrap()).unwrap();
            std::fs::write(source.join(path), text).unwrap();
        };
        write("Cargo.toml", "[package]\nname = \"example\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
        write("Cargo.lock", "version = 4\n\n[[package]]\nname = \"example\"\nversion = \"0.1.0\"\n");
        write("src/lib.rs", "");
        for target in targets {
            write(&format!("baselines/{target}/parser/memory.json"), "{}\n");
        }
        world.git(&["init", "--quiet", "--initial-branch", "main", "source"]);
        world.commit("first");
        world.git(&["clone", "--quiet", "--bare", "source", "origin.git"]);
        world
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    /// What a program answers with, or is told by.
    pub(super) fn play(&self, name: &str, text: &str) {
        std::fs::write(self.path("played").join(name), text).unwrap();
    }

    /// What a program has left.
    pub(super) fn played(&self, name: &str) -> String {
        std::fs::read_to_string(self.path("played").join(name)).unwrap_or_default()
    }

    /// What `check` finds on a target, and `run` measures there.
    pub(super) fn measures(&self, target: &str, verdict: Verdict) {
        self.play(&format!("{target}.check.json"), &print_report(&report_of(target, verdict)));
        self.play(&format!("{target}.run.json"), &run_of(target));
        self.play(&format!("{target}.code"), if verdict == Verdict::Ok { "0" } else { "100" });
    }

    /// Puts an artifact there as if a run had uploaded it.
    pub(super) fn artifact(&self, run: u64, name: &str, file: &str, text: &str) {
        let files = Artifact::from([(file.to_owned(), text.as_bytes().to_vec())]);
        self.artifacts.borrow_mut().insert((run, name.to_owned()), files);
    }

    /// A commit on the default branch; gives its id.
    pub(super) fn commit(&self, message: &str) -> String {
        let source = self.path("source").display().to_string();
        self.git(&["-C", &source, "add", "--all"]);
        let author = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
        let commit = ["-C", &source, "commit", "--quiet", "--allow-empty", "--message", message];
        self.git(&[&author[..], &commit[..]].concat());
        self.git(&["-C", &source, "rev-parse", "HEAD"])
    }

    /// The newest commit of the default branch, pushed.
    pub(super) fn pushed(&self) -> String {
        let (source, origin) = (self.path("source"), self.path("origin.git"));
        let (source, origin) = (source.display().to_string(), origin.display().to_string());
        self.git(&["-C", &source, "push", "--quiet", &origin, "main"]);
        self.git(&["-C", &source, "rev-parse", "HEAD"])
    }

    /// Git itself, and what it says.
    #[track_caller]
    pub(super) fn git(&self, words: &[&str]) -> String {
        let mut git = Command::new(programs::real("git"));
        let output = git.args(words).current_dir(self.folder.path()).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {words:?}: {error}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// The contexts of a run for an event.
    pub(super) fn github(&self, run: u64, event_name: &str, event: Value) -> Value {
        json!({
            "repository": REPOSITORY, "run_id": run, "sha": self.pushed(), "ref": "refs/heads/main", "token": TOKEN,
            "event_name": event_name, "event": event,
        })
    }
}

/// The event of a pull request.
pub(super) fn pull_request() -> Value {
    json!({ "action": "opened", "number": 5, "pull_request": { "number": 5, "head": { "sha": HEAD } } })
}

/// A run of one benchmark on a target, as `run` writes it.
pub(super) fn run_of(target: &str) -> String {
    let mut run = parse_run(include_bytes!("../../../../memgate-report/tests/fixtures/run.v3.json")).unwrap();
    target.clone_into(&mut run.target);
    (run.partition, run.revision, run.selection) = (None, None, Selection::default());
    run.left_out.clear();
    run.bench_targets.retain(|part| part.environment.is_some());
    for part in &mut run.bench_targets {
        target.clone_into(&mut part.environment.as_mut().unwrap().target);
        part.results.retain(|_, result| matches!(result, BenchmarkResult::Measured(_)));
        part.declared = part.results.keys().cloned().collect();
        part.sites.clear();
    }
    print_run(&run)
}
