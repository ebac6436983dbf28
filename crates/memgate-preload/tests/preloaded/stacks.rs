//! Call stacks, by the engine that benchmarks have.

use std::process::Command;

use memgate_protocol::StackNumbers;
use memgate_protocol::capture::{CapturedWindow, node};
use memgate_protocol::process_table::CALL_SITES;

use crate::preloaded::{Done, program, run};
use crate::runner::cases;

cases! {
    sites_add_up_to_the_numbers,
    each_fork_has_its_own,
    a_line_that_allocates_is_one_site,
    the_c_library_may_be_asking_for_the_stack_itself,
    where_addresses_are_limited_few_are_taken,
    where_nothing_may_be_written_a_program_ends_as_by_itself,
}

fn recorded(name: &str) -> Done {
    let done = run(&mut program(name), CALL_SITES);
    assert!(done.status.success(), "{name}: {}\n{}", done.status, done.output);
    done
}

fn total(window: &CapturedWindow) -> StackNumbers {
    assert_eq!(window.lost_blocks, 0);
    window.total()
}

fn sites_add_up_to_the_numbers() {
    for name in ["every_function", "threads", "leaks"] {
        let done = recorded(name);
        let numbers = done.table.processes[0].numbers;
        let [(_, capture)] = &done.captures[..] else { panic!("{name}: {:?}", done.table) };
        let total = total(&capture.windows[0]);
        assert_eq!(total.allocs as u64, numbers.allocs, "{name}");
        assert_eq!(total.reallocs as u64, numbers.reallocs, "{name}");
        assert_eq!(total.total_bytes as u64, numbers.total_bytes, "{name}");
        assert_eq!(total.retained_bytes as u64, numbers.live_bytes, "{name}");
        if name != "threads" {
            // Where threads run side by side, each of the two has its own order of what they do.
            assert_eq!(total.peak_bytes as u64, numbers.peak_bytes, "{name}");
        }
    }
}

fn each_fork_has_its_own() {
    let done = recorded("forks");
    assert_eq!(done.captures.len(), 201);
    for (slot, capture) in &done.captures[1..] {
        let process = done.table.processes.iter().find(|process| process.slot == *slot).unwrap();
        assert_eq!(total(&capture.windows[0]).retained_bytes as u64, process.numbers.live_bytes);
    }
}

fn a_line_that_allocates_is_one_site() {
    let done = recorded("deep");
    let [(_, capture)] = &done.captures[..] else { panic!("{:?}", done.table) };
    let rows: Vec<_> =
        capture.windows[0].rows.iter().filter(|row| row.numbers.retained_bytes == 50 * 111).collect();
    let [row] = rows[..] else { panic!("{rows:?}") };
    assert_eq!(row.numbers.allocs, 50);
    // The frames lead to where programs begin.
    let mut depth = 0;
    let mut now = row.node;
    while let Some(index) = now.checked_sub(node::FIRST) {
        now = capture.nodes[index as usize].parent;
        depth += 1;
    }
    assert!(now == node::ROOT && depth >= 2, "{depth}");
}

fn the_c_library_may_be_asking_for_the_stack_itself() {
    recorded("first_in_a_thread");
}

/// One of the programs, in a shell with a limit.
fn limited(limit: &str, name: &str) -> Done {
    let itself = program(name);
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("ulimit {limit}; exec \"$0\"")).arg(itself.get_program());
    command.envs(itself.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let done = run(&mut command, CALL_SITES);
    assert!(done.status.success(), "{name}: {}\n{}", done.status, done.output);
    done
}

fn where_addresses_are_limited_few_are_taken() {
    let done = limited("-v 400000", "says_its_addresses");
    let kibibytes: u64 = done.output.trim().parse().unwrap();
    assert!(kibibytes < 80_000, "{kibibytes} KiB");
    let entry = done.table.processes.last().unwrap();
    let (_, capture) = done.captures.iter().find(|(slot, _)| *slot == entry.slot).unwrap();
    assert_eq!(total(&capture.windows[0]).allocs as u64, entry.numbers.allocs);
}

fn where_nothing_may_be_written_a_program_ends_as_by_itself() {
    let done = limited("-f 0", "leaks");
    let entry = done.table.processes.last().unwrap();
    assert!(entry.has_ended && entry.numbers.live_bytes >= 10_000);
}
