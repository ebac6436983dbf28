//! `compare`: two revisions against each other.

use std::path::PathBuf;
#[cfg(unix)]
use std::process::Stdio;
#[cfg(unix)]
use std::time::Duration;

use serde_json::Value;

use crate::commits::History;
use crate::dials;
use crate::support::{Package, Project};

const NOTHING: [PathBuf; 0] = [];

fn history(name: &str) -> History {
    let mut history = History::of(dials::project(name, "a 3\nb 2\ngone 1\n"));
    history.commit("First");
    history.tag("v1");
    history.project.write(format!("{name}/dials"), "a 5\nb 1\nnew 1\n");
    history.commit("Second");
    history.tag("v2");
    history
}

/// The benchmarks of a report, with everything that is said of them.
fn benchmarks(report: &Value) -> &Value {
    &report["report"]["benchmarks"]
}

#[test]
fn two_tags_are_what_check_says_of_baselines_of_the_first() {
    let mut history = history("compared");
    history.leave_traces("compared/src/lib.rs");
    let before = history.files();
    let compared = history.project.memgate("compare v1 v2 --format json").exits(100).json();
    history
        .project
        .memgate("compare v2 v1 memory/a")
        .exits(0)
        .says("v1 (")
        .says("both were built with rustc");
    assert_eq!(history.changed_since(&before), NOTHING);

    history.check_out("v1");
    history.project.memgate("update").exits(0);
    history.check_out("v2");
    let checked = history.project.memgate("check --format json").exits(100).json();
    assert!(benchmarks(&checked)[0]["sites"].is_object(), "{checked:#}");
    assert_eq!(benchmarks(&compared), benchmarks(&checked));
}

#[test]
fn what_has_a_limit_by_configuration_alone_is_compared_too() {
    let mut history = History::of(dials::project("compared-cold", "a 1+1\n"));
    history.project.write("memgate.toml", "[limits.cold]\nallocs = {}\n");
    history.commit("First");
    history.project.write("compared-cold/dials", "a 1+4\n");
    history.commit("Second");
    history.project.memgate("compare HEAD~1 HEAD").exits(100).says("cold.allocs");
    history.project.memgate("compare HEAD HEAD --strict").exits(0).says("1 ok");
}

#[test]
fn the_working_tree_is_compared_as_it_is() {
    let history = history("compared-tree");
    history.project.write("compared-tree/dials", "a 3\nb 2\ngone 1\n");
    history.project.memgate("compare v1").exits(0).says("the working tree is compared with v1 (");
    history.project.write("compared-tree/dials", "a 4\nb 2\ngone 1\n");
    history.project.memgate("compare v1 . memory/a").exits(100).says("(+1)").never_says("to accept");
    history.project.memgate("compare v1 . memory/b").exits(0);
    history.project.memgate("compare v1 . nothing").exits(2).complains("no benchmark matches `nothing`");
}

/// Allocates paths.
const LENGTHS: &str = r#"
use memgate::Bencher;

fn manifest(bencher: Bencher) {
    bencher.bench(|| env!("CARGO_MANIFEST_DIR").to_owned());
}

fn out(bencher: Bencher) {
    bencher.bench(|| env!("OUT_DIR").to_owned());
}

fn source(bencher: Bencher) {
    bencher.bench(|| file!().to_owned());
}

fn folder(bencher: Bencher) {
    bencher.bench(|| std::env::current_dir().unwrap());
}

fn executable(bencher: Bencher) {
    bencher.bench(|| std::env::current_exe().unwrap());
}

memgate::main! { manifest, out, source, folder, executable }
"#;

#[test]
fn the_working_tree_is_measured_in_a_folder_as_long_as_the_other() {
    let package = Package::new("lengths").bench("memory", LENGTHS).file("build.rs", "fn main() {}");
    let mut history = History::of(Project::new("compared-lengths", [package]));
    history.commit("First");
    let before = history.files();
    history.project.memgate("compare HEAD . --strict --no-explain").exits(0).says("5 ok");
    assert_eq!(history.changed_since(&before), NOTHING);
    let manifest = "env!(\"CARGO_MANIFEST_DIR\").to_owned()";
    let longer = LENGTHS.replace(manifest, &format!("{manifest} + \"/x\""));
    history.project.write("lengths/benches/memory.rs", longer);
    history.project.memgate("compare HEAD . --no-explain").exits(100).says("regressed  manifest");
}

#[test]
fn todays_benches_measure_old_code() {
    let library = |count: usize| {
        let lines = "    drop(std::hint::black_box(Box::new(1_u8)));\n".repeat(count);
        format!("pub fn work() {{\n{lines}}}\n")
    };
    let package = Package::without_memgate("compared-old").file("src/lib.rs", &library(1));
    let mut history = History::of(Project::new("compared-old", [package]));
    history.commit("Without benches");
    history.tag("v1");
    history.project.write("compared-old/src/lib.rs", library(3));
    let manifest = history.project.read("compared-old/Cargo.toml");
    history.project.write(
        "compared-old/Cargo.toml",
        format!(
            "{manifest}[dev-dependencies]\nmemgate = {{ path = {:?} }}\n[[bench]]\nname = \"memory\"\nharness = false\n",
            crate::support::repository()
        ),
    );
    history.project.write(
        "compared-old/benches/memory.rs",
        "fn work(bencher: memgate::Bencher) {\n    bencher.bench(compared_old::work);\n}\nmemgate::main! { work }\n",
    );
    history.commit("With benches");
    history.project.memgate("compare v1 HEAD").exits(101).complains("--benches-from head");
    let report = history.project.memgate("compare v1 HEAD --benches-from head --format json");
    let report = report.exits(100).report();
    let allocs = report.metric("compared-old/memory/work", "allocs");
    assert_eq!((allocs["base"].as_i64(), allocs["head"].as_i64()), (Some(1), Some(3)));
    history
        .project
        .memgate("compare v1 --benches-from head")
        .exits(100)
        .says("both with the benches of head");
}

