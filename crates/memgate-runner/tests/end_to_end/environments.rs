//! Baselines that were measured in another environment.

#[cfg(unix)]
use crate::finished::Finished;
use crate::support::{Package, Project};

const BENCH: &str = r#"
use std::alloc::{GlobalAlloc, Layout, System};
use memgate::Bencher;

pub struct Mine;

// SAFETY: Hands every call on.
unsafe impl GlobalAlloc for Mine {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe { System.dealloc(block, layout) }
    }
}

fn one(bencher: Bencher) {
    bencher.bench(|| Box::new(1));
}

fn two(bencher: Bencher) {
    bencher.bench(|| (Box::new(1), Box::new(2)));
}

memgate::main! { one, two }
"#;

fn project(name: &str) -> Project {
    let package = Package::new(name).bench("memory", BENCH).manifest("[features]\nextra = []\n");
    let project = Project::new(name, [package]);
    project.memgate("update").exits(0);
    project
}

/// Asserts that nothing can be compared, because of `difference`, and that a part of the baseline is not replaced.
#[track_caller]
fn is_incomparable(project: &Project, name: &str, line: &str, difference: &str) {
    let report = project.memgate(&format!("check --format json {line}")).exits(104).report();
    assert_eq!(report.outcome(), "coverage_gap");
    let ids = [format!("{name}/memory/one"), format!("{name}/memory/two")];
    report.has_verdicts(&[(&ids[0], "incomparable"), (&ids[1], "incomparable")]);
    let differences = report.target("memory")["differences"].as_array().unwrap();
    assert_eq!(differences.len(), 1, "{differences:?}");
    assert_eq!(differences[0]["field"], difference);
    let (base, head) = (&differences[0]["base"], &differences[0]["head"]);
    let said = format!("{difference} was {} and is {}", base.as_str().unwrap(), head.as_str().unwrap());
    project
        .memgate(&format!("check {line}"))
        .exits(104)
        .says(&format!("{name}/memory is not what its baseline was measured with: {said}"))
        .says("to measure the baseline anew in this environment: cargo memgate update");

    let before = project.baselines();
    project
        .memgate(&format!("update --exact one {line}"))
        .exits(101)
        .complains(&format!("the baseline of {name}/memory was measured in another environment ({said})"))
        .complains("run `update` without filters");
    assert_eq!(project.baselines(), before);
}

#[test]
fn another_compiler_is_incomparable_unless_tolerated() {
    let project = project("compilers");
    let path = project.baseline_path("compilers", "memory");
    let baseline: serde_json::Value = serde_json::from_str(&project.read(&path)).unwrap();
    let rustc = baseline["environment"]["rustc"].as_str().unwrap();
    project.replace(&path, rustc, "1.2.3 (abcdef 2015-01-01)");
    is_incomparable(&project, "compilers", "", "rustc");
    let said = "the baseline was measured in another environment: rustc was 1.2.3 (abcdef 2015-01-01)";
    project.memgate("explain compilers").exits(0).says(said);

    project.write("memgate.toml", "[environment]\ntolerate = [\"rustc\"]\n");
    let report = project.memgate("check --strict --format json").exits(0).report();
    report.has_verdicts(&[("compilers/memory/one", "ok"), ("compilers/memory/two", "ok")]);
    let note =
        format!("compilers/memory is compared although rustc was 1.2.3 (abcdef 2015-01-01) and is {rustc}");
    assert_eq!(report.notices("tolerated_difference"), [note]);
    project.memgate("update --exact one").exits(0).says("baselines are up to date");

    // Only what is named is tolerated.
    project.replace(&path, "\"probe\": 1", "\"probe\": 7");
    project.memgate("check").exits(104).says("probe was 7 and is 1").never_says("measured with: rustc");

    // An update without filters measures everything anew.
    std::fs::remove_file(project.path("memgate.toml")).unwrap();
    project.memgate("update").exits(0);
    assert!(project.read(&path).contains(rustc));
    project.memgate("check --strict").exits(0);
}

#[test]
fn another_profile_is_incomparable() {
    let project = project("profiles");
    // For this package alone, or all of its dependencies would be compiled again.
    let optimised = "[profile.bench.package.profiles]\nopt-level = 1\n";
    let manifest = project.read("Cargo.toml");
    project.write("Cargo.toml", format!("{manifest}{optimised}"));
    is_incomparable(&project, "profiles", "", "profile");
    project.memgate("check").exits(104).says("(opt-level=0,").says("(opt-level=1,");
    project.write("Cargo.toml", manifest);
    project.memgate("check --strict").exits(0);
}

#[test]
fn other_features_are_incomparable() {
    let project = project("more-features");
    is_incomparable(&project, "more-features", "--features extra", "features");
    project.memgate("check --features extra").exits(104).says("features was [] and is [extra]");
    project.memgate("check --strict").exits(0);
    // A budget needs no base, and holds everywhere.
    project.write("memgate.toml", "[[benchmark]]\nmatch = \"*/two\"\nbudget = { allocs = 1 }\n");
    let report = project.memgate("check --features extra --format json").exits(100).report();
    report.has_verdicts(&[
        ("more-features/memory/one", "incomparable"),
        ("more-features/memory/two", "over_budget"),
    ]);
}

#[test]
fn another_allocator_is_incomparable() {
    let project = project("allocators");
    project.replace("allocators/benches/memory.rs", "memgate::main! {", "memgate::main! { allocator = Mine;");
    is_incomparable(&project, "allocators", "", "allocator");
    project.memgate("check").exits(104).says("allocator was std::alloc::System and is memory::Mine");
}

#[cfg(unix)]
#[test]
fn what_reaches_the_compiler_by_other_ways_is_incomparable() {
    use std::os::unix::fs::PermissionsExt;

    let dependency = Package::without_memgate("by-other-ways-dependency");
    let package = Package::new("by-other-ways")
        .bench("memory", BENCH)
        .manifest("[dependencies]\nby-other-ways-dependency = { path = \"../by-other-ways-dependency\" }\n");
    let project = Project::new("by-other-ways", [package, dependency]);
    project.memgate("update").exits(0);
    let with = |variable: &str, value: &str, said: &str| {
        let mut command = project.tool();
        command.args(["check", "--no-explain"]).env(variable, value);
        Finished::of(&mut command).exits(104).says(said);
    };

    project.write("wrapper", "#!/bin/sh\nexec \"$@\" --cfg heavy\n");
    let wrapper = project.path("wrapper");
    std::fs::set_permissions(&wrapper, std::fs::Permissions::from_mode(0o755)).unwrap();
    let variable = "RUSTC_WORKSPACE_WRAPPER";
    with(variable, wrapper.to_str().unwrap(), "rustflags was [] and is [RUSTC_WORKSPACE_WRAPPER=wrapper]");

    project.write("arguments", "--cfg\nusers_own\n");
    let arguments = format!("@{}", project.path("arguments").display());
    with("RUSTFLAGS", &arguments, "rustflags was [] and is [--cfg users_own]");

    let profile = "[profile.bench.package.by-other-ways-dependency]\nopt-level = 1\n";
    project.write(".cargo/config.toml", profile);
    let said = "; by-other-ways-dependency.opt-level=1)";
    project.memgate("check --no-explain").exits(104).says(said);
    project.memgate("update").exits(0);
    let path = project.baseline_path("by-other-ways", "memory");
    assert!(project.read(&path).contains("\"schema\": 2"), "{}", project.read(&path));
    project.memgate("check --strict").exits(0);
    std::fs::remove_file(project.path(".cargo/config.toml")).unwrap();
    project.memgate("check --no-explain").exits(104).says(said);
}
