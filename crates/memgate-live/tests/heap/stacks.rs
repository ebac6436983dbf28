//! Whose blocks they are.

use std::hint::black_box;

use memgate_live::{SampledStack, profile};

use crate::asked::sample_everything;
use crate::runner::cases;

cases! { a_stack_is_that_of_the_caller, deep_stacks_keep_their_inner_frames }

#[inline(never)]
fn leak_here() -> Vec<u8> {
    black_box(vec![1_u8; 12_345])
}

#[inline(never)]
fn leak_elsewhere() -> Vec<u8> {
    black_box(black_box(vec![2_u8; 54_321]))
}

/// Whether a return address lies within a function, which is shorter than this.
fn is_in(stack: &SampledStack, function: fn() -> Vec<u8>) -> bool {
    let start = function as usize;
    stack.return_addresses.iter().any(|address| (start..start + 400).contains(address))
}

fn a_stack_is_that_of_the_caller() {
    sample_everything();
    let kept = [leak_here(), leak_here(), leak_elsewhere()];
    drop(leak_here());
    let profile = profile().unwrap();
    if !profile.has_frame_pointers {
        // What is safe is the sums.
        assert!(profile.stacks.iter().all(|stack| stack.return_addresses.is_empty()));
        return;
    }
    let at =
        |bytes: f64| profile.stacks.iter().filter(move |stack| (stack.allocated.bytes - bytes).abs() < 0.5);
    // Both calls in the array, by their own return addresses or as one, and the one that was dropped.
    let here: Vec<&SampledStack> = profile
        .stacks
        .iter()
        .filter(|stack| is_in(stack, leak_here) && stack.allocated.bytes >= 12_345.0)
        .collect();
    let sum = |value: fn(&SampledStack) -> f64| here.iter().map(|stack| value(stack)).sum::<f64>();
    assert_eq!(
        (sum(|s| s.allocated.bytes), sum(|s| s.live.bytes)),
        (3.0 * 12_345.0, 2.0 * 12_345.0),
        "{here:?}"
    );
    let elsewhere: Vec<_> = at(54_321.0).collect();
    assert_eq!(elsewhere.len(), 1);
    assert!(is_in(elsewhere[0], leak_elsewhere) && elsewhere[0].live.objects == 1.0);
    drop(kept);
}

#[inline(never)]
fn deeper(depth: u32) -> Vec<u8> {
    if depth == 0 { leak_here() } else { black_box(deeper(black_box(depth - 1))) }
}

fn deep_stacks_keep_their_inner_frames() {
    sample_everything();
    let kept = deeper(1_000);
    let profile = profile().unwrap();
    if !profile.has_frame_pointers {
        return;
    }
    let deep = profile.stacks.iter().find(|stack| stack.live.bytes == 12_345.0).unwrap();
    assert_eq!(deep.return_addresses.len(), 128);
    assert!(is_in(deep, leak_here));
    drop(kept);
}
