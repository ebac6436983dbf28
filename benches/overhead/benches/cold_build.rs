//! How long the runtime and the tool take to compile from nothing, beside divan.
//!
//! `cargo bench -p memgate-overhead --bench cold_build`
//!
//! The runtime and divan are built in turn, each in a project and a target folder of its own, so that the ratio holds
//! when the machine's speed drifts. What they need is fetched before.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 3;
const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

#[expect(clippy::print_stdout, reason = "the table is this program's output")]
fn main() {
    if !std::env::args().any(|word| word == "--bench") {
        println!("nothing to test here; `cargo bench` measures");
        return;
    }
    let folder = std::env::temp_dir().join(format!("memgate-cold-build-{}", std::process::id()));
    let repository = Path::new(REPOSITORY).canonicalize().expect("this package lies in the repository");
    let memgate = project(&folder, "memgate", &format!("memgate = {{ path = {repository:?} }}"));
    let divan = project(&folder, "divan", "divan = \"0.1.21\"");
    for project in [&memgate, &divan, &repository] {
        let fetched = Command::new(cargo()).arg("fetch").current_dir(project).stderr(Stdio::null()).status();
        assert!(
            fetched.is_ok_and(|status| status.success()),
            "failed to fetch what {} needs",
            project.display()
        );
    }
    let (mut memgate_times, mut divan_times) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        memgate_times
            .push(timed(&folder, Command::new(cargo()).args(["build", "--release"]).current_dir(&memgate)));
        divan_times
            .push(timed(&folder, Command::new(cargo()).args(["build", "--release"]).current_dir(&divan)));
    }
    let xtask =
        timed(&folder, Command::new(cargo()).args(["build", "--package", "xtask"]).current_dir(&repository));
    let (memgate, divan) = (median(memgate_times), median(divan_times));
    println!("| cold build | profile | seconds | × divan |");
    println!("|---|---|---:|---:|");
    let row = |name: &str, profile: &str, time: Duration, ratio: String| {
        println!("| {name} | {profile} | {:.1} | {ratio} |", time.as_secs_f64());
    };
    row("divan 0.1.21", "release", divan, "1.00".into());
    row("memgate", "release", memgate, format!("{:.2}", memgate.as_secs_f64() / divan.as_secs_f64()));
    row("xtask", "dev", xtask, "–".into());
    // A folder left behind in the system's temporary folder spoils nothing.
    let _ = std::fs::remove_dir_all(&folder);
}

fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// A library with one dependency, at the versions of this repository's lock file.
fn project(folder: &Path, name: &str, dependency: &str) -> PathBuf {
    let project = folder.join(name);
    let manifest = format!(
        "[package]\nname = \"cold-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependency}\n\n\
         [workspace]\n"
    );
    std::fs::create_dir_all(project.join("src")).expect("the temporary folder can be written to");
    std::fs::write(project.join("Cargo.toml"), manifest).expect("the temporary folder can be written to");
    std::fs::write(project.join("src/lib.rs"), "").expect("the temporary folder can be written to");
    let lock = Path::new(REPOSITORY).join("Cargo.lock");
    std::fs::copy(lock, project.join("Cargo.lock")).expect("the repository has a lock file");
    project
}

/// The time of a build into an empty target folder.
fn timed(folder: &Path, command: &mut Command) -> Duration {
    let target = folder.join("target");
    let _ = std::fs::remove_dir_all(&target);
    command.env("CARGO_TARGET_DIR", &target).env_remove("RUSTFLAGS");
    let started = Instant::now();
    let status = command.stdin(Stdio::null()).stderr(Stdio::null()).status().expect("cargo starts");
    assert!(status.success(), "{command:?} failed");
    started.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
