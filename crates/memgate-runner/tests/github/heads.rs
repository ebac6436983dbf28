//! A report is about one commit: nothing is said of another.

use serde_json::json;

use crate::github::{BOT, Event, GitHub, HEAD, NEXT_HEAD};
use crate::tool::{Tool, marker, workflow_run};

fn moved(github: &GitHub) {
    github.state().pulls[0].head = NEXT_HEAD.into();
}

#[test]
fn a_pull_request_that_has_moved_on_is_left_alone() {
    let github = GitHub::new();
    moved(&github);
    let event = json!({ "number": 5, "pull_request": { "number": 5, "head": { "sha": HEAD } } });
    let finished = Tool::new(&github).event(&event).run();
    finished.exits(0).says("left alone: the pull request has moved on from aaaaaaaaaa to bbbbbbbbbb");
    assert_eq!(github.seen(), ["GET /repos/upstream/library/pulls/5"]);
}

#[test]
fn a_head_that_moves_between_reading_and_writing_stops_the_writing() {
    for exists in [false, true] {
        let github = GitHub::new();
        if exists {
            github.comment(BOT, format!("{}\nold", marker(90, 1)));
        }
        let moves = Event::Before(Box::new(|state| state.pulls[0].head = NEXT_HEAD.into()));
        github.script("GET", "/issues/5/comments", moves);
        Tool::new(&github).on_pull_request().run().exits(0).says("moved on");
        assert_eq!(github.writes(), 0, "{exists}");
    }
}

#[test]
fn a_head_that_moves_while_github_fails_stops_the_second_try() {
    let github = GitHub::new();
    github.fails("POST", "/comments", 502, "<html>");
    github.script("GET", "/issues/5/comments", Event::Before(Box::new(|_| {})));
    github.script(
        "GET",
        "/issues/5/comments",
        Event::Before(Box::new(|state| state.pulls[0].head = NEXT_HEAD.into())),
    );
    Tool::new(&github).on_pull_request().run().exits(0).says("moved on");
    assert_eq!((github.writes(), github.marked().len()), (1, 0));
}

#[test]
fn a_workflow_run_for_an_older_head_finds_nothing_to_comment_on() {
    let github = GitHub::new();
    moved(&github);
    let finished = Tool::new(&github).event(&workflow_run()).run();
    finished
        .exits(0)
        .says("nothing to comment on: no open pull request from fork:topic has aaaaaaaaaa for its head");
    assert_eq!(github.seen().len(), 1);
}
