//! Whole commands that no library can be preloaded into, and that count by themselves.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::finished::Finished;
use crate::support::{Package, Project, repository};

/// Counts by itself what memgate counts, in the allocator that memgate hands on to, and says it at its end.
const PROGRAM: &str = r#"
use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

#[global_allocator]
static ALLOCATOR: memgate::Alloc<Own> = memgate::Alloc::new(Own);

static ALLOCS: AtomicUsize = AtomicUsize::new(0);
static REALLOCS: AtomicUsize = AtomicUsize::new(0);
static TOTAL: AtomicUsize = AtomicUsize::new(0);
static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

struct Own;

fn grow(by: usize) {
    TOTAL.fetch_add(by, Relaxed);
    let live = LIVE.fetch_add(by, Relaxed) + by;
    PEAK.fetch_max(live, Relaxed);
}

// SAFETY: every method hands its arguments on to `System`, unchanged, and gives what that gives.
unsafe impl GlobalAlloc for Own {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCS.fetch_add(1, Relaxed);
        grow(layout.size());
        // SAFETY: our caller keeps the contract, which is `System`'s.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        ALLOCS.fetch_add(1, Relaxed);
        grow(layout.size());
        // SAFETY: our caller keeps the contract, which is `System`'s.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as above; `block` came from `System` with this layout.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        REALLOCS.fetch_add(1, Relaxed);
        match size.checked_sub(layout.size()) {
            Some(growth) => grow(growth),
            None => drop(LIVE.fetch_sub(layout.size() - size, Relaxed)),
        }
        // SAFETY: our caller keeps the contract, which is `System`'s; `block` came from `System` with this layout.
        unsafe { System.realloc(block, layout, size) }
    }
}

// SAFETY: the functions of the C library, as POSIX has them.
unsafe extern "C" {
    fn fork() -> i32;
    fn getpid() -> i32;
    fn kill(process: i32, signal: i32) -> i32;
    fn waitpid(process: i32, status: *mut i32, options: i32) -> i32;
    fn write(file: i32, bytes: *const u8, length: usize) -> isize;
    fn _exit(code: i32) -> !;
}

fn allocate(count: usize) {
    let mut kept: Vec<Box<[u8; 64]>> = Vec::new();
    for _ in 0..count {
        kept.push(Box::new(black_box([1; 64])));
    }
    black_box(&kept);
    black_box("grown".repeat(count));
}

fn run() {
    let words: Vec<String> = std::env::args().collect();
    let count: usize = words[2].parse().unwrap();
    match &*words[1] {
        "here" => allocate(count),
        "threads" => {
            // One after the other: of threads at once, each count would have another order and peak.
            for _ in 0..8 {
                std::thread::spawn(move || allocate(count)).join().unwrap();
            }
        }
        "at-once" => {
            let threads: Vec<_> = (0..8).map(|_| std::thread::spawn(move || allocate(count))).collect();
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        }
        "leak" => std::mem::forget(black_box(vec![0_u8; count])),
        "measures" => {
            let ((), heap) = memgate::measure(|| allocate(count));
            assert_eq!(heap.allocs, count as u64 + 2);
        }
        "exit" => std::process::exit(i32::try_from(count).unwrap()),
        "killed" => {
            allocate(count);
            // SAFETY: takes numbers alone.
            unsafe { kill(getpid(), 9) };
        }
        "_exit" => {
            allocate(count);
            // SAFETY: takes a number alone.
            unsafe { _exit(0) };
        }
        "fork" => {
            let of_parent = black_box(vec![1_u8; 10_000]);
            // SAFETY: there is one thread, so that the child may do anything.
            let child = unsafe { fork() };
            if child == 0 {
                drop(of_parent);
                allocate(count);
                // SAFETY: takes a number alone.
                unsafe { _exit(0) };
            }
            // SAFETY: no place for a status is asked for.
            unsafe { waitpid(child, std::ptr::null_mut(), 0) };
        }
        "start" => {
            let status = std::process::Command::new(&words[3]).args(&words[4..]).status().unwrap();
            assert!(status.success());
        }
        "become" => {
            use std::os::unix::process::CommandExt;
            panic!("{}", std::process::Command::new(&words[3]).args(&words[4..]).exec());
        }
        other => panic!("{other}"),
    }
}

