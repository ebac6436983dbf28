//! Limits of the rate, and trouble that passes.

use crate::github::{BOT, Event, GitHub, response};
use crate::tool::{Tool, marker};

#[test]
fn too_many_requests_are_sent_again_after_what_github_asks_for() {
    let github = GitHub::new();
    github.script("GET", "/pulls/5", Event::Instead(response(429, "{}").with("Retry-After", "20")));
    github.script("POST", "/comments", Event::Instead(response(429, "{}").with("Retry-After", "20")));
    Tool::new(&github).on_pull_request().run().exits(0).says("commented");
    assert_eq!(github.marked().len(), 1);
    // Before the second POST, a look at whether the first one got through.
    let seen = github.seen();
    let posts: Vec<usize> = (0..seen.len()).filter(|index| seen[*index].starts_with("POST /repos")).collect();
    let [first, second] = posts.try_into().unwrap();
    assert!(seen[first..second].iter().any(|seen| seen.contains("/issues/5/comments?")), "{seen:?}");
}

#[test]
fn the_secondary_limit_is_a_403_that_passes() {
    let github = GitHub::new();
    let limit = r#"{"message": "You have exceeded a secondary rate limit."}"#;
    github.script("POST", "/comments", Event::Instead(response(403, limit).with("Retry-After", "30")));
    Tool::new(&github).on_pull_request().run().exits(0).says("commented");
    assert_eq!((github.writes(), github.marked().len()), (2, 1));
}

#[test]
fn a_longer_wait_than_memgate_has_patience_for_is_an_error_at_once() {
    let github = GitHub::new();
    github.script("GET", "/pulls/5", Event::Instead(response(429, "{}").with("Retry-After", "3600")));
    let finished = Tool::new(&github).on_pull_request().run();
    finished.exits(101).complains("GitHub limits the rate of requests and asks to wait 3600 s");
    assert_eq!(github.seen().len(), 1);
}

#[test]
fn waiting_is_bounded_altogether() {
    let github = GitHub::new();
    for part in ["/pulls/5", "/issues/5/comments", "/pulls/5"] {
        github.script("GET", part, Event::Instead(response(429, "{}").with("Retry-After", "25")));
    }
    Tool::new(&github)
        .arguments("--best-effort")
        .on_pull_request()
        .run()
        .exits(0)
        .complains("asks to wait 25 s");
    assert_eq!(github.writes(), 0);
}

#[test]
fn one_500_is_nothing() {
    for (method, part) in
        [("GET", "/pulls/5"), ("GET", "/issues/5/comments"), ("POST", "/graphql"), ("PATCH", "/comments")]
    {
        let github = GitHub::new();
        github.comment(BOT, format!("{}\nold", marker(90, 1)));
        github.fails(method, part, 500, "<html>oh</html>");
        Tool::new(&github).on_pull_request().run().exits(0).says("up to date");
        assert!(github.marked()[0].body.starts_with(&marker(100, 1)), "{method} {part}");
    }
}

#[test]
fn a_server_that_stays_down_is_given_up() {
    let github = GitHub::new();
    for _ in 0..9 {
        github.fails("GET", "/pulls/5", 503, "<html>\n<title>Unicorn!</title>");
    }
    let finished = Tool::new(&github).on_pull_request().run();
    finished.exits(101).complains("GitHub failed to read the pull request (status 503): <html>\n");
    assert_eq!(github.seen().len(), 5);
}

#[test]
fn a_write_that_fails_again_and_again_is_given_up() {
    let github = GitHub::new();
    for _ in 0..9 {
        github.fails("POST", "/comments", 502, "");
    }
    Tool::new(&github).on_pull_request().run().exits(101).complains("(status 502)");
    assert_eq!((github.writes(), github.marked().len()), (5, 0));
}
