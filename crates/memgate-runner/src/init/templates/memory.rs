//! Memory benchmarks: exact heap numbers, which `@memgate@` compares with the committed baselines.

/// To be replaced by what matters here, such as
/// `@hint@`.
fn example(bencher: memgate::Bencher) {
    // What the closure allocates is measured; dropping what it returns is not.
    bencher.bench(|| (0..100_u64).collect::<Vec<_>>());
}

fn example_with_inputs(bencher: memgate::Bencher, length: u64) {
    // Inputs are made outside of what is measured.
    bencher.with_inputs(|| (0..length).rev().collect::<Vec<_>>()).bench_values(|mut numbers| {
        numbers.sort();
        numbers
    });
}

memgate::main! { example, example_with_inputs: [1_000, 10_000] }
