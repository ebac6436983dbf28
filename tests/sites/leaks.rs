//! What leaks, by stack.

use memgate_protocol::WindowPlan;
use memgate_protocol::capture::{CapturedRow, WindowKind};

use crate::recorded::{PLAN, counted, recorded, window};
use crate::runner;

runner::cases![
    what_grows_in_every_iteration_is_a_leak,
    what_grows_in_some_iterations_is_none,
    what_replaces_something_is_none,
];

fn leaks(name: &str, plan: WindowPlan) -> Vec<(i64, i64)> {
    let capture = recorded(name, plan);
    assert_eq!(window(&capture, WindowKind::Cold).total().leaked_bytes, 0, "{name}");
    let leaks = |row: &CapturedRow| (row.numbers.leaked_bytes, row.numbers.leaked_blocks);
    window(&capture, WindowKind::Steady).rows.iter().map(leaks).filter(|leak| *leak != (0, 0)).collect()
}

fn what_grows_in_every_iteration_is_a_leak() {
    assert_eq!(leaks("leak", PLAN), [(100, 1)]);
    // The set-up is no part of the window, and still leaks.
    assert_eq!(leaks("leak in the set-up", PLAN), [(30, 1)]);
    // The cold window, one to warm up and the steady one are the first three calls; the fourth is the least that is left.
    assert_eq!(leaks("leak more each time", PLAN), [(400, 1)]);
    assert_eq!(leaks("worker allocates", PLAN), []);
}

fn what_grows_in_some_iterations_is_none() {
    for name in ["leak every second time", "cache", "kept", "older freed"] {
        assert_eq!(leaks(name, PLAN), [], "{name}");
    }
}

fn what_replaces_something_is_none() {
    // With ten buffers, no iteration frees what another of the three has allocated.
    for name in ["swapped of/1", "swapped of/2", "swapped of/10", "kept until the next"] {
        for steady in [1, 3] {
            let plan = WindowPlan { warm_up: 1, steady, long_run_ms: 0 };
            assert_eq!(counted(name, plan).1.growth_bytes, 0, "{name}");
            assert_eq!(leaks(name, plan), [], "{name}, {steady} iterations");
        }
    }
}
