//! `memgate-comment.yml`: what it makes of what the other run has left.

use memgate_report::format::print_report;
use memgate_report::report::Verdict;
use serde_json::{Value, json};

use super::document::{of_repository, workflow};
use super::expression::Scope;
use super::run::{Ended, run};
use super::world::{LINUX, MAC, World};
use crate::github::{BOT, GitHub};
use crate::tool::{RUN, marker, report_of, workflow_run};

/// The workflow for a run that ended like this.
fn comment(world: &World, conclusion: &str) -> Ended {
    let workflow = workflow(&of_repository(".github/workflows/memgate-comment.yml"));
    let mut event = workflow_run();
    event["workflow_run"]["conclusion"] = Value::from(conclusion);
    let ended = run(world, &workflow, &world.github(900, "workflow_run", event));
    assert_eq!(world.played("leaks"), "", "the token is for the last step alone");
    ended
}

/// An artifact with a report, as `memgate.yml` leaves it.
fn leaves(world: &World, target: &str, verdict: Verdict) {
    let (artifact, file) = (format!("memgate-{target}"), format!("{target}.json"));
    world.artifact(RUN, &artifact, &file, &print_report(&report_of(target, verdict)));
}

/// A green comment from before.
fn was_green(world: &World) {
    world.github.comment(BOT, format!("{}\n## 🟢 No memory regression in 1 benchmark", marker(RUN - 1, 1)));
    world.play("comments", "one\n");
}

/// The text of the only comment, without its first line.
#[track_caller]
fn only_comment(github: &GitHub) -> String {
    let [comment] = github.marked().try_into().unwrap();
    let body = comment.body.strip_prefix(&format!("{}\n", marker(RUN, 1)));
    body.unwrap_or_else(|| panic!("{}", comment.body)).to_owned()
}

#[test]
fn reports_become_a_comment() {
    let world = World::new(&[LINUX, MAC]);
    leaves(&world, LINUX, Verdict::Ok);
    leaves(&world, MAC, Verdict::Regressed);
    comment(&world, "failure").is(&[("comment", "success")]).says("upstream/library#5: commented");
    let body = only_comment(&world.github);
    assert!(body.starts_with("## 🔴 Memory is above its limit in 1 of 2 benchmarks\n"), "{body}");
    assert!(!body.contains("**the run") && !body.contains("no report"), "{body}");
}

#[test]
fn a_leg_that_died_is_named_and_not_green() {
    let world = World::new(&[LINUX, MAC]);
    was_green(&world);
    leaves(&world, LINUX, Verdict::Ok);
    comment(&world, "failure").is(&[("comment", "success")]);
    let body = only_comment(&world.github);
    assert!(body.starts_with("## 🔴 The run failed: 1 target without a report\n"), "{body}");
    assert!(body.contains("- 🟠 **no report** of `aarch64-apple-darwin`: it has baselines"), "{body}");

    // Whatever else failed in that workflow.
    leaves(&world, MAC, Verdict::Ok);
    comment(&world, "failure").is(&[("comment", "success")]);
    let body = only_comment(&world.github);
    assert!(body.starts_with("## 🔴 The run failed: what it reported is within its limits\n"), "{body}");
    comment(&world, "success").is(&[("comment", "success")]);
    assert!(only_comment(&world.github).starts_with("## 🟢 No memory regression in 2 benchmarks\n"));
}

#[test]
fn without_a_report_a_comment_from_before_is_brought_up_to_date() {
    for (conclusion, headline) in [
        ("failure", "## 🔴 Nothing was measured: the run failed\n"),
        ("timed_out", "## 🔴 Nothing was measured: the run took too long\n"),
        ("cancelled", "## 🟠 Nothing was measured: the run was cancelled\n"),
        ("skipped", "## 🟠 Nothing was measured: the run was skipped\n"),
        ("action_required", "## 🟠 Nothing was measured: the run waits for approval\n"),
        ("success", "## 🟠 Nothing was measured: no report arrived\n"),
    ] {
        let world = World::new(&[LINUX]);
        was_green(&world);
        comment(&world, conclusion).is(&[("comment", "success")]).says("the comment is up to date");
        let body = only_comment(&world.github);
        assert!(body.starts_with(headline), "{body}");
        let page = format!("[the run](https://github.com/upstream/library/actions/runs/{RUN}/attempts/1)");
        assert!(body.contains(&page) && body.contains("**no report**"), "{body}");
    }
}

