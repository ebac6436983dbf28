//! Benchmarks with several threads.

use std::cell::RefCell;
use std::hint::black_box;
use std::sync::{Arc, Barrier};
use std::thread;

use memgate::Suite;

use crate::routines::bytes;
use crate::worker::Worker;

/// Benchmarks of which every number is the same whatever order the threads run in.
pub(crate) const IN_TURNS: [&str; 3] = ["worker", "worker frees", "worker allocates"];
/// Benchmarks whose peak depends on the order in which the threads run.
pub(crate) const AT_ONCE: [&str; 6] = [
    "spawned",
    "freed by another",
    "allocated by another",
    "frees as it ends",
    "one after the other",
    MANY_AT_ONCE,
];
pub(crate) const MANY_AT_ONCE: &str = "three hundred at once";

/// More than have room for a last stack of their own.
const MANY: usize = 300;

pub(crate) fn add_to(suite: Suite) -> Suite {
    suite
        .bench("worker", |bencher| {
            let worker = Worker::start();
            bencher.bench(move || {
                let _mine = bytes(10);
                worker.run(|held| {
                    drop(bytes(4_000));
                    *held = bytes(100);
                    held.push(1);
                    held.reserve_exact(1_000);
                });
                worker.run(|held| drop(std::mem::take(held)));
                bytes(20)
            });
        })
        .bench("worker frees", |bencher| {
            let worker = Worker::start();
            let giving = worker.clone();
            bencher
                .with_inputs(move || giving.run(|held| *held = bytes(900)))
                .bench_values(move |()| worker.run(|held| drop(std::mem::take(held))));
        })
        .bench("worker allocates", |bencher| {
            let worker = Worker::start();
            let freeing = worker.clone();
            bencher
                .with_inputs(move || freeing.run(|held| drop(std::mem::take(held))))
                .bench_values(move |()| worker.run(|held| *held = bytes(700)));
        })
        .bench("spawned", |bencher| {
            bencher.bench(|| {
                let threads = [(); 4].map(|()| thread::spawn(|| churn(1_000)));
                threads.map(|thread| thread.join().expect("it does not panic"))
            });
        })
        .bench("freed by another", |bencher| {
            bencher.bench(|| {
                let blocks: Vec<Vec<u8>> = (1..100).map(bytes).collect();
                thread::spawn(move || drop(blocks)).join().expect("it does not panic");
            });
        })
        .bench("allocated by another", |bencher| {
            bencher.bench(|| {
                let thread = thread::spawn(|| (1..100).map(bytes).collect::<Vec<_>>());
                let mut blocks = thread.join().expect("it does not panic");
                for block in &mut blocks {
                    block.reserve_exact(500);
                }
                blocks.truncate(50);
                blocks
            });
        })
        .bench("frees as it ends", |bencher| {
            bencher.bench(|| {
                let threads = [1, 2, 3].map(|number| {
                    thread::spawn(move || AT_THE_END.with_borrow_mut(|held| held.0 = bytes(number * 1_000)))
                });
                for thread in threads {
                    thread.join().expect("it does not panic");
                }
            });
        })
        .bench("one after the other", |bencher| {
            bencher.bench(|| {
                for _ in 0..MANY {
                    drop(thread::spawn(|| churn(10)).join().expect("it does not panic"));
                }
            });
        })
        .bench(MANY_AT_ONCE, |bencher| {
            bencher.bench(|| {
                let barrier = Arc::new(Barrier::new(MANY));
                let threads: Vec<_> = (0..MANY)
                    .map(|_| {
                        let barrier = Arc::clone(&barrier);
                        thread::spawn(move || {
                            barrier.wait();
                            churn(30)
                        })
                    })
                    .collect();
                threads
                    .into_iter()
                    .map(|thread| thread.join().expect("it does not panic"))
                    .collect::<Vec<_>>()
            });
        })
}

/// So many rounds of an alloc, a realloc and a free; leaves a block.
fn churn(rounds: usize) -> Vec<u8> {
    for round in 0..rounds {
        let mut block = bytes(20 + round % 7);
        block.push(1);
        block.reserve_exact(60);
        black_box(&block);
    }
    bytes(5)
}

struct FreesAndAllocates(Vec<u8>);

impl Drop for FreesAndAllocates {
    fn drop(&mut self) {
        drop(std::mem::take(&mut self.0));
        drop(bytes(123));
    }
}

thread_local! {
    static AT_THE_END: RefCell<FreesAndAllocates> = const { RefCell::new(FreesAndAllocates(Vec::new())) };
}
