//! One routine gives one set of numbers, however its benchmark is written.

use memgate_protocol::{Command, CountWindow, Engine, EngineWindows, Outcome, Record, WindowPlan, Windows};

use crate::request::ask;
use crate::runner::cases;

cases!(
    every_form_has_the_numbers_of_the_native_benchmark,
    custom_closures_are_measured_whole_and_marked,
    what_an_iteration_leaks_is_seen,
    an_executor_is_outside_of_the_window,
);

pub(crate) fn measure(suite: &str, name: &str) -> Record {
    let command = Command::measure(name, Engine::Count, WindowPlan::default());
    match ask(suite, command).outcome() {
        Outcome::Measured(record) => record,
        other => panic!("{suite} {name}: {other:?}"),
    }
}

pub(crate) fn windows(record: &Record) -> &Windows<CountWindow> {
    let EngineWindows::Count(windows) = &record.windows else { panic!("{record:?}") };
    windows
}

fn every_form_has_the_numbers_of_the_native_benchmark() {
    let sizes = ["small", "large", "iteration", "batches", "iterations"];
    let forms = |routine: &str, more: &[&str]| -> Vec<String> {
        let names = sizes.iter().chain(more).map(|form| format!("{routine}/{form}"));
        names.collect()
    };
    for (native, forms) in [
        ("build", vec!["build/iter".to_owned(), "build/drop".to_owned()]),
        ("take", forms("take", &["setup"])),
        ("borrow", forms("borrow", &[])),
        ("nothing", vec!["nothing".to_owned()]),
    ] {
        let expected = measure("native", native);
        assert_eq!(windows(&expected).steady.len(), 3);
        for form in forms {
            for kind in ["sync", "async"] {
                // Criterion has no such async method in its documentation; the other forms are alike.
                if (kind, form.as_str()) == ("async", "take/setup") {
                    continue;
                }
                let record = measure("forms", &format!("{kind}/{form}"));
                assert_eq!(windows(&record).steady, windows(&expected).steady, "{kind}/{form}");
                let (cold, native) = (windows(&record).cold, windows(&expected).cold);
                // The first `block_on` of a process may set something up outside of the window.
                assert_eq!(
                    CountWindow { growth_bytes: 0, ..cold },
                    CountWindow { growth_bytes: 0, ..native }
                );
                assert!(!record.is_custom);
            }
        }
    }
}

fn custom_closures_are_measured_whole_and_marked() {
    let (custom, native) = (measure("forms", "sync/custom"), measure("native", "build"));
    assert!(custom.is_custom);
    // The closure's own vector of one result is in the window, and so is the drop.
    let (custom, native) = (windows(&custom).steady[0], windows(&native).steady[0]);
    assert_eq!((custom.allocs, custom.retained_bytes), (native.allocs + 1, 0));
    let custom = measure("forms", "async/custom");
    assert!(custom.is_custom);
    assert_eq!((windows(&custom).steady[0].allocs, windows(&custom).steady[0].total_bytes), (1, 77));
}

fn what_an_iteration_leaks_is_seen() {
    let leak = measure("forms", "sync/leak");
    assert!(windows(&leak).steady.iter().all(|window| window.growth_bytes == 64));
}

fn an_executor_is_outside_of_the_window() {
    let nothing = measure("forms", "async/nothing");
    assert!(windows(&nothing).steady.iter().all(|window| *window == CountWindow::default()));
}
