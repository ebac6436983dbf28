//! Numbers of tests among the baselines: what `check`, `update` and the comment say of them.

use std::process::Stdio;
use std::time::Duration;

use crate::commits::History;
use crate::finished::Finished;
use crate::support::{Package, Project, repository};

const TESTS: &str = r#"
memgate::install!();

#[test]
fn parse() {
    memgate::assert_heap!("parse/json", || vec![1_u8; 100]);
}

#[test]
fn print() {
    memgate::assert_heap!("print", || vec![1_u8; 50]);
}
"#;

const BENCHMARK: &str = r#"
fn first(bencher: memgate::Bencher) {
    bencher.bench(|| Box::new([0_u8; 64]));
}

memgate::main! { first }
"#;

/// A project with a benchmark and its baseline, and tests and their numbers.
fn project(name: &str) -> Project {
    let memgate = format!("memgate = {{ path = {:?}, features = [\"snapshots\"] }}", repository());
    let package = Package::without_memgate(name)
        .manifest(&format!("[dev-dependencies]\n{memgate}\n"))
        .bench("memory", BENCHMARK)
        .file("tests/memory.rs", TESTS);
    let project = Project::new(name, [package]);
    record(&project);
    project.memgate("update").exits(0);
    project
}

/// A project that has tests alone.
fn tests_alone(name: &str) -> Project {
    let memgate = format!("memgate = {{ path = {:?}, features = [\"snapshots\"] }}", repository());
    let package = Package::without_memgate(name)
        .manifest(&format!("[dev-dependencies]\n{memgate}\n"))
        .file("tests/memory.rs", TESTS);
    Project::new(name, [package])
}

/// Has the tests write their numbers.
fn record(project: &Project) {
    let mut cargo = project.cargo();
    cargo.args(["test", "--offline", "--test", "memory"]).env("MEMGATE_UPDATE", "1");
    Finished::of(&mut cargo).exits(0);
}

#[test]
fn a_renamed_and_a_deleted_test_are_stale_until_an_update() {
    let project = project("snapshots");
    let path = project.baseline_path("snapshots", "tests");
    let good = project.read(&path);
    assert!(good.contains("\"kind\": \"memgate tests\"") && good.contains("\"parse/json\""), "{good}");
    project.memgate("check --strict").exits(0).says("1 ok — 1 benchmark").never_says("tests");
    project.memgate("list").exits(0).never_says("parse/json");

    // What is only commented out may come back, and what is moved is there.
    project.replace("snapshots/tests/memory.rs", "fn print", "// was: \"print\"\nfn print_all");
    project.memgate("check --strict").exits(0);
    project.write(
        "snapshots/tests/memory.rs",
        TESTS.replace("parse/json", "parse/yaml").replace("\"print\"", "\"print/all\""),
    );
    let said = format!("{} has numbers of 2 tests that are gone: parse/json, print", path.display());
    project.memgate("check").exits(0).says(&format!("warning: {said}; `cargo memgate update` removes them"));
    project.memgate("check --strict").exits(103).says(&said);
    // Of one benchmark, nothing is said of tests.
    project.memgate("check --strict first").exits(0).never_says("parse/json");
    project.memgate("update first").exits(0).never_says("parse/json");
    record(&project);
    project.memgate("update --dry-run").exits(0).says(&format!("{said}: would be removed\n"));
    assert!(project.read(&path).contains("\"parse/json\""));
    project.memgate("update").exits(0).says(&format!("{said}: removed\n"));
    let updated = project.read(&path);
    assert!(!updated.contains("\"parse/json\"") && updated.contains("\"parse/yaml\""), "{updated}");
    // The tool writes as the tests do.
    let renamed = good.replace("\"parse/json\"", "\"parse/yaml\"").replace("\"print\"", "\"print/all\"");
    assert_eq!(updated, renamed);
    record(&project);
    assert_eq!(project.read(&path), updated);
    project.memgate("check --strict").exits(0);

    // Without any test, there is no file.
    project.write("snapshots/tests/memory.rs", "");
    project.memgate("update").exits(0);
    assert!(!project.path(&path).exists());
    project.memgate("check --strict").exits(0);
}

