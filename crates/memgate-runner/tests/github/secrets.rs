//! The token goes to GitHub and nowhere else. Besides, every test here looks for it in all that the tool prints.

use crate::github::{Event, GitHub, HEAD, TOKEN, response};
use crate::tool::{Tool, marker, workflow_run};

#[test]
fn a_server_that_repeats_the_token_does_not_make_it_public() {
    let page = format!("<html>you sent: Authorization: Bearer {TOKEN}</html>");
    let json = format!(r#"{{"message": "Bearer {TOKEN} is not enough"}}"#);
    for (status, body) in [(200, &page), (401, &json), (403, &json), (404, &json), (422, &json), (418, &page)]
    {
        for words in ["", "--best-effort"] {
            let github = GitHub::new();
            github.script("GET", "/pulls/5", Event::Instead(response(status, body)));
            let finished = Tool::new(&github).arguments(words).on_pull_request().run();
            finished.exits(if words.is_empty() { 101 } else { 0 }).complains("***");
        }
    }
    let github = GitHub::new();
    for _ in 0..5 {
        github.fails("GET", "/pulls/5", 502, &page);
    }
    Tool::new(&github).on_pull_request().run().exits(101).complains("***");
}

#[test]
fn the_token_is_sent_with_every_request_and_never_in_an_address_or_a_comment() {
    let github = GitHub::new();
    let tool = Tool::new(&github).event(&workflow_run()).variable("GITHUB_TOKEN", &format!("{TOKEN}\n"));
    tool.run().exits(0).says("commented");
    let state = github.state();
    for request in &state.requests {
        assert_eq!(request.authorization.as_deref(), Some(format!("Bearer {TOKEN}").as_str()));
        assert!(!request.target.contains(TOKEN) && !request.body.contains(TOKEN), "{request:?}");
    }
    assert!(!state.comments[0].body.contains(TOKEN));
}

#[test]
fn github_s_own_command_line_s_variable_will_do() {
    let github = GitHub::new();
    let tool = Tool::new(&github).on_pull_request().variable("GITHUB_TOKEN", "").variable("GH_TOKEN", TOKEN);
    tool.run().exits(0).says("commented");
    let github = GitHub::new();
    let tool =
        Tool::new(&github).on_pull_request().variable("GITHUB_TOKEN", "").variable("GH_TOKEN", "ghs_wrong");
    tool.run().exits(101).complains("the token in GH_TOKEN");
}

#[test]
fn a_token_that_would_end_the_header_is_not_sent() {
    let github = GitHub::new();
    let tool =
        Tool::new(&github).on_pull_request().variable("GITHUB_TOKEN", &format!("{TOKEN}\r\nX-Other: 1"));
    tool.run().exits(101).complains("GITHUB_TOKEN holds characters that no token has");
    assert!(github.seen().is_empty());
}

#[test]
fn a_dry_run_needs_neither_token_nor_network() {
    let github = GitHub::new();
    let run = |tool: Tool| tool.arguments("--dry-run").variable("GITHUB_TOKEN", "").run();
    let finished = run(Tool::new(&github).event(&workflow_run()));
    finished.exits(0).says(&format!("{}\n", marker(100, 1))).says("regressed");
    assert!(finished.stdout.starts_with("<!-- memgate ") && finished.stdout.contains(HEAD));
    let finished = run(Tool::new(&github).arguments("--pr 5").variable("GITHUB_REPOSITORY", ""));
    finished.exits(0).says("regressed");
    assert!(github.seen().is_empty());
}
