//! Executables, one for each allocator under test; see `memgate_overhead`, which has the workloads and the clock.

#![forbid(unsafe_code)]
