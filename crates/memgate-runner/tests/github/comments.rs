//! Which comment is written, which are deleted, and which are left alone.

use crate::github::{BOT, Event, GitHub};
use crate::http::Ending;
use crate::tool::{RUN, Tool, marker};

#[test]
fn the_first_comment_is_written() {
    let github = GitHub::new();
    Tool::new(&github).on_pull_request().run().exits(0).says("upstream/library#5: commented\n");
    let [comment] = github.marked().try_into().unwrap();
    let first_line = format!("{}\n", marker(RUN, 1));
    assert!(comment.body.starts_with(&first_line), "{}", comment.body);
    assert!(comment.body.contains("regressed"), "{}", comment.body);
    assert_eq!((comment.pull, comment.login.as_deref()), (5, Some(BOT)));
    assert_eq!(github.writes(), 1);
}

#[test]
fn a_second_run_writes_the_same_comment() {
    let github = GitHub::new();
    let id = github.comment(BOT, format!("{}\nold", marker(RUN - 1, 3)));
    Tool::new(&github).on_pull_request().run().exits(0).says("the comment is up to date");
    let [comment] = github.marked().try_into().unwrap();
    assert_eq!(comment.id, id);
    assert!(comment.body.starts_with(&marker(RUN, 1)) && !comment.body.contains("old"), "{}", comment.body);
    assert_eq!((github.count("PATCH", "/issues/comments/"), github.writes()), (1, 1));
    // Once more, with nothing to change.
    Tool::new(&github).on_pull_request().run().exits(0).says("the comment is up to date");
    assert_eq!(github.writes(), 1);
}

#[test]
fn the_comment_is_found_behind_35_pages_of_others() {
    let github = GitHub::new();
    for number in 0..3_450 {
        github.comment("someone", format!("comment {number}"));
    }
    let id = github.comment(BOT, format!("{}\nold", marker(RUN - 1, 1)));
    Tool::new(&github).on_pull_request().run().exits(0);
    let [comment] = github.marked().try_into().unwrap();
    assert_eq!((comment.id, comment.body.starts_with(&marker(RUN, 1))), (id, true));
    assert_eq!(github.count("GET", "/comments?per_page=100"), 35);
    assert_eq!(github.writes(), 1);
}

#[test]
fn an_impostor_s_marker_is_nobody_s_comment() {
    let github = GitHub::new();
    // Neither a newer run nor a duplicate: by a person, by another app, and quoted by ourselves.
    let impostors = [
        ("mallory", format!("{}\nall is well", marker(RUN + 900, 1))),
        ("other-app[bot]", format!("{}\nall is well", marker(1, 1))),
        (BOT, format!("> {}\nall is well", marker(1, 1))),
    ];
    for (login, body) in &impostors {
        github.comment(login, body.clone());
    }
    Tool::new(&github).on_pull_request().run().exits(0).says("commented");
    let state = github.state();
    assert_eq!(state.comments.len(), 4);
    for ((login, body), comment) in impostors.iter().zip(&state.comments) {
        assert_eq!((comment.login.as_deref(), &comment.body), (Some(*login), body));
    }
    assert!(state.comments[3].body.starts_with(&marker(RUN, 1)));
}

#[test]
fn duplicates_are_deleted_and_the_oldest_is_kept() {
    let github = GitHub::new();
    let first = github.comment(BOT, format!("{}\none", marker(90, 1)));
    github.comment("someone", "in between");
    github.comment(BOT, format!("{}\ntwo", marker(91, 1)));
    Tool::new(&github).on_pull_request().run().exits(0);
    let [comment] = github.marked().try_into().unwrap();
    assert_eq!((comment.id, comment.body.starts_with(&marker(RUN, 1))), (first, true));
    assert_eq!(github.state().comments.len(), 2);
    let writes: Vec<String> = github.seen().into_iter().filter(|seen| !seen.starts_with("GET")).collect();
    // Written before anything is deleted.
    assert!(writes[1].starts_with("PATCH") && writes[2].starts_with("DELETE"), "{writes:?}");
}

