//! What the user has set for cargo holds for the gate too, and the gate does not disturb what the user has built.

use crate::finished::Finished;
use crate::support::{Package, Project};

/// Tells what it sees by the names of its benchmarks.
const BENCH: &str = r#"
#[global_allocator]
static ALLOCATOR: memgate::Alloc = memgate::Alloc::system();

fn main() -> std::process::ExitCode {
    let mut suite = memgate::Suite::new("facts", "facts");
    for name in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CARGO_PKG_VERSION", "OUT_DIR", "PLAIN", "FORCED", "RELATIVE", "RUNNER"] {
        suite = suite.bench(format!("{name}={}", std::env::var(name).unwrap_or_default()), one);
    }
    suite
        .bench(format!("folder={}", std::env::current_dir().unwrap().display()), one)
        .bench(format!("cfg={}", cfg!(users_own)), one)
        .bench(format!("flags={}", env!("SEEN_FLAGS")), one)
        .main()
}

fn one(bencher: memgate::Bencher) {
    bencher.bench(|| Box::new(1));
}
"#;

/// Build scripts are given the flags that the package is compiled with.
const BUILD_SCRIPT: &str = r#"
fn main() {
    println!("cargo:rustc-check-cfg=cfg(users_own)");
    let flags = std::env::var("CARGO_ENCODED_RUSTFLAGS").unwrap().replace('\u{1f}', " ");
    println!("cargo:rustc-env=SEEN_FLAGS={flags}");
}
"#;

fn project(name: &str) -> Project {
    Project::new(name, [Package::new(name).bench("facts", BENCH).file("build.rs", BUILD_SCRIPT)])
}

fn facts(project: &Project, variables: &[(&str, &str)]) -> Vec<String> {
    let mut command = project.tool();
    command.arg("list").envs(variables.iter().copied());
    let listed = Finished::of(&mut command).exits(0);
    listed.lines().into_iter().map(|id| id.splitn(3, '/').nth(2).unwrap().to_owned()).collect()
}

#[track_caller]
fn has(facts: &[String], fact: &str) {
    assert!(facts.iter().any(|found| found == fact), "{fact} is not in {facts:#?}");
}

#[test]
fn flags_of_every_source_survive_and_frame_pointers_come_with_them() {
    let project = project("flags");
    let without = facts(&project, &[]);
    has(&without, "cfg=false");
    has(&without, "flags=-Cforce-frame-pointers=yes -Csymbol-mangling-version=v0");

    let all = "flags=--cfg users_own -Cforce-frame-pointers=yes -Csymbol-mangling-version=v0";
    let both = |variables: &[(&str, &str)]| {
        let facts = facts(&project, variables);
        has(&facts, "cfg=true");
        has(&facts, all);
    };
    both(&[("RUSTFLAGS", "--cfg users_own")]);
    both(&[("CARGO_ENCODED_RUSTFLAGS", "--cfg\u{1f}users_own")]);
    both(&[("CARGO_BUILD_RUSTFLAGS", "--cfg users_own")]);
    for settings in [
        "[build]\nrustflags = [\"--cfg\", \"users_own\"]\n",
        "[build]\nrustflags = \"--cfg users_own\"\n",
        "[target.'cfg(unix)']\nrustflags = [\"--cfg\", \"users_own\"]\n",
        "[target.'cfg(all(unix, not(target_os = \"none\")))']\nrustflags = [\"--cfg\", \"users_own\"]\n",
        // A table that does not match, beside one that counts.
        "[target.'cfg(windows)']\nrustflags = [\"--cfg\", \"other\"]\n[build]\nrustflags = [\"--cfg\", \"users_own\"]\n",
    ] {
        project.write(".cargo/config.toml", settings);
        both(&[]);
    }
}

#[test]
fn a_bench_process_is_started_as_cargo_starts_it() {
    let project = project("starting");
    project.write(
        ".cargo/config.toml",
        "[env]\nPLAIN = \"from the settings\"\nFORCED = { value = \"forced\", force = true }\n\
         RELATIVE = { value = \"data\", relative = true }\n",
    );
    let package = project.path("starting");
    let facts_of = |variables: &[(&str, &str)]| {
        let facts = facts(&project, variables);
        has(&facts, &format!("folder={}", package.display()));
        has(&facts, &format!("CARGO_MANIFEST_DIR={}", package.display()));
        has(&facts, "CARGO_PKG_NAME=starting");
        has(&facts, &format!("CARGO_PKG_VERSION={}", project.version()));
        has(&facts, "FORCED=forced");
        has(&facts, &format!("RELATIVE={}", project.path("data").display()));
        facts
    };
    let listed = facts_of(&[]);
    has(&listed, "PLAIN=from the settings");
    has(&listed, "RUNNER=");
    let out_folder = listed.iter().find_map(|fact| fact.strip_prefix("OUT_DIR=")).unwrap();
    assert!(std::path::Path::new(out_folder).starts_with(project.target_folder()), "{out_folder}");
    // A variable that is set wins over the settings, unless they insist.
    has(&facts_of(&[("PLAIN", "from outside"), ("FORCED", "from outside")]), "PLAIN=from outside");

    // From another folder, it is all the same.
    let mut command = project.tool();
    command.args(["list", "--manifest-path"]).arg(project.path("Cargo.toml")).current_dir("/");
    assert_eq!(Finished::of(&mut command).exits(0).lines().len(), listed.len());

    let inside = Finished::of(project.tool().arg("list").current_dir(package.join("src"))).exits(0);
    assert_eq!(inside.lines().len(), listed.len());
    let outside = Finished::of(project.tool().arg("list").current_dir("/"));
    outside.exits(101).complains("error: failed to read the workspace: could not find `Cargo.toml` in `/`");

    // The same names come out when it is measured, or it would not be found.
    project.memgate("update --locked --offline").exits(0);
    project.memgate("check --strict --locked --offline").exits(0).says("11 ok");

    #[cfg(unix)]
    {
        let host = project.baselines().into_keys().next().unwrap();
        let host = host.iter().next().unwrap().to_str().unwrap().to_owned();
        let variable = format!("CARGO_TARGET_{}_RUNNER", host.to_uppercase().replace(['-', '.'], "_"));
        has(&facts(&project, &[(&variable, "env RUNNER=started-it")]), "RUNNER=started-it");
        let settings = project.read(".cargo/config.toml");
        for key in [host.as_str(), "'cfg(unix)'"] {
            let runner = format!("{settings}[target.{key}]\nrunner = [\"env\", \"RUNNER=started-it\"]\n");
            project.write(".cargo/config.toml", runner);
            has(&facts(&project, &[]), "RUNNER=started-it");
        }
        // What is true because of a flag.
        let runner = format!(
            "{settings}[build]\nrustflags = [\"--cfg\", \"users_own\"]\n[target.'cfg(users_own)']\n\
             runner = [\"env\", \"RUNNER=started-it\"]\n"
        );
        project.write(".cargo/config.toml", runner);
        has(&facts(&project, &[]), "RUNNER=started-it");
    }
}

