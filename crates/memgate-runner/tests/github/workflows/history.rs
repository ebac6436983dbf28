//! `memgate-history.yml`, in a repository that gives nothing without a token.

use memgate_report::report::Verdict;
use serde_json::json;

use super::document::{of_repository, workflow};
use super::run::{Ended, run};
use super::world::{LINUX, World};

const NOTES: &str = "refs/notes/memgate";

fn record(world: &World) -> Ended {
    let workflow = workflow(&of_repository(".github/workflows/memgate-history.yml"));
    let ended = run(world, &workflow, &world.github(7, "push", json!({})));
    world.artifacts.borrow_mut().clear();
    assert_eq!(world.played("leaks"), "", "the token is for git alone");
    ended
}

/// The commits that have notes in the repository that everybody shares.
fn recorded(world: &World) -> Vec<String> {
    let list = world.git(&["-C", "origin.git", "notes", "--ref", NOTES, "list"]);
    let mut commits: Vec<String> =
        list.lines().map(|line| line.split_once(' ').unwrap().1.to_owned()).collect();
    commits.sort();
    commits
}

fn sorted(commits: &[&String]) -> Vec<String> {
    let mut commits: Vec<String> = commits.iter().copied().cloned().collect();
    commits.sort();
    commits
}

#[test]
fn each_commit_is_recorded_beside_those_before() {
    let world = World::new(&[]);
    world.measures(LINUX, Verdict::Ok);
    let first = world.pushed();
    record(&world)
        .is(&[("measure", "success"), ("record", "success")])
        .says("there are none before the first record");
    assert_eq!(recorded(&world), sorted(&[&first]));
    let second = world.commit("second");
    record(&world).is(&[("measure", "success"), ("record", "success")]);
    assert_eq!(recorded(&world), sorted(&[&first, &second]));
    // Once more: nothing is lost, and nothing added.
    record(&world).is(&[("measure", "success"), ("record", "success")]).says("has this record already");
    assert_eq!(recorded(&world), sorted(&[&first, &second]));
}

#[test]
fn a_fetch_that_fails_is_red_before_anything_is_forgotten() {
    let world = World::new(&[]);
    world.measures(LINUX, Verdict::Ok);
    record(&world).is(&[("measure", "success"), ("record", "success")]);
    let before = world.git(&["-C", "origin.git", "rev-parse", NOTES]);
    world.commit("second");
    world.play("unreachable", "");
    let ended = record(&world);
    ended.is(&[("measure", "success"), ("record", "failure")]).says("Could not resolve host");
    assert!(
        !world.played("calls").lines().last().unwrap().starts_with("history"),
        "{}",
        world.played("calls")
    );
    assert_eq!(world.git(&["-C", "origin.git", "rev-parse", NOTES]), before);
}

#[test]
fn another_run_that_pushes_first_is_merged_with() {
    let world = World::new(&[]);
    world.measures(LINUX, Verdict::Ok);
    let first = world.pushed();
    let second = world.commit("second");
    world.pushed();
    // It has recorded the commit before, while this one measured.
    let origin = world.path("origin.git").display().to_string();
    let push = format!(
        "cd {origin}\n/usr/bin/env -u GIT_DIR git -c user.name=A -c user.email=a@example.com notes --ref {NOTES} add -m other {first}\n"
    );
    world.play("before-push", &push);
    record(&world).is(&[("measure", "success"), ("record", "success")]).says("[rejected]");
    assert_eq!(recorded(&world), sorted(&[&first, &second]));
}

#[test]
fn what_could_be_measured_is_recorded_and_nothing_is_no_record() {
    let world = World::new(&[]);
    let ended = record(&world);
    ended.is(&[("measure", "failure"), ("record", "failure")]).says("failed to read");
    assert!(recorded(&world).is_empty());
}
