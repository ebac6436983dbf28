//! What a closure leaves behind is found, and nothing else is.

use std::sync::OnceLock;
use std::thread;

use memgate::assert_no_leak;

use crate::{bytes, message};

#[test]
fn what_is_freed_or_returned_is_no_leak() {
    assert_no_leak(|| drop(bytes(100)));
    assert_no_leak(|| (bytes(100), format!("{:>30}", 1)));
    assert_no_leak(|| {
        let mut grown = bytes(10);
        grown.reserve_exact(1_000);
        grown.shrink_to(5);
        grown
    });
}

#[test]
fn what_is_forgotten_is_a_leak() {
    let message = message(|| {
        assert_no_leak(|| {
            let mut forgotten = bytes(100);
            forgotten.reserve_exact(150);
            std::mem::forget((forgotten, bytes(7)));
            bytes(1_000)
        });
    });
    let expected = "memgate::assert_no_leak: 2 blocks are left of what was allocated: 157 B\n";
    assert!(message.starts_with(expected), "{message}");
}

#[test]
fn a_leak_is_not_hidden_by_what_is_freed_from_before() {
    let before = bytes(100);
    let message = message(|| {
        assert_no_leak(|| {
            drop(before);
            bytes(100).leak().len()
        });
    });
    assert!(message.contains(": 1 block is left of what was allocated: 100 B\n"), "{message}");
}

#[test]
fn a_block_from_before_stays_whose_it_is() {
    let mut vec = bytes(10);
    assert_no_leak(|| vec.reserve_exact(1_000));
}

#[test]
fn what_is_filled_once_can_be_filled_before() {
    static CACHE: OnceLock<Vec<u8>> = OnceLock::new();
    let routine = || CACHE.get_or_init(|| bytes(64)).capacity();
    assert!(message(|| assert_no_leak(routine)).contains("64 B") || CACHE.get().is_none());
    assert_no_leak(routine);
}

#[test]
fn a_leak_within_another_assertion_is_found_once() {
    let message = message(|| assert_no_leak(|| memgate::measure(|| bytes(33).leak().len())));
    assert!(message.contains("1 block is left of what was allocated: 33 B"), "{message}");
    memgate::assert_no_alloc(|| assert_no_leak(|| ()));
}

#[test]
fn what_another_thread_leaks_is_not_seen() {
    let (sender, receiver) = std::sync::mpsc::channel::<usize>();
    let leaking = thread::spawn(move || receiver.into_iter().for_each(|size| std::mem::forget(bytes(size))));
    sender.send(1).unwrap();
    assert_no_leak(|| sender.send(1_000).unwrap());
    drop(sender);
    leaking.join().unwrap();
}
