//! The benchmarks that are recorded.

use std::hint::black_box;
use std::sync::OnceLock;

use memgate::{Bencher, Suite};

use crate::allocator::{Block, while_failing, while_moving};
use crate::{program, threads, trees};

/// Every benchmark of the bench binary.
pub(crate) fn suite() -> Suite {
    let suite = leaking(ending(with_older_blocks(plain(Suite::new("package", "sites")))));
    threads::add_to(suite)
        .bench_with("program", program::bench, program::SEEDS)
        .bench_with("tree", trees::bench, trees::SEEDS)
        .bench("recursion", |bencher| bencher.bench(|| trees::recursion(trees::DEEPEST)))
        .bench("leap", |bencher| bencher.bench(trees::leap))
        .bench("leaves", |bencher| bencher.bench(|| trees::leaves(trees::LEAF_DEPTH)))
}

pub(crate) fn bytes(size: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(size))
}

#[repr(align(64))]
#[derive(Clone)]
struct Line(#[expect(dead_code, reason = "takes room")] [u8; 64]);

#[repr(align(4096))]
#[derive(Clone)]
struct Page(#[expect(dead_code, reason = "takes room")] [u8; 4096]);

/// One thread, and no block from before the window.
pub(crate) const PLAIN: [&str; 11] =
    ["nothing", "grow", "shrink", "move", "stay", "fail", "zeroed", "aligned", "zero-sized", "mixed", "kept"];

fn plain(suite: Suite) -> Suite {
    suite
        .bench("nothing", |bencher| bencher.bench(|| ()))
        .bench("grow", |bencher| {
            bencher.bench(|| {
                let mut numbers = Vec::new();
                for number in 0..5_000_u64 {
                    numbers.push(black_box(number));
                }
                numbers
            });
        })
        .bench("shrink", |bencher| {
            bencher.bench(|| {
                let mut vec = bytes(9_000);
                vec.push(1);
                vec.shrink_to(100);
                (vec, bytes(500))
            });
        })
        .bench("move", |bencher| {
            bencher.bench(|| {
                while_moving(|| {
                    let mut blocks = [Block::new(100), Block::new(200), Block::new(300)];
                    for (block, size) in blocks.iter_mut().zip([5_000, 20, 300]) {
                        block.resize(size);
                    }
                    blocks
                })
            });
        })
        .bench("stay", |bencher| {
            bencher.bench(|| {
                let mut block = Block::new(1_000);
                block.resize(1_000);
                block.resize(990);
                block.resize(1_000);
            });
        })
        .bench("fail", |bencher| {
            bencher.bench(|| {
                let mut vec = bytes(100);
                vec.push(1);
                let (grown, made) = while_failing(|| {
                    (vec.try_reserve_exact(10_000), Vec::<u8>::new().try_reserve_exact(10_000))
                });
                assert!(grown.is_err() && made.is_err());
                // The block that could not be reallocated is still known.
                vec.reserve_exact(500);
                drop(vec);
                bytes(10)
            });
        })
        .bench("zeroed", |bencher| {
            bencher.bench(|| (black_box(vec![0_u8; 100]), black_box(vec![0_u64; 100_000]).len()));
        })
        .bench("aligned", |bencher| {
            bencher.bench(|| {
                let mut lines = black_box(vec![Line([1; 64]); 3]);
                lines.reserve_exact(100);
                lines.shrink_to(10);
                let mut pages = black_box(vec![Page([0; 4096])]);
                pages.reserve_exact(3);
                (lines, pages, black_box(Box::new(Line([2; 64]))))
            });
        })
        .bench("zero-sized", |bencher| {
            bencher.bench(|| (black_box(vec![(); 1_000]), black_box(Box::new(()))));
        })
        .bench("mixed", |bencher| bencher.bench(mixed))
        .bench("kept", |bencher| bencher.bench(|| vec![bytes(10), bytes(20), bytes(30)]))
}

/// All four methods, several times; keeps some of it.
fn mixed() -> impl Sized {
    let words: Vec<String> = (0..50).map(|number| format!("number {number} of fifty")).collect();
    let joined = words.join(", ");
    let zeros = black_box(vec![0_u32; 200]);
    let map: std::collections::BTreeMap<&str, usize> = joined.split(' ').zip(0..).collect();
    (map.len(), joined, zeros)
}

/// One thread, and blocks from before the window.
pub(crate) const WITH_OLDER_BLOCKS: [&str; 5] =
    ["older freed", "older grown", "older shrunk", "older kept", "older first, then a peak"];

fn with_older_blocks(suite: Suite) -> Suite {
    let input = || vec![bytes(1_000), bytes(2_000), bytes(3_000)];
    suite
        .bench("older freed", move |bencher| {
            bencher.with_inputs(input).bench_values(|input| {
                drop(input);
                bytes(1_500)
            });
        })
        .bench("older grown", move |bencher| {
            bencher.with_inputs(input).bench_refs(|input| {
                for vec in input {
                    vec.push(1);
                    vec.reserve_exact(10_000);
                }
            });
        })
        .bench("older shrunk", move |bencher| {
            bencher.with_inputs(input).bench_values(|mut input| {
                for vec in &mut input {
                    vec.push(1);
                    vec.shrink_to(100);
                    vec.reserve_exact(150);
                }
                input.pop();
                input
            });
        })
        .bench("older kept", move |bencher| bencher.with_inputs(input).bench_values(|input| input))
        .bench("older first, then a peak", move |bencher| {
            bencher.with_inputs(input).bench_values(|mut input| {
                input.truncate(1);
                let first = bytes(6_000);
                drop(bytes(4_000));
                input.clear();
                (first, bytes(3_000))
            });
        })
}

fn leaking(suite: Suite) -> Suite {
    suite
        .bench("leak", |bencher| {
            bencher.bench(|| {
                bytes(100).leak();
                bytes(50).len()
            });
        })
        .bench("leak more each time", |bencher| {
            let mut calls = 0;
            bencher.bench(move || {
                calls += 1;
                bytes(100 * calls).leak().len()
            });
        })
        .bench("leak every second time", |bencher| {
            let mut calls = 0;
            bencher.bench(move || {
                calls += 1;
                if calls % 2 == 0 {
                    bytes(100).leak();
                }
            });
        })
        .bench("leak in the set-up", |bencher| {
            bencher.with_inputs(|| bytes(30).leak().len()).bench_values(|length| length);
        })
        .bench("cache", |bencher| {
            static CACHE: OnceLock<Vec<u8>> = OnceLock::new();
            bencher.bench(|| CACHE.get_or_init(|| bytes(4_096)).capacity());
        })
        .bench_with("swapped of", swapped, [1, 2, 10])
        .bench("kept until the next", |bencher| {
            let mut kept = Vec::new();
            bencher.bench(move || {
                let next = bytes(1_000);
                std::mem::replace(&mut kept, next).capacity()
            });
        })
}

/// A ring of so many buffers, of which the oldest is replaced in each iteration.
fn swapped(bencher: Bencher, buffers: usize) {
    let mut ring: Vec<Vec<u8>> = (0..buffers).map(|_| bytes(700)).collect();
    let mut oldest = 0;
    bencher.bench(move || {
        ring[oldest] = bytes(700);
        oldest = (oldest + 1) % buffers;
    });
}

fn ending(suite: Suite) -> Suite {
    suite
        .bench("panics", |bencher| {
            bencher.bench(|| {
                let _held = bytes(100);
                panic!("on purpose")
            });
        })
        .bench("exits", |bencher| {
            bencher.bench(|| {
                let _held = bytes(100);
                std::process::exit(7)
            });
        })
        .bench("aborts", |bencher| bencher.bench(|| std::process::abort()))
        .bench("closes output", |bencher| bencher.bench(|| close(1)))
        .bench("closes error", |bencher| bencher.bench(|| close(2)))
        .bench("closes all", |bencher| bencher.bench(|| (0..256).for_each(close)))
}

fn close(descriptor: i32) {
    // Open only the first time.
    #[cfg(unix)]
    let _ = nix::unistd::close(descriptor);
    #[cfg(not(unix))]
    let _ = descriptor;
}
