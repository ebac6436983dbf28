//! Plans for projects as people have them.

use super::file_plan::Plan;
use super::found::{Found, FoundPackage};
use super::*;

fn found(files: &[(&str, &str)]) -> Found {
    Found {
        root: "/project".into(),
        package: FoundPackage {
            name: "parser".into(),
            binary: None,
            library: Some("parser".into()),
            ..FoundPackage::default()
        },
        files: files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect(),
        ..Found::default()
    }
}

fn choices() -> Choices {
    Choices { xtask: true, workflows: true, history: false, facade: true, source: Source::Published }
}

/// The text of a file once the plan is carried out.
#[track_caller]
fn text_after(plan: &Plan, path: &str) -> String {
    let mut writes = plan.writes();
    writes
        .find(|(written, _)| *written == path)
        .unwrap_or_else(|| panic!("{path} is not written: {plan:#?}"))
        .1
        .to_owned()
}

#[track_caller]
fn advice<'a>(plan: &'a Plan, path: &str) -> Vec<&'a str> {
    let files = plan.files.iter().filter(|file| file.path == path);
    files
        .filter_map(|file| match &file.action {
            Action::Conflict { advice, .. } => Some(advice.as_str()),
            _ => None,
        })
        .collect()
}

/// The project once the plan is carried out.
fn carried_out(found: &Found, plan: &Plan) -> Found {
    let mut after = found.clone();
    after.files.extend(plan.writes().map(|(path, text)| (path.to_owned(), text.to_owned())));
    after.xtask_folder.get_or_insert_with(|| "xtask".into());
    if let Some(source) = after.files.get("benches/memory.rs") {
        after.package.bench_targets.insert("memory".into(), source.clone());
    }
    after
}

const PACKAGE: &str = "[package]\nname = \"parser\" # the parser\nversion = \"0.1.0\"\n\n[dependencies]\n# why\nserde = \"1\"\n";

