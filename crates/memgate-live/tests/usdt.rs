//! The probes, as tools for eBPF find them, and their arguments, as a tracer sees them.
#![cfg(all(feature = "usdt", target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

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