#[test]
fn an_update_waits_for_a_test_that_is_recording() {
    let project = project("snapshots-at-once");
    let path = project.baseline_path("snapshots-at-once", "tests");
    let before = project.read(&path);
    project.replace("snapshots-at-once/tests/memory.rs", "\"print\"", "\"print/all\"");
    record(&project);
    let with_new = project.read(&path);
    assert!(with_new.contains("\"print\"") && with_new.contains("\"print/all\""), "{with_new}");

    // A test that has read the file, and is about to write it.
    project.write(&path, &before);
    let lock = path.with_file_name(".tests.json.lock");
    project.write(&lock, "a test");
    let said = std::fs::File::create(project.path("said")).unwrap();
    let mut update = project.tool();
    let mut update = update.arg("update").stdout(Stdio::null()).stderr(said).spawn().unwrap();
    while !project.read("said").contains("Waiting for a test") && update.try_wait().unwrap().is_none() {
        // As young as a living process's.
        project.write(&lock, "a test");
        std::thread::sleep(Duration::from_millis(20));
    }
    project.write(&path, &with_new);
    std::fs::remove_file(project.path(&lock)).unwrap();
    assert!(update.wait().unwrap().success());
    let updated = project.read(&path);
    assert!(updated.contains("\"print/all\"") && !updated.contains("\"print\""), "{updated}");
}

#[test]
fn a_project_of_tests_alone_is_checked_and_updated() {
    let project = tests_alone("snapshots-alone");
    // Where nothing is recorded, there is nothing to look after yet.
    project.memgate("check").exits(2).complains("This project has none of its benchmarks yet");
    record(&project);
    let path = project.baseline_path("snapshots-alone", "tests");
    let note = "there is no benchmark; the numbers of tests are compared by `cargo test`";
    project.memgate("check --strict").exits(0).says(note).never_says("gone");
    project.memgate("check -p snapshots-alone").exits(0).says(note);
    project.memgate("check --since HEAD").exits(0).complains("so nothing is measured of another revision");
    project.memgate("update").exits(0).says("there is no benchmark; `MEMGATE_UPDATE=1 cargo test` records");
    for line in ["check first", "update first", "run", "list"] {
        project.memgate(line).exits(101).complains("no bench target of the selected packages uses memgate");
    }

    project.replace("snapshots-alone/tests/memory.rs", "\"print\"", "\"print/all\"");
    let said = format!("{} has numbers of 1 test that is gone: print", path.display());
    let warning = format!("warning: {said}; `cargo memgate update` removes them");
    project.memgate("check").exits(0).says(&warning).says(note);
    project.memgate("check --strict").exits(103).says(&warning);
    let report = project.memgate("check --format json").exits(0);
    assert!(report.json()["report"]["benchmarks"].as_array().unwrap().is_empty());
    project.write("report.json", &report.stdout);
    project.memgate("report report.json").exits(0).says(&warning);
    project.memgate("check --format markdown").exits(0).says(note);
    project.memgate("update --dry-run").exits(0).says(&format!("{said}: would be removed\n"));
    project.memgate("update").exits(0).says(&format!("{said}: removed\n"));
    assert!(!project.read(&path).contains("\"print\"") && project.read(&path).contains("\"parse/json\""));

    // The last test goes, and with it memgate.
    project.write("snapshots-alone/tests/memory.rs", "");
    let manifest = project.read("snapshots-alone/Cargo.toml");
    project.write("snapshots-alone/Cargo.toml", manifest.split("[dev-dependencies]").next().unwrap());
    project.memgate("check --strict").exits(103).says("has numbers of 1 test that is gone: parse/json");
    project.memgate("update").exits(0).says(": removed\n");
    assert!(!project.path(&path).exists());
    project.memgate("check").exits(2);
}

