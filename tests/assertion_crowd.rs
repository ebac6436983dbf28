//! Two hundred tests that assert, beside two hundred that allocate wildly, in one process.
//!
//! Each run of the tests runs them once. A thousand runs, and one with an allocation planted into each of the tests that assert:
//! `cargo test -p memgate --test assertion_crowd -- --ignored --nocapture` (`MEMGATE_CROWD_RUNS=100` for fewer).

// Miri would take hours; what a crowd does at once, `neighbours` in the tests of assertions does.
#![cfg(not(miri))]

use std::hint::black_box;

use memgate::{Limits, assert_at_most, assert_no_alloc, assert_no_leak, measure};

memgate::install!();

/// Names the test into which an allocation is planted.
const PLANT_VARIABLE: &str = "MEMGATE_CROWD_PLANT";

fn bytes(size: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(size))
}

/// Asserts in every way; `test` is the name of the test.
#[track_caller]
fn assert_in_every_way(test: &str) {
    let is_planted = std::env::var(PLANT_VARIABLE).is_ok_and(|planted| planted == test);
    for round in 1..=10_usize {
        assert_no_alloc(|| is_planted.then(|| bytes(1)));
        let limits = Limits::new().allocs(2).total_bytes(round as u64 + 10).peak_bytes(round.max(10) as u64);
        assert_at_most(limits.retained_bytes(10), || {
            drop(bytes(round));
            bytes(10)
        });
        assert_no_leak(|| bytes(round));
        let (kept, heap) = measure(|| bytes(round));
        assert_eq!((heap.allocs, heap.peak_bytes, heap.retained_bytes), (1, round as u64, round as i64));
        drop(kept);
    }
}

/// Allocates in every way, with threads and panics.
fn allocate_wildly(test: &str) {
    let mut kept: Vec<Vec<u8>> = Vec::new();
    let mut state = test.bytes().fold(1_u64, |state, byte| state.wrapping_mul(31) + u64::from(byte));
    for _ in 0..300 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let size = (state >> 50) as usize;
        match size % 5 {
            0 => kept.push(vec![0; size]),
            1 => kept.iter_mut().for_each(|vec| vec.reserve(size % 100)),
            2 => kept.truncate(size % 7),
            3 => drop(format!("{size:>width$}", width = size % 500)),
            _ => kept.push(bytes(size)),
        }
    }
    std::thread::spawn(move || drop(kept)).join().unwrap();
    drop(std::panic::catch_unwind(|| std::panic::resume_unwind(Box::new(state))));
}

macro_rules! tests {
    ($($module:ident)*) => {$(
        mod $module {
            tests!(@assert one two three four five six seven eight nine ten);
            mod wild {
                tests!(@wild one two three four five six seven eight nine ten);
            }
        }
    )*};
    (@assert $($name:ident)*) => {$(
        #[test]
        fn $name() {
            crate::assert_in_every_way(concat!(module_path!(), "::", stringify!($name)));
        }
    )*};
    (@wild $($name:ident)*) => {$(
        #[test]
        fn $name() {
            crate::allocate_wildly(concat!(module_path!(), "::", stringify!($name)));
        }
    )*};
}

tests!(a b c d e f g h i j k l m n o p q r s t);

#[test]
#[ignore = "takes minutes: it runs all the others a thousand times"]
#[expect(clippy::print_stderr, reason = "says how far it is")]
fn a_thousand_runs_have_no_flake_and_what_is_planted_fails_its_test_alone() {
    let run = |planted: &str| {
        let mut process = std::process::Command::new(std::env::current_exe().unwrap());
        process.args(["--test-threads=8"]).env(PLANT_VARIABLE, planted).env("RUST_BACKTRACE", "0");
        let output = process.output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let runs = std::env::var("MEMGATE_CROWD_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(1_000);
    for number in 1..=runs {
        let printed = run("");
        assert!(
            printed.contains("test result: ok. 400 passed; 0 failed; 1 ignored"),
            "run {number}: {printed}"
        );
        if number % 100 == 0 {
            eprintln!("{number} of {runs} runs");
        }
    }
    let printed = run("");
    let tests = printed.lines().filter_map(|line| Some(line.strip_prefix("test ")?.split_once(" ... ")?.0));
    let list: Vec<&str> = tests.filter(|test| test.contains("::") && !test.contains("::wild::")).collect();
    assert_eq!(list.len(), 200);
    for test in list.iter().take(runs) {
        let printed = run(&format!("assertion_crowd::{test}"));
        assert!(printed.contains(&format!("test {test} ... FAILED\n")), "{test}: {printed}");
        assert!(
            printed.contains("test result: FAILED. 399 passed; 1 failed; 1 ignored"),
            "{test}: {printed}"
        );
        assert!(printed.contains("  allocs  1, at most 0: +1\n"), "{test}: {printed}");
    }
}
