//! The process that the tool starts to take times.

use std::path::Path;
use std::process::{Command, Output};

use crate::command_line::files;
use crate::runner::cases;
use crate::suite_process::process;

cases!(
    what_the_code_sets_does_not_hide_a_time_from_the_tool,
    a_main_that_reads_no_command_line_is_timed_one_by_one,
);

/// A process of a suite as the tool starts it.
fn timed(suite: &str, name: &str, home: &Path) -> Command {
    let mut command = process(suite);
    command
        .args(["--bench", "--noplot", "--save-baseline", "x", "--exact", "--", name])
        .env("CRITERION_HOME", home)
        .env("MEMGATE_TIMES", "warm_up_ms=10,measurement_ms=20,samples=10");
    command
}

/// Requires that a time was left of one benchmark, and of no other.
fn expect_only(name: &str, home: &Path, output: &Output) {
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    let written = files(home);
    assert!(written.contains(&format!("{name}/x/estimates.json")), "{name}: {written:#?}");
    let others = |path: &&String| path.ends_with("estimates.json") && !path.starts_with(name);
    assert_eq!(written.iter().find(others), None, "{name}");
}

fn what_the_code_sets_does_not_hide_a_time_from_the_tool() {
    for name in ["one", "two", "three"] {
        let [home, elsewhere] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let mut command = timed("set in the code", name, home.path());
        let output = command.env("ELSEWHERE", elsewhere.path()).output().expect("it can be started");
        expect_only(name, home.path(), &output);
        assert!(files(elsewhere.path()).is_empty(), "{name}");
    }
}

fn a_main_that_reads_no_command_line_is_timed_one_by_one() {
    let home = tempfile::tempdir().unwrap();
    let output = timed("deaf", "two", home.path()).output().expect("it can be started");
    expect_only("two", home.path(), &output);
}
