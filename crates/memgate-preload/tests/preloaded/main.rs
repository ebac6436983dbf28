//! The library preloaded into programs, which are this executable itself: started again, it does what a variable names.

#[path = "../../../../tests/support/runner.rs"]
mod runner;

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod counting;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod neighbours;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod preloaded;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod processes;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(
    unsafe_code,
    clippy::multiple_unsafe_ops_per_block,
    reason = "calls the C library's functions, as the programs do that are counted"
)]
mod programs;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod stacks;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(
    unsafe_code,
    clippy::multiple_unsafe_ops_per_block,
    reason = "calls the C library's functions, as the programs do that are counted"
)]
mod starting;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(
    unsafe_code,
    clippy::multiple_unsafe_ops_per_block,
    reason = "calls the C library's functions, as the programs do that are counted"
)]
mod threads;

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn main() -> std::process::ExitCode {
    if let Ok(name) = std::env::var(preloaded::PROGRAM_VARIABLE) {
        return programs::run(&name);
    }
    runner::main(&[counting::CASES, neighbours::CASES, processes::CASES, stacks::CASES].concat())
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn main() -> std::process::ExitCode {
    assert!(memgate_preload::library().is_err(), "there is a library where there is nothing to preload it");
    runner::main(&[])
}