#[test]
fn a_newer_verdict_is_not_written_over_by_a_run_that_was_cancelled() {
    let world = World::new(&[LINUX]);
    world.github.comment(BOT, format!("{}\nnewer", marker(RUN + 1, 1)));
    world.play("comments", "one\n");
    comment(&world, "cancelled").is(&[("comment", "success")]).says("from a newer run");
    assert_eq!(world.github.writes(), 0);
}

#[test]
fn nothing_is_built_when_there_is_nothing_to_say() {
    // No report and no comment from before.
    let world = World::new(&[LINUX]);
    comment(&world, "failure").is(&[("comment", "success")]).says("no report arrived");
    // A report, and the pull request has moved on.
    leaves(&world, LINUX, Verdict::Ok);
    world.play("pulls", "");
    comment(&world, "success")
        .is(&[("comment", "success")])
        .says("no open pull request is at this commit any more");
    assert_eq!((world.played("calls").as_str(), world.github.seen().len()), ("", 0));
    // What can't be found out is left to the tool.
    std::fs::remove_file(world.path("played").join("pulls")).unwrap();
    comment(&world, "success").is(&[("comment", "success")]).says("commented");
}

#[test]
fn files_of_one_name_are_two_and_a_bad_one_is_named() {
    let world = World::new(&[LINUX, MAC]);
    for target in [LINUX, MAC] {
        let report = print_report(&report_of(target, Verdict::Ok));
        world.artifact(RUN, &format!("memgate-{target}"), "report.json", &report);
    }
    comment(&world, "success").is(&[("comment", "success")]);
    assert!(only_comment(&world.github).starts_with("## 🟢 No memory regression in 2 benchmarks\n"));

    world.artifact(RUN, "memgate-other", "report.json", "{");
    let ended = comment(&world, "success");
    ended.is(&[("comment", "failure")]).says("up to date").says("failed to use the report ");
    let body = only_comment(&world.github);
    assert!(body.starts_with("## 🟠 Not everything was measured: 1 report is not usable\n"), "{body}");
    assert!(
        body.contains("**2** ok") && body.contains("- 🟠 **no usable report** `memgate-other/report.json`: "),
        "{body}"
    );
}

#[test]
fn a_download_that_fails_is_red_and_not_silent() {
    let world = World::new(&[LINUX, MAC]);
    was_green(&world);
    leaves(&world, LINUX, Verdict::Ok);
    leaves(&world, MAC, Verdict::Ok);
    world.lost.borrow_mut().insert(format!("memgate-{LINUX}"));
    comment(&world, "success").is(&[("comment", "failure")]).says("the reports could not be downloaded");
    let body = only_comment(&world.github);
    assert!(body.starts_with("## 🟠 Not everything was measured: 1 target without a report\n"), "{body}");
}

#[test]
fn runs_for_pushes_and_the_merge_queue_have_no_comment() {
    let world = World::new(&[LINUX]);
    leaves(&world, LINUX, Verdict::Ok);
    let workflow = workflow(&of_repository(".github/workflows/memgate-comment.yml"));
    let mut event = workflow_run();
    event["workflow_run"]["event"] = "push".into();
    run(&world, &workflow, &world.github(900, "workflow_run", event)).is(&[("comment", "skipped")]);
}

#[test]
fn no_run_is_displaced_by_another_that_it_does_not_replace() {
    let group = |file: &str, github: Value| {
        let workflow = workflow(&of_repository(&format!(".github/workflows/{file}.yml")));
        let contexts = json!({ "github": github });
        let concurrency = &workflow["concurrency"];
        let is_ended = concurrency["cancel-in-progress"] == true;
        (
            Scope { contexts: &contexts, is_well: true }.filled(concurrency["group"].as_str().unwrap()),
            is_ended,
        )
    };
    // Of the runs that wait in one group GitHub keeps the newest alone.
    let differ = |file: &str, one: Value, other: Value| {
        assert_ne!(group(file, one).0, group(file, other).0, "{file}");
    };
    let run_of = |id: u64| {
        let mut event = workflow_run();
        event["workflow_run"]["id"] = id.into();
        json!({ "event": event })
    };
    // Two runs for one branch: of an older commit that is run again, or for another base.
    differ("memgate-comment", run_of(1), run_of(2));
    differ("memgate-history", json!({ "sha": "a" }), json!({ "sha": "b" }));
    differ("memgate", json!({ "event": {}, "run_id": 1 }), json!({ "event": {}, "run_id": 2 }));
    let pull =
        |number: u64, run: u64| json!({ "event": { "pull_request": { "number": number } }, "run_id": run });
    differ("memgate", pull(1, 1), pull(2, 1));
    // What a newer commit of the same pull request does replace.
    assert_eq!(group("memgate", pull(1, 1)), group("memgate", pull(1, 2)));
}
