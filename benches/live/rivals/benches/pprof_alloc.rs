//! What pprof-alloc's own sampler costs around `System`: see the bench `turns` of memgate-live-benches.

use std::alloc::System;
use std::process::ExitCode;

use memgate_live_benches::{Either, Settings};
use pprof_alloc::PprofAlloc;

#[global_allocator]
// SAFETY: unless it is told otherwise, `PprofAlloc` hands out the blocks of `System`.
static ALLOCATOR: Either<System, PprofAlloc> =
    unsafe { Either::new(System, PprofAlloc::new().with_pprof_sample_rate(512 * 1024)) };

const SETTINGS: &Settings = &[("pprof-alloc", || ())];

fn main() -> ExitCode {
    memgate_live_benches::run(SETTINGS, |is_other| ALLOCATOR.switch(is_other))
}
