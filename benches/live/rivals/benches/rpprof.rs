//! What rpprof's heap profiler costs around `System`: see the bench `turns` of memgate-live-benches.

use std::alloc::System;
use std::process::ExitCode;

use memgate_live_benches::{Either, Settings};
use rpprof::alloc::AllocProfiler;

#[global_allocator]
// SAFETY: `AllocProfiler::system` hands out the blocks of `System`.
static ALLOCATOR: Either<System, AllocProfiler> = unsafe { Either::new(System, AllocProfiler::system()) };

const SETTINGS: &Settings =
    &[("rpprof", || rpprof::alloc::start()), ("rpprof, stopped", || rpprof::alloc::stop())];

fn main() -> ExitCode {
    memgate_live_benches::run(SETTINGS, |is_other| ALLOCATOR.switch(is_other))
}
