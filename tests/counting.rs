//! What the engine `count` says of one thread, to the byte.

#[path = "support/runner.rs"]
mod runner;

use std::hint::black_box;
use std::process::ExitCode;

use memgate::__private::{Engine, Span, SpanCounts, set_engine, set_exact_peak};

runner::cases![
    a_growing_vec_peaks_at_its_last_size,
    shrinking_lowers_what_is_live,
    the_peak_is_the_highest_sum,
    what_was_live_before_lowers_the_count,
    zero_sized_values_reach_no_allocator,
    zeroed_memory_counts_as_an_alloc,
    boxes_of_any_alignment_count_their_size,
    spans_that_follow_each_other_lose_nothing,
    nothing_is_counted_outside_of_a_span,
    a_span_starts_from_zero_whatever_came_before,
    random_programs_agree_with_a_model,
];

#[global_allocator]
static ALLOCATOR: memgate::Alloc = memgate::Alloc::system();

fn main() -> ExitCode {
    runner::main(CASES)
}

/// Counts `body` with both kinds of peak, which agree where there is one thread. What `body` returns lives to the end
/// of the span.
fn counted<T>(mut body: impl FnMut() -> T) -> SpanCounts {
    let [exact, bounded] = [true, false].map(|exact| {
        set_exact_peak(exact);
        let span = Span::begin();
        let kept = black_box(body());
        let counts = span.end();
        drop(kept);
        counts
    });
    assert_eq!(exact, bounded);
    assert_eq!(exact.peak_error_bytes, 0);
    exact
}

fn bytes(size: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(size))
}

fn a_growing_vec_peaks_at_its_last_size() {
    let counts = counted(|| {
        let mut vec = bytes(1_000);
        vec.resize(1_000, 1);
        vec.reserve_exact(1_000);
        vec
    });
    let expected = SpanCounts {
        allocs: 1,
        reallocs: 1,
        total_bytes: 2_000,
        realloc_growth_bytes: 1_000,
        realloc_new_bytes: 2_000,
        peak_bytes: 2_000,
        live_bytes: 2_000,
        threads: 1,
        peak_error_bytes: 0,
    };
    assert_eq!(counts, expected);
}

fn shrinking_lowers_what_is_live() {
    for size in [900, 9_000] {
        let counts = counted(|| {
            let mut vec = bytes(size);
            vec.push(1);
            vec.shrink_to(100);
            // On top of 100, not of the size before.
            (vec, bytes(500))
        });
        let size = i64::try_from(size).unwrap();
        assert_eq!((counts.allocs, counts.reallocs, counts.total_bytes), (2, 1, size + 500));
        assert_eq!((counts.peak_bytes, counts.live_bytes), (size, 600));
        assert_eq!((counts.realloc_growth_bytes, counts.realloc_new_bytes), (0, 100));
    }
}

fn the_peak_is_the_highest_sum() {
    for scale in [1, 1_000] {
        let counts = counted(|| {
            let first = bytes(10 * scale);
            drop((bytes(20 * scale), bytes(5 * scale)));
            let second = bytes(24 * scale);
            (first, second)
        });
        let scale = i64::try_from(scale).unwrap();
        assert_eq!((counts.peak_bytes, counts.live_bytes), (35 * scale, 34 * scale));
        assert_eq!((counts.allocs, counts.total_bytes), (4, 59 * scale));
    }
}

fn what_was_live_before_lowers_the_count() {
    for exact in [true, false] {
        set_exact_peak(exact);
        for (next, peak, retained) in [(1_000, 0, -4_000), (6_000, 1_000, 1_000)] {
            let old = bytes(5_000);
            let span = Span::begin();
            drop(old);
            let kept = bytes(next);
            let counts = span.end();
            assert_eq!((counts.peak_bytes, counts.live_bytes), (peak, retained));
            assert_eq!((counts.allocs, counts.total_bytes), (1, i64::try_from(next).unwrap()));
            drop(kept);
        }
    }
}

fn zero_sized_values_reach_no_allocator() {
    let counts = counted(|| {
        let mut units = Vec::new();
        units.resize(100, ());
        (Box::new(()), units, black_box(Vec::<u64>::new()), black_box(String::new()))
    });
    assert_eq!(counts, SpanCounts::default());
}

fn zeroed_memory_counts_as_an_alloc() {
    let counts = counted(|| black_box(vec![0_u64; 512]));
    assert_eq!((counts.allocs, counts.reallocs), (1, 0));
    assert_eq!((counts.total_bytes, counts.peak_bytes, counts.live_bytes), (4_096, 4_096, 4_096));
}

