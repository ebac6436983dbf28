//! `check --since`: what a change did, where the baselines are behind.

use crate::commits::History;
use crate::dials;

#[test]
fn what_was_red_before_is_told_from_what_a_change_did() {
    let mut history = History::of(dials::project("since", "a 3\nb 2\nc 4\n"));
    history.project.memgate("update").exits(0);
    history.commit("First");
    history.project.write("since/dials", "a 5\nb 2\nc 1\nd 1\n");
    history.commit("Nobody has updated the baselines");
    history.tag("behind");
    let project = &history.project;
    let dials = |dials: &str| project.write("since/dials", dials);

    project.memgate("check").exits(100).says("since/memory/a");
    let table_and_notes = project.memgate("check --since behind").exits(0);
    table_and_notes
        .says("this is what has changed since behind (")
        .says("red at behind (")
        .says("since/memory/a (allocs 3 → 5)")
        .never_says("regressed");
    // A rise of one's own, beside and above what was there already.
    dials("a 5\nb 3\nc 1\nd 1\n");
    project.memgate("check --since behind").exits(100).says("2 → 3 (+1)").never_says("3 → 5 (+2)");
    dials("a 6\nb 2\nc 1\nd 1\n");
    project.memgate("check --since HEAD since/memory/a").exits(100).says("5 → 6 (+1)");
    // To where it was before it improved, and of what has no baseline yet.
    dials("a 5\nb 2\nc 4\nd 2\n");
    project.memgate("check --since behind").exits(100).says("1 → 4 (+3)").says("1 → 2 (+1)");
    // What the change accepts is accepted, and nothing else by it.
    dials("a 5\nb 3\nc 1\nd 1\n");
    project.memgate("update since/memory/b").exits(0);
    project.memgate("check --since behind").exits(0);
    project.memgate("check since/memory/a").exits(100);

    project.memgate("check --since nothing").exits(2).complains("nothing");
    project.memgate("check --since behind --partition count:1/2").exits(2).complains("check --since");
}

#[test]
fn small_steps_add_up_against_one_baseline() {
    // A limit of two calls, of which one was there before.
    let mut history = History::of(dials::project("since-steps", "a 3\n"));
    history.project.write("memgate.toml", "[limits]\nallocs = { absolute = 1 }\ntotal_bytes = \"off\"\n");
    history.project.memgate("update").exits(0);
    history.project.write("since-steps/dials", "a 4\n");
    history.commit("Within the limit");
    history.project.write("since-steps/dials", "a 5\n");
    history.project.memgate("check --since HEAD").exits(100).says("3 → 5 (+2)").never_says("red at");
}
