//! What all threads do, while other tests run: at least what is known to have been done.

use std::thread;

use memgate::{measure, measure_all_threads};

use crate::{bytes, message};

#[test]
fn threads_that_are_started_within_count() {
    let (kept, heap) = measure_all_threads(|| {
        thread::scope(|scope| {
            let threads = [(); 3].map(|()| scope.spawn(|| bytes(1 << 20)));
            threads.map(|thread| thread.join().unwrap())
        })
    });
    assert!(heap.allocs >= 3 && heap.total_bytes >= 3 << 20, "{heap:?}");
    // Other tests free what they have from before meanwhile, some kibibytes.
    assert!(heap.peak_bytes >= 2 << 20, "{heap:?}");
    drop(kept);
}

#[test]
fn what_one_thread_measures_within_is_its_own() {
    let ((mine, other), heap) = measure_all_threads(|| {
        let other = thread::spawn(|| measure(|| drop(bytes(2_000))).1);
        (measure(|| drop(bytes(1_000))).1, other.join().unwrap())
    });
    assert_eq!((mine.total_bytes, other.total_bytes), (1_000, 2_000));
    assert!(heap.total_bytes >= 3_000, "{heap:?}");
}

#[test]
fn one_within_another_of_the_same_thread_fails() {
    let message = message(|| measure_all_threads(|| measure_all_threads(|| ())));
    assert!(message.contains("memgate::measure_all_threads: failed to count: all threads"), "{message}");
    // And the next one does not.
    measure_all_threads(|| ());
}
