//! What is counted, beside what is known.

use memgate_protocol::process_table::ProcessNumbers;

use crate::preloaded::{numbers, program, run};
use crate::runner::cases;

cases! {
    every_function_is_counted_once,
    blocks_of_any_length_are_known_by_what_was_asked_for,
    what_glibc_has_other_names_for_is_counted_once,
    what_is_refused_is_not_counted,
    blocks_that_can_not_be_counted_are_said,
    blocks_that_come_from_behind_the_library_are_said,
    threads_are_counted_to_the_last_block,
    what_a_thread_has_for_the_library_is_not_the_programs,
    what_a_program_maps_by_itself_is_said,
    the_same_program_has_the_same_numbers,
}

/// What a program does beyond what happens before and after it in any.
fn beyond_nothing(name: &str) -> ProcessNumbers {
    let (base, all) = (numbers("nothing"), numbers(name));
    ProcessNumbers {
        allocs: all.allocs - base.allocs,
        reallocs: all.reallocs - base.reallocs,
        total_bytes: all.total_bytes - base.total_bytes,
        live_bytes: all.live_bytes - base.live_bytes,
        frees: all.frees - base.frees,
        peak_bytes: 0,
        unknown_blocks: 0,
        mapped_peak_bytes: all.mapped_peak_bytes - base.mapped_peak_bytes,
    }
}

fn every_function_is_counted_once() {
    let counted = beyond_nothing("every_function");
    assert_eq!((counted.allocs, counted.frees, counted.reallocs), (8, 8, 2));
    assert_eq!(counted.total_bytes, 10 + 290 + 40 + 1000 + 64 + 6 + 300 + 64);
    assert_eq!(counted.live_bytes, 0);
}

fn blocks_of_any_length_are_known_by_what_was_asked_for() {
    let counted = beyond_nothing("every_length");
    // The list of blocks is one more, and grows.
    assert_eq!((counted.allocs - 1, counted.frees - 1), (601 + 600 + 4 + 1 + 3, 601 + 600 + 4 + 1 + 2));
    assert_eq!(counted.live_bytes, 7);
}

fn what_glibc_has_other_names_for_is_counted_once() {
    let counted = beyond_nothing("glibc_names");
    assert_eq!((counted.allocs, counted.frees, counted.reallocs), (6, 6, 1));
    assert_eq!((counted.total_bytes, counted.live_bytes), (800, 0));
}

fn what_is_refused_is_not_counted() {
    let counted = beyond_nothing("refused");
    assert_eq!((counted.allocs, counted.frees, counted.reallocs), (0, 0, 0));
}

fn blocks_that_can_not_be_counted_are_said() {
    let done = run(&mut program("has_little_room"), 0);
    assert!(done.status.success(), "{}", done.output);
    assert!(done.table.processes[0].has_uncounted_blocks);
    assert!(done.table.processes[0].numbers.live_bytes < 1 << 20);
}

fn blocks_that_come_from_behind_the_library_are_said() {
    let done = run(&mut program("looks_up"), 0);
    assert!(done.status.success(), "{}", done.output);
    assert_eq!(done.table.processes[0].numbers.unknown_blocks, 2);
}

fn threads_are_counted_to_the_last_block() {
    let first = beyond_nothing("threads");
    // The rest is what starting threads takes, which depends on how many are still there.
    let rest = first.allocs - 30 * 8 * 100;
    assert!(rest > 30 * 8 && rest < 30 * 8 * 20, "{rest}");
}

/// Glibc has a row of 16 bytes for each module that has thread-locals, and for fourteen more, and two before them.
fn what_a_thread_has_for_the_library_is_not_the_programs() {
    let alone = numbers("nothing");
    let done = run(&mut program("counts_modules"), 0);
    let modules = u64::try_from(done.status.code().unwrap()).unwrap();
    assert!((1..100).contains(&modules), "{}", done.output);
    let counted = done.table.processes[0].numbers;
    assert_eq!(counted.allocs - alone.allocs, 1);
    assert_eq!(counted.total_bytes - alone.total_bytes, (2 + modules - 1 + 14) * 16);
}

fn what_a_program_maps_by_itself_is_said() {
    assert_eq!(beyond_nothing("maps").mapped_peak_bytes, 5 << 20);
}

fn the_same_program_has_the_same_numbers() {
    let first = numbers("leaks");
    assert!(first.allocs > 0 && first.peak_bytes >= 10_000);
    for _ in 0..20 {
        assert_eq!(numbers("leaks"), first);
    }
}