fn main() {
    run();
    let numbers = [&ALLOCS, &REALLOCS, &TOTAL, &PEAK, &LIVE].map(|number| number.load(Relaxed));
    let mut text = [0_u8; 200];
    let mut rest = &mut text[..];
    writeln!(rest, "{numbers:?}").unwrap();
    let length = 200 - rest.len();
    // SAFETY: so many bytes of the text are written.
    unsafe { write(1, text.as_ptr(), length) };
    // What std frees after this would be missing.
    // SAFETY: takes a number alone.
    unsafe { _exit(0) };
}
"#;

/// The programs, one for each target that is installed.
fn programs(name: &str) -> (Project, Vec<String>) {
    let project = Project::new(name, [package(name)]);
    let arch = std::env::consts::ARCH;
    let built =
        ["gnu", "musl"].map(|c_library| build(&project, name, &format!("{arch}-unknown-linux-{c_library}")));
    let programs = built.into_iter().flatten().collect();
    (project, programs)
}

fn package(name: &str) -> Package {
    let dependency = format!("memgate = {{ path = {:?}, features = [\"command\"] }}", repository());
    Package::without_memgate(name)
        .manifest(&format!(
            "[dependencies]\n{dependency}\n[[bin]]\nname = \"linked\"\npath = \"src/main.rs\"\n"
        ))
        .file("src/main.rs", PROGRAM)
}

/// A static program; none where there is no standard library for its target.
#[expect(clippy::print_stderr, reason = "a test that does nothing says so")]
fn build(project: &Project, package: &str, target: &str) -> Option<String> {
    let sysroot = Finished::of(project.command("rustc").args(["--print", "sysroot"])).exits(0).stdout;
    if !Path::new(sysroot.trim()).join("lib/rustlib").join(target).join("lib").exists() {
        eprintln!("SKIPPED: the target {target} is not installed");
        return None;
    }
    let mut cargo = project.cargo();
    cargo.args(["build", "--quiet", "--package", package, "--target", target]);
    Finished::of(cargo.env("RUSTFLAGS", "-C target-feature=+crt-static")).exits(0);
    // Another test builds one of the same name there.
    let built = project.target_folder().join(target).join("debug/linked");
    let copy = project.path(target);
    std::fs::copy(built, &copy).unwrap();
    Some(copy.into_os_string().into_string().unwrap())
}

fn measure(words: &[&str]) -> Finished {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-memgate"));
    Finished::of(command.args(["memgate", "measure"]).args(words).env_remove("LD_PRELOAD"))
}

#[track_caller]
fn metrics(words: &[&str]) -> Value {
    let words: Vec<&str> = ["--json", "--"].into_iter().chain(words.iter().copied()).collect();
    measure(&words).exits(0).json()["metrics"].clone()
}

/// What a program has said of itself, on standard error, where the tool's JSON is on standard output.
fn said(finished: &Finished) -> Value {
    let line = finished.stderr.lines().find(|line| line.starts_with('[')).unwrap();
    let [allocs, reallocs, total, peak, live] = serde_json::from_str::<[u64; 5]>(line).unwrap();
    serde_json::json!({
        "peak_bytes": peak, "total_bytes": total, "allocs": allocs, "reallocs": reallocs, "retained_bytes": live,
    })
}

