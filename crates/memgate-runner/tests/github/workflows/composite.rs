//! The composite action, in the place of the steps of `memgate.yml`.

use memgate_report::report::Verdict;
use serde_json::{Value, json};

use super::document::{of_repository, workflow};
use super::run::run;
use super::world::{LINUX, World, pull_request};

/// `memgate.yml` with the action, whose artifact is called like this.
fn with_action(artifact: &str) -> Value {
    let mut workflow = workflow(&of_repository(".github/workflows/memgate.yml"));
    let checkout = workflow["jobs"]["measure"]["steps"][0].clone();
    let uses = format!("memgate/memgate/.github/actions/memgate@{}", "0".repeat(40));
    let action = json!({ "uses": uses, "with": { "version": "0.1.0", "artifact": artifact } });
    workflow["jobs"]["measure"]["steps"] = json!([checkout, action]);
    workflow
}

#[test]
fn the_action_fits_the_gate() {
    for (verdict, result) in [(Verdict::Ok, "success"), (Verdict::Regressed, "failure")] {
        let world = World::new(&[LINUX]);
        world.measures(LINUX, verdict);
        let github = world.github(7, "pull_request", pull_request());
        run(&world, &with_action("memgate-${{ matrix.target }}"), &github)
            .is(&[("measure", result), ("gate", result)]);
        let artifacts = world.artifacts.borrow();
        let files = &artifacts[&(7, format!("memgate-{LINUX}"))];
        // As the job `gate` of earlier versions looks for it.
        assert!(files.contains_key(&format!("{LINUX}.json")), "{files:?}");
        assert!(world.played("calls").starts_with("install --locked memgate-runner@0.1.0\n"));
    }
}

#[test]
fn the_artifact_may_have_another_name_that_the_comment_looks_for() {
    let world = World::new(&[LINUX]);
    world.measures(LINUX, Verdict::Ok);
    std::fs::rename(
        world.path("played").join(format!("{LINUX}.check.json")),
        world.path("played").join("linux.check.json"),
    )
    .unwrap();
    let github = world.github(7, "pull_request", pull_request());
    run(&world, &with_action("memgate-linux"), &github).is(&[("measure", "success"), ("gate", "success")]);

    let ended = run(&world, &with_action("numbers"), &github);
    ended.is(&[("measure", "failure"), ("gate", "failure")]).says("the artifact is called numbers");
}
