//! What the samples say beside what there was.
//!
//! memgate's own allocator is around this one, and counts the same calls exactly. Sampling goes on only while the blocks that are
//! looked at are allocated, so that each run is a profile of its own, with other random numbers.
//!
//! A thousand runs, for which the shares are as narrow as they are promised, take a minute:
//! `MEMGATE_LIVE_RUNS=1000 cargo test --release -p memgate-live --test accuracy -- --nocapture`.

use std::collections::{HashMap, HashSet};
use std::hint::black_box;

use memgate::__private::Span;
use memgate_live::{Estimate, Heap, HeapProfile, profile, set_sampling_interval};

#[global_allocator]
static ALLOCATOR: memgate::Alloc<Heap> = memgate::Alloc::new(Heap::system());

const INTERVAL: u64 = 8 * 1024;

/// Blocks that live on.
type Kept = Vec<Vec<u8>>;

/// Many small blocks, of which every second one is freed.
#[inline(never)]
fn small() -> Kept {
    let mut kept = Kept::with_capacity(8_192);
    for index in 0..16_384 {
        let block = black_box(Vec::with_capacity(64));
        if index % 2 == 0 {
            kept.push(block);
        }
    }
    kept
}

/// Blocks of many sizes, written with zeroes.
#[inline(never)]
fn many_sizes() -> Kept {
    (0..4_000).map(|index: usize| black_box(vec![0; 16 + index * 37 % 2_000])).collect()
}

/// Many small blocks and few large ones, which a mean size per stack would not tell apart.
#[inline(never)]
fn small_and_large() -> Kept {
    (0..10_000)
        .map(|index| black_box(Vec::with_capacity(if index % 500 == 0 { 1 << 20 } else { 100 })))
        .collect()
}

/// Vectors that grow by doubling.
#[inline(never)]
fn growing() -> Kept {
    (0..400)
        .map(|_| {
            let mut grown = Vec::with_capacity(1 << 9);
            while grown.capacity() < 1 << 14 {
                grown.reserve_exact(black_box(2 * grown.capacity()));
            }
            grown
        })
        .collect()
}