#[test]
fn a_static_program_has_the_numbers_that_it_counts_by_itself() {
    let (_project, programs) = programs("linked-numbers");
    for program in &programs {
        for how in ["here", "threads", "leak", "measures"] {
            let finished = measure(&["--json", "--", program, how, "1000"]).exits(0);
            let json = finished.json();
            assert_eq!(json["metrics"], said(&finished), "{program} {how}: {finished:#?}");
            assert_eq!(json["sites"], serde_json::json!([]), "{program}");
            assert_eq!(json["programs"][0]["executable"], **program, "{program}");
        }
        // Eight at once may have any peak.
        let finished = measure(&["--json", "--", program, "at-once", "1000"]).exits(0);
        let (json, said) = (finished.json(), said(&finished));
        for metric in ["total_bytes", "allocs", "reallocs", "retained_bytes"] {
            assert_eq!(json["metrics"][metric], said[metric], "{program} {metric}");
        }

        let of = |how, count| metrics(&[program, how, count]);
        let (none, some) = (of("here", "0001"), of("here", "1001"));
        let more = |metric: &str| some[metric].as_i64().unwrap() - none[metric].as_i64().unwrap();
        // Boxes, and a text that is longer; the list of them grows at 4, 8, 16 … 1,024.
        assert_eq!((more("allocs"), more("reallocs"), more("retained_bytes")), (1_000, 8, 0), "{program}");
        assert_eq!(more("total_bytes"), 1_000 * (64 + 5) + (1_024 - 4) * 8, "{program}");
    }
}

#[test]
fn however_a_static_program_ends_its_numbers_are_there() {
    let (_project, programs) = programs("linked-ends");
    for program in &programs {
        let whole = metrics(&[program, "_exit", "1000"]);
        let killed = measure(&["--json", "--", program, "killed", "1000"]).exits(101).json();
        assert_eq!(
            (&killed["end"]["signal"], &killed["verdict"]),
            (&9.into(), &"failed".into()),
            "{killed:#}"
        );
        // `killed` has one letter more.
        let count = |metrics: &Value, metric: &str| metrics[metric].as_i64().unwrap();
        assert_eq!(count(&killed["metrics"], "allocs"), count(&whole, "allocs"), "{program}");
        assert_eq!(count(&killed["metrics"], "total_bytes"), count(&whole, "total_bytes") + 1, "{program}");
        let failed = measure(&["--", program, "exit", "3"]).exits(101);
        failed.complains("it ended with exit code 3, and was to end with 0").complains("\n  allocations ");
        measure(&["--expect-exit", "3", "--", program, "exit", "3"]).exits(0);
    }
}

