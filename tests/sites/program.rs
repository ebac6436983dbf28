//! Random programs: allocs, reallocs and frees from several call stacks, the same in the test and in the bench process.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use memgate::Bencher;

use crate::allocator::{Block, while_failing, while_moving};
use crate::random::Random;

/// The benchmarks `program/SEED`. Each runs the programs of `2 × SEED` in the cold window and of the number after that
/// in the steady one.
pub(crate) const SEEDS: std::ops::Range<u64> = 0..110;

/// Blocks that a program can have.
pub(crate) const SLOTS: usize = 24;
/// Call stacks that a program can allocate from.
pub(crate) const STACKS: usize = 8;
const STEPS: usize = 300;

/// A step of a program.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Alloc { slot: usize, stack: usize, size: usize },
    Realloc { slot: usize, stack: usize, size: usize, moves: bool },
    FailedRealloc { slot: usize },
    Free { slot: usize },
}

/// A program: the sizes of the blocks that are there before, by slot, and the steps.
pub(crate) struct Program {
    pub(crate) older: [Option<usize>; SLOTS],
    pub(crate) steps: Vec<Step>,
}

impl Program {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        // Few sizes, so that the peak is reached again and again without being passed.
        let sizes = 1 + random.below(6);
        let older = std::array::from_fn(|slot| (slot % 6 == 0).then(|| 16 * (1 + random.below(sizes))));
        let mut is_live = older.map(|size| size.is_some());
        let steps = (0..STEPS)
            .map(|_| {
                let (slot, stack) = (random.below(SLOTS), random.below(STACKS));
                let size = 16 * (1 + random.below(sizes));
                match (is_live[slot], random.below(10)) {
                    (false, _) => {
                        is_live[slot] = true;
                        Step::Alloc { slot, stack, size }
                    }
                    (true, 0..=4) => {
                        is_live[slot] = false;
                        Step::Free { slot }
                    }
                    (true, 5) => Step::FailedRealloc { slot },
                    (true, number) => Step::Realloc { slot, stack, size, moves: number == 6 },
                }
            })
            .collect();
        Self { older, steps }
    }
}

pub(crate) fn bench(bencher: Bencher, seed: u64) {
    let next = AtomicU64::new(2 * seed);
    bencher
        .with_inputs(move || {
            let program = Program::new(next.fetch_add(1, Relaxed));
            let blocks = program.older.map(|size| size.map(Block::new));
            (program, blocks)
        })
        .bench_refs(|(program, blocks)| program.steps.iter().for_each(|step| carry_out(*step, blocks)));
}

fn carry_out(step: Step, blocks: &mut [Option<Block>; SLOTS]) {
    match step {
        Step::Alloc { slot, stack, size } => {
            from_stack(stack, 3, &mut || blocks[slot] = Some(Block::new(size)));
        }
        Step::Realloc { slot, stack, size, moves: false } => {
            from_stack(stack, 3, &mut || blocks[slot].iter_mut().for_each(|block| block.resize(size)));
        }
        Step::Realloc { slot, stack, size, moves: true } => {
            while_moving(|| {
                from_stack(stack, 3, &mut || blocks[slot].iter_mut().for_each(|block| block.resize(size)));
            });
        }
        Step::FailedRealloc { slot } => {
            while_failing(|| blocks[slot].iter_mut().for_each(|block| block.resize(1 << 20)));
        }
        Step::Free { slot } => blocks[slot] = None,
    }
}

/// Runs `body` from one of eight call stacks of one depth, some of which differ in the outermost of three frames alone.
fn from_stack(stack: usize, depth: usize, body: &mut dyn FnMut()) {
    match depth.checked_sub(1) {
        None => body(),
        Some(depth) if stack & (1 << depth) == 0 => left(stack, depth, body),
        Some(depth) => right(stack, depth, body),
    }
}

#[inline(never)]
fn left(stack: usize, depth: usize, body: &mut dyn FnMut()) {
    from_stack(stack, depth, body);
    black_box(depth);
}

#[inline(never)]
fn right(stack: usize, depth: usize, body: &mut dyn FnMut()) {
    from_stack(stack, depth, body);
    black_box(stack);
}