/// A name, and what allocates there.
type Site = (&'static str, fn() -> Kept);

const SITES: [Site; 4] = [
    ("small", small),
    ("many sizes", many_sizes),
    ("small and large", small_and_large),
    ("growing", growing),
];

/// How often the intervals of one number held the truth.
#[derive(Default)]
struct Coverage {
    runs: u32,
    held: u32,
    /// The sum of all estimates beside the truth.
    ratio: f64,
}

impl Coverage {
    fn add(&mut self, truth: u64, estimate: f64, variance: f64) {
        let truth = truth as f64;
        self.runs += 1;
        self.held += u32::from((estimate - truth).abs() <= 1.96 * variance.sqrt() + 1e-6 * truth);
        self.ratio += estimate / truth;
    }

    fn share(&self) -> f64 {
        f64::from(self.held) / f64::from(self.runs)
    }
}

fn difference(after: Estimate, before: Estimate) -> Estimate {
    Estimate {
        samples: after.samples - before.samples,
        objects: after.objects - before.objects,
        bytes: after.bytes - before.bytes,
        objects_variance: after.objects_variance - before.objects_variance,
        bytes_variance: after.bytes_variance - before.bytes_variance,
    }
}

fn add(sum: &mut Estimate, more: Estimate) {
    sum.samples += more.samples;
    sum.objects += more.objects;
    sum.bytes += more.bytes;
    sum.objects_variance += more.objects_variance;
    sum.bytes_variance += more.bytes_variance;
}

/// What was sampled between two profiles, and at which stacks.
fn between(before: &HeapProfile, after: &HeapProfile) -> ([Estimate; 2], HashSet<Vec<usize>>) {
    let known: HashMap<&[usize], [Estimate; 2]> =
        before.stacks.iter().map(|stack| (&*stack.return_addresses, [stack.allocated, stack.live])).collect();
    let mut sums = [Estimate::default(); 2];
    let mut changed = HashSet::new();
    for stack in &after.stacks {
        let [allocated, live] = known.get(&*stack.return_addresses).copied().unwrap_or_default();
        assert!(
            stack.allocated.objects >= allocated.objects && stack.allocated.bytes >= allocated.bytes,
            "none falls"
        );
        assert!(stack.allocated.samples >= stack.live.samples);
        if stack.allocated.samples > allocated.samples {
            changed.insert(stack.return_addresses.clone());
        }
        add(&mut sums[0], difference(stack.allocated, allocated));
        add(&mut sums[1], difference(stack.live, live));
    }
    (sums, changed)
}

#[expect(clippy::print_stderr, reason = "what is found is what is asked for by hand")]
#[test]
fn intervals_hold_the_exact_numbers() {
    let runs = std::env::var("MEMGATE_LIVE_RUNS").ok().and_then(|text| text.parse().ok()).unwrap_or(150_u32);
    set_sampling_interval(0);
    let mut stacks_of: [HashSet<Vec<usize>>; SITES.len()] = Default::default();
    let mut pooled = [0, 0];
    let mut has_frame_pointers = false;
    for ((name, site), all_stacks) in SITES.into_iter().zip(&mut stacks_of) {
        let mut coverage: [Coverage; 4] = Default::default();
        for _ in 0..runs {
            let before = profile().unwrap();
            let counters = memgate_live::counters().unwrap();
            let span = Span::begin();
            set_sampling_interval(INTERVAL);
            let kept = black_box(site());
            set_sampling_interval(0);
            let exact = span.end();
            let counted = memgate_live::counters().unwrap();
            let after = profile().unwrap();
            has_frame_pointers = after.has_frame_pointers;

            let objects = (exact.allocs + exact.reallocs) as u64;
            let bytes = (exact.total_bytes - exact.realloc_growth_bytes + exact.realloc_new_bytes) as u64;
            assert_eq!(counted.allocations - counters.allocations, objects, "two exact counts");
            assert_eq!(counted.allocated_bytes - counters.allocated_bytes, bytes);
            let live_bytes = exact.live_bytes as u64;
            assert_eq!(bytes - (counted.freed_bytes - counters.freed_bytes), live_bytes);
            let live_objects = objects - (counted.frees - counters.frees);

            let ([allocated, live], stacks) = between(&before, &after);
            all_stacks.extend(stacks);
            coverage[0].add(bytes, allocated.bytes, allocated.bytes_variance);
            coverage[1].add(objects, allocated.objects, allocated.objects_variance);
            coverage[2].add(live_bytes, live.bytes, live.bytes_variance);
            coverage[3].add(live_objects, live.objects, live.objects_variance);
            drop(kept);
        }
        for (number, coverage) in ["bytes", "objects", "live bytes", "live objects"].iter().zip(&coverage) {
            let (share, mean) = (coverage.share(), coverage.ratio / f64::from(coverage.runs));
            eprintln!("{name}, {number}: {:.1} % of the intervals hold, mean {mean:.4}", 100.0 * share);
            // Five standard errors of the share that is promised.
            let tolerance = 0.02 + 5.0 * (0.05 * 0.95 / f64::from(runs)).sqrt();
            assert!((0.95 - tolerance..).contains(&share), "{name}, {number}: {share}");
            assert!((mean - 1.0).abs() < 0.1, "{name}, {number}: {mean}");
            pooled[0] += coverage.held;
            pooled[1] += coverage.runs;
        }
    }
    let share = f64::from(pooled[0]) / f64::from(pooled[1]);
    eprintln!("all: {:.2} % of {}", 100.0 * share, pooled[1]);
    // Of few runs, the share itself is known to two points.
    let tolerance = if runs < 1_000 { 0.04 } else { 0.02 };
    assert!((share - 0.95).abs() <= tolerance, "{share}");
    if has_frame_pointers {
        for (index, stacks) in stacks_of.iter().enumerate() {
            assert!(!stacks.is_empty() && !stacks.iter().any(Vec::is_empty));
            for others in &stacks_of[index + 1..] {
                assert!(stacks.is_disjoint(others), "each site's blocks are its own");
            }
        }
    }
}
