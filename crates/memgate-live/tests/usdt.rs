//! The probes, as tools for eBPF find them, and their arguments, as a tracer sees them.
#![cfg(all(feature = "usdt", target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

#[path = "support/built.rs"]
#[expect(dead_code, reason = "other tests need the rest")]
mod built;

use std::hint::black_box;
use std::process::Command;

#[global_allocator]
static HEAP: memgate_live::Heap = memgate_live::Heap::system();

/// This program's notes, as binutils read them.
fn notes() -> Option<String> {
    let program = std::env::current_exe().unwrap();
    let output = Command::new("readelf").arg("--notes").arg(program).output().ok()?;
    Some(String::from_utf8(output.stdout).unwrap())
}

#[expect(clippy::print_stderr, reason = "says what is skipped")]
#[test]
fn readelf_shows_both_probes_with_their_arguments() {
    drop(black_box(vec![1_u8; 100]));
    let Some(notes) = notes() else {
        assert!(std::env::var_os("MEMGATE_REQUIRE_CLIENTS").is_none(), "there is no readelf");
        eprintln!("skipped: there is no readelf");
        return;
    };
    let probes: Vec<&str> = notes.split("stapsdt").skip(1).collect();
    let of = |name: &str| {
        let probe = probes.iter().find(|probe| probe.contains(&format!("Name: {name}\n")));
        *probe.unwrap_or_else(|| panic!("no probe {name}: {notes}"))
    };
    for (name, arguments) in [("alloc", 3), ("free", 1)] {
        let probe = of(name);
        assert!(probe.contains("Provider: otel_memory\n"), "{probe}");
        // Eight bytes each, in a register.
        assert_eq!(probe.matches("8@").count(), arguments, "{probe}");
        assert!(!probe.contains("Base: 0x0000000000000000"), "{probe}");
        let semaphore = probe.split("Semaphore: 0x").nth(1).unwrap().lines().next().unwrap();
        assert!(u64::from_str_radix(semaphore, 16).unwrap() > 0, "{probe}");
    }
}

/// Allocates two gibibytes, frees nearly all of it, and says what was counted: bytes, samples, and the samples that live.
const PROGRAM: &str = r#"
#[global_allocator]
static HEAP: memgate_live::Heap = memgate_live::Heap::system();

fn main() {
    let mut kept = Vec::new();
    for number in 0..600_000_usize {
        let block = std::hint::black_box(vec![0_u8; [64, 700, 9_000][number % 3]]);
        if number % 40 == 0 {
            kept.push(block);
        }
    }
    let counters = memgate_live::counters().unwrap();
    println!("{} {} {}", counters.allocated_bytes, counters.sampled, counters.live_samples);
    // What is freed while the process ends would be missing above.
    std::mem::forget(kept);
    unsafe extern "C" {
        safe fn _exit(code: i32) -> !;
    }
    _exit(0);
}
"#;

#[expect(clippy::print_stderr, reason = "says what is skipped")]
#[test]
fn bpftrace_adds_up_what_was_allocated() {
    // Only root may trace, and only where the kernel has what it takes.
    let tries = Command::new("bpftrace").args(["-e", "BEGIN { exit(); }"]).output();
    if !tries.is_ok_and(|tried| tried.status.success()) {
        eprintln!("skipped: there is no bpftrace, or it may not trace");
        return;
    }
    let program = built::built("probed_program", PROGRAM, &["usdt"], "");
    let probe = |name: &str| format!("usdt:{}:otel_memory:{name}", program.display());
    let script = format!(
        "{} {{ @weighted = sum(arg2); @allocs = count(); }} {} {{ @frees = count(); }}",
        probe("alloc"),
        probe("free")
    );
    let output = Command::new("bpftrace").args(["-e", &script, "-c"]).arg(&program).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let traced = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(&format!("@{name}: ")));
        value.unwrap_or_else(|| panic!("no {name}: {text}")).parse::<u64>().unwrap()
    };
    let said: Vec<u64> = text
        .lines()
        .find_map(|line| {
            line.split(' ')
                .map(str::parse)
                .collect::<Result<_, _>>()
                .ok()
                .filter(|all: &Vec<u64>| all.len() == 3)
        })
        .unwrap_or_else(|| panic!("nothing was said: {text}"));
    assert_eq!(traced("allocs"), said[1], "each sample once: {text}");
    assert_eq!(traced("allocs") - traced("frees"), said[2], "{text}");
    // Some 3,700 samples: a standard deviation of 1.6 %.
    let ratio = traced("weighted") as f64 / said[0] as f64;
    assert!((ratio - 1.0).abs() < 0.08, "{ratio}: {text}");
}