#[test]
fn the_numbers_of_a_test_go_on_under_another_id() {
    let project = tests_alone("snapshots-renamed");
    record(&project);
    let path = project.baseline_path("snapshots-renamed", "tests");
    let before = project.read(&path);
    let rename = |from: &str, to: &str| {
        let [from, to] = [from, to].map(|id| format!("snapshots-renamed/tests/{id}"));
        project.memgate(&format!("update --rename {from} {to}"))
    };
    rename("prin", "all")
        .exits(2)
        .complains("no test of snapshots-renamed has numbers with the id `prin`; did you mean `print`?");
    rename("print", "parse/json").exits(2).complains("`parse/json` has numbers of its own on ");
    assert_eq!(project.read(&path), before);

    project.replace("snapshots-renamed/tests/memory.rs", "\"print\"", "\"print/all\"");
    project
        .memgate("update --dry-run --rename snapshots-renamed/tests/print snapshots-renamed/tests/print/all")
        .exits(0)
        .says("renamed print → print/all: a test of snapshots-renamed on ")
        .says("nothing was written");
    assert_eq!(project.read(&path), before);
    rename("print", "print/all").exits(0).says("renamed print → print/all: a test of snapshots-renamed on ");
    assert_eq!(project.read(&path), before.replace("\"print\"", "\"print/all\""));
    assert!(!project.path("baselines/renames.json").exists(), "no history has it");
    let mut compare = project.cargo();
    Finished::of(compare.args(["test", "--offline", "--test", "memory"])).exits(0);
    project.memgate("check --strict").exits(0);

    // With the package goes the file.
    let renamed = project.read(&path);
    project.replace(
        "snapshots-renamed/Cargo.toml",
        "name = \"snapshots-renamed\"",
        "name = \"snapshots-moved\"",
    );
    project
        .memgate("update --rename snapshots-renamed snapshots-moved")
        .exits(0)
        .says("the numbers of its tests on ");
    assert!(!project.path(&path).exists());
    assert_eq!(project.read(project.baseline_path("snapshots-moved", "tests")), renamed);
    project.memgate("check --strict").exits(0);
}

#[test]
fn a_file_of_tests_that_can_not_be_read_is_named_and_never_written_over() {
    let project = project("snapshots-broken");
    let path = project.baseline_path("snapshots-broken", "tests");
    let newer = project.read(&path).replace("\"schema\": 1", "\"schema\": 2");
    project.write(&path, &newer);
    for command in ["check", "update"] {
        project
            .memgate(command)
            .exits(101)
            .complains("failed to read the numbers of tests ")
            .complains("it has schema 2, written by a newer memgate");
        assert_eq!(project.read(&path), newer);
    }
}

#[test]
fn raised_numbers_of_tests_are_shown_as_raised_baselines() {
    let mut history = History::of(project("snapshots-raised"));
    history.commit("before");
    history.project.replace("snapshots-raised/tests/memory.rs", "100", "1_000");
    history.project.replace("snapshots-raised/tests/memory.rs", "\"print\"", "\"print/all\"");
    record(&history.project);
    history.project.memgate("update").exits(0);
    let report = history.project.memgate("check --base HEAD --format json").exits(0);
    let acceptance = &report.json()["report"]["acceptance"];
    let raises: Vec<String> = acceptance["raises"]
        .as_array()
        .unwrap()
        .iter()
        .map(|raise| {
            format!(
                "{} {} {} → {}",
                raise["id"].as_str().unwrap(),
                raise["metric"],
                raise["base"],
                raise["head"]
            )
        })
        .collect();
    assert_eq!(
        raises,
        ["peak_bytes", "total_bytes", "retained_bytes"]
            .map(|metric| format!("snapshots-raised/tests (dev)/parse/json \"{metric}\" 100 → 1000"))
    );
    assert_eq!(
        (&acceptance["added"], &acceptance["dropped"][0]["id"]),
        (&1.into(), &"snapshots-raised/tests (dev)/print".into())
    );
    // A comment is made of a report, as a stranger brings it.
    history.project.write("report.json", &report.stdout);
    history
        .project
        .memgate("comment report.json --dry-run")
        .exits(0)
        .says("This change raises the baselines")
        .says("`tests (dev)/parse/json` | peak_bytes | 100\u{a0}B | 1,000\u{a0}B |");
}
