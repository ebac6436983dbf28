//! A thousand small benchmarks, for measuring what the tool itself takes. No bench target, so that the gate passes it by.

use memgate::Bencher;

fn fill(bencher: Bencher, length: usize) {
    bencher.bench(move || vec![1_u8; length + 1]);
}

memgate::main! { "generated" => fill: 0..1_000_usize }
