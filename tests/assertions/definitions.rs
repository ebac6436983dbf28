//! What counts, and what does not.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::{Once, mpsc};
use std::thread;

use memgate::{Heap, Limits, assert_at_most, assert_no_alloc, assert_no_leak, measure};

use crate::{bytes, message};

/// The numbers in the order of the columns.
fn numbers(heap: Heap) -> (u64, u64, u64, u64, i64) {
    (heap.peak_bytes, heap.total_bytes, heap.allocs, heap.reallocs, heap.retained_bytes)
}

#[test]
fn a_reallocation_counts_as_if_in_place() {
    let (vec, heap) = measure(|| {
        let mut vec = bytes(1_000);
        vec.resize(1_000, 1);
        vec.reserve_exact(1_000);
        vec
    });
    assert_eq!(numbers(heap), (2_000, 2_000, 1, 1, 2_000));
    drop(vec);
}

#[test]
fn what_is_dropped_again_is_not_retained() {
    let ((), heap) = measure(|| {
        drop(bytes(700));
        drop(bytes(500));
    });
    assert_eq!(numbers(heap), (700, 1_200, 2, 0, 0));
}

#[test]
fn blocks_from_before_lower_what_is_live() {
    let old = bytes(5_000);
    let (new, heap) = measure(|| {
        drop(old);
        bytes(1_000)
    });
    assert_eq!(numbers(heap), (0, 1_000, 1, 0, -4_000));
    drop(new);
    let mut old = vec![1_u8; 50];
    let ((), heap) = measure(|| old.reserve_exact(100));
    assert_eq!(numbers(heap), (100, 100, 0, 1, 100));
}

#[test]
fn freeing_is_no_allocation() {
    let old = bytes(100);
    assert_no_alloc(|| drop(old));
}

#[test]
fn what_is_done_within_an_inner_one_counts_in_both() {
    let ((kept, inner), outer) = measure(|| {
        drop(bytes(100));
        let first = bytes(10);
        let (second, inner) = measure(|| {
            drop(bytes(200));
            bytes(20)
        });
        ((first, second), inner)
    });
    assert_eq!(numbers(inner), (200, 220, 2, 0, 20));
    assert_eq!(numbers(outer), (210, 330, 4, 0, 30));
    drop(kept);
}

#[test]
fn an_assertion_that_holds_costs_the_one_around_it_nothing() {
    assert_no_alloc(|| assert_no_alloc(|| assert_at_most(Limits::new().peak_bytes(0), || ())));
}

#[test]
fn an_assertion_that_follows_blocks_costs_the_one_around_it_nothing() {
    let ((), heap) = measure(|| assert_no_leak(|| drop(bytes(1))));
    assert_eq!(numbers(heap), (1, 1, 1, 0, 0));
    assert_no_leak(|| assert_no_leak(|| bytes(1)));
}

/// What a caught panic does with the heap, without what printing it takes, which is the hook's business.
fn of_a_panic(panics: impl FnOnce()) -> Heap {
    thread_local! {
        static IS_QUIET: Cell<bool> = const { Cell::new(false) };
    }
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let loud = take_hook();
        set_hook(Box::new(move |panic| {
            if !IS_QUIET.get() {
                loud(panic);
            }
        }));
    });
    IS_QUIET.set(true);
    let (has_panicked, heap) = measure(|| catch_unwind(AssertUnwindSafe(panics)).is_err());
    IS_QUIET.set(false);
    assert!(has_panicked);
    heap
}

#[test]
fn what_a_failure_says_costs_the_one_around_it_no_more_than_to_panic_with_it() {
    let failures: &[fn()] = &[
        || assert_no_alloc(|| drop(bytes(1))),
        || assert_at_most(Limits::new().allocs(0), || drop(bytes(1))),
        || assert_no_leak(|| std::mem::forget(bytes(1))),
        #[cfg(feature = "snapshots")]
        || memgate::assert_heap!("", || drop(bytes(1))),
    ];
    for failure in failures {
        let text = message(*failure);
        let by_hand = of_a_panic(|| {
            drop(bytes(1));
            panic!("{text}")
        });
        let Heap { total_bytes, allocs, reallocs, .. } = of_a_panic(failure);
        let expected = (by_hand.total_bytes, by_hand.allocs, by_hand.reallocs);
        assert_eq!((total_bytes, allocs, reallocs), expected, "{text}");
    }
}

