//! Which pull request, from the event that started the workflow.

use serde_json::json;

use crate::github::{GitHub, HEAD, NEXT_HEAD, Pull};
use crate::tool::{RUN, Tool, green_workflow_run, marker, workflow_run};

#[test]
fn a_fork_s_pull_request_is_found_though_the_event_names_none() {
    let github = GitHub::new();
    // The number comes from nowhere but GitHub; a report can't redirect the comment.
    let finished = Tool::new(&github).event(&workflow_run()).variable("GITHUB_RUN_ID", "999").run();
    finished.exits(0).says("upstream/library#5: commented");
    let [comment] = github.marked().try_into().unwrap();
    assert!(
        comment.body.starts_with(&marker(RUN, 1)),
        "the measuring run, not the commenting one: {}",
        comment.body
    );
    assert_eq!(
        github.seen()[0],
        "GET /repos/upstream/library/pulls?state=open&head=fork%3Atopic&per_page=100"
    );
}

#[test]
fn of_several_pull_requests_from_one_branch_those_at_the_commit_are_commented() {
    let github = GitHub::new();
    github.state().pulls = vec![
        Pull::new(5, HEAD, "fork:topic"),
        Pull::new(6, NEXT_HEAD, "fork:topic"),
        Pull { base: "next".into(), ..Pull::new(7, HEAD, "fork:topic") },
        Pull { is_open: false, ..Pull::new(8, HEAD, "fork:topic") },
        Pull::new(9, HEAD, "other:topic"),
    ];
    let finished = Tool::new(&github).event(&workflow_run()).run();
    finished.exits(0).says("upstream/library#5: commented\nupstream/library#7: commented\n");
    let pulls: Vec<u64> = github.marked().iter().map(|comment| comment.pull).collect();
    assert_eq!(pulls, [5, 7]);
    // Whose verdict it is, nobody knows: so it is said, and not green.
    for comment in github.marked() {
        assert!(
            comment.body.contains("There are several pull requests from this branch (5, 7)"),
            "{}",
            comment.body
        );
    }
}

#[test]
fn of_several_bases_a_report_is_about_the_one_that_it_was_measured_for() {
    let github = GitHub::new();
    github.state().pulls.push(Pull { base: "next".into(), ..Pull::new(7, HEAD, "fork:topic") });
    let run = |number, base| {
        Tool::measured_for(&github, number, base).event(&green_workflow_run()).run().exits(0);
    };
    run(7, "next");
    let [comment] = github.marked().try_into().unwrap();
    assert_eq!((comment.pull, comment.body.contains(" · into `next`")), (7, true), "{}", comment.body);
    assert!(comment.body.contains("## 🟢 No memory regression"), "{}", comment.body);
    // One that names none of them is shown on both, so that no older verdict stands.
    run(6, "main");
    assert_eq!(github.marked().len(), 2);
    for comment in github.marked() {
        let said = "The report was measured for pull request 6, and not for this one";
        assert!(comment.body.contains(said), "{}", comment.body);
        assert!(!comment.body.contains('🟢'), "{}", comment.body);
    }
}

#[test]
fn a_pull_request_that_goes_elsewhere_now_does_not_keep_its_verdict() {
    let github = GitHub::new();
    Tool::measured_for(&github, 5, "main").event(&green_workflow_run()).run().exits(0);
    assert!(github.marked()[0].body.contains("## 🟢 No memory regression"));
    github.state().pulls[0].base = "next".into();
    let said = "The report was measured for `main`, and this is to be merged into `next` now";
    let is_said = || {
        let [comment] = github.marked().try_into().unwrap();
        assert!(comment.body.contains(said) && !comment.body.contains('🟢'), "{}", comment.body);
    };
    let clean = || Tool::measured_for(&github, 5, "main").arguments("--delete-when-clean --only-on-change");
    clean().event(&green_workflow_run()).run().exits(0);
    is_said();
    // In the pull request's own workflow it is the event that says for what it was measured.
    let base = json!({ "ref": "main", "sha": NEXT_HEAD });
    let event =
        json!({ "number": 5, "pull_request": { "number": 5, "head": { "sha": HEAD }, "base": base } });
    Tool::clean(&github).event(&event).variable("GITHUB_RUN_ID", "900").run().exits(0);
    is_said();
}

#[test]
fn a_server_that_lists_all_pull_requests_does_not_mix_them_up() {
    let github = GitHub::new();
    github.state().is_gitea = true;
    github.state().pulls = vec![
        Pull::new(3, HEAD, "other:topic"),
        Pull::new(4, HEAD, "fork:other"),
        Pull::new(5, HEAD, "Fork:topic"),
        Pull::new(6, NEXT_HEAD, "fork:topic"),
    ];
    Tool::new(&github).event(&workflow_run()).run().exits(0).says("upstream/library#5: commented\n");
    assert_eq!(github.marked().len(), 1);
}

#[test]
fn one_of_several_that_fails_does_not_keep_the_others_from_their_comment() {
    let github = GitHub::new();
    github.state().pulls.push(Pull::new(7, HEAD, "fork:topic"));
    github.fails(
        "POST",
        "/issues/5/comments",
        403,
        r#"{"message": "Unable to create comment because issue is locked."}"#,
    );
    let finished = Tool::new(&github).event(&workflow_run()).run();
    finished.exits(101).says("#5: failed\n").says("#7: commented\n").complains("issue is locked");
    assert_eq!(github.marked().len(), 1);
}

#[test]
fn a_pull_request_s_own_event_names_it() {
    let github = GitHub::new();
    let event = json!({ "action": "synchronize", "number": 5, "pull_request": { "number": 5, "head": { "sha": HEAD } } });
    let tool = Tool::new(&github).event(&event);
    tool.variable("GITHUB_RUN_ID", "123")
        .variable("GITHUB_RUN_ATTEMPT", "4")
        .run()
        .exits(0)
        .says("#5: commented");
    assert!(github.marked()[0].body.starts_with(&marker(123, 4)));
}

#[test]
fn events_about_no_pull_request_are_no_error() {
    let mut push = workflow_run();
    push["workflow_run"]["event"] = json!("push");
    let mut gone = workflow_run();
    gone["workflow_run"]["head_repository"] = json!(null);
    let events = [
        (json!({ "ref": "refs/heads/main", "after": HEAD }), "the event is about no pull request"),
        (json!({ "merge_group": { "head_sha": HEAD } }), "the event is about no pull request"),
        (json!({ "something": "new" }), "the event is about no pull request"),
        (push, "the workflow ran for no pull request"),
        (gone, "the repository of the pull request is gone"),
    ];
    let github = GitHub::new();
    for (event, reason) in events {
        Tool::new(&github).event(&event).run().exits(0).says(&format!("nothing to comment on: {reason}"));
    }
    assert!(github.seen().is_empty());
}

#[test]
fn what_is_no_event_or_names_no_pull_request_is_an_error() {
    let github = GitHub::new();
    Tool::new(&github).event_text("<html>").run().exits(101).complains("it is no event of GitHub's");
    Tool::new(&github)
        .arguments("--event nowhere.json")
        .run()
        .exits(101)
        .complains("failed to read nowhere.json");
    Tool::new(&github).run().exits(2).complains("Give --pr N");
    Tool::new(&github).arguments("--pr 5 --repo ../..").run().exits(2);
    Tool::new(&github)
        .arguments("--pr 5")
        .variable("GITHUB_REPOSITORY", "")
        .run()
        .exits(2)
        .complains("--repo");
    assert!(github.seen().is_empty());
}
