//! The sums over all stacks are what the engine `count` says.

use memgate_protocol::CountWindow;
use memgate_protocol::capture::{WindowKind, node};

use crate::recorded::{PLAN, counted, recorded, sums, window};
use crate::routines::{PLAIN, WITH_OLDER_BLOCKS};
use crate::runner;
use crate::threads::{AT_ONCE, IN_TURNS, MANY_AT_ONCE};

runner::cases![
    one_thread_is_exact,
    blocks_from_before_the_window_are_exact,
    threads_in_turns_are_exact,
    threads_at_once_are_exact_but_for_the_order,
    a_failed_realloc_leaves_the_block_known,
    what_is_freed_has_lived,
];

/// The engine's two windows, each beside the one that `count` says.
fn side_by_side(name: &str) -> [(CountWindow, CountWindow); 2] {
    let (cold, steady) = counted(name, PLAN);
    let capture = recorded(name, PLAN);
    let [recorded_cold, recorded_steady] =
        [WindowKind::Cold, WindowKind::Steady].map(|kind| sums(window(&capture, kind)));
    // Only whole iterations are looked at for what leaks.
    [(recorded_cold, CountWindow { growth_bytes: 0, ..cold }), (recorded_steady, steady)]
}

fn one_thread_is_exact() {
    for name in PLAIN {
        for (recorded, counted) in side_by_side(name) {
            assert_eq!(recorded, counted, "{name}");
        }
    }
}

fn blocks_from_before_the_window_are_exact() {
    for name in WITH_OLDER_BLOCKS {
        for (recorded, counted) in side_by_side(name) {
            assert_eq!(recorded, counted, "{name}");
        }
    }
}

fn threads_in_turns_are_exact() {
    for name in IN_TURNS {
        for (recorded, counted) in side_by_side(name) {
            assert_eq!(recorded, CountWindow { growth_bytes: 0, ..counted }, "{name}");
        }
    }
}

fn threads_at_once_are_exact_but_for_the_order() {
    for name in AT_ONCE {
        for (recorded, counted) in side_by_side(name) {
            assert!(recorded.peak_bytes > 0, "{name}");
            let CountWindow { allocs, total_bytes, .. } = recorded;
            let as_counted = CountWindow {
                peak_bytes: counted.peak_bytes,
                allocs: counted.allocs,
                total_bytes: counted.total_bytes,
                ..recorded
            };
            assert_eq!(as_counted, counted, "{name}");
            if name == MANY_AT_ONCE {
                // The standard library keeps a B-tree of all threads, whose nodes depend on the order.
                assert!((allocs - counted.allocs).abs() <= 60, "{allocs} and {}", counted.allocs);
            } else {
                assert_eq!((allocs, total_bytes), (counted.allocs, counted.total_bytes), "{name}");
            }
        }
    }
}

fn a_failed_realloc_leaves_the_block_known() {
    let capture = recorded("fail", PLAN);
    let rows = &window(&capture, WindowKind::Steady).rows;
    assert!(rows.iter().all(|row| row.node != node::OLDER), "{rows:?}");
    let total = window(&capture, WindowKind::Steady).total();
    assert_eq!((total.allocs, total.reallocs, total.retained_blocks), (2, 1, 1));
    // Allocated at the first event, reallocated at the second, freed at the third: what failed was none.
    assert_eq!((total.lifetime_events, window(&capture, WindowKind::Steady).events), (2, 4));
}

fn what_is_freed_has_lived() {
    let capture = recorded("older first, then a peak", PLAN);
    let window = window(&capture, WindowKind::Steady);
    // Two older blocks, one that stays, one that goes at once, an older one, the last alloc, and the list of the older.
    assert_eq!(window.events, 2 + 1 + 2 + 1 + 1 + 1);
    assert_eq!((window.total().lifetime_events, window.total().retained_blocks), (1, 2 - 4));
    assert_eq!(window.peak_bytes, 5_000);
}
