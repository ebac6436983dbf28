/// To be replaced by what matters here, such as
/// @hint@.
fn example(bencher: memgate::Bencher) {
    // What the closure allocates is measured; dropping what it returns is not.
    bencher.bench(|| (0..100_u64).collect::<Vec<_>>());
}
