//! Connections that break, servers that are elsewhere, and nobody who listens.

use crate::github::{BOT, Comment, Event, GitHub, response};
use crate::http::Ending;
use crate::tool::{Tool, marker};

#[test]
fn an_answer_that_breaks_off_is_asked_for_again() {
    for ending in [Ending::Half, Ending::Reset, Ending::Nothing] {
        let github = GitHub::new();
        github.comment(BOT, format!("{}\nold", marker(90, 1)));
        github.script("GET", "/issues/5/comments", Event::Done(ending));
        Tool::new(&github).on_pull_request().run().exits(0).says("up to date");
        assert_eq!((github.count("GET", "/issues/5/comments"), github.writes()), (2, 1), "{ending:?}");
    }
}

#[test]
fn json_that_breaks_off_is_asked_for_again() {
    let github = GitHub::new();
    github.fails("GET", "/issues/5/comments", 200, r#"[{"id": 1, "bo"#);
    Tool::new(&github).on_pull_request().run().exits(0).says("commented");
    assert_eq!(github.marked().len(), 1);
}

#[test]
fn an_update_whose_answer_breaks_off_is_looked_at_again() {
    let github = GitHub::new();
    github.comment(BOT, format!("{}\nold", marker(90, 1)));
    github.script("PATCH", "/comments", Event::Done(Ending::Reset));
    Tool::new(&github).on_pull_request().run().exits(0).says("up to date");
    assert_eq!((github.writes(), github.marked().len()), (1, 1));
}

#[test]
fn a_server_that_never_answers_is_given_a_second_chance() {
    let github = GitHub::new();
    github.script("GET", "/pulls/5", Event::Done(Ending::Silence));
    let tool = Tool::new(&github).arguments("--internal-answer-timeout 3000").on_pull_request();
    tool.run().exits(0).says("commented");
    assert!(github.count("GET", "/pulls/5") >= 3);
}

#[test]
fn a_server_that_is_not_there() {
    let github = GitHub::new();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let run = |url: &str| Tool::new(&github).on_pull_request().variable("GITHUB_API_URL", url).run();
    run(&format!("http://{nobody}")).exits(101).complains("no answer from GitHub: ");
    run("api.github.com").exits(101).complains("GITHUB_API_URL is no address of an API: api.github.com");
}

#[test]
fn an_enterprise_server_has_its_api_under_a_path() {
    let github = GitHub::new();
    github.state().base = "/api/v3".into();
    for number in 0..150 {
        github.comment("someone", format!("comment {number}"));
    }
    github.comment(BOT, format!("{}\nold", marker(90, 1)));
    let tool = Tool::new(&github)
        .on_pull_request()
        .variable("GITHUB_SERVER_URL", "https://git.corporation.example/");
    tool.run().exits(0).says("up to date");
    let seen = github.seen();
    assert_eq!(seen[0], "GET /api/v3/repos/upstream/library/pulls/5");
    assert!(
        seen.contains(&"GET /api/v3/repositories/7/issues/5/comments?per_page=100&page=2".into()),
        "{seen:?}"
    );
    assert!(seen.contains(&"POST /api/graphql".into()), "{seen:?}");
    let [comment] = github.marked().try_into().unwrap();
    let run = "https://git.corporation.example/upstream/library/actions/runs/100/attempts/1";
    assert!(comment.body.contains(run), "{}", comment.body);
}

#[test]
fn without_graphql_a_person_is_known_by_rest_and_the_rest_is_actions() {
    for login in ["maintainer", BOT] {
        let github = GitHub::new();
        github.state().has_graphql = false;
        github.state().login = login.into();
        github.comment(login, format!("{}\nold", marker(90, 1)));
        github.comment("mallory", format!("{}\nimpostor", marker(900, 1)));
        Tool::new(&github).on_pull_request().run().exits(0).says("up to date");
        assert_eq!((github.writes(), github.marked().len()), (1, 2), "{login}");
    }
}

#[test]
fn three_runs_on_gitea_write_one_comment() {
    for login in ["gitea-actions", "forgejo-actions", "house-elf"] {
        let github = GitHub::new();
        {
            let mut state = github.state();
            (state.is_gitea, state.has_graphql) = (true, false);
            (state.base, state.login) = ("/api/v1".into(), login.into());
        }
        github.comment("mallory", format!("{}\nimpostor", marker(900, 1)));
        for run in ["101", "102", "103"] {
            Tool::new(&github).on_pull_request().variable("GITHUB_RUN_ID", run).run().exits(0);
        }
        let ours = |comment: &Comment| comment.login.as_deref() == Some(login);
        let comments: Vec<Comment> = github.marked().into_iter().filter(ours).collect();
        assert_eq!(comments.len(), 1, "{login}: {comments:?}");
        assert!(comments[0].body.starts_with(&marker(103, 1)), "{}", comments[0].body);
        assert_eq!(github.marked().len(), 2);
    }
}

#[test]
fn a_renamed_repository_is_followed_and_another_server_is_not() {
    let github = GitHub::new();
    let moved = response(301, "{}").with("Location", &format!("{}/repositories/7/pulls/5", github.address));
    github.script("GET", "/pulls/5", Event::Instead(moved));
    Tool::new(&github).on_pull_request().run().exits(0).says("commented");

    let elsewhere = GitHub::new();
    let github = GitHub::new();
    let moved =
        response(301, "{}").with("Location", &format!("{}/repositories/7/pulls/5", elsewhere.address));
    github.script("GET", "/pulls/5", Event::Instead(moved));
    Tool::new(&github).on_pull_request().run().exits(101).complains("sends us to another server");
    assert!(elsewhere.seen().is_empty());
}

#[test]
fn a_list_that_goes_on_elsewhere_is_not_followed() {
    let elsewhere = GitHub::new();
    let github = GitHub::new();
    let link = format!("<{}/repositories/7/issues/5/comments?page=2>; rel=\"next\"", elsewhere.address);
    github.script("GET", "/issues/5/comments", Event::Instead(response(200, "[]").with("Link", &link)));
    Tool::new(&github).on_pull_request().run().exits(101).complains("a list goes on at another server");
    assert!(elsewhere.seen().is_empty());
}

#[test]
fn a_list_without_end_is_left() {
    let github = GitHub::new();
    let link = format!("<{}/repositories/7/issues/5/comments?page=2>; rel=\"next\"", github.address);
    for _ in 0..101 {
        github.script("GET", "/issues/5/comments", Event::Instead(response(200, "[]").with("Link", &link)));
    }
    Tool::new(&github).on_pull_request().run().exits(101).complains("a list has more than 100 pages");
}

#[test]
fn nobody_has_to_read_what_is_printed() {
    let github = GitHub::new();
    Tool::new(&github).on_pull_request().run_unread().exits(0);
    assert_eq!(github.marked().len(), 1);
    Tool::new(&github).on_pull_request().arguments("--dry-run").run_unread().exits(0);
}