#[test]
fn processes_around_a_static_program_are_each_counted_once() {
    let (project, programs) = programs("linked-processes");
    for program in &programs {
        let of = |words: &[&str]| metrics(&[&[&**program], words].concat());
        let count = |metrics: &Value, metric: &str| metrics[metric].as_i64().unwrap();
        // A child has what it does, and its parent what that has done.
        let (less, more) = (of(&["fork", "1000"]), of(&["fork", "2000"]));
        assert_eq!(count(&more, "allocs") - count(&less, "allocs"), 1_000, "{program}");
        let (less, more) = (of(&["fork", "0001"]), of(&["fork", "0002"]));
        assert_eq!(count(&more, "total_bytes") - count(&less, "total_bytes"), 64 + 5, "{program}");
        assert_eq!(count(&more, "peak_bytes") - count(&less, "peak_bytes"), 64 + 5, "{program}");
        let finished = measure(&["--json", "--", program, "fork", "9"]).exits(0);
        assert_eq!(finished.json()["programs"][0]["processes"], 2, "{program}");
        finished.says("was forked, and its children freed or resized blocks");

        // It starts one that is preloaded, and is started by one.
        let alone = metrics(&["env", "ls", "/"]);
        let with_child = measure(&["--json", "--", program, "start", "0", "env", "ls", "/"]).exits(0).json();
        let rows = with_child["programs"].as_array().unwrap();
        let allocs = |name: &str| {
            let row = rows.iter().find(|row| row["program"].as_str().unwrap().starts_with(name));
            row.map_or(0, |row| row["metrics"]["allocs"].as_i64().unwrap())
        };
        assert_eq!(allocs("env") + allocs("ls"), count(&alone, "allocs"), "{with_child:#}");
        let sum: i64 = rows.iter().map(|row| row["metrics"]["allocs"].as_i64().unwrap()).sum();
        assert_eq!(with_child["metrics"]["allocs"], sum);
        let script = format!("{program} here 7; {program} here 7");
        let started = measure(&["--json", "--", "sh", "-c", &script]).exits(0).json();
        let row = started["programs"].as_array().unwrap().iter().find(|row| row["executable"] == **program);
        let twice = 2 * count(&of(&["here", "7"]), "allocs");
        assert_eq!(row.unwrap()["metrics"]["allocs"], twice, "{started:#}");
        // What it becomes is counted, too.
        let became = measure(&["--json", "--", program, "become", "0", "ls", "/"]).exits(0).json();
        assert_eq!(
            (&became["processes"], became["programs"].as_array().unwrap().len()),
            (&1.into(), 2),
            "{became:#}"
        );
    }
    // One that is linked dynamically is counted by the library alone.
    let mut cargo = project.cargo();
    Finished::of(cargo.args(["build", "--quiet", "--package", "linked-processes"])).exits(0);
    let dynamic = project.target_folder().join("debug/linked");
    let finished = measure(&["--json", "--", dynamic.to_str().unwrap(), "here", "1000"]).exits(0);
    let (json, said) = (finished.json(), said(&finished));
    assert_eq!(json["processes"], 1);
    let besides = json["metrics"]["allocs"].as_i64().unwrap() - said["allocs"].as_i64().unwrap();
    // The C library has asked for a few blocks by itself.
    assert!((0..100).contains(&besides), "{json:#}");
}

#[test]
fn a_static_program_without_it_is_told_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("static.rs"), "fn main() { println!(\"{:?}\", vec![1]); }").unwrap();
    let mut compile = Command::new("rustc");
    compile.args(["-C", "target-feature=+crt-static", "static.rs"]).current_dir(folder);
    Finished::of(&mut compile).exits(0);
    let program = folder.join("static");
    let finished = measure(&["--", program.to_str().unwrap()]).exits(101);
    finished
        .complains("saw no allocation of static: it is linked statically")
        .complains("memgate's feature `command`")
        .complains("#[global_allocator] static ALLOCATOR: memgate::Alloc = memgate::Alloc::system();");
}

const WITHOUT_SITES: &str = "linked counts by itself, which is without call sites";

#[test]
fn a_static_binary_of_the_workspace_is_gated_without_call_sites() {
    let project = Project::new("linked-gate", [package("linked-gate")]);
    project.write(".cargo/config.toml", "[build]\nrustflags = [\"-C\", \"target-feature=+crt-static\"]\n");
    let configuration = |count| {
        format!(
            "[[command]]\nname = \"boxes\"\nbin = \"linked\"\nargs = [\"here\", \"{count}\"]\n\
             [environment]\ntolerate = [\"command\"]\n"
        )
    };
    let musl = format!("{}-unknown-linux-musl", std::env::consts::ARCH);
    let has_musl = build(&project, "linked-gate", &musl).is_some();
    for target in [String::new(), format!(" --target {musl}")].iter().take(1 + usize::from(has_musl)) {
        project.write("memgate.toml", configuration(10));
        project.memgate(&format!("update{target}")).exits(0).says(WITHOUT_SITES);
        project.memgate(&format!("check --strict{target}")).exits(0).says("1 ok");
        project.write("memgate.toml", configuration(11));
        project.memgate(&format!("check{target}")).exits(100).says("allocs").says("+1");
        project.memgate(&format!("explain boxes{target}")).complains(WITHOUT_SITES);
    }
}
