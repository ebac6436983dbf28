//! Benchmarks whose call stacks are known: random call trees, and recursion of any depth.

use std::hint::black_box;

use memgate::Bencher;

use crate::allocator::Block;
use crate::random::Random;

/// The benchmarks `tree/SEED`.
pub(crate) const SEEDS: std::ops::Range<u64> = 0..20;
/// How deep the benchmark `recursion` goes; beyond the limit of 512 frames.
pub(crate) const DEEPEST: usize = 2_000;
/// How deep the benchmark `leaves` goes: twice as many stacks with each call.
pub(crate) const LEAF_DEPTH: usize = 12;
/// The size of the block that the path with the number zero allocates; the next has a byte more.
pub(crate) const FIRST_SIZE: usize = 1_000;
/// Where the benchmark `leap` allocates, in calls: the size of each block is this and [`FIRST_SIZE`].
pub(crate) const LEAPS: [usize; 8] = [300, 700, 300, 505, 507, 520, 100, 1_500];

/// A way through a call tree: which function is called at each level.
pub(crate) type Path = Vec<u8>;

/// The paths of a seed, all different, and the order in which they are taken.
pub(crate) fn paths(seed: u64) -> (Vec<Path>, Vec<usize>) {
    let mut random = Random::new(seed);
    let mut paths: Vec<Path> = Vec::new();
    while paths.len() < 40 {
        // Half of them are an earlier one with another call somewhere, so that most frames are the same.
        let path = if paths.is_empty() || random.below(2) == 0 {
            (0..random.below(9)).map(|_| random.below(4) as u8).collect()
        } else {
            let mut path = paths[random.below(paths.len())].clone();
            let place = random.below(path.len() + 1);
            path.truncate(if random.below(4) == 0 { place } else { path.len() });
            if let Some(call) = path.get_mut(place) {
                *call = (*call + 1) % 4;
            }
            path
        };
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    let order = (0..1_500).map(|_| random.below(paths.len())).collect();
    (paths, order)
}

pub(crate) fn bench(bencher: Bencher, seed: u64) {
    bencher.with_inputs(move || paths(seed)).bench_refs(|(paths, order)| {
        for &number in &*order {
            walk(&paths[number], FIRST_SIZE + number);
        }
    });
}

/// Takes a path, and allocates at its end.
#[inline(never)]
fn walk(path: &[u8], size: usize) {
    match path.split_first() {
        None => drop(black_box(Block::new(size))),
        Some((0, rest)) => first(rest, size),
        Some((1, rest)) => second(rest, size),
        Some((2, rest)) => roomy(rest, size),
        Some((_, rest)) => roomier(rest, size),
    }
    black_box(size);
}

// The first two have frames of one size, so that what they call lies at the same addresses.

#[inline(never)]
fn first(path: &[u8], size: usize) {
    walk(path, size);
    black_box(path);
}

#[inline(never)]
fn second(path: &[u8], size: usize) {
    walk(path, size);
    black_box(path);
    black_box(size);
}

#[inline(never)]
fn roomy(path: &[u8], size: usize) {
    let room = black_box([0_u64; 4]);
    walk(path, size);
    black_box(room);
}

#[inline(never)]
fn roomier(path: &[u8], size: usize) {
    let room = black_box([0_u64; 40]);
    walk(path, size);
    black_box(room);
}

/// Allocates at every level of `depth` calls.
#[inline(never)]
pub(crate) fn recursion(depth: usize) {
    if depth > 0 {
        allocate(FIRST_SIZE);
        recursion(black_box(depth - 1));
    }
    black_box(depth);
}

#[inline(never)]
fn allocate(size: usize) {
    drop(black_box(Block::new(size)));
}

/// Allocates in one depth, then in quite another, so that stacks share outer frames with the last one and are cut.
pub(crate) fn leap() {
    for depth in LEAPS {
        dive(depth, depth);
        climb(LEAPS[0], depth);
    }
}

#[inline(never)]
fn dive(depth: usize, size: usize) {
    if depth > 0 {
        dive(black_box(depth - 1), size);
    } else {
        allocate(FIRST_SIZE + size);
    }
    black_box(depth);
}

/// Allocates on the way in and, from the depth that is asked for, on the way out.
#[inline(never)]
fn climb(first: usize, depth: usize) {
    if depth == 0 {
        allocate(FIRST_SIZE);
    } else {
        climb(first, black_box(depth - 1));
    }
    if depth == first {
        allocate(FIRST_SIZE);
    }
    black_box(depth);
}

/// Allocates at the end of each way through a binary tree of calls.
#[inline(never)]
pub(crate) fn leaves(depth: usize) {
    if depth == 0 {
        allocate(16);
    } else {
        leaves(black_box(depth - 1));
        leaves(black_box(depth - 1));
    }
    black_box(depth);
}
