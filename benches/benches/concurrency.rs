//! Several threads, and several tasks on one thread.
//!
//! The sums are the same in every run. So is the peak where the threads meet while everything is live; where they race,
//! it varies.

use std::sync::Barrier;
use std::thread;

use memgate::Bencher;
use memgate_benches::fixtures::{LOCK_TOML, SOURCES_CSV};
use rayon::ThreadPool;
use rayon::prelude::*;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

const THREADS: usize = 2;

/// Each thread copies its share of the lines, and waits for the other one before it ends. Nothing is freed before.
fn threads_that_meet(bencher: Bencher) {
    let lines: Vec<&str> = SOURCES_CSV.lines().collect();
    let (first, second) = lines.split_at(lines.len() / THREADS);
    let barrier = Barrier::new(THREADS);
    let copy = |share: &[&str]| {
        let copies: Vec<String> = share.iter().map(|&line| line.to_owned()).collect();
        barrier.wait();
        copies
    };
    bencher.bench(|| {
        thread::scope(|scope| {
            // Joined one by one: the scope alone does not wait for what a thread frees at its very end.
            [first, second].map(|share| scope.spawn(|| copy(share))).map(|thread| thread.join().unwrap())
        })
    });
}

/// Work is stolen, and each piece has scratch space: the peak depends on which pieces are at work together.
fn rayon_map(bencher: Bencher) {
    let pool = pool();
    let lines: Vec<&str> = SOURCES_CSV.lines().take(2_000).collect();
    bencher.bench(|| {
        pool.install(|| {
            lines
                .par_chunks(64)
                .map(|chunk| {
                    let mut fields: Vec<String> =
                        chunk.iter().flat_map(|line| line.split(',')).map(str::to_owned).collect();
                    fields.sort_unstable();
                    fields.dedup();
                    fields.len()
                })
                .collect::<Vec<_>>()
        })
    });
}

/// Work is stolen here too, and nothing is freed before the end: the peak is what the result takes.
fn rayon_collect(bencher: Bencher) {
    let pool = pool();
    let lines: Vec<&str> = SOURCES_CSV.lines().collect();
    bencher.bench(|| {
        pool.install(|| lines.par_iter().map(|line| line.to_ascii_uppercase()).collect::<Vec<_>>())
    });
}

/// Each task is one allocation, with its future inside.
fn tokio_tasks(bencher: Bencher) {
    let runtime = runtime();
    bencher.bench(|| {
        runtime.block_on(async {
            let mut tasks: JoinSet<usize> = LOCK_TOML
                .split("\n\n")
                .map(|package| async move {
                    let buffer = [0_u8; 512];
                    tokio::task::yield_now().await;
                    buffer.len() + package.len()
                })
                .collect();
            let mut sum = 0;
            while let Some(length) = tasks.join_next().await {
                sum += length.unwrap();
            }
            sum
        })
    });
}

/// The bound of the channel bounds the peak.
fn tokio_channel(bencher: Bencher) {
    let runtime = runtime();
    bencher.bench(|| {
        runtime.block_on(async {
            let (sender, mut receiver) = mpsc::channel(64);
            let producer = tokio::spawn(async move {
                for line in SOURCES_CSV.lines() {
                    sender.send(line.to_owned()).await.unwrap();
                }
            });
            let mut longest = 0;
            while let Some(line) = receiver.recv().await {
                longest = longest.max(line.len());
            }
            producer.await.unwrap();
            longest
        })
    });
}

/// A pool whose threads have all started, and have allocated what they keep.
fn pool() -> ThreadPool {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(THREADS).build().unwrap();
    pool.broadcast(|_| ());
    pool
}

fn runtime() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

memgate::main! {
    threads_that_meet,
    rayon_map,
    rayon_collect,
    tokio_tasks,
    tokio_channel,
}
