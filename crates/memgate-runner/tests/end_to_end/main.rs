//! The tool end to end: real Cargo projects outside of this repository, built and measured by the real binary, and its
//! exit code, its output and the files that it leaves.

#[path = "../../../memgate-report/tests/clients/mod.rs"]
mod clients;
mod commits;
mod dependencies;
mod dials;
mod finished;
mod report_file;
mod sites_shown;
mod snapshots;
mod support;

mod actions;
#[cfg(unix)]
mod alone;
mod baseline_files;
mod bisecting;
mod cargo_settings;
mod causes;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod commands;
mod commands_kernel;
mod comparing;
mod configuration;
mod coverage;
mod criterion;
#[cfg(unix)]
mod disk;
mod divan;
mod environments;
#[cfg(unix)]
mod failing;
#[cfg(target_os = "linux")]
mod faults;
mod features;
mod filters;
#[cfg(target_os = "linux")]
mod forking;
mod formats;
mod history;
mod init;
#[cfg(unix)]
mod interrupted;
mod life;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod linked;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod measuring;
mod names;
mod noise;
mod origin;
#[cfg(unix)]
mod outputs;
mod peaks;
mod priority;
mod process_environment;
mod protocol;
mod renames;
#[cfg(target_os = "linux")]
mod sampled;
mod scaling;
mod selftest;
mod shards;
mod since;
mod sites_artifacts;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod sites_builds;
#[cfg(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64"))]
mod sites_codegen;
mod sites_culprits;
mod sites_explain;
#[cfg(unix)]
mod sites_failing;
mod sites_files;
mod sites_metrics;
#[cfg(target_os = "linux")]
mod terminal;
mod times;
#[cfg(unix)]
mod toolchains;
mod updating;
mod waivers;
