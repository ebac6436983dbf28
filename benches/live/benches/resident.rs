//! What memgate-live adds to the resident memory of a process with 1 GiB live:
//! `RUSTFLAGS="-Cforce-frame-pointers=yes" cargo bench -p memgate-live-benches --bench resident`.
//!
//! Each side in a process of its own, with the same blocks.

use std::alloc::System;
use std::hint::black_box;
use std::process::{Command, ExitCode};

use memgate_live::Heap;
use memgate_live_benches::Either;

#[global_allocator]
#[expect(unsafe_code, reason = "says that the two fit together")]
// SAFETY: `Heap::system` hands out the blocks of `System`.
static ALLOCATOR: Either<System, Heap> = unsafe { Either::new(System, Heap::system()) };

const LIVE_BYTES: usize = 1 << 30;
const PAIRS: usize = 3;

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the numbers are this bench's output")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [role, mean] = arguments.as_slice() {
        ALLOCATOR.switch(role == "live");
        return match mean.parse() {
            Ok(mean) => {
                println!("{}", resident_with(mean));
                ExitCode::SUCCESS
            }
            Err(error) => {
                eprintln!("{mean}: {error}");
                ExitCode::from(2)
            }
        };
    }
    if !arguments.iter().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    println!("| blocks of some | plain, MiB | live, MiB | added, MiB |\n| ---: | ---: | ---: | ---: |");
    for mean in [64, 1_024, 65_536] {
        let least = |role| (0..PAIRS).filter_map(|_| ask(role, mean)).min();
        let (Some(plain), Some(live)) = (least("plain"), least("live")) else {
            eprintln!("error: a process failed");
            return ExitCode::from(101);
        };
        let mebibytes = |kibibytes: u64| kibibytes as f64 / 1_024.0;
        println!(
            "| {mean} B | {:.1} | {:.1} | {:.2} |",
            mebibytes(plain),
            mebibytes(live),
            mebibytes(live) - mebibytes(plain)
        );
    }
    ExitCode::SUCCESS
}

/// The resident memory of a process that has so much live, in KiB.
fn ask(role: &str, mean: usize) -> Option<u64> {
    let output = Command::new(std::env::current_exe().ok()?).arg(role).arg(mean.to_string()).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// Allocates in sizes from half to one and a half of the mean, at some hundred places, writes to all, and frees every fourth again.
fn resident_with(mean: usize) -> u64 {
    let mut blocks = Vec::with_capacity(LIVE_BYTES / mean * 2);
    let (mut live, mut state) = (0, 1_u64);
    while live < LIVE_BYTES {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let size = mean / 2 + (state >> 33) as usize % mean;
        let block = step(size, state >> 20, 8);
        if (state >> 60) % 4 > 0 {
            live += size;
            blocks.push(block);
        }
    }
    black_box(&blocks);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or_default()
}

/// 256 paths, and so as many stacks.
#[inline(never)]
fn step(size: usize, path: u64, depth: u32) -> Box<[u8]> {
    let block = match (depth, path & 1) {
        (0, _) => vec![1_u8; size].into_boxed_slice(),
        (_, 0) => step(size, path >> 1, depth - 1),
        _ => black_box(step(size, path >> 1, depth - 1)),
    };
    black_box(block)
}
