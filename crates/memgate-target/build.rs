//! Hands on what cargo tells build scripts alone: the target triple; and the compiler, which brings the standard library that numbers depend on.
//!
//! Rejected: putting the triple together from what `cfg!` knows, which is not every triple's name; and looking for the compiler's name
//! in the executable, where not every platform has it.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    println!("cargo::rustc-env=MEMGATE_TARGET={}", variable("TARGET"));
    let asked = Command::new(variable("RUSTC")).arg("--version").output();
    let version = asked.ok().and_then(|output| String::from_utf8(output.stdout).ok()).unwrap_or_default();
    let version = version.trim().trim_start_matches("rustc ");
    println!("cargo::rustc-env=MEMGATE_RUSTC={}", if version.is_empty() { "unknown" } else { version });
}