fn boxes_of_any_alignment_count_their_size() {
    #[derive(Clone, Copy)]
    #[repr(align(256))]
    struct Aligned([u8; 256]);

    let counts = counted(|| {
        let block = black_box(Box::new(black_box(Aligned([1; 256]))));
        assert!((&raw const *block).addr() % 256 == 0);
        assert_eq!(block.0[255], 1);
        block
    });
    assert_eq!((counts.allocs, counts.total_bytes, counts.peak_bytes), (1, 256, 256));
}

fn spans_that_follow_each_other_lose_nothing() {
    for exact in [true, false] {
        set_exact_peak(exact);
        let mut span = Span::begin();
        let first = bytes(300);
        let one = span.split();
        let second = bytes(20_000);
        drop(first);
        let two = span.split();
        drop(second);
        let three = span.end();
        assert_eq!([one, two, three].map(|counts| counts.live_bytes), [300, 19_700, -20_000]);
        // The first block is still live when the second comes.
        assert_eq!([one, two, three].map(|counts| counts.peak_bytes), [300, 20_000, 0]);
        assert_eq!([one, two, three].map(|counts| counts.allocs), [1, 1, 0]);
    }
}

fn nothing_is_counted_outside_of_a_span() {
    let before = counted(|| bytes(64));
    drop(black_box(vec![0_u8; 1_000_000]));
    set_engine(Engine::Count);
    drop(bytes(2_000_000));
    set_engine(Engine::Off);
    drop(bytes(3_000_000));
    assert_eq!(counted(|| bytes(64)), before);
    assert_eq!((before.allocs, before.peak_bytes), (1, 64));
}

fn a_span_starts_from_zero_whatever_came_before() {
    set_exact_peak(false);
    // Leaves a high mark and a change of live bytes that are below what a thread flushes.
    let span = Span::begin();
    let kept = bytes(4_000);
    drop(bytes(4_000));
    assert_eq!(span.end().peak_bytes, 8_000);
    for exact in [false, true, false] {
        set_exact_peak(exact);
        let span = Span::begin();
        drop(bytes(10));
        let counts = span.end();
        assert_eq!((counts.peak_bytes, counts.live_bytes, counts.total_bytes), (10, 0, 10));
        // And a span in which nothing happens has nothing of the one before.
        assert_eq!(Span::begin().end(), SpanCounts::default());
    }
    drop(kept);
}

/// What the counts should be, kept by the simplest means.
#[derive(Default)]
struct Model {
    live: i64,
    counts: SpanCounts,
}

impl Model {
    fn change(&mut self, by: i64) {
        self.live += by;
        self.counts.peak_bytes = self.counts.peak_bytes.max(self.live);
    }
}

fn random_programs_agree_with_a_model() {
    let steps = if cfg!(miri) { 200 } else { 20_000 };
    // Blocks far below, about and far above what a thread keeps to itself.
    for (seed, largest) in [(1, 100), (2, 9_000), (3, 200_000)] {
        let mut model = Model::default();
        let run = || {
            model = Model::default();
            random_program(seed, steps, largest, &mut model)
        };
        let counts = counted(run);
        let expected = SpanCounts { live_bytes: model.live, threads: 1, ..model.counts };
        assert_eq!(counts, expected, "seed {seed}");
        assert!(
            expected.reallocs > 0 && expected.peak_bytes > expected.live_bytes,
            "a program that says something"
        );
    }
}

fn random_program(seed: u64, steps: usize, largest: u64, model: &mut Model) -> [Vec<u8>; 16] {
    let mut state: u64 = seed;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut blocks: [Vec<u8>; 16] = Default::default();
    for _ in 0..steps {
        let block = &mut blocks[usize::try_from(random(16)).unwrap()];
        let old = i64::try_from(block.capacity()).unwrap();
        let new = 1 + random(largest);
        let signed = i64::try_from(new).unwrap();
        if old == 0 {
            *block = bytes(usize::try_from(new).unwrap());
            model.counts.allocs += 1;
            model.counts.total_bytes += signed;
            model.change(signed);
        } else if random(2) == 0 || signed == old {
            *block = Vec::new();
            model.change(-old);
        } else {
            if signed > old {
                block.reserve_exact(usize::try_from(new).unwrap());
                model.counts.total_bytes += signed - old;
                model.counts.realloc_growth_bytes += signed - old;
            } else {
                block.shrink_to(usize::try_from(new).unwrap());
            }
            model.counts.reallocs += 1;
            model.counts.realloc_new_bytes += signed;
            model.change(signed - old);
        }
    }
    blocks
}
