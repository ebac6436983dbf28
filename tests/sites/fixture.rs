//! The bench binary of the project that `builds` makes. Its functions keep their names, so that they can be found.

use std::hint::black_box;

use memgate::Bencher;

memgate::main! { nested, sorting, leaves: [17, 20] }

fn nested(bencher: Bencher) {
    bencher.with_inputs(|| black_box(vec![1_u8; 300])).bench_values(|mut input| {
        let mut kept = Vec::new();
        for round in 0..20 {
            kept.push(fixture_left(round));
            kept.push(fixture_right(round));
        }
        input.reserve_exact(1_000);
        drop(input);
        kept.truncate(7);
        kept
    });
}

#[unsafe(no_mangle)]
#[inline(never)]
fn fixture_left(size: usize) -> Vec<u8> {
    let kept = fixture_inner(size + 1);
    drop(black_box(fixture_inner(2 * size + 100)));
    kept
}

#[unsafe(no_mangle)]
#[inline(never)]
fn fixture_right(size: usize) -> Vec<u8> {
    let mut kept = fixture_inner(size + 10);
    kept.push(black_box(1));
    fixture_grow(&mut kept);
    kept
}

#[unsafe(no_mangle)]
#[inline(never)]
fn fixture_inner(size: usize) -> Vec<u8> {
    let block = Vec::with_capacity(black_box(size));
    black_box(&block);
    block
}

#[unsafe(no_mangle)]
#[inline(never)]
fn fixture_grow(block: &mut Vec<u8>) {
    block.reserve_exact(black_box(500));
    black_box(block);
}

/// Through code that the standard library brings compiled, and back.
fn sorting(bencher: Bencher) {
    bencher.bench(|| {
        let text = fixture_format(&Shown(5));
        let thread = std::thread::spawn(|| fixture_left(3));
        let mut words: Vec<String> = (0..50).rev().map(|number| format!("{number} {text}")).collect();
        words.sort_by(|one, other| fixture_compare(one, other));
        (words, thread.join())
    });
}

struct Shown(usize);

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        drop(black_box(fixture_right(self.0)));
        f.write_str("shown")
    }
}

#[unsafe(no_mangle)]
#[inline(never)]
fn fixture_format(shown: &Shown) -> String {
    let text = format!("{shown}, {shown}");
    black_box(&text);
    text
}

#[unsafe(no_mangle)]
#[inline(never)]
fn fixture_compare(one: &str, other: &str) -> std::cmp::Ordering {
    let upper = one.to_ascii_uppercase();
    black_box(&upper);
    upper.as_str().cmp(other)
}

fn leaves(bencher: Bencher, depth: usize) {
    bencher.bench(move || fixture_leaves(depth));
}

/// Allocates at the end of each way through a binary tree of calls: 16 bytes that are freed.
#[unsafe(no_mangle)]
#[inline(never)]
fn fixture_leaves(depth: usize) {
    if depth == 0 {
        drop(black_box(Box::new(black_box(0_u128))));
    } else {
        fixture_leaves(black_box(depth - 1));
        fixture_leaves(black_box(depth - 1));
    }
    black_box(depth);
}
