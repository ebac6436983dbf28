//! How long the runtime, the facades and the tool take to compile from nothing, beside divan and criterion.
//!
//! `cargo bench -p memgate-overhead --bench cold_build`, or with `-- memgate-divan` the rows alone whose names have that text in
//! them, with `-- --rounds 5` each so many times.
//!
//! What is compared is built in turn, each in a project and a target folder of its own, so that the ratio holds when the
//! machine's speed drifts. What they need is fetched before. Seconds of CPU, of all processes, are what a machine on which others
//! work has in common with an idle one, more or less.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 3;
/// Of the kernel's clock ticks in `/proc`, which Linux has fixed for programs.
const TICKS_PER_SECOND: f64 = 100.0;
const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

#[expect(clippy::print_stdout, reason = "the table is this program's output")]
fn main() {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let Some(place) = words.iter().position(|word| word == "--bench") else {
        println!("nothing to test here; `cargo bench` measures");
        return;
    };
    words.remove(place);
    let mut rounds = ROUNDS;
    if let Some(place) = words.iter().position(|word| word == "--rounds") {
        let given = words.drain(place..(place + 2).min(words.len())).nth(1);
        rounds = given.and_then(|rounds| rounds.parse().ok()).expect("a number follows --rounds");
    }
    let is_asked = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word));
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
    println!("| cold build | profile | seconds | × | of CPU | × |");
    println!("|---|---|---:|---:|---:|---:|");
    let row = |name: &str, profile: &str, took: Took, than: Option<Took>| {
        let ratio = |one: f64, other: f64| format!("{:.2}", one / other);
        let (by_clock, by_cpu) = than.map_or(("–".into(), "–".into()), |than| {
            (
                ratio(took.time.as_secs_f64(), than.time.as_secs_f64()),
                ratio(took.cpu_seconds, than.cpu_seconds),
            )
        });
        let seconds = took.time.as_secs_f64();
        println!("| {name} | {profile} | {seconds:.1} | {by_clock} | {:.1} | {by_cpu} |", took.cpu_seconds);
    };
    for (index, (other, other_line, ours, our_line)) in pairs.iter().enumerate() {
        if !is_asked(ours) {
            continue;
        }
        let projects = [other_line, our_line].map(|line| project(&folder.join(index.to_string()), line));
        for project in &projects {
            fetch(project);
        }
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..rounds {
            for (project, times) in projects.iter().zip(&mut times) {
                times.push(timed(
                    &folder,
                    Command::new(cargo()).args(["build", "--release"]).current_dir(project),
                ));
            }
        }
        let [other_took, our_took] = times.map(|times| median(&times));
        row(other, "release", other_took, Some(other_took));
        row(ours, "release", our_took, Some(other_took));
    }
    let builds =
        [("xtask alone", ""), ("xtask's tool", "memgate-runner"), ("xtask's tool with `github`", "github")];
    for (name, features) in builds {
        if !is_asked(name) {
            continue;
        }
        let mut build = Command::new(cargo());
        build.args(["build", "--package", "xtask", "--features", features]).current_dir(&repository);
        row(name, "dev", timed(&folder, &mut build), None);
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

/// What a build took.
#[derive(Clone, Copy)]
struct Took {
    time: Duration,
    /// Of all of its processes. Not a number where the system does not say.
    cpu_seconds: f64,
}

/// What a build into an empty target folder takes.
fn timed(folder: &Path, command: &mut Command) -> Took {
    let target = folder.join("target");
    let _ = std::fs::remove_dir_all(&target);
    command.env("CARGO_TARGET_DIR", &target).env_remove("RUSTFLAGS");
    let cpu_before = cpu_seconds_of_children();
    let started = Instant::now();
    let status = command.stdin(Stdio::null()).stderr(Stdio::null()).status().expect("cargo starts");
    assert!(status.success(), "{command:?} failed");
    Took { time: started.elapsed(), cpu_seconds: cpu_seconds_of_children() - cpu_before }
}

/// User's and system's time of all processes that have ended, as proc_pid_stat(5) has it: the fields `cutime` and `cstime`.
fn cpu_seconds_of_children() -> f64 {
    let line = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, in brackets, may have spaces.
    let after_name = line.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks =
        |field: usize| after_name.split_whitespace().nth(field).and_then(|ticks| ticks.parse::<f64>().ok());
    ticks(13).zip(ticks(14)).map_or(f64::NAN, |(user, system)| (user + system) / TICKS_PER_SECOND)
}

/// The medians of both numbers, each by itself.
fn median(all: &[Took]) -> Took {
    let middle = |mut seconds: Vec<f64>| {
        seconds.sort_unstable_by(f64::total_cmp);
        seconds[seconds.len() / 2]
    };
    Took {
        time: Duration::from_secs_f64(middle(all.iter().map(|took| took.time.as_secs_f64()).collect())),
        cpu_seconds: middle(all.iter().map(|took| took.cpu_seconds).collect()),
    }
}