#[test]
fn what_a_failure_says_is_not_left_to_the_one_around_it() {
    let failure = || assert_no_alloc(|| drop(bytes(1)));
    assert_eq!(of_a_panic(failure).retained_bytes, 0);
    assert_no_leak(|| of_a_panic(failure));
}

#[test]
fn a_panic_ends_what_was_measured() {
    let payload = catch_unwind(|| measure(|| panic!("on purpose"))).map(drop).unwrap_err();
    assert_eq!(payload.downcast_ref::<&str>(), Some(&"on purpose"), "the user's own panic goes on");
    // One that is caught within belongs to what was measured, with what it allocates.
    let ((), heap) = measure(|| drop(catch_unwind(|| std::panic::resume_unwind(Box::new([0_u8; 99])))));
    assert!(heap.total_bytes >= 99 && heap.retained_bytes <= 0, "{heap:?}");
    let (kept, heap) = measure(|| bytes(10));
    assert_eq!(numbers(heap), (10, 10, 1, 0, 10));
    drop(kept);
}

#[test]
fn a_block_that_another_thread_frees_stays_live_here() {
    let (sender, receiver) = mpsc::channel::<Vec<u8>>();
    let freeing = thread::spawn(move || receiver.into_iter().for_each(drop));
    // The channel makes its first block of messages at the first one.
    sender.send(Vec::new()).unwrap();
    let ((), heap) = measure(|| sender.send(bytes(1_000)).unwrap());
    assert_eq!(numbers(heap), (1_000, 1_000, 1, 0, 1_000));
    drop(sender);
    freeing.join().unwrap();
}

#[test]
fn a_block_that_another_thread_made_is_one_from_before() {
    let made = thread::spawn(|| bytes(1_000)).join().unwrap();
    let ((), heap) = measure(|| drop(made));
    assert_eq!(numbers(heap), (0, 0, 0, 0, -1_000));
}

#[test]
fn threads_that_are_started_within_are_not_counted() {
    let ((), heap) = measure(|| thread::spawn(|| drop(bytes(1 << 20))).join().unwrap());
    assert!(heap.allocs > 0 && heap.total_bytes < 1 << 20, "starting it is this thread's: {heap:?}");
}

#[test]
fn a_future_counts_where_it_is_polled() {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    let mut calls = 0;
    let future = async {
        let first = bytes(100);
        std::future::poll_fn(|_| {
            calls += 1;
            if calls < 3 { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
        (first, bytes(20))
    };
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    let (pending, heap) = measure(|| future.as_mut().poll(&mut context).is_pending());
    assert!(pending && heap.allocs == 1, "{heap:?}");
    // Between two polls nothing of it counts.
    assert_no_alloc(|| assert!(future.as_mut().poll(&mut context).is_pending()));
    let (output, heap) = measure(|| future.as_mut().poll(&mut context));
    assert_eq!(numbers(heap), (20, 20, 1, 0, 20));
    assert!(output.is_ready());
}

#[test]
fn the_standard_librarys_own_code_counts() {
    let (text, heap) = measure(|| format!("{:>50}", std::hint::black_box(7)));
    assert!(heap.allocs == 1 && heap.retained_bytes >= 50, "{heap:?}");
    drop(text);
}

#[test]
fn zeroed_and_aligned_blocks_count_their_size() {
    #[repr(align(4096))]
    struct Page([u8; 4096]);

    let (kept, heap) = measure(|| {
        let page = std::hint::black_box(Box::new(Page([0; 4096])));
        (std::hint::black_box(vec![0_u64; 100]), page.0[0], page)
    });
    assert_eq!((heap.allocs, heap.total_bytes), (2, 4_896));
    drop(kept);
}
