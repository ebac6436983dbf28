//! `bisect`: the commit that raised a metric, in a history of which everything is known.

use std::path::PathBuf;
#[cfg(unix)]
use std::time::Duration;

use crate::commits::History;
use crate::dials;
use crate::finished::Finished;
use crate::support::{Package, Project};

const NOTHING: [PathBuf; 0] = [];

const COMMITS: usize = 60;
/// These do not build. The one in the middle, where a search begins, is among them.
const BROKEN: std::ops::Range<usize> = 28..32;

/// What the benchmarks allocate at a commit.
fn dials_at(commit: usize) -> String {
    let early = if commit >= 3 { 2 } else { 1 };
    let late = if commit >= 47 { 4 } else { 3 };
    let hidden = if commit >= 30 { 8 } else { 7 };
    let twice = 1 + usize::from(commit >= 20) + usize::from(commit >= 50);
    let wave = match commit {
        ..15 => 1,
        15..33 => 5,
        33..44 => 2,
        _ => 3,
    };
    format!("early {early}\nhidden {hidden}\nlate {late}\nsame 1\ntwice {twice}\nwave {wave}\n")
}

/// The history of a project, of whose commits nothing was measured when the tests ran before: they have other ids.
fn new_history(project: Project) -> History {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    project.write("when", now.as_nanos().to_string());
    History::of(project)
}

/// The first commit is 0; each is tagged with its number.
fn history(name: &str) -> History {
    let mut history = new_history(dials::project(name, &dials_at(0)));
    for commit in 0..COMMITS {
        history.project.write(format!("{name}/dials"), dials_at(commit));
        let source = if BROKEN.contains(&commit) { "no rust" } else { "" };
        history.project.write(format!("{name}/src/lib.rs"), format!("{source}// {commit}\n"));
        history.commit(&format!("Commit number {commit}"));
        history.tag(&format!("c{commit}"));
    }
    history
}

