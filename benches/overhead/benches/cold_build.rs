//! How long the runtime, the facades and the tool take to compile from nothing, beside divan and criterion.
//!
//! `cargo bench -p memgate-overhead --bench cold_build`
//!
//! What is compared is built in turn, each in a project and a target folder of its own, so that the ratio holds when the
//! machine's speed drifts. What they need is fetched before.

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
    let facade = repository.join("crates/memgate-criterion");
    let divan_facade = repository.join("crates/memgate-divan");
    let pairs = [
        (
            "divan 0.1.21",
            "divan = \"0.1.21\"".to_owned(),
            "memgate",
            format!("memgate = {{ path = {repository:?} }}"),
        ),
        (
            "divan 0.1.21",
            "divan = \"0.1.21\"".to_owned(),
            "memgate-divan",
            format!(
                "divan = {{ package = \"memgate-divan\", path = {divan_facade:?}, features = [\"allocator\"] }}"
            ),
        ),
        (
            "criterion 0.8",
            "criterion = \"0.8.2\"".to_owned(),
            "memgate-criterion",
            format!("criterion = {{ package = \"memgate-criterion\", path = {facade:?} }}"),
        ),
    ];
    fetch(&repository);
    println!("| cold build | profile | seconds | × |");
    println!("|---|---|---:|---:|");
    let row = |name: &str, profile: &str, time: Duration, ratio: String| {
        println!("| {name} | {profile} | {:.1} | {ratio} |", time.as_secs_f64());
    };
    for (index, (other, other_line, ours, our_line)) in pairs.iter().enumerate() {
        let projects = [other_line, our_line].map(|line| project(&folder.join(index.to_string()), line));
        for project in &projects {
            fetch(project);
        }
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            for (project, times) in projects.iter().zip(&mut times) {
                times.push(timed(
                    &folder,
                    Command::new(cargo()).args(["build", "--release"]).current_dir(project),
                ));
            }
        }
        let [other_time, our_time] = times.map(median);
        row(other, "release", other_time, "1.00".into());
        row(ours, "release", our_time, format!("{:.2}", our_time.as_secs_f64() / other_time.as_secs_f64()));
    }
    let builds =
        [("xtask alone", ""), ("xtask's tool", "memgate-runner"), ("xtask's tool with `github`", "github")];
    for (name, features) in builds {
        let mut build = Command::new(cargo());
        build.args(["build", "--package", "xtask", "--features", features]).current_dir(&repository);
        row(name, "dev", timed(&folder, &mut build), "–".into());
    }
    // A folder left behind in the system's temporary folder spoils nothing.
    let _ = std::fs::remove_dir_all(&folder);
}

fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Downloads what a project needs, before anything is timed.
fn fetch(project: &Path) {
    let fetched = Command::new(cargo()).arg("fetch").current_dir(project).stderr(Stdio::null()).status();
    assert!(fetched.is_ok_and(|status| status.success()), "failed to fetch what {} needs", project.display());
}

/// A library with one dependency, at the versions of this repository's lock file.
fn project(folder: &Path, dependency: &str) -> PathBuf {
    let name = dependency.split_whitespace().next().unwrap_or_default();
    let is_ours = dependency.contains("path");
    let project = folder.join(if is_ours { "ours" } else { "other" });
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
