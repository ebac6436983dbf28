//! What a criterion bench binary answers to the gate.

use memgate_protocol::{Command, Engine, Outcome, Refusal, RefusalKind, WindowPlan, find_marker};

use crate::request::ask;
use crate::runner::cases;
use crate::same_numbers::{measure, windows};

cases!(
    ids_are_whole_and_told_apart,
    two_benchmarks_of_one_group_with_one_name_are_refused,
    a_benchmark_without_a_window_is_refused,
    of_two_windows_the_last_one_counts,
    a_panic_is_not_an_answer,
    an_unknown_name_is_refused,
    mains_by_hand_with_measurements_of_their_own_are_served,
    a_target_without_benchmarks_has_none,
    the_marker_is_there,
);

fn list(suite: &str) -> Vec<String> {
    match ask(suite, Command::List).outcome() {
        Outcome::Listed(names) => names,
        other => panic!("{suite}: {other:?}"),
    }
}

fn refusal(suite: &str, command: Command) -> Refusal {
    match ask(suite, command).outcome() {
        Outcome::Refused(refusal) => refusal,
        other => panic!("{suite}: {other:?}"),
    }
}

fn count(name: &str) -> Command {
    Command::measure(name, Engine::Count, WindowPlan::default())
}

fn ids_are_whole_and_told_apart() {
    let long = format!("group/{}", "x".repeat(200));
    assert_eq!(list("names"), ["group/f", "group/p", "free/7", "group/f #2", &long]);
    let bytes = |name| windows(&measure("names", name)).steady[0].total_bytes;
    assert_eq!((bytes("group/f"), bytes("group/f #2"), bytes(&long)), (1, 2, 0));
}

fn two_benchmarks_of_one_group_with_one_name_are_refused() {
    let refusal = refusal("one name", Command::List);
    assert_eq!(refusal.kind, RefusalKind::DuplicateName);
    assert_eq!(refusal.message, "two benchmarks of one group are named `group/f`; rename one");
}

fn a_benchmark_without_a_window_is_refused() {
    let refusal = refusal("failing", count("no window"));
    assert_eq!(refusal.kind, RefusalKind::NoWindow);
    assert!(refusal.message.starts_with("`no window` returned without opening a window"), "{refusal:?}");
}

fn of_two_windows_the_last_one_counts() {
    assert_eq!(windows(&measure("failing", "two windows")).steady[0].total_bytes, 2);
}

fn a_panic_is_not_an_answer() {
    let answer = ask("failing", count("panics"));
    assert_eq!(answer.output.status.code(), Some(101));
    assert!(String::from_utf8_lossy(&answer.output.stderr).contains("on purpose"), "{answer:?}");
    assert!(answer.response.is_err(), "{answer:?}");
}

fn an_unknown_name_is_refused() {
    for suite in ["names", "by hand", "nothing"] {
        assert_eq!(refusal(suite, count("unknown")).kind, RefusalKind::UnknownName);
    }
}

fn mains_by_hand_with_measurements_of_their_own_are_served() {
    assert_eq!(list("by hand"), ["kept"]);
    assert_eq!(windows(&measure("by hand", "kept")).steady[0].total_bytes, 3);
}

fn a_target_without_benchmarks_has_none() {
    assert_eq!(list("nothing"), [""; 0]);
}

fn the_marker_is_there() {
    let executable = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    assert_eq!(find_marker(&executable), Some(memgate_protocol::PROTOCOL_VERSION));
}
