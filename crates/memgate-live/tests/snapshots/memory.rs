//! What writing a snapshot takes, however much there is to be written.

use std::process::Command;

use crate::built::built;

/// It has samples at 8,192 stacks, and counts what a snapshot of them takes at its peak, beside what has been reserved.
const SOURCE: &str = r#"
use std::hint::black_box;
use memgate_live::SnapshotOptions;

#[global_allocator]
static HEAP: memgate_live::Heap<memgate::Alloc> = memgate_live::Heap::new(memgate::Alloc::system());

#[inline(never)]
fn allocate_at_many_stacks(depth: u32, kept: &mut Vec<Vec<u8>>) {
    if depth == 0 {
        kept.push(black_box(vec![1_u8; 64]));
        return;
    }
    allocate_at_many_stacks(black_box(depth - 1), kept);
    // Another return address.
    allocate_at_many_stacks(black_box(depth - 1), kept);
    black_box(depth);
}

fn main() {
    let folder = std::env::args().nth(1).unwrap();
    let quiet = SnapshotOptions::new().levels([]).growth(None).slope(None).pressure_percent(None).after_start(None);
    let snapshots = quiet.start(folder).unwrap();
    memgate_live::set_sampling_interval(1);
    let mut kept = Vec::with_capacity(1 << 13);
    allocate_at_many_stacks(13, &mut kept);
    memgate_live::set_sampling_interval(0);
    let stacks = memgate_live::counters().unwrap().stacks;
    let (path, heap) = memgate::measure(|| snapshots.take().unwrap());
    let (_profile, whole) = memgate::measure(|| memgate_live::profile().unwrap());
    println!("{stacks} {} {} {}", heap.peak_bytes, whole.peak_bytes, std::fs::metadata(path).unwrap().len());
}
"#;

#[test]
fn a_large_one_takes_no_more_than_a_small_one() {
    let memgate = format!("memgate = {{ path = {:?} }}\n", concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let program = built("snapshot_memory_program", SOURCE, &[], &memgate);
    let above = tempfile::tempdir().unwrap();
    let output = Command::new(program).arg(above.path().join("heap")).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let numbers: Vec<u64> = text.split_ascii_whitespace().map(|number| number.parse().unwrap()).collect();
    let [stacks, peak, whole, file] = numbers[..] else { panic!("{text}") };
    assert!(stacks > 8_000 && file > 200_000, "{text}");
    // The list of what is loaded, names of files, and one stack at a time: 12 kB, where a profile is 2.6 MB.
    assert!(peak < 32 << 10 && whole > 1 << 20, "{text}");
}
