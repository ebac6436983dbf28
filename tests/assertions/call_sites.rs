//! A failed assertion names the lines that did it.

use std::pin::pin;
use std::task::{Context, Waker};

use memgate::{Limits, assert_at_most, assert_no_alloc, assert_no_leak};

use crate::message;

/// The sites of a message, each as its lines.
fn sites(message: &str) -> Vec<String> {
    let (_, sites) =
        message.split_once("\n  call sites, worst first:").unwrap_or_else(|| panic!("{message}"));
    let mut found: Vec<String> = Vec::new();
    for line in sites.lines().skip(1) {
        match found.last_mut() {
            Some(site) if line.starts_with("     ") => *site += &format!("\n{}", line.trim()),
            _ => found.push(line.trim().to_owned()),
        }
    }
    found
}

/// This line of this file.
macro_rules! here {
    () => {
        format!("{}:{}", file!(), line!())
    };
}

#[inline(never)]
fn outer(place: &mut String) -> usize {
    let length = middle(place);
    std::hint::black_box(length)
}

#[inline(never)]
fn middle(place: &mut String) -> usize {
    let length = inner(place);
    std::hint::black_box(length)
}

#[inline(never)]
fn inner(place: &mut String) -> usize {
    place.clear();
    let (kept, line) = (std::hint::black_box(Box::new([1_u8; 24])), line!());
    place.push_str(if line > 0 { "x" } else { "" });
    kept.len()
}

#[test]
fn an_allocation_three_calls_down_is_named_with_its_callers() {
    let mut place = String::with_capacity(8);
    let message = message(|| assert_no_alloc(|| outer(&mut place)));
    let sites = sites(&message);
    let [site] = sites.as_slice() else { panic!("{message}") };
    let lines: Vec<&str> = site.lines().collect();
    let [first, middle, outer, ..] = lines.as_slice() else { panic!("{message}") };
    assert!(first.starts_with("1  tests/assertions/call_sites.rs:"), "{message}");
    // Debug information for lines alone has functions' names without their modules.
    assert!(first.ends_with("inner"), "{message}");
    assert!(
        middle.starts_with("← ") && middle.contains("middle tests/assertions/call_sites.rs:"),
        "{message}"
    );
    assert!(outer.starts_with("← ") && outer.contains("outer tests/assertions/call_sites.rs:"), "{message}");
    assert_eq!(lines.last(), Some(&"allocs 1"), "{message}");
}

#[test]
fn the_worst_is_first_and_each_line_is_one_site() {
    let message = message(|| {
        assert_at_most(Limits::new().total_bytes(100), || {
            for _ in 0..3 {
                drop(std::hint::black_box(vec![1_u8; 10]));
            }
            drop(std::hint::black_box(vec![1_u8; 1_000]));
        });
    });
    let sites = sites(&message);
    assert_eq!(sites.len(), 2, "{message}");
    assert!(sites[0].ends_with("total_bytes 1,000 B") && sites[1].ends_with("total_bytes 30 B"), "{message}");
}

#[test]
fn a_closure_and_an_async_block_are_named() {
    let text = std::hint::black_box("text");
    let (place, message) = (here!(), message(|| assert_no_alloc(|| text.to_owned())));
    assert!(sites(&message)[0].starts_with(&format!("1  {place}  ")), "{message}");
    let (place, future) = (here!(), async { text.to_owned() });
    let mut future = pin!(future);
    let message =
        crate::message(|| assert_no_alloc(|| future.as_mut().poll(&mut Context::from_waker(Waker::noop()))));
    assert!(sites(&message)[0].starts_with(&format!("1  {place}  ")), "{message}");
}

#[test]
fn what_the_standard_library_does_is_named_by_what_was_called() {
    let mut vec: Vec<u64> = Vec::new();
    let message = message(|| assert_no_alloc(|| vec.push(1)));
    assert!(sites(&message)[0].contains("push in "), "{message}");
    let number = std::hint::black_box(7);
    let message = crate::message(|| assert_no_alloc(|| format!("{number:>50}")));
    assert!(sites(&message)[0].contains("format in "), "{message}");
}

#[test]
fn a_leak_is_named_by_who_allocated_it() {
    let (place, message) =
        (here!(), message(|| assert_no_leak(|| std::mem::forget(std::hint::black_box(Box::new(1_u64))))));
    let sites = sites(&message);
    assert!(sites[0].starts_with(&format!("1  {place}  ")), "{message}");
    assert!(sites[0].ends_with("retained_bytes 8 B"), "{message}");
}

#[test]
fn frees_are_no_call_sites_and_old_blocks_are_none() {
    let old = vec![1_u8; 5_000];
    let message = message(|| {
        assert_at_most(Limits::new().peak_bytes(0), || {
            drop(old);
            std::hint::black_box(vec![1_u8; 6_000])
        })
    });
    let sites = sites(&message);
    assert_eq!(sites.len(), 1, "{message}");
    assert!(sites[0].ends_with("peak_bytes 6,000 B"), "a site has what it holds itself: {message}");
}
