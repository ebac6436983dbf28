//! The same kind of work on another allocator.
//!
//! What is counted is what the program asks for, so `json_to_value` has the numbers that it has in `formats`.

use memgate::Bencher;
use memgate_benches::fixtures::{GRAPH_JSON, SOURCES_CSV};

fn json_to_value(bencher: Bencher) {
    bencher.bench(|| serde_json::from_str::<serde_json::Value>(GRAPH_JSON).unwrap());
}

fn lines_to_text(bencher: Bencher) {
    bencher.bench(|| SOURCES_CSV.lines().map(str::to_owned).collect::<Vec<_>>());
}

/// Zeroed blocks, and a block that shrinks.
fn zeroed_and_shrunk(bencher: Bencher, length: usize) {
    bencher.bench(move || {
        let mut block = vec![0_u8; length];
        block.truncate(length / 2);
        block.shrink_to_fit();
        block
    });
}

memgate::main! {
    allocator = mimalloc::MiMalloc;
    json_to_value,
    lines_to_text,
    zeroed_and_shrunk: [4_096, 1_048_576],
}