#[test]
fn a_release_is_measured_with_todays_benches() {
    // A package without dependencies that the tool is built from, so that cargo has it already.
    const LIBRARY: &str = "pub trait ToSnakeCase { fn to_snake_case(&self) -> String; }\n\
        impl ToSnakeCase for str { fn to_snake_case(&self) -> String { String::with_capacity(1_000) } }\n";
    let package = Package::without_memgate("heck").file("src/lib.rs", LIBRARY).file(
        "benches/memory.rs",
        "use heck::ToSnakeCase;\n\
         fn snake(bencher: memgate::Bencher) {\n    bencher.bench(|| \"HelloWorld\".to_snake_case());\n}\n\
         memgate::main! { snake }\n",
    );
    let mut history = History::of(Project::new("compared-release", [package]));
    let manifest = history.project.read("heck/Cargo.toml");
    let benches = format!(
        "{manifest}[dev-dependencies]\nmemgate = {{ path = {:?} }}\n[[bench]]\nname = \"memory\"\nharness = false\n",
        crate::support::repository()
    );
    history.project.write("heck/Cargo.toml", benches);
    history.commit("Today");
    let before = history.files();
    let report = history.project.memgate("compare heck@0.5.0 --benches-from head --format json").exits(100);
    let report = report.report();
    let bytes = report.metric("heck/memory/snake", "total_bytes");
    let base = bytes["base"].as_i64().unwrap();
    assert!((10..100).contains(&base), "{bytes}");
    assert_eq!(bytes["head"].as_i64(), Some(1_000));
    let project = &history.project;
    project.memgate("compare heck@0.5.0").exits(101).complains("--benches-from head");
    project.memgate("compare heck@0.0.987").exits(101).complains("the release heck 0.0.987");
    project.memgate("compare nothing-of-ours@1.0.0").exits(2).complains("nothing-of-ours");
    assert_eq!(history.changed_since(&before), NOTHING);
}

#[test]
fn what_cannot_be_compared_is_said() {
    let mut history = history("compared-wrong");
    let project = &history.project;
    project.memgate("compare v7").exits(2).complains("failed to find the revision `v7`");
    project.memgate("compare v1 v7").exits(2).complains("failed to find the revision `v7`");
    project.memgate("compare").exits(2);
    project.write("compared-wrong/dials", "a panic\n");
    history.commit("Broken benchmark");
    history
        .project
        .memgate("compare HEAD v2")
        .exits(101)
        .complains("failed to measure `compared-wrong/memory/a`");
    history.project.memgate("compare v2 HEAD").exits(101).says("failed");
    history.project.write("compared-wrong/src/lib.rs", "no rust");
    history.commit("Broken code");
    history.project.memgate("compare HEAD v2").exits(101).complains("failed to build");

    let project = dials::project("compared-nowhere", "a 1\n");
    project.memgate("compare v1").exits(101).complains("failed to open the repository");
}

#[test]
fn submodules_are_taken_from_where_they_are() {
    let mut history = History::of(dials::project("submodule", "a 1\n"));
    history.commit_submodule("submodule");
    history.commit("First");
    history.tag("v1");
    history.project.write("submodule/dials", "a 2\n");
    history.commit_submodule("submodule");
    history.commit("Second");
    history.tag("v2");
    history.project.memgate("compare v1 v2").exits(100).says("(+1)").never_says("not committed");
    history.project.write("submodule/dials", "a 3\n");
    let before = history.files();
    let compared = history.project.memgate("compare v1 v2").exits(100).says("(+1)");
    compared.says("the submodule submodule has changes that are not committed");
    assert_eq!(history.changed_since(&before), NOTHING);
    std::fs::remove_dir_all(history.project.path("submodule/.git")).unwrap();
    history.project.memgate("compare v1 v2").exits(101).complains("git submodule update --init");
}

#[test]
fn a_shallow_clone_says_that_it_is_one() {
    let history = history("compared-shallow");
    history.project.write(".git/shallow", format!("{}\n", history.head()));
    history.project.memgate("compare HEAD~1").exits(101).complains("the clone is shallow");
    let line = "bisect v1 v2 compared-shallow/memory/a";
    history.project.memgate(line).exits(101).complains("the clone is shallow");
}

#[cfg(unix)]
#[test]
fn killed_it_leaves_the_repository_as_it_was() {
    let mut history = history("compared-killed");
    history.leave_traces("compared-killed/src/lib.rs");
    let before = history.files();
    for milliseconds in [20, 60, 150, 300, 500, 800, 1_200] {
        let mut command = history.project.tool();
        command
            .args(["compare", "v1", "v2"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        // It may have ended.
        let _ = child.kill();
        child.wait().unwrap();
        assert_eq!(history.changed_since(&before), NOTHING, "killed after {milliseconds} ms");
    }
    history.project.memgate("compare v1 v2").exits(100);
    assert_eq!(history.changed_since(&before), NOTHING);
}
