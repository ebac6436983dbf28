//! Outside of the gate the facade is criterion: the same source, compiled against both, behaves the same.

use std::collections::BTreeSet;
use std::path::Path;

use crate::runner::cases;
use crate::suite_process::process;

cases!(listing_and_testing_print_the_same, timing_prints_and_writes_the_same,);

pub(crate) const SUITES: [&str; 2] = ["through criterion", "through facade"];

/// Exit code, standard output and standard error.
pub(crate) fn run(suite: &str, arguments: &str, home: &Path) -> (Option<i32>, String, String) {
    let output = process(suite)
        .args(arguments.split_whitespace())
        .env("CRITERION_HOME", home)
        .env("RUST_BACKTRACE", "0")
        .output()
        .expect("it can be started");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn listing_and_testing_print_the_same() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [
        "--list",
        "--list --format terse",
        "--bench --list split",
        "--list --exact words/split/10",
        "--list --ignored",
        "",
        "--test",
        "--bench --test 100",
        "--exact sort",
        "nothing-like-this",
        "--unknown-option",
        "--help",
    ] {
        let [criterion, facade] = SUITES.map(|suite| run(suite, arguments, home.path()));
        assert_eq!(criterion, facade, "{arguments}");
    }
    let (_, listed, _) = run(SUITES[1], "--list", home.path());
    assert!(listed.starts_with("words/split/10: benchmark\nwords/split/100: benchmark\n"), "{listed}");
}

fn timing_prints_and_writes_the_same() {
    let quick =
        "--bench --warm-up-time 0.05 --measurement-time 0.1 --nresamples 1001 --sample-size 10 --noplot";
    let homes = SUITES.map(|_| tempfile::tempdir().unwrap());
    for arguments in [
        format!("{quick} words/split"),
        format!("{quick} --save-baseline x"),
        format!("{quick} --baseline x"),
        format!("{quick} --baseline y"),
        format!("{quick} --quick sort"),
        "--bench --profile-time 1 sort".to_owned(),
        "--bench --profile-time 0.1 sort".to_owned(),
        "--bench --quick sort".to_owned(),
    ] {
        let [criterion, facade] = [0, 1].map(|side| run(SUITES[side], &arguments, homes[side].path()));
        assert_eq!(criterion.0, facade.0, "{arguments}\n{}\n{}", criterion.2, facade.2);
        assert_eq!(shape(&criterion.1), shape(&facade.1), "{arguments}");
        let files = [0, 1].map(|side| files(homes[side].path()));
        assert_eq!(files[0], files[1], "{arguments}");
        assert!(!files[0].is_empty());
    }
}

/// The first words of the lines, without what depends on times.
fn shape(output: &str) -> BTreeSet<String> {
    let lines = output.lines().map(str::trim_start).filter_map(|line| line.split_whitespace().next());
    let is_stable = |word: &&str| word.starts_with("words/") || ["sort", "time:", "thrpt:"].contains(word);
    lines.filter(is_stable).map(str::to_owned).collect()
}

/// The files of a folder, however deep, by their paths in it.
pub(crate) fn files(folder: &Path) -> BTreeSet<String> {
    let mut waiting = vec![folder.to_path_buf()];
    let mut found = BTreeSet::new();
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(next).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                waiting.push(entry.path());
            } else {
                found.insert(entry.path().strip_prefix(folder).unwrap().display().to_string());
            }
        }
    }
    found
}
