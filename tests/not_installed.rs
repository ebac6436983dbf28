//! A bench binary whose global allocator is not memgate's: errors, never zeros.

#[path = "support/request.rs"]
mod request;
#[path = "support/runner.rs"]
mod runner;
#[path = "support/suite_process.rs"]
mod suite_process;

use std::process::ExitCode;

use memgate::__private::{Span, SpanCounts};
use memgate_protocol::{Command, Engine, Outcome, RefusalKind, WindowPlan};

use request::{ask, ask_with};
use suite_process::process;

runner::cases![
    the_list_is_given,
    measuring_is_refused,
    a_bench_run_is_an_error,
    a_test_run_needs_no_allocator,
    an_answer_says_that_no_allocator_is_installed,
    a_span_counts_nothing,
    every_assertion_fails_and_names_the_missing_line,
];

fn main() -> ExitCode {
    match suite_process::suite_to_be() {
        Some(_) => suite::run(),
        None if cfg!(miri) => ExitCode::SUCCESS,
        None => runner::main(CASES),
    }
}

mod suite {
    fn text(bencher: memgate::Bencher) {
        bencher.bench(|| "text".to_owned());
    }

    memgate::main! { allocator = none; text }

    pub(super) fn run() -> std::process::ExitCode {
        main()
    }
}

fn the_list_is_given() {
    assert_eq!(ask("", Command::List).outcome(), Outcome::Listed(vec!["text".to_owned()]));
}

fn measuring_is_refused() {
    for engine in [Engine::Count, Engine::Dhat, Engine::StatsAlloc, Engine::Off] {
        let command = Command::measure("text", engine, WindowPlan::default());
        match ask("", command).outcome() {
            Outcome::Refused(refusal) => {
                assert_eq!(refusal.kind, RefusalKind::AllocatorNotInstalled);
                assert!(refusal.message.contains("allocator = none;"), "{}", refusal.message);
            }
            other => panic!("not refused: {other:?}"),
        }
    }
}

fn a_bench_run_is_an_error() {
    let output = process("").arg("--bench").output().unwrap();
    assert_eq!(output.status.code(), Some(101), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("is not installed"), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
}

fn a_test_run_needs_no_allocator() {
    let output = process("").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "{output:?}");
}

fn an_answer_says_that_no_allocator_is_installed() {
    let request = |response: &std::path::Path| {
        memgate_protocol::Request::new(response, Command::List).to_json().unwrap()
    };
    assert_eq!(ask_with("", request).response.unwrap().allocator, None);
}

fn a_span_counts_nothing() {
    let span = Span::begin();
    drop(std::hint::black_box(vec![1_u8; 1_000]));
    assert_eq!(span.end(), SpanCounts::default());
}

fn every_assertion_fails_and_names_the_missing_line() {
    type Assertion = fn();
    let assertions: [Assertion; 5] = [
        || {
            memgate::measure(|| ());
        },
        || memgate::assert_no_alloc(|| ()),
        || memgate::assert_no_leak(|| ()),
        || {
            memgate::measure_all_threads(|| ());
        },
        || memgate::assert_at_most(memgate::Limits::new().allocs(9), || ()),
    ];
    for assertion in assertions {
        let payload = std::panic::catch_unwind(assertion).unwrap_err();
        let message = payload.downcast_ref::<String>().unwrap();
        assert!(message.contains("add the line `memgate::install!();`"), "{message}");
    }
}
