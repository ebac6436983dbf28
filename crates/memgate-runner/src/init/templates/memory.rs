//! Memory benchmarks: exact heap numbers, which `@memgate@` compares with the committed baselines.

@first@
fn example_with_inputs(bencher: memgate::Bencher, length: u64) {
    // Inputs are made outside of what is measured.
    bencher.with_inputs(|| (0..length).rev().collect::<Vec<_>>()).bench_values(|mut numbers| {
        numbers.sort();
        numbers
    });
}

memgate::main! { @name@, example_with_inputs: [1_000, 10_000] }
