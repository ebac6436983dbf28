//! A program that counts itself as a command, where no library can be put in front of its `malloc`: on Windows and macOS, and a static one
//! on Linux.

#[path = "support/runner.rs"]
mod runner;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};

use memgate_protocol::process_table::{
    LIBRARY_FILE, ProcessEntry, ProcessNumbers, ProcessTable, TABLE_BYTES, TABLE_FILE, TABLE_VARIABLE,
    new_header,
};

#[global_allocator]
static ALLOCATOR: memgate::Alloc = memgate::Alloc::system();

runner::cases![
    blocks_are_counted_to_the_last_byte,
    threads_lose_nothing,
    numbers_survive_every_end,
    each_process_counts_for_itself,
    what_is_no_table_is_left_alone,
];

/// Names the program that this executable is to be.
const PROGRAM_VARIABLE: &str = "MEMGATE_TEST_PROGRAM";

fn main() -> ExitCode {
    match std::env::var(PROGRAM_VARIABLE) {
        Ok(name) => program(name.trim_end()),
        Err(_) if counts_itself() => runner::main(CASES),
        // A library is preloaded into such a program, which counts it.
        Err(_) => ExitCode::SUCCESS,
    }
}

fn counts_itself() -> bool {
    let is_static_linux =
        cfg!(all(target_os = "linux", any(target_feature = "crt-static", target_env = "musl")));
    (is_static_linux || cfg!(any(target_os = "macos", windows))) && !cfg!(miri)
}

fn program(name: &str) -> ExitCode {
    match name {
        "nothing" => {}
        "blocks" => blocks(),
        "threads" => std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..500).for_each(|_| drop(black_box(vec![0_u8; 33]))));
            }
        }),
        "starts" => {
            blocks();
            let children = ["blocks", "nothing"].map(|name| start(name).spawn().unwrap());
            for mut child in children {
                assert!(child.wait().unwrap().success());
            }
        }
        "exits" => {
            blocks();
            std::process::exit(3);
        }
        "aborts" => {
            blocks();
            std::process::abort();
        }
        "panics" => {
            blocks();
            panic!("as it was to");
        }
        "waits" => {
            blocks();
            std::fs::write(std::env::var_os("MEMGATE_TEST_FILE").unwrap(), "").unwrap();
            std::thread::sleep(std::time::Duration::from_secs(600));
        }
        other => panic!("no program is called {other}"),
    }
    ExitCode::SUCCESS
}

/// Three blocks of 1,000 bytes in all, of which one grows by 500 and another of 300 stays.
fn blocks() {
    let mut grows = black_box(vec![1_u8; 600]);
    grows.reserve_exact(1_100 - 600);
    std::mem::forget(black_box(vec![2_u8; 300]));
    drop(black_box(vec![3_u8; 100]));
    drop(black_box(grows));
}

/// This executable, to be one of the programs: by names of one length, since the language's start copies them.
fn start(name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(PROGRAM_VARIABLE, format!("{name:<10}"));
    command
}

/// The same, asked for its numbers in a folder.
fn asked(name: &str, folder: &Path) -> Command {
    let mut command = start(name);
    if cfg!(target_os = "linux") {
        command.env("LD_PRELOAD", folder.join(LIBRARY_FILE));
    } else {
        command.env(TABLE_VARIABLE.to_str().unwrap(), folder.join(TABLE_FILE));
    }
    command
}

fn write_table(folder: &Path) -> PathBuf {
    let path = folder.join(TABLE_FILE);
    std::fs::write(&path, new_header(0)).unwrap();
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.set_len(TABLE_BYTES as u64).unwrap();
    path
}

fn run(name: &str) -> (ExitStatus, Vec<ProcessEntry>) {
    let folder = tempfile::tempdir().unwrap();
    let path = write_table(folder.path());
    let status = asked(name, folder.path()).output().unwrap().status;
    let table = ProcessTable::read(&path).unwrap();
    assert_eq!(table.lost, 0, "{name}");
    (status, table.processes)
}

fn numbers(name: &str) -> ProcessNumbers {
    let (status, processes) = run(name);
    let [process] = &processes[..] else { panic!("{name}: {processes:?}") };
    assert!(status.success() && process.is_linked && !process.is_forked, "{name}: {process:?}");
    let file = Path::new(&process.executable).file_name();
    assert_eq!(file, std::env::current_exe().unwrap().file_name(), "{name}");
    process.numbers
}

fn blocks_are_counted_to_the_last_byte() {
    let (base, all) = (numbers("nothing"), numbers("blocks"));
    assert_eq!((all.allocs - base.allocs, all.reallocs - base.reallocs), (3, 1));
    assert_eq!(all.total_bytes - base.total_bytes, 1_500);
    assert_eq!((all.live_bytes - base.live_bytes, all.frees - base.frees), (300, 2));
    assert_eq!(numbers("blocks"), all, "the same program has the same numbers");
}

fn threads_lose_nothing() {
    let (base, all) = (numbers("nothing"), numbers("threads"));
    // The rest is what starting four of them takes.
    let rest = (all.allocs - base.allocs) - 4 * 500;
    assert!(rest < 4 * 20, "{rest}");
    assert!(all.total_bytes - base.total_bytes >= 4 * 500 * 33);
}

fn numbers_survive_every_end() {
    let expected = numbers("blocks").allocs;
    for name in ["exits", "aborts", "panics"] {
        let (status, processes) = run(name);
        assert!(!status.success(), "{name}");
        let [process] = &processes[..] else { panic!("{name}: {processes:?}") };
        // What a panic says is allocated as well.
        assert!(process.numbers.allocs >= expected - 1, "{name}: {process:?}, {expected}");
    }
    let folder = tempfile::tempdir().unwrap();
    let (path, file) = (write_table(folder.path()), folder.path().join("waiting"));
    let mut child = asked("waits", folder.path()).env("MEMGATE_TEST_FILE", &file).spawn().unwrap();
    while !file.exists() {
        assert_eq!(child.try_wait().unwrap(), None);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let processes = ProcessTable::read(&path).unwrap().processes;
    assert_eq!(processes.len(), 1);
    assert!(processes[0].numbers.allocs >= expected - 1 && processes[0].process == child.id());
}

fn each_process_counts_for_itself() {
    let (status, processes) = run("starts");
    assert!(status.success());
    let [parent, first, second] = &processes[..] else { panic!("{processes:?}") };
    let ids = [parent.process, first.process, second.process];
    assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2], "{ids:?}");
    let mut allocs = [first.numbers.allocs, second.numbers.allocs];
    allocs.sort_unstable();
    assert_eq!(allocs[1] - allocs[0], 3);
}

fn what_is_no_table_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(TABLE_FILE);
    // None, one that is too short, and one that says something else.
    assert!(asked("blocks", folder.path()).status().unwrap().success());
    std::fs::write(&path, new_header(0)).unwrap();
    assert!(asked("blocks", folder.path()).status().unwrap().success());
    assert_eq!(std::fs::read(&path).unwrap(), new_header(0));
    let file = std::fs::File::create(&path).unwrap();
    file.set_len(TABLE_BYTES as u64).unwrap();
    assert!(asked("blocks", folder.path()).status().unwrap().success());
    assert!(std::fs::read(&path).unwrap().iter().all(|byte| *byte == 0));
}
