//! Maps of text, filled key by key: how they grow, and what they keep.
//!
//! The hash maps have the standard library's hasher, whose seed is another one in each process. That moves the
//! elements within the table, and changes nothing about its size.

use std::collections::{BTreeMap, HashMap};

use indexmap::IndexMap;
use memgate::Bencher;
use memgate_benches::keys;

const LENGTHS: [u64; 3] = [100, 1_000, 10_000];

fn hash_map(bencher: Bencher, length: u64) {
    let keys = keys(length);
    bencher.bench(|| {
        let mut map = HashMap::new();
        for (number, key) in keys.iter().enumerate() {
            map.insert(key.clone(), number);
        }
        map
    });
}

fn b_tree_map(bencher: Bencher, length: u64) {
    let keys = keys(length);
    bencher.bench(|| {
        let mut map = BTreeMap::new();
        for (number, key) in keys.iter().enumerate() {
            map.insert(key.clone(), number);
        }
        map
    });
}

fn index_map(bencher: Bencher, length: u64) {
    let keys = keys(length);
    bencher.bench(|| {
        let mut map = IndexMap::new();
        for (number, key) in keys.iter().enumerate() {
            map.insert(key.clone(), number);
        }
        map
    });
}

/// The map is the input, and is emptied in the window: what the routine retains is negative.
fn hash_map_drain(bencher: Bencher, length: u64) {
    let keys = keys(length);
    bencher
        .with_inputs(|| keys.iter().cloned().zip(0..length).collect::<HashMap<_, _>>())
        .bench_refs(|map| map.drain().map(|(_, number)| number).sum::<u64>());
}

memgate::main! {
    hash_map: LENGTHS,
    b_tree_map: LENGTHS,
    index_map: LENGTHS,
    hash_map_drain: [1_000],
}
