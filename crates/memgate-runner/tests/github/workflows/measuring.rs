//! What measures: `memgate.yml`, the example of shards, and `update-baselines.yml`.

use memgate_report::format::print_report;
use memgate_report::report::Verdict;
use serde_json::json;

use super::actions::{Inputs, Place, act};
use super::document::{of_repository, workflow};
use super::run::run;
use super::world::{LINUX, MAC, World, pull_request};
use crate::tool::report_of;

#[test]
fn the_gate_is_as_red_as_what_it_needs() {
    let workflow = workflow(&of_repository(".github/workflows/memgate.yml"));
    for (verdict, result) in [(Verdict::Ok, "success"), (Verdict::Regressed, "failure")] {
        let world = World::new(&[LINUX]);
        world.measures(LINUX, verdict);
        let ended = run(&world, &workflow, &world.github(7, "pull_request", pull_request()));
        ended.is(&[("measure", result), ("gate", result)]);
        // Red or green.
        let artifacts = world.artifacts.borrow();
        let [((_, artifact), files)] = Vec::from_iter(artifacts.iter()).try_into().unwrap();
        assert_eq!(
            (artifact.as_str(), files.keys().map(String::as_str).collect::<Vec<_>>()),
            ("memgate-x86_64-unknown-linux-gnu", vec!["x86_64-unknown-linux-gnu.json"])
        );
        assert_eq!(world.played("leaks"), "");
    }
}

#[test]
fn the_gate_is_red_about_a_target_that_has_baselines_and_no_leg() {
    let workflow = workflow(&of_repository(".github/workflows/memgate.yml"));
    let world = World::new(&[LINUX, MAC]);
    world.measures(LINUX, Verdict::Ok);
    let ended = run(&world, &workflow, &world.github(7, "push", json!({ "ref": "refs/heads/main" })));
    ended.is(&[("measure", "success"), ("gate", "failure")]);
    ended.says("there are baselines for aarch64-apple-darwin, and no report: add it to the matrix");
}

#[test]
fn the_gate_is_red_where_no_baselines_are_found() {
    let workflow = workflow(&of_repository(".github/workflows/memgate.yml"));
    let world = World::new(&[]);
    world.measures(LINUX, Verdict::Ok);
    let ended = run(&world, &workflow, &world.github(7, "pull_request", pull_request()));
    ended.is(&[("measure", "success"), ("gate", "failure")]);
    ended.says("there are no baselines in baselines/");
}

#[test]
fn a_leg_that_leaves_no_report_is_red() {
    let workflow = workflow(&of_repository(".github/workflows/memgate.yml"));
    let world = World::new(&[LINUX]);
    let ended = run(&world, &workflow, &world.github(7, "pull_request", pull_request()));
    ended.is(&[("measure", "failure"), ("gate", "failure")]).says("No files were found");
}

#[test]
fn a_leg_that_is_run_again_replaces_its_report() {
    let workflow = workflow(&of_repository(".github/workflows/memgate.yml"));
    let world = World::new(&[LINUX]);
    let github = world.github(7, "pull_request", pull_request());
    world.measures(LINUX, Verdict::Regressed);
    run(&world, &workflow, &github).is(&[("measure", "failure"), ("gate", "failure")]);
    world.measures(LINUX, Verdict::Ok);
    run(&world, &workflow, &github).is(&[("measure", "success"), ("gate", "success")]);
    let report = &world.artifacts.borrow()[&(7, format!("memgate-{LINUX}"))][&format!("{LINUX}.json")];
    assert!(String::from_utf8_lossy(report).contains("\"outcome\": \"passed\""));
}

#[test]
fn shards_become_one_report() {
    let text = of_repository("docs/GITHUB.md");
    let example = text.split("```yaml\n").find(|block| block.starts_with("name: memgate\n"));
    let workflow = workflow(example.unwrap().split("```").next().unwrap());
    let world = World::new(&[LINUX]);
    for shard in 1..=4 {
        let mut report = report_of(LINUX, Verdict::Ok);
        report.benchmarks[0].id.name = format!("of shard {shard}");
        world.play(&format!("shard-{shard}.check.json"), &print_report(&report));
    }
    let ended = run(&world, &workflow, &world.github(7, "pull_request", pull_request()));
    ended.is(&[("measure", "success"), ("gate", "success")]);
    let artifacts = world.artifacts.borrow();
    let merged =
        &artifacts[&(7, "memgate-x86_64-unknown-linux-gnu".to_owned())]["x86_64-unknown-linux-gnu.json"];
    assert_eq!(String::from_utf8_lossy(merged).matches("of shard ").count(), 4);
}

#[test]
fn runs_from_elsewhere_become_baselines_as_the_summary_says() {
    let workflow = workflow(&of_repository(".github/workflows/update-baselines.yml"));
    let world = World::new(&[]);
    let targets = [LINUX, "aarch64-unknown-linux-gnu", MAC, "x86_64-pc-windows-msvc"];
    for target in targets {
        world.measures(target, Verdict::Ok);
    }
    let github = world.github(7, "workflow_dispatch", json!({}));
    let ended = run(&world, &workflow, &github);
    ended.is(&[("measure", "success"), ("apply", "success")]);
    let commands = [
        "gh run download 7 --repo upstream/library --pattern \"run-*\" --dir runs",
        "cargo xtask memgate update --from runs",
    ];
    assert_eq!(ended.summary, format!("```sh\n{}\n```\n", commands.join("\n")));
    // What the first downloads, and the second takes.
    let source = world.path("source");
    let inputs = [("pattern", "run-*".to_owned()), ("path", source.join("runs").display().to_string())];
    let inputs = inputs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Inputs>();
    let place = Place { world: &world, run: 7, commit: "", workspace: &source };
    assert_eq!(act(&place, "actions/download-artifact", &inputs), Some((true, String::new())));
    let mut tool = std::process::Command::new(env!("CARGO_BIN_EXE_cargo-memgate"));
    let output = tool.args(["memgate", "update", "--from", "runs"]).current_dir(&source).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for target in targets {
        assert!(source.join("baselines").join(target).is_dir(), "{target}");
    }

    // One that could not be measured is not overlooked.
    std::fs::remove_file(world.path("played").join(format!("{MAC}.run.json"))).unwrap();
    run(&world, &workflow, &github).is(&[("measure", "failure"), ("apply", "failure")]);
}
