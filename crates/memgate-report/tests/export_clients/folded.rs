//! Folded stacks of the profile, as text.

use std::path::Path;

use memgate_protocol::Metric;
use memgate_report::export::{folded, folded_difference, named_stacks};

use crate::profile::profile;

#[test]
fn a_line_for_each_stack() {
    let profile = profile(Path::new("names.rs"));
    insta::assert_snapshot!(folded(&profile, Metric::PeakBytes), @"
    [outer frames cut off];names::descend::{closure#0};names::descend::{closure#0};0x12345678 64
    [stacks beyond the limit] 64
    __libc_start_main;names::main;<names::A as core::alloc::global::GlobalAlloc>::alloc 500
    __libc_start_main;names::main;names::descend::{closure#0};names::descend::{closure#0};names::descend::{closure#0};names::grow::<[u8: 8]>;alloc::vec::Vec<alloc::string::String, alloc::alloc::Global>::push 3000
    __libc_start_main;names::main;names::grow::<[u8: 8]>;alloc::vec::Vec<alloc::string::String, alloc::alloc::Global>::push 600
    ");
}

#[test]
fn a_line_for_each_stack_of_either_side() {
    let base = profile(Path::new("names.rs"));
    let mut head = base.clone();
    head.stacks[1].numbers.peak_bytes = 0;
    head.stacks[2].numbers.peak_bytes += 100;
    head.stacks.truncate(3);
    let stacks = |profile| named_stacks(profile, Metric::PeakBytes);
    insta::assert_snapshot!(folded_difference(&stacks(&base), &stacks(&head)), @"
    [outer frames cut off];names::descend::{closure#0};names::descend::{closure#0};0x12345678 64 0
    [stacks beyond the limit] 64 64
    __libc_start_main;names::main;<names::A as core::alloc::global::GlobalAlloc>::alloc 500 600
    __libc_start_main;names::main;names::descend::{closure#0};names::descend::{closure#0};names::descend::{closure#0};names::grow::<[u8: 8]>;alloc::vec::Vec<alloc::string::String, alloc::alloc::Global>::push 3000 3000
    __libc_start_main;names::main;names::grow::<[u8: 8]>;alloc::vec::Vec<alloc::string::String, alloc::alloc::Global>::push 600 0
    ");
}
