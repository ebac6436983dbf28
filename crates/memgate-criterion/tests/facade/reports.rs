//! Plots and pages: what criterion leaves behind is the same through the facade, file by file.

use std::collections::BTreeSet;
use std::path::Path;

use crate::command_line::{SUITES, files, run};
use crate::runner::cases;

cases!(plots_and_pages_are_the_same_files, a_baseline_that_is_missing_fails_the_same,);

/// As short as criterion lets it be.
const SHORT: &str =
    "--bench --color never --warm-up-time 0.01 --measurement-time 0.02 --nresamples 1001 --sample-size 10";

fn plots_and_pages_are_the_same_files() {
    let homes = SUITES.map(|_| tempfile::tempdir().unwrap());
    for (arguments, expected) in [
        (
            format!("{SHORT} --save-baseline x"),
            vec![
                "report/index.html",
                "words/report/index.html",
                "sort/report/pdf.svg",
                "sort/x/estimates.json",
            ],
        ),
        // With the plots of both sides.
        (format!("{SHORT} --baseline x"), vec!["sort/report/both/pdf.svg", "sort/change/estimates.json"]),
        // Without a name, the last run is the baseline.
        (SHORT.to_owned(), vec!["sort/base/estimates.json"]),
    ] {
        let [criterion, facade] = [0, 1].map(|side| {
            let ended = run(SUITES[side], &arguments, homes[side].path());
            assert_eq!(ended.0, Some(0), "{arguments}\n{}", ended.2);
            files(homes[side].path())
        });
        assert_eq!(criterion, facade, "{arguments}");
        for path in expected {
            assert!(facade.contains(path), "{arguments}: {path} is not in {facade:#?}");
        }
        let [criterion, facade] = [0, 1].map(|side| timeless(homes[side].path(), &facade));
        assert_eq!(criterion, facade, "{arguments}");
        assert!(facade.len() > 4, "{facade:#?}");
    }
}

/// The texts of the files that no time is in: the index, and each benchmark's id and throughput.
fn timeless(home: &Path, files: &BTreeSet<String>) -> Vec<(String, String)> {
    let is_timeless = |path: &&String| *path == "report/index.html" || path.ends_with("benchmark.json");
    let text = |path: &String| (path.clone(), std::fs::read_to_string(home.join(path)).unwrap());
    files.iter().filter(is_timeless).map(text).collect()
}

fn a_baseline_that_is_missing_fails_the_same() {
    let home = tempfile::tempdir().unwrap();
    let [criterion, facade] = SUITES.map(|suite| {
        let (code, output, errors) = run(suite, &format!("{SHORT} --noplot --baseline x sort"), home.path());
        // The panic is in criterion both times; the number in front of it is the thread's.
        let message = errors.split_once("panicked at ").map(|(_, message)| message.to_owned());
        (code, output, message.unwrap_or(errors))
    });
    assert_eq!(criterion, facade);
    assert_eq!(facade.0, Some(101));
    assert!(facade.2.contains("Baseline 'x' must exist before comparison is allowed"), "{}", facade.2);
}
