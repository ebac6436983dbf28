//! Report files as an attacker would write them.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use memgate_report::format::print_report;
use memgate_report::report::Report;
use memgate_report::samples;

use crate::comment::intake::read_within;
use crate::comment::{IntakeError, MAXIMUM_FILES, read_reports};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

/// What is said of one file, after its path; it is said soon, and on one short line.
#[track_caller]
fn problem(path: &Path) -> String {
    let started = Instant::now();
    let intake = read_reports(&[path.to_owned()]);
    assert!(!intake.has_report());
    let [rejected] = intake.rejected.try_into().unwrap();
    let error = rejected.to_string();
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    assert!(error.len() < 600 && !error.contains(char::is_control), "{error:?}");
    let said = error.strip_prefix(&format!("failed to use the report {}: ", path.display()));
    said.unwrap_or_else(|| panic!("{error}")).to_owned()
}

#[track_caller]
fn problem_of(content: &str) -> String {
    problem(&Folder::new().file("report.json", content))
}

/// The file of a report in which one piece of text is another. It has no causes: nobody reads them.
fn edited(from: &str, to: &str) -> String {
    let text = print_report(&samples::one_regression());
    let (envelope, _) = text.split_once("\"causes\":").unwrap();
    let (_, report) = text.split_once("\"report\":").unwrap();
    let text = format!("{envelope}\"report\":{report}");
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

#[test]
fn good_files_become_one_report() {
    let folder = Folder::new();
    let whole = samples::forty_regressions();
    let part = |triple: &str| Report {
        targets: whole.targets.iter().filter(|target| target.target == triple).cloned().collect(),
        benchmarks: whole.benchmarks.iter().filter(|benchmark| benchmark.target == triple).cloned().collect(),
        ..whole.clone()
    };
    let paths = samples::TRIPLES.map(|triple| folder.file(triple, &print_report(&part(triple))));
    let intake = read_reports(&paths);
    assert_eq!((intake.report, intake.used, intake.rejected.len()), (whole.clone(), 3, 0));

    // As artifacts are downloaded: each in a folder of its own, and the files may share a name.
    let artifacts = Folder::new();
    for triple in samples::TRIPLES {
        std::fs::create_dir(artifacts.path(triple)).unwrap();
        artifacts.file(&format!("{triple}/report.json"), &print_report(&part(triple)));
    }
    let intake = read_reports(&[artifacts.0.path().to_owned()]);
    assert_eq!((intake.report, intake.used, intake.rejected.len()), (whole, 3, 0));
}

#[test]
fn a_bad_file_does_not_cost_the_good_ones() {
    let folder = Folder::new();
    let good = samples::all_ok();
    folder.file("b.json", &print_report(&good));
    folder.file("a.json", "{");
    folder.file("c.json", &print_report(&samples::one_regression()));
    let intake = read_reports(&[folder.0.path().to_owned()]);
    let names = intake.rejected.iter().map(|rejected| rejected.path.file_name().unwrap().to_str().unwrap());
    assert_eq!(names.collect::<Vec<_>>(), ["a.json", "c.json"]);
    assert_eq!((intake.report, intake.used), (good, 1));
}

#[test]
fn reports_that_do_not_fit_together_cost_those_of_their_target_alone() {
    let folder = Folder::new();
    let good = samples::all_ok();
    let mut first = good.clone();
    for target in &mut first.targets {
        "aarch64-apple-darwin".clone_into(&mut target.target);
    }
    first.benchmarks.clear();
    let mut second = first.clone();
    second.targets[0].environment.as_mut().unwrap().rustc = "rustc 1.0.0".into();
    folder.file("a.json", &print_report(&first));
    folder.file("b.json", &print_report(&good));
    folder.file("c.json", &print_report(&second));
    let intake = read_reports(&[folder.0.path().to_owned()]);
    let said: Vec<String> = intake.rejected.iter().map(|rejected| rejected.problem.to_string()).collect();
    assert_eq!((intake.report, intake.used, said.len()), (good, 1, 2));
    assert!(said[0].starts_with("the reports of its target do not fit together: "), "{said:?}");
}

#[test]
fn there_must_be_files_and_not_too_many() {
    assert!(!read_reports(&[]).has_report());
    let folder = Folder::new();
    for number in 0..MAXIMUM_FILES + 2 {
        folder.file(&format!("{number:03}.json"), &print_report(&Report::default()));
    }
    let intake = read_reports(&[folder.0.path().to_owned()]);
    let [rejected] = intake.rejected.try_into().unwrap();
    assert_eq!((intake.used, rejected.path), (MAXIMUM_FILES, folder.path("064.json")));
    assert!(matches!(rejected.problem, IntakeError::TooManyFiles { count: 66 }));
}

#[test]
fn one_benchmark_in_two_files_names_both() {
    let folder = Folder::new();
    let text = print_report(&samples::all_ok());
    let (first, second) = (folder.file("a.json", &text), folder.file("b.json", &text));
    let [rejected] = read_reports(&[first.clone(), second.clone()]).rejected.try_into().unwrap();
    assert_eq!(
        rejected.to_string(),
        format!(
            "failed to use the report {}: it has `tokenizer/memory/count_words/1000` on x86_64-unknown-linux-gnu, which \
             {} has too; give each run once",
            second.display(),
            first.display()
        )
    );
}

#[test]
fn a_gigabyte_is_not_read() {
    let folder = Folder::new();
    let path = folder.path("sparse.json");
    std::fs::File::create(&path).unwrap().set_len(1 << 30).unwrap();
    let started = Instant::now();
    assert_eq!(problem(&path), "it is larger than 33554432 bytes, which is more than is read of one file");
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[test]
fn only_so_much_is_read_of_all_files() {
    let folder = Folder::new();
    let mut empty = samples::all_ok();
    empty.benchmarks.clear();
    let text = print_report(&empty);
    let bytes = u64::try_from(text.len()).unwrap();
    let paths: Vec<PathBuf> = (0..3).map(|index| folder.file(&format!("{index}.json"), &text)).collect();
    assert_eq!(read_within(&paths, 3 * bytes).used, 3);
    let intake = read_within(&paths, 3 * bytes - 1);
    let [rejected] = intake.rejected.try_into().unwrap();
    assert_eq!((intake.used, &rejected.path), (2, &paths[2]));
    assert!(matches!(rejected.problem, IntakeError::TooLargeTogether), "{rejected}");
}

#[cfg(unix)]
#[test]
fn only_regular_files_are_read() {
    let folder = Folder::new();
    let good = folder.file("good.json", &print_report(&samples::all_ok()));
    std::os::unix::fs::symlink(&good, folder.path("link.json")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(folder.path("pipe.json")).status().unwrap().success());
    for name in ["link.json", "pipe.json"] {
        assert_eq!(problem(&folder.path(name)), "it is no regular file");
    }
    assert!(problem(&folder.path("none.json")).contains("No such file"));
}

#[test]
fn millions_of_rows_are_refused_soon() {
    let file = |list: &str| {
        format!(
            "{{\"kind\": \"memgate report\", \"schema\": 5, \"outcome\": \"passed\", \"report\": {{\"tool\": \"0\", \
             \"strict\": false, \"targets\": [], \"benchmarks\": [{list}], \"notices\": []}}}}"
        )
    };
    // Ten million would be a larger file than is read.
    let problem = problem_of(&file(&vec!["{}"; 10_000_000].join(",")));
    assert!(problem.starts_with("a list has more than 100000 items at line 1 column "), "{problem}");
    let lists = [format!("[{}0]", "0,".repeat(99_000)).as_str(); 51].join(",");
    let problem = problem_of(&file(&lists));
    assert!(problem.starts_with("it has more than 5000000 values at "), "{problem}");
    let text = format!("\"{}\"", "x".repeat(2 << 20));
    assert!(problem_of(&file(&text)).starts_with("a text is longer than 1048576 bytes at "));
}

#[test]
fn deep_nesting_is_refused() {
    for nested in ["[".repeat(10_000_000), "{\"report\":".repeat(1_000_000)] {
        let problem =
            problem_of(&format!("{{\"kind\": \"memgate report\", \"schema\": 5, \"report\": {nested}"));
        // The walk that looks for the kind goes first, and finds that it never ends.
        assert!(problem.contains("EOF") || problem.contains("nested"), "{problem}");
    }
    let closed = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let problem =
        problem_of(&format!("{{\"kind\": \"memgate report\", \"schema\": 5, \"report\": {closed}}}"));
    assert!(problem.starts_with("it is nested more than 32 deep at "), "{problem}");
}

#[test]
fn names_are_names() {
    let name = |name: &str| problem_of(&edited("\"tokenizer/memory/split\"", name));
    for (hidden, said) in [
        (
            "\"tokenizer/memory/a\\u202eb\"",
            "\"a\\u{202e}b\" is no name of a benchmark: it has the invisible character U+202E",
        ),
        (
            "\"tokenizer/memory/a\\u200eb\"",
            "\"a\\u{200e}b\" is no name of a benchmark: it has the invisible character U+200E",
        ),
        ("\"tokenizer/memory/ a\"", "\" a\" is no name of a benchmark: it starts or ends with white space"),
    ] {
        assert_eq!(name(hidden), said);
    }
    for control in ["\\n", "\\u0000", "\\u001b[2J"] {
        let problem = name(&format!("\"tokenizer/memory/a{control}::error::x\""));
        assert!(
            problem.contains(" is no name of a benchmark: ") || problem.contains("control characters"),
            "{problem}"
        );
    }
    assert!(name("\"../memory/split\"").contains("is no name of a target triple, package or bench target"));
    assert!(name("\"--config=x/memory/split\"").contains("is no name of a target triple"));
    let triple = problem_of(&edited("\"target\": \"x86_64-unknown-linux-gnu\"", "\"target\": \"../../x\""));
    assert!(triple.contains("is no name of a target triple"), "{triple}");
}

#[test]
fn what_this_tool_would_not_write_is_refused() {
    for (from, to, said) in [
        ("\"strict\": false", "\"strict\": false, \"see\": \"https://evil\"", "unknown field `see`"),
        ("\"strict\": false", "\"strict\": false, \"strict\": false", "duplicate field `strict`"),
        (
            "\"head\": 163840",
            "\"head\": 9223372036854775808",
            "a value is a whole number of 64 bits, or a spread",
        ),
        ("\"head\": 163840", "\"head\": 1e300", "a value is a whole number of 64 bits, or a spread"),
        ("\"head\": 163840", "\"head\": -1", "`peak_bytes` of `tokenizer/memory/split` is negative"),
        ("\"absolute\": 256", "\"absolute\": -1", "has a limit below zero"),
        ("\"processes\": 2", "\"processes\": -2", "invalid value: integer `-2`"),
        (
            "\"outcome\": \"regressed\"",
            "\"outcome\": \"passed\"",
            "its `outcome` is not what its benchmarks say",
        ),
        ("\"verdict\": \"regressed\"", "\"verdict\": \"ok\"", "which its metrics contradict"),
        ("\"schema\": 10", "\"schema\": 99", "it has schema 99, written by a newer memgate"),
        ("\"kind\": \"memgate report\"", "\"kind\": \"memgate run\"", "it is not a memgate report"),
    ] {
        let problem = problem_of(&edited(from, to));
        assert!(problem.contains(said), "{problem}");
    }
    let mut twice = samples::all_ok();
    twice.benchmarks.push(twice.benchmarks[0].clone());
    let problem = problem_of(&print_report(&twice));
    assert_eq!(problem, "the benchmark `tokenizer/memory/count_words/1000` stands twice");
    // Large, and possible.
    let large = edited("\"head\": 163840", "\"head\": 9223372036854775807");
    let folder = Folder::new();
    assert!(read_reports(&[folder.file("report.json", &large)]).has_report());
}

#[test]
fn messages_quote_little_and_escaped() {
    let long = "\\n::error::x\\u202e".repeat(10_000);
    let problem = problem_of(&edited("\"strict\": false", &format!("\"{long}\": 1, \"strict\": false")));
    assert!(problem.contains(" … ") && problem.contains(" at line "), "{problem}");
    let problem = problem_of(&edited("\"verdict\": \"regressed\"", "\"verdict\": \"\\n::error::x\""));
    assert!(problem.starts_with("unknown variant `\\u{a}::error::x`"), "{problem}");
    let folder = Folder::new();
    let name = if cfg!(windows) { "a.json" } else { "a\n::error::x" };
    let [rejected] = read_reports(&[folder.file(name, "")]).rejected.try_into().unwrap();
    let error = rejected.to_string();
    assert!(!error.contains('\n') && error.ends_with(": it is empty"), "{error}");
}

#[test]
fn no_bytes_are_too_odd() {
    let folder = Folder::new();
    let text = print_report(&samples::one_regression());
    for at in (0..text.len()).step_by(97) {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] ^= 0x55;
        let path = folder.path("odd.json");
        std::fs::write(&path, &bytes).unwrap();
        let _ = read_reports(std::slice::from_ref(&path));
        std::fs::write(&path, &bytes[..at]).unwrap();
        assert!(!read_reports(&[path]).has_report());
    }
}