/// How many measurements it took.
fn measurements(finished: &Finished) -> usize {
    let line = finished.stdout.lines().find(|line| line.contains(" measurements of ")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn bound(commits: usize) -> usize {
    usize::try_from(commits.next_power_of_two().trailing_zeros()).unwrap() + 2
}

#[test]
fn every_planted_change_is_found_within_the_bound() {
    let mut history = history("bisected");
    history.leave_traces("bisected/Cargo.toml");
    let before = history.files();
    let line = |name: &str| format!("bisect c0 c59 bisected/memory/{name}");
    for (name, planted) in [("early", 3), ("late", 47)] {
        let found = history.project.memgate(&line(name)).exits(0);
        assert!(measurements(&found) <= bound(59), "{found:#?}");
        let found = found.says(&format!("  subject Commit number {planted}\n"));
        let date = if planted == 3 { "2026-01-04" } else { "2026-02-17" };
        found
            .says(&format!("  date    {date} by Ada\n"))
            .says("bisected/benches/memory.rs:")
            .says("skipped: ")
            .never_says("warning");
    }
    // The same again, from memory.
    let again = history.project.memgate(&line("late")).exits(0).says("subject Commit number 47\n");
    let count = measurements(&again);
    again
        .says(&format!("{count} measurements of 59 commits, {count} of which were remembered"))
        .says("bisected/benches/memory.rs:");

    // Among commits that do not build.
    let hidden = history.project.memgate(&line("hidden")).exits(101).says("7 → 8 in one of these");
    assert!(measurements(&hidden) <= bound(59), "{hidden:#?}");
    for suspect in 28..=32 {
        assert!(hidden.stdout.contains(&format!("subject Commit number {suspect}\n")), "{hidden:#?}");
    }

    let wave = history.project.memgate(&line("wave")).exits(0).says("the metric rose and fell");
    wave.says("subject Commit number 15\n").says("1 → 5");
    let twice = history.project.memgate(&line("twice")).exits(0).says("subject Commit number 20\n");
    twice.says("rose at more than one commit").says("to find the next: ");
    assert_eq!(history.changed_since(&before), NOTHING);
}

#[test]
fn a_merge_is_one_step_and_its_branch_the_next_search() {
    let mut history = History::of(dials::project("bisected-merge", "a 1\n"));
    let first = history.commit("First");
    history.commit("Side, nothing new");
    history.project.write("bisected-merge/dials", "a 4\n");
    history.commit("Side, three more");
    history.project.write("bisected-merge/src/lib.rs", "// side\n");
    let side = history.commit("Side, nothing more");
    history.go_to(first);
    history.commit("Main");
    history.project.write("bisected-merge/dials", "a 4\n");
    history.merge("Merge of the side", side);
    history.commit("Last");
    let bisect =
        |ends: &str| history.project.memgate(&format!("bisect {ends} bisected-merge/memory/a")).exits(0);
    let found = bisect(&format!("{first} HEAD")).says("subject Merge of the side\n").says("1 → 4");
    let next = found.stdout.split("to search in the branch that it merged").nth(1).expect("it says how");
    let next = next.split("bisect ").nth(1).unwrap().lines().next().unwrap();
    let short = |commit: git2::Oid| commit.to_string()[..10].to_owned();
    assert!(next.contains("$(git merge-base ") && next.contains(&short(side)), "{next}");
    let main = next.split_whitespace().nth(2).unwrap();
    // What the shell makes of it.
    let ends = next.replace(&format!("$(git merge-base {main} {})", short(side)), &first.to_string());
    let ends = ends.split(" bisected-merge/").next().unwrap();
    bisect(ends).says("subject Side, three more\n").says("1 → 4");
}

#[test]
fn todays_benches_are_searched_with() {
    let mut history = History::of(dials::project("bisected-benches", "a 1\n"));
    let first = history.commit("First");
    history.project.write("bisected-benches/dials", "a 2\n");
    history.commit("One more");
    let bench = history.project.read("bisected-benches/benches/memory.rs");
    history.project.write("bisected-benches/benches/memory.rs", format!("// today's\n{bench}"));
    history.project.write("bisected-benches/src/lib.rs", "// last\n");
    history.commit("Last");
    let line = format!("bisect {first} HEAD bisected-benches/memory/a --benches-from head");
    history.project.memgate(&line).exits(0).says("subject One more\n").says("1 → 2");
}

#[test]
fn what_was_built_otherwise_is_not_remembered() {
    let mut history = new_history(dials::project("bisected-anew", "a 1\n"));
    history.project.write(".gitignore", "Cargo.lock\n");
    let first = history.commit("First");
    history.project.write("bisected-anew/dials", "a 2\n");
    history.commit("Second");
    let line = format!("bisect {first} HEAD bisected-anew/memory/a");
    let remembers = |history: &History, counts: &str| {
        history.project.memgate(&line).exits(0).says(counts).says("subject Second\n");
    };
    remembers(&history, "2 measurements of 1 commit, 0 of which were remembered");
    remembers(&history, "2 measurements of 1 commit, 2 of which were remembered");
    // The lock file is no commit's.
    let lock_file = history.project.read("Cargo.lock");
    history.project.write("Cargo.lock", format!("{lock_file}\n# another\n"));
    remembers(&history, "2 measurements of 1 commit, 0 of which were remembered");
    history.project.write("Cargo.lock", lock_file);
    remembers(&history, "2 measurements of 1 commit, 2 of which were remembered");
    history.project.write("memgate.toml", "[build]\nprofile = \"dev\"\n");
    history.commit("Another profile");
    remembers(&history, "3 measurements of 2 commits, 0 of which were remembered");
}

#[test]
fn a_cold_metric_is_searched_with_the_call_sites_of_the_cold_window() {
    let mut history = History::of(dials::project("bisected-cold", "a 1+2\n"));
    let first = history.commit("First");
    history.project.write("bisected-cold/dials", "a 1+4\n");
    history.commit("Colder");
    let line = format!("bisect {first} HEAD bisected-cold/memory/a --metric cold.allocs");
    let found = history.project.memgate(&line).exits(0).says("subject Colder\n").says("3 → 5");
    found.says("only steady windows' call sites are kept to compare with").never_says("add up to");
}

#[test]
fn what_cannot_be_searched_is_said() {
    let mut history = History::of(Project::new(
        "bisected-wrong",
        [dials::package("bisected-wrong", "a 1\n"), Package::without_memgate("other")],
    ));
    history.commit("One");
    history.tag("one");
    history.project.write("bisected-wrong/dials", "a 2\nlater 1\n");
    history.commit("Two");
    let project = &history.project;
    let bisect = |line: &str| project.memgate(&format!("bisect {line}"));
    bisect("one HEAD").exits(2).complains("`cargo memgate bisect one HEAD FILTER`");
    // As it was called once.
    bisect("one HEAD --bench bisected-wrong/memory/a").exits(2).complains(
        "a benchmark is a filter, as everywhere: `cargo memgate bisect one HEAD bisected-wrong/memory/a`",
    );
    bisect("one HEAD memory").exits(2).complains(
        "2 are selected; name one of them:\n    bisected-wrong/memory/a\n    bisected-wrong/memory/later\n",
    );
    bisect("one HEAD lter").exits(2).complains("no benchmark matches `lter`");
    bisect("zero HEAD bisected-wrong/memory/a").exits(2).complains("the revision `zero`");
    bisect("HEAD HEAD bisected-wrong/memory/a").exits(2).complains("they are the same commit");
    bisect("HEAD one bisected-wrong/memory/a")
        .exits(2)
        .complains("no ancestor of the second; the second is one of the first: swap them");
    bisect("one HEAD bisected-wrong/memory/later")
        .exits(101)
        .complains("failed to measure `bisected-wrong/memory/later` at one (")
        .complains("there is no benchmark `bisected-wrong/memory/later`");
    bisect("one HEAD bisected-wrong/memory/a --metric reallocs")
        .exits(101)
        .complains("reallocs is 0 at the first and 0 at the second");
    // A filter that selects one is enough, and one that is a whole name.
    for filter in ["bisected-wrong/memory/a", "a", "*wrong*/a", "a --bench memory -p bisected-wrong"] {
        bisect(&format!("one HEAD {filter}")).exits(0).says("subject Two\n").says("1 → 2");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_search_goes_on_where_it_was() {
    use std::process::Stdio;

    use rustix::process::{Pid, Signal, kill_process};

    let mut history = History::of(dials::project("bisected-stopped", "a 1\n"));
    for commit in 0..4 {
        history.project.write("bisected-stopped/dials", format!("a {}\n", 1 + commit / 2));
        history.project.write("bisected-stopped/src/lib.rs", format!("// {commit}\n"));
        history.commit(&format!("Number {commit}"));
    }
    history.leave_traces("bisected-stopped/Cargo.toml");
    let before = history.files();
    for milliseconds in [100, 400, 1_000, 1_500] {
        for signal in [Signal::INT, Signal::KILL] {
            let mut command = history.project.tool();
            command.args(["bisect", "HEAD~3", "HEAD", "bisected-stopped/memory/a"]);
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            let mut child = command.spawn().unwrap();
            std::thread::sleep(Duration::from_millis(milliseconds));
            // It may have ended.
            let _ = kill_process(Pid::from_child(&child), signal);
            let code = child.wait().unwrap().code();
            assert!([None, Some(0), Some(130)].contains(&code), "{code:?}");
            assert_eq!(history.changed_since(&before), NOTHING);
        }
    }
    let line = "bisect HEAD~3 HEAD bisected-stopped/memory/a";
    history.project.memgate(line).exits(0).says("subject Number 2\n");
}