#[test]
fn a_package_gets_all_it_needs_and_keeps_the_rest() {
    let found = found(&[("Cargo.toml", PACKAGE)]);
    let plan = plan(&found, &choices()).unwrap();
    insta::assert_snapshot!(text_after(&plan, "Cargo.toml"), @r#"
    [package]
    name = "parser" # the parser
    version = "0.1.0"

    [dependencies]
    # why
    serde = "1"

    [dev-dependencies]
    memgate = "0.1"

    [[bench]]
    name = "memory"
    harness = false

    [workspace]
    members = ["xtask"]
    "#);
    insta::assert_snapshot!(text_after(&plan, "xtask/Cargo.toml"), @r#"
    [package]
    name = "xtask"
    version = "0.0.0"
    edition = "2024"
    publish = false
    default-run = "xtask"

    [features]
    # For `memgate comment`, which speaks to GitHub; the other commands are built without it.
    github = ["memgate-runner/github"]

    [dependencies]
    # Not built with `cargo xtask` itself, nor with the workspace: src/launch.rs builds it when it is called.
    memgate-runner = { version = "0.1", optional = true }

    [[bin]]
    name = "xtask-memgate"
    path = "src/memgate.rs"
    required-features = ["memgate-runner"]
    "#);
    insta::assert_snapshot!(text_after(&plan, ".cargo/config.toml"), @r#"
    [alias]
    xtask = "run --quiet --package xtask --"
    "#);
    insta::assert_snapshot!(text_after(&plan, "benches/memory.rs"), @r#"
    //! Memory benchmarks: exact heap numbers, which `cargo xtask memgate` compares with the committed baselines.

    /// To be replaced by what matters here, such as
    /// `bencher.bench(|| parser::parse(INPUT))`.
    fn example(bencher: memgate::Bencher) {
        // What the closure allocates is measured; dropping what it returns is not.
        bencher.bench(|| (0..100_u64).collect::<Vec<_>>());
    }

    fn example_with_inputs(bencher: memgate::Bencher, length: u64) {
        // Inputs are made outside of what is measured.
        bencher.with_inputs(|| (0..length).rev().collect::<Vec<_>>()).bench_values(|mut numbers| {
            numbers.sort();
            numbers
        });
    }

    memgate::main! { example, example_with_inputs: [1_000, 10_000] }
    "#);
    assert_eq!(plan.files.len(), 10);

    let again = super::plan(&carried_out(&found, &plan), &choices()).unwrap();
    assert!(again.is_done(), "{again:#?}");
}

#[test]
fn the_first_benchmark_is_of_what_was_found() {
    let mut found = found(&[("Cargo.toml", PACKAGE)]);
    found.package.first_call = Some("parser::Table::new".into());
    let text = text_after(&plan(&found, &choices()).unwrap(), "benches/memory.rs");
    assert!(text.contains("\nfn table_new(bencher: memgate::Bencher) {\n"), "{text}");
    assert!(text.contains("    bencher.bench(parser::Table::new);\n"), "{text}");
    assert!(
        text.ends_with("\nmemgate::main! { table_new, example_with_inputs: [1_000, 10_000] }\n"),
        "{text}"
    );
}

#[test]
fn the_configuration_to_begin_with_is_one_and_changes_nothing() {
    let written = text_after(&plan(&found(&[("Cargo.toml", PACKAGE)]), &choices()).unwrap(), "memgate.toml");
    assert_eq!(memgate_report::config::parse_config(&written), Ok(memgate_report::config::Config::default()));
    // Every example in it is right, and the defaults that it names are.
    let is_example =
        |line: &&str| line.starts_with("# ") && (line.contains(" = ") || line.starts_with("# ["));
    let examples: String =
        written.lines().filter(is_example).map(|line| format!("{}\n", &line[2..])).collect();
    let config = memgate_report::config::parse_config(&examples).unwrap();
    let id = "other/memory/x".parse().unwrap();
    let rules = config.policy.rules(&id);
    let differing = rules
        .iter()
        .zip(memgate_report::rules::Policy::default().rules(&id))
        .filter(|(rule, default)| *rule != default);
    let differing: Vec<String> = differing.map(|((key, _), _)| key.to_string()).collect();
    assert_eq!(differing, ["reallocs"], "the one that is an example");
    let measure = memgate_report::config::MeasureConfig {
        processes: Some(2),
        maximum_processes: Some(8),
        time_limit: Some(std::time::Duration::from_secs(60)),
        jobs: None,
    };
    assert_eq!(config.measure, measure);
    assert_eq!(config.policy.benchmarks.len(), 1);
}

#[test]
fn lines_end_as_they_did() {
    let windows = PACKAGE.replace('\n', "\r\n");
    let plan = plan(&found(&[("Cargo.toml", &windows)]), &choices()).unwrap();
    let after = text_after(&plan, "Cargo.toml");
    assert!(after.starts_with(&windows));
    assert_eq!(after.matches('\n').count(), after.matches("\r\n").count());
}

#[test]
fn a_workflow_with_other_line_ends_is_the_same() {
    let before = found(&[("Cargo.toml", PACKAGE)]);
    let first = plan(&before, &choices()).unwrap();
    let mut after = carried_out(&before, &first);
    let path = ".github/workflows/memgate.yml";
    after.files.insert(path.into(), text_after(&first, path).replace('\n', "\r\n"));
    assert!(plan(&after, &choices()).unwrap().is_done());
}

#[test]
fn what_is_the_users_own_by_then_stays() {
    let before = found(&[("Cargo.toml", PACKAGE)]);
    let first = plan(&before, &choices()).unwrap();
    let mut edited = before.clone();
    let bench = "fn mine(bencher: memgate::Bencher) {}\nmemgate::main! { mine }\n";
    edited.files.insert("benches/memory.rs".into(), bench.into());
    edited.files.insert("memgate.toml".into(), "[measure]\nprocesses = 3\n".into());
    let mut edited = carried_out(&edited, &first);
    edited.files.insert("benches/memory.rs".into(), bench.into());
    edited.files.insert("memgate.toml".into(), "[measure]\nprocesses = 3\n".into());
    assert!(plan(&edited, &choices()).unwrap().is_done());
}

#[test]
fn a_bench_file_that_is_there_before_its_entry_gets_one() {
    // As an interrupted set-up leaves it: cargo finds the target by its file, and would run it under libtest's harness.
    let mut found = found(&[("Cargo.toml", PACKAGE), ("benches/memory.rs", "memgate::main! { a }")]);
    found.package.bench_targets.insert("memory".into(), "memgate::main! { a }".into());
    let plan = plan(&found, &choices()).unwrap();
    assert!(text_after(&plan, "Cargo.toml").contains("[[bench]]\nname = \"memory\"\nharness = false\n"));
}

#[test]
fn files_of_somebody_elses_are_in_the_way() {
    let found = found(&[
        ("Cargo.toml", PACKAGE),
        ("benches/memory.rs", "fn main() {}\n"),
        (".github/workflows/memgate.yml", "name: mine\n"),
        ("memgate.toml", "[limit]\n"),
    ]);
    let plan = plan(&found, &choices()).unwrap();
    assert!(plan.has_conflicts());
    assert_eq!(advice(&plan, "memgate.toml").len(), 1);
    let shown = render_plan(&plan, &found, false);
    assert!(shown.contains("  conflict  benches/memory.rs\n"), "{shown}");
    assert!(shown.contains("            -fn main() {}\n            +//! Memory benchmarks"), "{shown}");
    assert!(shown.contains("            -name: mine\n            +# The memory gate."), "{shown}");
}

#[test]
fn settings_are_added_to() {
    let settings = "# ours\n[build]\njobs = 2\n\n[alias]\nci = \"test --locked\" # as CI\n";
    let plan = |settings: &str| {
        plan(&found(&[("Cargo.toml", PACKAGE), (".cargo/config.toml", settings)]), &choices()).unwrap()
    };
    assert_eq!(
        text_after(&plan(settings), ".cargo/config.toml"),
        format!("{settings}xtask = \"run --quiet --package xtask --\"\n")
    );
    for same in [
        "\"run -p xtask --\"",
        "[\"run\", \"--package=xtask\", \"--\"]",
        "\"r --manifest-path ./xtask/Cargo.toml --\"",
    ] {
        let settings = format!("[alias]\nxtask = {same}\n");
        let plan = plan(&settings);
        assert!(
            !plan.has_conflicts() && plan.writes().all(|(path, _)| path != ".cargo/config.toml"),
            "{same}"
        );
    }
    let other = plan("[alias]\nxtask = \"make --\"\n");
    assert_eq!(
        advice(&other, ".cargo/config.toml"),
        [
            "`cargo xtask` is `cargo make --` here; make it `run --quiet --package xtask --`, or call the tool `cargo \
          memgate` with --no-xtask"
        ]
    );
}

#[test]
fn an_xtask_of_the_users_own_hands_over_or_is_in_the_way() {
    let manifest = "[package]\nname = \"xtask\"\n[dependencies]\nanyhow = \"1\"\n";
    let mut there = found(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"xtask\", \"parser\"]\n"),
        ("parser/Cargo.toml", PACKAGE),
        ("xtask/Cargo.toml", manifest),
        ("xtask/src/main.rs", "mod tasks;\nfn main() {}\n"),
        ("xtask/src/tasks.rs", "pub fn ci() {}\n"),
    ]);
    there.package.folder = "parser".into();
    there.xtask_folder = Some("xtask".into());
    let in_the_way = plan(&there, &choices()).unwrap();
    assert!(
        advice(&in_the_way, "xtask/Cargo.toml")[0]
            .contains("add to its [dependencies]: memgate-runner = \"0.1\"")
    );
    assert!(
        advice(&in_the_way, "xtask/src/main.rs")[0]
            .contains("memgate_runner::run(\"cargo xtask memgate\", arguments)")
    );

    // Without it, the rest can be done.
    let without = Choices { xtask: false, ..choices() };
    assert!(!plan(&there, &without).unwrap().has_conflicts());

    let dependency = format!("{manifest}memgate-runner = \"0.1\"\n");
    there.files.insert("xtask/Cargo.toml".into(), dependency);
    let hand_over = "pub fn ci() { memgate_runner::run(\"cargo xtask memgate\", []); }";
    there.files.insert("xtask/src/tasks.rs".into(), hand_over.into());
    let plan = plan(&there, &choices()).unwrap();
    assert!(!plan.has_conflicts());
    assert!(plan.writes().all(|(path, _)| !path.starts_with("xtask/") && path != "Cargo.toml"));
}

#[test]
fn without_an_xtask_the_tool_is_installed() {
    let choices = Choices { xtask: false, history: true, ..choices() };
    let plan = plan(&found(&[("Cargo.toml", PACKAGE)]), &choices).unwrap();
    assert!(!text_after(&plan, "Cargo.toml").contains("[workspace]"));
    for workflow in workflows::PATHS {
        let text = text_after(&plan, workflow);
        assert!(text.contains("run: cargo install --locked memgate-runner@"), "{text}");
        assert!(text.contains("cargo memgate "), "{text}");
        assert!(!text.contains("xtask"), "{text}");
    }
}

/// A package with a criterion suite, and what becomes of its manifest.
fn with_criterion(manifest: &str) -> Result<String, String> {
    let mut found = found(&[("Cargo.toml", manifest)]);
    found.package.bench_targets.insert("speed".into(), "criterion_main!(all);".into());
    let choices = Choices { xtask: false, ..choices() };
    let plan = plan(&found, &choices).unwrap();
    match advice(&plan, "Cargo.toml").first() {
        Some(advice) => Err((*advice).to_owned()),
        None => Ok(text_after(&plan, "Cargo.toml")),
    }
}

#[test]
fn the_facade_takes_criterions_place() {
    for (before, after) in [
        (
            "criterion = \"0.5\" # bench",
            "criterion = { package = \"memgate-criterion\", version = \"0.1\" } # bench",
        ),
        (
            "criterion = { version = \"0.5.1\", features = [\"html_reports\"] }",
            "criterion = { package = \"memgate-criterion\", version = \"0.1\", features = [\"html_reports\"] }",
        ),
        (
            "crit = { git = \"https://example.com\", package = \"criterion\", default-features = false }",
            "crit = { package = \"memgate-criterion\", version = \"0.1\", default-features = false, features = [\"allocator\"] }",
        ),
        (
            "criterion = { default-features = false, features = [\"rayon\"], version = \"0.8\" }",
            "criterion = { package = \"memgate-criterion\", version = \"0.1\", default-features = false, features = [\"rayon\", \"allocator\"] }",
        ),
    ] {
        for table in ["dev-dependencies", "dependencies", "target.'cfg(unix)'.dev-dependencies"] {
            let manifest = |line: &str| {
                format!("[package]\nname = \"parser\"\n\n[{table}]\n# speed\n{line}\nzzz = \"1\"\n")
            };
            assert_eq!(with_criterion(&manifest(before)).unwrap(), manifest(after));
        }
    }
    assert_eq!(
        with_criterion("[dev-dependencies.criterion]\nversion = \"0.5\"\nfeatures = [\"rayon\"]\n").unwrap(),
        "[dev-dependencies.criterion]\nfeatures = [\"rayon\"]\npackage = \"memgate-criterion\"\nversion = \"0.1\"\n"
    );
}

#[test]
fn what_the_facade_can_not_stand_for_is_said() {
    let refusal =
        with_criterion("[dev-dependencies]\ncriterion = { version = \"0.5\", features = [\"async_std\"] }\n")
            .unwrap_err();
    assert!(refusal.starts_with(
        "`async_std` is a feature of criterion that memgate-criterion, which is criterion 0.8, does not have"
    ));
    assert!(refusal.ends_with("with --no-facade"));
}

#[test]
fn a_dependency_of_the_workspace_is_changed_there() {
    let mut found = found(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"a\", \"b\"]\n[workspace.dependencies]\ncriterion = { version = \"0.7\", default-features = false }\n",
        ),
        ("a/Cargo.toml", "[package]\nname = \"a\"\n[dev-dependencies]\ncriterion.workspace = true\n"),
    ]);
    found.package.folder = "a".into();
    found.package.bench_targets.insert("speed".into(), String::new());
    let other = "[package]\nname = \"b\"\n[dev-dependencies]\ncriterion = { workspace = true, features = [\"rayon\"] }\n";
    found.other_manifests.insert("b".into(), other.into());
    let choices = Choices { source: Source::Checkout("/memgate".into()), ..choices() };
    let plan = plan(&found, &choices).unwrap();
    insta::assert_snapshot!(text_after(&plan, "Cargo.toml"), @r#"
    [workspace]
    members = ["a", "b", "xtask"]
    [workspace.dependencies]
    criterion = { package = "memgate-criterion", path = "../memgate/crates/memgate-criterion", default-features = false, features = ["allocator"] }
    "#);
    assert!(plan.writes().all(|(path, _)| path != "a/Cargo.toml"));
    assert_eq!(
        plan.notes[0],
        "`criterion` is a dependency of the whole workspace: b get memgate-criterion as well."
    );
}

#[test]
fn the_facade_takes_divans_place() {
    let manifest = |line: &str| format!("[dev-dependencies]\n{line}\n");
    let own = "#[global_allocator]\nstatic A: AllocProfiler = AllocProfiler::system();\nfn main() { divan::main() }";
    for (source, before, after) in [
        (
            "fn main() { divan::main() }",
            "divan = \"0.1\" # bench",
            "divan = { package = \"memgate-divan\", version = \"0.1\", features = [\"allocator\"] } # bench",
        ),
        (
            "fn main() { divan::main() }",
            "divan = { package = \"codspeed-divan-compat\", version = \"5\", default-features = false }",
            "divan = { package = \"memgate-divan\", version = \"0.1\", default-features = false, features = [\"allocator\"] }",
        ),
        // The tool gives one to those targets that have none.
        (own, "divan = \"0.1.21\"", "divan = { package = \"memgate-divan\", version = \"0.1\" }"),
    ] {
        let mut found = found(&[("Cargo.toml", &manifest(before))]);
        found.package.bench_targets.insert("speed".into(), source.into());
        let choices = Choices { xtask: false, ..choices() };
        let plan = plan(&found, &choices).unwrap();
        assert_eq!(advice(&plan, "Cargo.toml"), [""; 0]);
        assert_eq!(text_after(&plan, "Cargo.toml"), manifest(after));
    }
    let mut found = found(&[("Cargo.toml", &manifest("divan = \"0.1\""))]);
    let other = "#[global_allocator]\nstatic A: MiMalloc = MiMalloc;\nfn main() { divan::main() }";
    found.package.bench_targets.insert("speed".into(), other.into());
    assert!(advice(&plan(&found, &choices()).unwrap(), "Cargo.toml")[0].contains("docs/DIVAN.md"));
}

#[test]
fn a_package_of_its_own_allocator_is_told() {
    let mut found = found(&[("Cargo.toml", "[dev-dependencies]\ncriterion = \"0.8\"\n")]);
    found.package.bench_targets.insert("speed".into(), "#[global_allocator]\nstatic A: X = X;".into());
    assert!(advice(&plan(&found, &choices()).unwrap(), "Cargo.toml")[0].contains("docs/CRITERION.md"));
    let native = Choices { facade: false, ..choices() };
    assert!(!plan(&found, &native).unwrap().has_conflicts());
}

#[test]
fn owners_are_suggested_where_they_are() {
    let notes = |files: &[(&str, &str)]| plan(&found(files), &choices()).unwrap().notes.join("\n");
    assert!(notes(&[("Cargo.toml", PACKAGE)]).contains("in .github/CODEOWNERS,"));
    assert!(notes(&[("Cargo.toml", PACKAGE), ("docs/CODEOWNERS", "* @a\n")]).contains("in docs/CODEOWNERS,"));
    let all = notes(&[("Cargo.toml", PACKAGE)]);
    for pattern in
        ["/baselines/ ", "/memgate.toml ", "/.github/ ", "/.cargo/ ", "/rust-toolchain.toml ", "/xtask/ "]
    {
        assert!(all.contains(&format!("\n    {pattern}")), "{pattern}: {all}");
    }
    // Only what lacks.
    let some = notes(&[("Cargo.toml", PACKAGE), ("CODEOWNERS", "/baselines/ @a\n#/xtask/ @a\n")]);
    assert!(!some.contains("    /baselines/") && some.contains("    /xtask/"), "{some}");
    let installed = plan(&found(&[("Cargo.toml", PACKAGE)]), &Choices { xtask: false, ..choices() }).unwrap();
    assert!(!installed.notes.join("\n").contains("/xtask/"), "{:?}", installed.notes);
    let owned = "/baselines/ @a\n/memgate.toml @a\n/.github/ @a\n/.cargo/ @a\n/rust-toolchain.toml @a\n/Cargo.toml @a\n\
                 /Cargo.lock @a\n/.gitattributes @a\n/xtask/ @a\n";
    let quiet = notes(&[("Cargo.toml", PACKAGE), ("CODEOWNERS", owned), ("rust-toolchain.toml", "")]);
    assert_eq!(quiet, "");
    assert!(notes(&[("Cargo.toml", PACKAGE), (".gitignore", "/target\nCargo.lock\n")]).contains("Commit it"));
}

#[test]
fn what_is_built_is_kept_out_of_git_before_everything_is_added() {
    let plan = plan(&found(&[("Cargo.toml", PACKAGE)]), &choices()).unwrap();
    let steps = |is_target_seen| next_steps(&plan, &choices(), is_target_seen);
    let place = |text: &str, step: &str| text.find(step).unwrap_or_else(|| panic!("{step}: {text}"));
    let seen = steps(true);
    assert!(place(&seen, r"printf '\n/target\n' >> .gitignore ") < place(&seen, "git add ."), "{seen}");
    assert!(!steps(false).contains(".gitignore"));
}

#[test]
fn below_the_root_of_a_repository_workflows_would_never_run() {
    let below = Found { in_repository: "rust".into(), ..found(&[("Cargo.toml", PACKAGE)]) };
    let plan = plan(&below, &choices()).unwrap();
    assert!(plan.writes().all(|(path, _)| !path.starts_with(".github")), "{plan:#?}");
    assert!(plan.notes.iter().any(|note| note.contains("this workspace lies in rust")), "{:?}", plan.notes);
    // Owners are those of paths from the root of the repository.
    let owners = plan.notes.iter().find(|note| note.contains("@your-team")).unwrap();
    assert!(owners.contains("    /rust/baselines/ ") && owners.contains("    /.github/ "), "{owners}");
}

#[test]
fn packages_from_elsewhere_are_not_in_ci() {
    let source = Source::Checkout("/tools/memgate".into());
    let plan = plan(&found(&[("Cargo.toml", PACKAGE)]), &Choices { source, ..choices() }).unwrap();
    assert!(plan.notes.iter().any(|note| note.contains("outside of this project")), "{:?}", plan.notes);
}
