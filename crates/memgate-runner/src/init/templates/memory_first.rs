/// The first thing that was found in the library and needs no arguments; to be replaced by what matters.
fn @name@(bencher: memgate::Bencher) {
    // What it allocates is measured; dropping what it returns is not.
    bencher.bench(@call@);
}
