//! Other crates' counters see the same routines as ours, in their own words.

use memgate_protocol::{
    Command, CountWindow, DhatWindow, Engine, EngineWindows, Outcome, StatsAllocWindow, WindowPlan, Windows,
};

use crate::request::ask;
use crate::{runner, suites};

runner::cases![
    stats_alloc_agrees,
    dhat_agrees,
    stats_alloc_counts_every_thread,
    dhat_sees_every_thread,
    a_test_measures_what_a_benchmark_does,
];

fn measured(name: &str, engine: Engine) -> EngineWindows {
    let plan = WindowPlan { warm_up: 1, steady: 2, long_run_ms: 0 };
    match ask("windows", Command::measure(name, engine, plan)).outcome() {
        Outcome::Measured(record) => record.windows,
        other => panic!("{name}, {engine}: {other:?}"),
    }
}

fn count(name: &str) -> Windows<CountWindow> {
    match measured(name, Engine::Count) {
        EngineWindows::Count(windows) => windows,
        other => panic!("{other:?}"),
    }
}

fn stats_alloc(name: &str) -> Windows<StatsAllocWindow> {
    match measured(name, Engine::StatsAlloc) {
        EngineWindows::StatsAlloc(windows) => windows,
        other => panic!("{other:?}"),
    }
}

fn dhat(name: &str) -> Windows<DhatWindow> {
    match measured(name, Engine::Dhat) {
        EngineWindows::Dhat(windows) => windows,
        other => panic!("{other:?}"),
    }
}

/// Our windows beside another engine's.
fn side_by_side<W: Copy>(ours: &Windows<CountWindow>, theirs: &Windows<W>) -> Vec<(CountWindow, W)> {
    assert_eq!((ours.steady.len(), theirs.steady.len()), (2, 2));
    let steady = ours.steady.iter().copied().zip(theirs.steady.iter().copied());
    [(ours.cold, theirs.cold)].into_iter().chain(steady).collect()
}

/// Routines that are the same in every process, with one thread.
const ROUTINES: [&str; 10] = [
    "grow",
    "shrink",
    "mixed",
    "keep the input",
    "borrow the input",
    "cache",
    "leak",
    "leak every second time",
    "calls",
    "worker alone",
];

fn stats_alloc_agrees() {
    // It knows the blocks of before the window too.
    for name in ROUTINES.into_iter().chain(["free the input"]) {
        for (ours, theirs) in side_by_side(&count(name), &stats_alloc(name)) {
            let expected = StatsAllocWindow {
                allocations: ours.allocs,
                reallocations: ours.reallocs,
                bytes_allocated: ours.total_bytes,
                bytes_deallocated: ours.total_bytes - ours.retained_bytes,
            };
            assert_eq!(theirs, expected, "{name}: {ours:?}");
        }
    }
}

fn dhat_agrees() {
    // It does not know blocks of before the window, and takes a realloc of one for a new block.
    for name in ROUTINES.into_iter().filter(|name| *name != "borrow the input") {
        for (ours, theirs) in side_by_side(&count(name), &dhat(name)) {
            let expected = DhatWindow {
                total_blocks: ours.allocs + ours.reallocs,
                total_bytes: ours.total_bytes - ours.realloc_growth_bytes + ours.realloc_new_bytes,
                current_bytes: ours.retained_bytes,
                max_bytes: ours.peak_bytes,
            };
            assert_eq!(theirs, expected, "{name}: {ours:?}");
        }
    }
    let freed = dhat("free the input").cold;
    assert_eq!((freed.current_bytes, freed.max_bytes), (1_000, 1_000));
}

fn stats_alloc_counts_every_thread() {
    let (ours, theirs) = (count("threads").steady[0], stats_alloc("threads").steady[0]);
    assert_eq!((theirs.allocations, theirs.bytes_allocated), (ours.allocs, ours.total_bytes));
    assert_eq!(theirs.bytes_allocated - theirs.bytes_deallocated, ours.retained_bytes);
}

fn dhat_sees_every_thread() {
    let (ours, theirs) = (count("threads").steady[0], dhat("threads").steady[0]);
    assert_eq!(
        (theirs.total_blocks, theirs.current_bytes),
        (ours.allocs + ours.reallocs, ours.retained_bytes)
    );
}

fn a_test_measures_what_a_benchmark_does() {
    let measured = [
        ("grow", memgate::measure(suites::grow).1),
        ("shrink", memgate::measure(suites::shrink).1),
        ("mixed", memgate::measure(suites::mixed).1),
    ];
    for (name, heap) in measured {
        let (ours, dhat, stats_alloc) = (count(name).cold, dhat(name).cold, stats_alloc(name).cold);
        let signed = |value: u64| i64::try_from(value).unwrap();
        let [peak_bytes, total_bytes, allocs, reallocs] =
            [heap.peak_bytes, heap.total_bytes, heap.allocs, heap.reallocs].map(signed);
        assert_eq!(
            (peak_bytes, total_bytes, allocs, reallocs, heap.retained_bytes),
            (ours.peak_bytes, ours.total_bytes, ours.allocs, ours.reallocs, ours.retained_bytes),
            "{name}"
        );
        assert_eq!((allocs, reallocs), (stats_alloc.allocations, stats_alloc.reallocations), "{name}");
        assert_eq!(total_bytes, stats_alloc.bytes_allocated, "{name}");
        assert_eq!(
            heap.retained_bytes,
            stats_alloc.bytes_allocated - stats_alloc.bytes_deallocated,
            "{name}"
        );
        assert_eq!((peak_bytes, heap.retained_bytes), (dhat.max_bytes, dhat.current_bytes), "{name}");
        assert_eq!(allocs + reallocs, dhat.total_blocks, "{name}");
    }
}
