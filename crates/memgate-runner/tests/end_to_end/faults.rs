//! Errors of the system, and the death of the tool, at every step at which it changes files: what is there afterwards is the old
//! or the new, whole, and nothing else is left. strace does them on purpose.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use git2::Oid;

use crate::clients::program;
use crate::commits::History;
use crate::finished::Finished;
use crate::support::{Package, Project};

const BENCH: &str =
    "fn bytes(bencher: memgate::Bencher) { bencher.bench(|| vec![1_u8; 54321]); }\nmemgate::main! { bytes }";

const CHANGING: &str = "openat,write,pwrite64,writev,rename,renameat,renameat2,link,linkat,fsync,fdatasync,ftruncate,fchmod,unlink,\
                        unlinkat,mkdir,rmdir,flock";
const ERRORS: [&str; 3] = ["error=ENOSPC", "error=EIO", "error=EACCES"];
const KILL: &str = "signal=KILL";
const NOTES: &str = "refs/notes/memgate";

/// What a command may change, by name: files by their path, and notes. None is what is not there.
type State = BTreeMap<String, Option<Vec<u8>>>;

/// A command, and the state before it.
struct Scene {
    history: History,
    line: &'static str,
    old: State,
    /// Where the reference of the notes is before.
    notes: Option<Oid>,
}

impl Scene {
    fn project(&self) -> &Project {
        &self.history.project
    }

    fn repository(&self) -> git2::Repository {
        git2::Repository::open(self.project().path("")).unwrap()
    }

    fn state(&self) -> State {
        let file = |name: &String| (name.clone(), std::fs::read(self.project().path(name)).ok());
        let mut state: State = self.old.keys().filter(|name| !name.starts_with("note ")).map(file).collect();
        let repository = self.repository();
        for name in self.old.keys().filter(|name| name.starts_with("note ")) {
            let commit = Oid::from_str(&name["note ".len()..]).unwrap();
            let note = repository.find_note(Some(NOTES), commit).ok();
            state.insert(name.clone(), note.and_then(|note| note.message_bytes().to_vec().into()));
        }
        state
    }

    fn reset(&self) {
        for (name, content) in self.old.iter().filter(|(name, _)| !name.starts_with("note ")) {
            match content {
                Some(content) => self.project().write(name, content),
                None => drop(std::fs::remove_file(self.project().path(name))),
            }
        }
        if let Some(tip) = self.notes {
            self.repository().reference(NOTES, tip, true, "reset").unwrap();
        }
    }

    fn traced(&self, strace: &Path, options: &[&str]) -> Finished {
        let mut command = Command::new(strace);
        let tool = self.project().tool();
        command.args(options).arg("--").arg(tool.get_program()).args(tool.get_args());
        command.args(self.line.split_whitespace()).current_dir(self.project().path(""));
        for (name, value) in tool.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        Finished::of(&mut command)
    }

    /// The calls that change something in the project, each as its name and its number among those of that name.
    fn calls(&self, strace: &Path) -> Vec<(String, usize)> {
        let log = self.project().path("strace.log");
        let trace = format!("trace={CHANGING}");
        self.traced(strace, &["-y", "-o", log.to_str().unwrap(), "-e", &trace]).exits(0);
        let text = std::fs::read_to_string(&log).unwrap();
        std::fs::remove_file(log).unwrap();
        let root = self.project().path("");
        let root = root.to_str().unwrap();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut calls = Vec::new();
        for (name, rest) in text.lines().filter_map(|line| line.split_once('(')) {
            let count = counts.entry(name).or_default();
            *count += 1;
            let changes = name != "openat" || rest.contains("O_CREAT") || rest.contains("O_WRONLY");
            if changes && rest.contains(root) {
                calls.push((name.to_owned(), *count));
            }
        }
        calls
    }