#[test]
fn a_newer_run_s_comment_is_left_alone() {
    for (run, attempt) in [(RUN + 1, 1), (RUN, 2)] {
        let github = GitHub::new();
        github.comment(BOT, format!("{}\nnewer", marker(run, attempt)));
        Tool::new(&github)
            .on_pull_request()
            .run()
            .exits(0)
            .says(&format!("the comment is from a newer run ({run}, attempt {attempt})"));
        assert_eq!(github.writes(), 0);
        assert!(github.marked()[0].body.ends_with("newer"));
    }
}

#[test]
fn a_comment_that_another_run_writes_at_the_same_time_is_not_doubled() {
    let github = GitHub::new();
    let other = format!("{}\nother", marker(RUN - 1, 1));
    github.script(
        "POST",
        "/issues/5/comments",
        Event::Before(Box::new(move |state| {
            state.add(5, Some(BOT.into()), other);
        })),
    );
    Tool::new(&github).on_pull_request().run().exits(0).says("commented");
    let [comment] = github.marked().try_into().unwrap();
    assert!(comment.body.starts_with(&marker(RUN, 1)), "{}", comment.body);
}

#[test]
fn a_comment_that_is_deleted_meanwhile_is_written_anew() {
    let github = GitHub::new();
    github.comment(BOT, format!("{}\nold", marker(90, 1)));
    github.script("PATCH", "/issues/comments/", Event::Before(Box::new(|state| state.comments.clear())));
    Tool::new(&github).on_pull_request().run().exits(0).says("commented");
    assert_eq!(github.marked().len(), 1);
}

#[test]
fn the_comment_of_a_deleted_user_is_passed_over() {
    let github = GitHub::new();
    github.state().add(5, None, format!("{}\nghost", marker(RUN + 1, 1)));
    github.state().add(5, None, "hello".into());
    Tool::new(&github).on_pull_request().run().exits(0).says("commented");
    assert_eq!(github.state().comments.len(), 3);
}

#[test]
fn a_post_whose_answer_is_lost_is_not_repeated() {
    let github = GitHub::new();
    github.script("POST", "/issues/5/comments", Event::Done(Ending::Nothing));
    Tool::new(&github).on_pull_request().run().exits(0);
    assert_eq!(github.marked().len(), 1);
    assert_eq!(github.count("POST", "/comments"), 1);
}

#[test]
fn with_only_on_change_a_clean_report_is_not_announced() {
    let github = GitHub::new();
    let run = || Tool::clean(&github).arguments("--only-on-change").on_pull_request().run();
    run().exits(0).says("no comment, since there is nothing to say");
    assert_eq!(github.writes(), 0);
    // One that is there would be a lie by now.
    github.comment(BOT, format!("{}\nregressed", marker(90, 1)));
    run().exits(0).says("the comment is up to date");
    assert!(!github.marked()[0].body.contains("regressed"));
    // And what has something to say is announced.
    github.state().comments.clear();
    Tool::new(&github).arguments("--only-on-change").on_pull_request().run().exits(0).says("commented");
}

#[test]
fn with_delete_when_clean_nothing_stays_that_is_over() {
    let github = GitHub::new();
    github.comment(BOT, format!("{}\none", marker(90, 1)));
    github.comment("mallory", format!("{}\nimpostor", marker(90, 1)));
    github.comment(BOT, format!("{}\ntwo", marker(91, 1)));
    let run = || Tool::clean(&github).arguments("--delete-when-clean").on_pull_request().run();
    run().exits(0).says("the comment is deleted");
    let [comment] = github.marked().try_into().unwrap();
    assert_eq!(comment.login.as_deref(), Some("mallory"));
    run().exits(0).says("no comment, since there is nothing to say");
    assert_eq!(github.writes(), 2);
}

#[test]
fn each_key_has_a_comment_of_its_own() {
    let github = GitHub::new();
    Tool::new(&github).on_pull_request().run().exits(0);
    Tool::new(&github).arguments("--key nightly").on_pull_request().run().exits(0).says("commented");
    Tool::new(&github).arguments("--key nightly").on_pull_request().run().exits(0).says("up to date");
    assert_eq!(github.marked().len(), 2);
    Tool::new(&github).arguments("--key -->").on_pull_request().run().exits(2);
}