#[test]
fn what_the_user_has_built_stays_fresh() {
    let project = project("fresh");
    let build = || {
        let mut command = project.cargo();
        command.args(["build", "--release", "--verbose"]);
        Finished::of(&mut command).exits(0)
    };
    build();
    let built = || {
        let metadata = std::fs::metadata(project.target_folder().join("release/libfresh.rlib")).unwrap();
        metadata.modified().unwrap()
    };
    let before = built();
    project.memgate("check").exits(104);
    let again = build().complains("Fresh fresh");
    assert!(!again.stderr.contains("Compiling fresh"), "{again:#?}");
    assert_eq!(built(), before);
    // And the other way round.
    project.memgate("check").exits(104);
    let third = project.memgate("check").exits(104);
    assert!(!third.stderr.contains("Compiling"), "{third:#?}");
}

/// The environment that a run records.
fn recorded(project: &Project) -> (String, Vec<String>) {
    let run = project.memgate("run").exits(0);
    let run: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let environment = &run["run"]["bench_targets"][0]["environment"];
    let flags = environment["rustflags"].as_array().unwrap().iter();
    let flags = flags.map(|flag| flag.as_str().unwrap().to_owned()).collect();
    (environment["target"].as_str().unwrap().to_owned(), flags)
}

#[test]
fn what_reached_the_compiler_is_recorded_however_it_was_set() {
    let project = project("recorded");
    let host = recorded(&project).0;
    let runner = format!("[target.{host}]\nrunner = [\"env\", \"RUNNER=started-it\"]\n");
    for settings in [
        format!("[build]\ntarget = \"host-tuple\"\n{runner}rustflags = [\"--cfg\", \"users_own\"]\n"),
        format!("[build]\ntarget = [\"host-tuple\", \"{host}\"]\nrustflags = \"--cfg users_own\"\n{runner}"),
        format!(
            "[build]\ntarget = \"{host}\"\n[target.'cfg(not(windows))']\nrustflags = \"--cfg=users_own\"\n{runner}"
        ),
    ] {
        project.write(".cargo/config.toml", settings);
        assert_eq!(recorded(&project), (host.clone(), vec!["--cfg users_own".to_owned()]));
        #[cfg(unix)]
        has(&facts(&project, &[]), "RUNNER=started-it");
    }
    project.write(".cargo/config.toml", "[build]\ntarget = [\"host-tuple\", \"wasm32-unknown-unknown\"]\n");
    project.memgate("update").exits(2).complains(&format!(
        "error: cargo's settings name 2 targets, and a run is of one: choose with `--target wasm32-unknown-unknown` (or {host})"
    ));
    project.memgate("list --target host-tuple").exits(0);
    project.memgate("update --target no-such-target").exits(101).complains("no-such-target");
}

#[test]
fn a_profile_of_the_gate_alone_is_named_once() {
    let package = Package::new("own_profile").bench("facts", BENCH).file("build.rs", BUILD_SCRIPT);
    let project = Project::new("own_profile", [package]);
    let manifest = project.read("Cargo.toml");
    project.write("Cargo.toml", manifest + "\n[profile.gate]\ninherits = \"bench\"\nlto = \"off\"\n");
    project.write("memgate.toml", "[build]\nprofile = \"gate\"\n");

    project.memgate("update").exits(0);
    let baseline = project.read(project.baseline_path("own_profile", "facts"));
    assert!(baseline.contains("\"name\": \"gate\"") && baseline.contains("\"lto\": \"off\""), "{baseline}");
    project.memgate("check").exits(0);
    // The command line wins, and says so again where it is to be typed.
    project.memgate("check --profile bench").exits(104).says("update --profile bench");

    project.write("memgate.toml", "[build]\nprofile = \"gaet\"\n");
    project.memgate("check").exits(2).complains("error: no profile `gaet` in the workspace's Cargo.toml; ");
    project.write(".cargo/config.toml", "[profile.gaet]\ninherits = \"gate\"\n");
    project.memgate("list").exits(0);
}
