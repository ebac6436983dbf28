//! What is over its limit fails, and says by how much.

use std::panic::catch_unwind;

use memgate::{Limits, assert_at_most, assert_no_alloc};

use crate::{bytes, message};

#[test]
fn one_allocation_is_one_too_many() {
    let message = message(|| assert_no_alloc(|| bytes(16)));
    assert!(message.starts_with("memgate::assert_no_alloc: a number is over its limit\n"), "{message}");
    assert!(message.contains("\n  allocs  1, at most 0: +1\n"), "{message}");
    assert!(
        message.contains(
            "measured: peak_bytes 16 B · total_bytes 16 B · allocs 1 · reallocs 0 · retained_bytes 16 B"
        ),
        "{message}"
    );
}

#[test]
fn a_reallocation_is_an_allocation() {
    let mut vec = bytes(16);
    let message = message(|| assert_no_alloc(|| vec.reserve_exact(32)));
    assert!(message.contains("\n  reallocs  1, at most 0: +1\n"), "{message}");
}

#[test]
fn each_limit_is_the_most_that_passes() {
    let routine = || {
        drop(bytes(100));
        let mut kept = bytes(50);
        kept.reserve_exact(60);
        kept
    };
    let exact = Limits::new().peak_bytes(100).total_bytes(160).allocs(2).reallocs(1).retained_bytes(60);
    let kept = assert_at_most(exact, routine);
    assert_eq!(kept.capacity(), 60);
    for (limits, over) in [
        (exact.peak_bytes(99), "peak_bytes  100 B, at most 99 B: +1 B"),
        (exact.total_bytes(159), "total_bytes  160 B, at most 159 B: +1 B"),
        (exact.allocs(1), "allocs  2, at most 1: +1"),
        (exact.reallocs(0), "reallocs  1, at most 0: +1"),
        (exact.retained_bytes(59), "retained_bytes  60 B, at most 59 B: +1 B"),
    ] {
        let message = message(|| assert_at_most(limits, routine));
        assert!(message.contains(over), "{message}");
    }
}

#[test]
fn limits_that_limit_nothing_are_an_error() {
    let payload = catch_unwind(|| assert_at_most(Limits::new(), || 1)).unwrap_err();
    let message = payload.downcast_ref::<&str>().unwrap();
    assert!(message.contains("limits nothing"), "{message}");
}

#[test]
fn a_failure_within_another_is_of_the_inner_one() {
    let message = message(|| {
        assert_at_most(Limits::new().allocs(0), || assert_no_alloc(|| bytes(1)));
    });
    assert!(message.starts_with("memgate::assert_no_alloc"), "{message}");
}

#[test]
#[cfg(not(all(
    feature = "call-sites",
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
fn without_call_sites_the_message_says_what_brings_them() {
    let are_supported =
        cfg!(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)));
    let said = if are_supported {
        "\n  memgate's feature `call-sites` names the lines that did it"
    } else {
        "\n  call sites can be recorded on Linux, on x86-64 and AArch64, and this is another platform"
    };
    for message in [
        message(|| assert_no_alloc(|| bytes(16))),
        message(|| memgate::assert_no_leak(|| std::mem::forget(bytes(16)))),
    ] {
        assert!(message.ends_with(said), "{message}");
    }
}