    /// What nobody asked for: temporary files of the tool's, and locks of git's.
    fn left(&self) -> Vec<PathBuf> {
        let mut left = Vec::new();
        let mut waiting = vec![self.project().path("")];
        while let Some(folder) = waiting.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                if entry.file_type().unwrap().is_dir() {
                    waiting.push(entry.path());
                } else if name.starts_with(".memgate-") || (name.ends_with(".lock") && name != "Cargo.lock") {
                    left.push(entry.path());
                }
            }
        }
        left
    }

    /// Does one fault, and gives what is wrong afterwards.
    fn fault(&self, strace: &Path, new: &State, call: &(String, usize), fault: &str) -> Option<String> {
        self.reset();
        let inject = format!("inject={}:{fault}:when={}", call.0, call.1);
        let finished = self.traced(strace, &["-o", "/dev/null", "-e", &inject]);
        let is_killed = fault == KILL;
        let wrong = |what: String| Some(format!("{} {inject}: {what}\n{finished:#?}", self.line));
        match finished.code {
            None if is_killed => {}
            Some(0) if self.state() != *new => return wrong("it succeeded without its work".to_owned()),
            Some(0) => {}
            Some(101) if finished.stderr.contains("error: ") && !is_killed => {}
            _ => return wrong("it ended in another way".to_owned()),
        }
        for (name, content) in self.state() {
            if content != self.old[&name] && content != new[&name] {
                return wrong(format!("{name} is neither old nor new"));
            }
        }
        // Of a killed tool, the supervisor removes what is its own. A lock of git's nobody does; it is named.
        let deadline = Instant::now() + Duration::from_secs(if is_killed { 20 } else { 0 });
        let mut left = self.left();
        while !left.is_empty() && Instant::now() < deadline {
            if left.iter().all(|path| path.extension().is_some_and(|end| end == "lock")) {
                let again = Finished::of(self.project().tool().args(self.line.split_whitespace()));
                if again.code != Some(0)
                    && !left.iter().any(|path| again.stderr.contains(&*path.to_string_lossy()))
                {
                    return wrong(format!("{left:?} is in the way, and is not named: {again:#?}"));
                }
                left.iter().for_each(|path| std::fs::remove_file(path).unwrap());
            }
            std::thread::sleep(Duration::from_millis(20));
            left = self.left();
        }
        if !left.is_empty() {
            return wrong(format!("{left:?} is left"));
        }
        if is_killed {
            let again = Finished::of(self.project().tool().args(self.line.split_whitespace()));
            if again.code != Some(0) || self.state() != *new {
                return wrong(format!("another run does not fix it: {again:#?}"));
            }
        }
        None
    }

    /// Does faults at the calls that `is_wanted` wants, and gives how many.
    fn sweep(
        &self,
        strace: &Path,
        faults: &[&str],
        is_wanted: impl Fn(&[(String, usize)], usize) -> bool,
    ) -> usize {
        self.reset();
        let calls = self.calls(strace);
        assert!(!calls.is_empty(), "strace has seen nothing");
        let new = self.state();
        let mut done = 0;
        let mut wrong = Vec::new();
        for place in (0..calls.len()).filter(|place| is_wanted(&calls, *place)) {
            for fault in faults {
                wrong.extend(self.fault(strace, &new, &calls[place], fault));
                done += 1;
            }
        }
        assert!(wrong.is_empty(), "{} of {done} faults:\n{}", wrong.len(), wrong.join("\n"));
        done
    }
}

/// A project that was measured, with a baseline that an update changes and one that it removes.
fn scenes(name: &str) -> Vec<Scene> {
    let make = |kind: &str, line: &'static str| {
        let name = format!("{name}-{kind}");
        let project = Project::new(&name, [Package::new("faults").bench("memory", BENCH)]);
        let mut history = History::of(project);
        history.commit("one");
        let first = history.commit("two");
        let project = &history.project;
        project.memgate("update").exits(0);
        project.memgate("run --output run.json").exits(0);
        let mut old = State::new();
        for (path, content) in project.baselines() {
            let text = String::from_utf8(content).unwrap().replace("54321", "12345");
            let path = Path::new("baselines").join(path);
            let gone = path.to_str().unwrap().replace("/memory.", "/gone.");
            old.insert(path.to_str().unwrap().to_owned(), Some(text.clone().into_bytes()));
            old.insert(gone, Some(text.into_bytes()));
        }
        let mut notes = None;
        match kind {
            "record" => {
                project
                    .memgate(&format!("history record --from run.json --allow-dirty --commit {first}~1"))
                    .exits(0);
                let repository = git2::Repository::open(project.path("")).unwrap();
                notes = Some(repository.refname_to_id(NOTES).unwrap());
                let parent = repository.find_commit(first).unwrap().parent_id(0).unwrap();
                let note = repository.find_note(Some(NOTES), parent).unwrap().message_bytes().to_vec();
                old.clear();
                old.insert(format!("note {parent}"), Some(note));
                old.insert(format!("note {first}"), None);
            }
            "report" => {
                old.clear();
                old.insert("report.md".to_owned(), Some(b"old".to_vec()));
                old.insert("report.json".to_owned(), None);
            }
            _ => {}
        }
        Scene { history, line, old, notes }
    };
    vec![
        make("update", "update --from run.json --prune"),
        make("record", "history record --from run.json --allow-dirty"),
        make("report", "report run.json --output report.md --output report.json"),
    ]
}

#[test]
fn a_sample_of_faults_loses_nothing_and_leaves_nothing() {
    let Some(strace) = program(&["strace"]) else { return };
    for scene in scenes("faults") {
        // The last call of each kind.
        let is_last = |calls: &[(String, usize)], place: usize| {
            !calls[place + 1..].iter().any(|(name, _)| *name == calls[place].0)
        };
        let done = scene.sweep(&strace, &["error=ENOSPC", KILL], is_last);
        assert!(done > 4, "{done}");
    }
}

#[test]
#[ignore = "every fault, which takes minutes: cargo test -p memgate-runner --test end_to_end every_fault -- --ignored --nocapture"]
#[expect(clippy::print_stderr, reason = "says what was done")]
fn every_fault_loses_nothing_and_leaves_nothing() {
    let Some(strace) = program(&["strace"]) else { return };
    for scene in scenes("all-faults") {
        let faults: Vec<&str> = ERRORS.into_iter().chain([KILL]).collect();
        eprintln!("{} faults: {}", scene.sweep(&strace, &faults, |_, _| true), scene.line);
    }
}
