//! The protocol: what is answered, and what is refused.

use std::path::Path;

use memgate::__private::is_built_in;
use memgate_protocol::{
    Command, Engine, Outcome, PROBE_VERSION, PROTOCOL_VERSION, Refusal, RefusalKind, Request, ResponseError,
    WindowPlan, find_marker,
};

use crate::request::{Answer, ask, ask_with};
use crate::runner;
use crate::suites::ODD_NAMES;

runner::cases![
    a_list_has_every_name_in_the_order_of_the_source,
    an_answer_says_who_gives_it,
    this_executable_carries_the_marker,
    names_are_keys_and_nothing_else,
    names_that_cannot_be_used_are_refused,
    two_benchmarks_with_one_name_are_refused,
    an_unknown_name_is_refused,
    a_benchmark_without_a_window_is_refused,
    a_plan_that_measures_nothing_or_too_much_is_refused,
    engines_that_cannot_measure_are_refused,
    another_version_is_refused_with_both_named,
    garbage_is_an_error_and_no_answer,
    an_answer_that_cannot_be_written_is_an_error,
    a_routine_that_closes_standard_streams_is_refused,
];

fn measure(name: &str) -> Command {
    Command::measure(name, Engine::Count, WindowPlan::default())
}

fn refusal(answer: Answer) -> Refusal {
    match answer.outcome() {
        Outcome::Refused(refusal) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn errors(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.output.stderr).into_owned()
}

fn a_list_has_every_name_in_the_order_of_the_source() {
    let names = [
        "words",
        "inner::words",
        "sized/1000",
        "sized/20000",
        "any text",
        "any text/with/70",
        "any text/with/80",
    ];
    assert_eq!(ask("macro", Command::List).outcome(), Outcome::Listed(names.map(str::to_owned).to_vec()));
    assert_eq!(ask("empty", Command::List).outcome(), Outcome::Listed(Vec::new()));
}

fn an_answer_says_who_gives_it() {
    let answer = ask("macro", measure("words"));
    // Standard output is the user's: what six windows and the long run print, and nothing else.
    let stdout = String::from_utf8_lossy(&answer.output.stdout).into_owned();
    let count = stdout.lines().count();
    assert!(count >= 6, "{count}");
    assert_eq!(stdout, "ran words\n".repeat(count));
    assert_eq!(errors(&answer), "");
    let response = answer.response.unwrap();
    assert_eq!((response.protocol, response.probe), (PROTOCOL_VERSION, PROBE_VERSION));
    assert_eq!(response.memgate_version, env!("CARGO_PKG_VERSION"));
    assert_eq!(response.allocator.as_deref(), Some(std::any::type_name::<std::alloc::System>()));
    assert!(matches!(response.outcome, Outcome::Measured(_)));
}

fn this_executable_carries_the_marker() {
    let executable = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    assert_eq!(find_marker(&executable), Some(PROTOCOL_VERSION));
}

fn names_are_keys_and_nothing_else() {
    assert_eq!(
        ask("odd names", Command::List).outcome(),
        Outcome::Listed(ODD_NAMES.map(str::to_owned).to_vec())
    );
    let long = "x".repeat(300);
    let odd = ODD_NAMES.iter().map(|name| ("odd names", *name));
    for (suite, name) in odd.chain([("long name", long.as_str())]) {
        match ask(suite, measure(name)).outcome() {
            Outcome::Measured(record) => assert_eq!(record.name, name),
            other => panic!("{name}: {other:?}"),
        }
    }
}

fn names_that_cannot_be_used_are_refused() {
    for (suite, quoted, why) in [
        ("two lines", r#""two\nlines""#, "U+000A"),
        ("no name", r#""""#, "empty"),
        ("space", r#"" b""#, "white space"),
    ] {
        for command in [Command::List, measure("a")] {
            let refusal = refusal(ask(suite, command));
            assert_eq!(refusal.kind, RefusalKind::InvalidName);
            assert!(refusal.message.contains(quoted) && refusal.message.contains(why), "{}", refusal.message);
        }
    }
}

fn two_benchmarks_with_one_name_are_refused() {
    for command in [Command::List, measure("a"), measure("b")] {
        let refusal = refusal(ask("duplicate", command));
        assert_eq!(refusal.kind, RefusalKind::DuplicateName);
        assert!(refusal.message.contains("`a`"), "{}", refusal.message);
    }
}

fn an_unknown_name_is_refused() {
    // A part of a name is no name.
    for name in ["word", "words ", "sized", ""] {
        let refusal = refusal(ask("macro", measure(name)));
        assert_eq!(refusal.kind, RefusalKind::UnknownName);
        assert!(refusal.message.contains(&format!("`{name}`")), "{}", refusal.message);
    }
}

fn a_benchmark_without_a_window_is_refused() {
    let refusal = refusal(ask("failing", measure("no window")));
    assert_eq!(refusal.kind, RefusalKind::NoWindow);
    assert!(refusal.message.contains("`no window`"), "{}", refusal.message);
}

fn a_plan_that_measures_nothing_or_too_much_is_refused() {
    let maximum = WindowPlan::MAXIMUM;
    for (warm_up, steady) in [(2, 0), (0, maximum + 1), (maximum + 1, 1)] {
        let plan = WindowPlan { warm_up, steady, long_run_ms: 0 };
        let command = Command::measure("words", Engine::Count, plan);
        assert_eq!(refusal(ask("macro", command)).kind, RefusalKind::Request);
    }
}

fn engines_that_cannot_measure_are_refused() {
    let unusable = Engine::ALL.into_iter().filter(|engine| *engine == Engine::Off || !is_built_in(*engine));
    for engine in unusable {
        let plan = WindowPlan::default();
        let refusal = refusal(ask("macro", Command::measure("words", engine, plan)));
        assert_eq!(refusal.kind, RefusalKind::Engine);
        assert!(refusal.message.contains(&format!("`{engine}`")), "{}", refusal.message);
    }
}

/// A request in another version, with a command that this one does not know.
fn from_the_future(response: &Path) -> Vec<u8> {
    format!(r#"{{"protocol":4711,"response":{response:?},"command":{{"dance":true}},"more":1}}"#).into_bytes()
}

fn another_version_is_refused_with_both_named() {
    let refusal = refusal(ask_with("macro", from_the_future));
    assert_eq!(refusal.kind, RefusalKind::Version);
    for version in ["version 4711", &format!("version {PROTOCOL_VERSION}"), env!("CARGO_PKG_VERSION")] {
        assert!(refusal.message.contains(version), "{}", refusal.message);
    }
}

fn garbage_is_an_error_and_no_answer() {
    let whole = |response: &Path| {
        String::from_utf8(Request::new(response, measure("words")).to_json().unwrap()).unwrap()
    };
    let contents: [&dyn Fn(&Path) -> String; 6] = [
        &|_| String::new(),
        &|_| "measure words, please".to_owned(),
        &|_| "{}".to_owned(),
        &|response| whole(response).replace("\"count\"", "\"heaptrack\""),
        &|response| whole(response).replace("\"command\"", "\"comand\""),
        &|response| whole(response).trim_end_matches('}').to_owned(),
    ];
    for content in contents {
        let answer = ask_with("macro", |response| content(response).into_bytes());
        assert!(matches!(answer.response, Err(ResponseError::Absent)), "{answer:?}");
        assert_eq!(answer.output.status.code(), Some(101));
        let errors = errors(&answer);
        assert!(errors.contains("request.json") && errors.contains("not a request"), "{errors}");
    }
}

fn an_answer_that_cannot_be_written_is_an_error() {
    let nowhere = |response: &Path| response.with_file_name("no such folder").join("response.json");
    let answer =
        ask_with("macro", |response| Request::new(nowhere(response), Command::List).to_json().unwrap());
    assert_eq!(answer.output.status.code(), Some(101));
    assert!(errors(&answer).contains("no such folder"), "{answer:?}");
}

fn a_routine_that_closes_standard_streams_is_refused() {
    if cfg!(unix) {
        for name in ["output", "error"] {
            let refusal = refusal(ask("closes", measure(name)));
            assert_eq!(refusal.kind, RefusalKind::Process);
            assert!(refusal.message.contains(&format!("closed standard {name}")), "{}", refusal.message);
        }
    }
}
