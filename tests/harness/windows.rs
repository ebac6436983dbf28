//! What the windows of known routines hold.

use memgate_protocol::{
    Command, CountWindow, Engine, EngineWindows, Outcome, Record, ResponseError, WindowPlan, Windows,
};

use crate::request::ask;
use crate::runner;

runner::cases![
    growing_counts_what_it_grows_by,
    the_input_is_made_and_the_output_dropped_outside,
    what_happens_once_is_cold_and_no_leak,
    a_leak_is_in_every_iteration,
    a_late_free_is_no_leak,
    a_plan_is_carried_out_to_the_call,
    several_threads_are_exact,
    a_worker_alone_is_exact,
    a_thread_that_comes_late_is_exact,
    a_panic_leaves_no_answer,
    an_assertion_within_a_benchmark_fails,
];

const PLAN: WindowPlan = WindowPlan { warm_up: 2, steady: 3, long_run_ms: 0 };

fn measured(name: &str, plan: WindowPlan) -> (Record, Windows<CountWindow>) {
    let command = Command::measure(name, Engine::Count, plan);
    match ask("windows", command).outcome() {
        Outcome::Measured(record) => match record.windows.clone() {
            EngineWindows::Count(windows) => (record, windows),
            other => panic!("not the engine's windows: {other:?}"),
        },
        other => panic!("not measured: {other:?}"),
    }
}

/// The windows of a routine that does the same each time, in one thread.
fn same_in_every_window(name: &str) -> CountWindow {
    let (record, windows) = measured(name, PLAN);
    assert_eq!(windows.steady, [windows.cold; 3]);
    assert_eq!((record.name.as_str(), record.peak_error_bytes), (name, 0));
    assert!(record.threads <= 1);
    windows.cold
}

fn growing_counts_what_it_grows_by() {
    let expected = CountWindow {
        peak_bytes: 2_000,
        total_bytes: 2_000,
        allocs: 1,
        reallocs: 1,
        retained_bytes: 2_000,
        growth_bytes: 0,
        realloc_growth_bytes: 1_000,
        realloc_new_bytes: 2_000,
    };
    assert_eq!(same_in_every_window("grow"), expected);
}

fn the_input_is_made_and_the_output_dropped_outside() {
    let freed = CountWindow {
        total_bytes: 1_000,
        allocs: 1,
        // Live bytes never exceed those at the start, where the input is live.
        peak_bytes: 0,
        retained_bytes: -4_000,
        ..CountWindow::default()
    };
    assert_eq!(same_in_every_window("free the input"), freed);
    assert_eq!(same_in_every_window("keep the input"), CountWindow::default());
    let borrowed = CountWindow {
        peak_bytes: 50,
        total_bytes: 50,
        reallocs: 1,
        retained_bytes: 50,
        realloc_growth_bytes: 50,
        realloc_new_bytes: 100,
        ..CountWindow::default()
    };
    assert_eq!(same_in_every_window("borrow the input"), borrowed);
}

fn what_happens_once_is_cold_and_no_leak() {
    let (_, windows) = measured("cache", PLAN);
    let cold = windows.cold;
    assert_eq!((cold.total_bytes, cold.retained_bytes, cold.growth_bytes), (4_096, 4_096, 4_096));
    assert_eq!(windows.steady, [CountWindow::default(); 3]);
}

fn a_leak_is_in_every_iteration() {
    let leak = CountWindow {
        peak_bytes: 100,
        total_bytes: 100,
        allocs: 1,
        retained_bytes: 100,
        growth_bytes: 100,
        ..CountWindow::default()
    };
    assert_eq!(same_in_every_window("leak"), leak);
    // The set-up is no part of the window, and still leaks.
    let set_up = CountWindow { growth_bytes: 30, ..CountWindow::default() };
    assert_eq!(same_in_every_window("leak in the set-up"), set_up);

    // The fourth and the sixth call leak; the least growth says that it is not every one.
    let (_, windows) = measured("leak every second time", PLAN);
    let growth: Vec<i64> = windows.steady.iter().map(|window| window.growth_bytes).collect();
    assert_eq!(growth, [100, 0, 100]);
}

fn a_late_free_is_no_leak() {
    let (record, windows) = measured("free late", PLAN);
    assert_eq!((windows.cold.retained_bytes, windows.cold.growth_bytes), (700, 700));
    for window in windows.steady {
        assert_eq!((window.retained_bytes, window.growth_bytes), (700, 0));
    }
    assert_eq!(record.threads, 1);
}

fn a_plan_is_carried_out_to_the_call() {
    for plan in [
        PLAN,
        WindowPlan { warm_up: 0, steady: 1, long_run_ms: 0 },
        WindowPlan { warm_up: 7, steady: 40, long_run_ms: 0 },
    ] {
        let (_, windows) = measured("calls", plan);
        // The routine's peak is the number of its call.
        assert_eq!(windows.cold.peak_bytes, 1);
        let calls: Vec<i64> = windows.steady.iter().map(|window| window.peak_bytes).collect();
        let first = 2 + i64::from(plan.warm_up);
        assert_eq!(calls, (first..first + i64::from(plan.steady)).collect::<Vec<_>>());
    }
}

fn several_threads_are_exact() {
    let (record, windows) = measured("threads", PLAN);
    assert_eq!((record.threads, record.peak_error_bytes), (4, 0));
    for window in &windows.steady {
        assert!(
            window.allocs >= 3 && window.total_bytes >= 3_000 && window.peak_bytes >= 1_000,
            "{window:?}"
        );
        assert_eq!((window.retained_bytes, window.growth_bytes), (0, 0));
        assert_eq!(
            (window.allocs, window.total_bytes),
            (windows.steady[0].allocs, windows.steady[0].total_bytes)
        );
    }
}

fn a_worker_alone_is_exact() {
    let (record, windows) = measured("worker alone", PLAN);
    let expected = CountWindow { peak_bytes: 4_000, total_bytes: 4_000, allocs: 1, ..CountWindow::default() };
    assert_eq!(windows.steady, [expected; 3]);
    assert_eq!((record.threads, record.peak_error_bytes), (1, 0));
}

fn a_thread_that_comes_late_is_exact() {
    let (record, windows) = measured("worker later", PLAN);
    let cold = CountWindow { peak_bytes: 10, total_bytes: 10, allocs: 1, ..CountWindow::default() };
    assert_eq!(windows.cold, cold);
    let steady = CountWindow { peak_bytes: 4_010, total_bytes: 4_010, allocs: 2, ..CountWindow::default() };
    assert_eq!(windows.steady, [steady; 3]);
    assert_eq!((record.threads, record.peak_error_bytes), (2, 0));
}

fn a_panic_leaves_no_answer() {
    let command = Command::measure("panics", Engine::Count, PLAN);
    let answer = ask("windows", command);
    assert!(matches!(answer.response, Err(ResponseError::Absent)), "{answer:?}");
    assert_eq!(answer.output.status.code(), Some(101));
    assert!(String::from_utf8_lossy(&answer.output.stderr).contains("on purpose"), "{answer:?}");
}

fn an_assertion_within_a_benchmark_fails() {
    let answer = ask("windows", Command::measure("asserts", Engine::Count, PLAN));
    assert!(matches!(answer.response, Err(ResponseError::Absent)), "{answer:?}");
    let errors = String::from_utf8_lossy(&answer.output.stderr);
    assert!(errors.contains("memgate::assert_no_alloc: failed to count"), "{errors}");
}
