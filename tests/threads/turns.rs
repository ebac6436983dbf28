//! Threads that take turns, so that the order of their events, and with it the true peak, is known.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;

use memgate::__private::{Span, SpanCounts};

/// What a thread holds.
pub(crate) type Blocks = [Vec<u8>; 4];

pub(crate) fn bytes(size: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(size))
}

/// Counts `steps` steps, each taken by one of `threads` threads (the `step % threads`th) while all others wait.
/// Starting and ending the threads is not counted, and neither is dropping what they hold in the end.
pub(crate) fn counted_in_turns(
    threads: usize,
    steps: usize,
    step: impl Fn(usize, &mut Blocks) + Sync,
) -> SpanCounts {
    let barrier = Barrier::new(threads + 1);
    thread::scope(|scope| {
        let mut running = Vec::with_capacity(threads);
        for index in 0..threads {
            let (barrier, step) = (&barrier, &step);
            running.push(scope.spawn(move || {
                let mut blocks = Blocks::default();
                barrier.wait();
                for number in 0..steps {
                    barrier.wait();
                    if number % threads == index {
                        step(number, &mut blocks);
                    }
                }
                barrier.wait();
                // Now the span ends.
                barrier.wait();
                drop(blocks);
            }));
        }
        barrier.wait();
        let span = Span::begin();
        for _ in 0..=steps {
            barrier.wait();
        }
        let counts = span.end();
        barrier.wait();
        // A scope waits for what its threads do, not for what std frees after that, which would fall into the next span.
        for thread in running {
            thread.join().expect("no step panics");
        }
        counts
    })
}
