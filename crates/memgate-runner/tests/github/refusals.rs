//! What GitHub refuses, and what people are told.

use crate::github::GitHub;
use crate::tool::{Tool, workflow_run};

#[test]
fn a_token_that_github_does_not_know() {
    let github = GitHub::new();
    let finished = Tool::new(&github).on_pull_request().variable("GITHUB_TOKEN", "ghs_wrong").run();
    finished
        .exits(101)
        .complains("the token in GITHUB_TOKEN: Bad credentials")
        .complains("`pull-requests: write`");
    assert!(!finished.stderr.contains("ghs_wrong"));
    assert_eq!(github.seen().len(), 1);
}

#[test]
fn a_token_that_can_only_read() {
    let github = GitHub::new();
    github.state().is_read_only = true;
    let run = |words: &str| Tool::new(&github).arguments(words).on_pull_request().run();
    run("")
        .exits(101)
        .complains("error: failed to comment on the pull request: the token in GITHUB_TOKEN may not comment")
        .complains("Resource not accessible by integration")
        .complains("permissions: pull-requests: write");
    run("--best-effort").exits(0).complains("warning: failed to comment on the pull request: the token");
    assert_eq!((github.writes(), github.marked().len()), (2, 0));
}

#[test]
fn no_token_at_all_is_what_a_fork_s_workflow_has_in_place_of_a_secret() {
    let github = GitHub::new();
    let run = |words: &str| {
        Tool::new(&github).arguments(words).on_pull_request().variable("GITHUB_TOKEN", "").run()
    };
    run("").exits(101).complains("set GITHUB_TOKEN");
    run("--best-effort").exits(0).complains("warning: ");
}

#[test]
fn a_pull_request_that_is_not_there() {
    let github = GitHub::new();
    let finished = Tool::new(&github).arguments("--pr 404").run();
    finished.exits(101).complains("GitHub finds nothing to read the pull request: Not Found");
    assert_eq!(github.seen().len(), 1);
}

#[test]
fn a_comment_that_github_finds_wrong() {
    let github = GitHub::new();
    let body = format!(
        r#"{{"message": "Validation Failed", "errors": [{{"message": "{}"}}]}}"#,
        "body is too long ".repeat(100)
    );
    github.fails("POST", "/comments", 422, &body);
    let finished = Tool::new(&github).on_pull_request().run();
    finished
        .exits(101)
        .complains("GitHub refuses to comment (status 422): Validation Failed: body is too long");
    assert!(finished.stderr.len() < 500, "{}", finished.stderr);
    assert_eq!(github.writes(), 1);
}

#[test]
fn a_page_where_json_should_be() {
    for status in [200, 404] {
        let github = GitHub::new();
        let page = format!("<!DOCTYPE html><title>Sign in {}</title>\n<p>second line", "x".repeat(1_000));
        github.fails("GET", "/pulls/5", status, &page);
        let finished = Tool::new(&github).on_pull_request().run();
        finished
            .exits(101)
            .complains("what answers is not GitHub's API: <!DOCTYPE html><title>Sign in")
            .complains("GITHUB_API_URL");
        assert!(
            !finished.stderr.contains("second line") && finished.stderr.len() < 500,
            "{}",
            finished.stderr
        );
        assert_eq!(github.seen().len(), 1);
    }
}

#[test]
fn json_that_is_something_else() {
    let github = GitHub::new();
    github.fails("GET", "/issues/5/comments", 200, r#"{"comments": "many"}"#);
    Tool::new(&github)
        .on_pull_request()
        .run()
        .exits(101)
        .complains("GitHub's answer is not what it should be");
    assert_eq!(github.writes(), 0);
}

#[test]
fn best_effort_covers_github_and_nothing_else() {
    let github = GitHub::new();
    github.fails("GET", "/pulls", 401, "{}");
    let run = |tool: Tool| tool.arguments("--best-effort").event(&workflow_run()).run();
    run(Tool::new(&github)).exits(0).complains("warning: ");
    run(Tool::with_report(&github, "no report"))
        .exits(101)
        .complains("failed to use the report report.json: ");
}
