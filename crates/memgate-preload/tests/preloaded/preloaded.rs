//! Runs programs with the library.

use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use memgate_protocol::capture::Capture;
use memgate_protocol::process_table::{
    CAPTURE_EXTENSION, LIBRARY_FILE, ProcessEntry, ProcessNumbers, ProcessTable, TABLE_BYTES, TABLE_FILE,
    new_header,
};

/// Names the program that this executable is to be.
pub(crate) const PROGRAM_VARIABLE: &str = "MEMGATE_TEST_PROGRAM";

/// What came of a command.
pub(crate) struct Done {
    pub(crate) status: ExitStatus,
    pub(crate) output: String,
    pub(crate) table: ProcessTable,
    pub(crate) captures: Vec<(u32, Capture)>,
}

/// This executable, to be one of the programs.
pub(crate) fn program(name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(PROGRAM_VARIABLE, padded(name));
    command
}

/// The same, of which there are several ways.
pub(crate) fn program_that(name: &str, way: &str) -> Command {
    let mut command = program(name);
    command.arg(way);
    command
}

/// A program copies what it reads of its environment, so that a longer name would be more bytes.
pub(crate) fn padded(name: &str) -> String {
    format!("{name:<40}")
}

/// Runs one of the programs, and gives its own process's numbers.
pub(crate) fn numbers(name: &str) -> ProcessNumbers {
    let done = run(&mut program(name), 0);
    assert!(done.status.success(), "{name}: {}\n{}", done.status, done.output);
    let [process] = &done.table.processes[..] else { panic!("{name}: {:?}", done.table) };
    assert!(process.has_ended && !process.has_allocator_of_its_own, "{name}: {process:?}");
    assert!(!process.has_uncounted_blocks, "{name}");
    assert_eq!(process.numbers.unknown_blocks, 0, "{name}");
    process.numbers
}

/// Runs a command, with the library before what else is preloaded.
pub(crate) fn run(command: &mut Command, wanted: u64) -> Done {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    std::fs::write(place(LIBRARY_FILE), memgate_preload::library().unwrap()).unwrap();
    std::fs::write(place(TABLE_FILE), new_header(wanted)).unwrap();
    let table = std::fs::File::options().write(true).open(place(TABLE_FILE)).unwrap();
    table.set_len(TABLE_BYTES as u64).unwrap();
    // What else a test has preloaded comes after it.
    let before = command.get_envs().find(|(name, _)| *name == "LD_PRELOAD").and_then(|(_, value)| value);
    let mut preloaded = place(LIBRARY_FILE).into_os_string();
    if let Some(before) = before {
        preloaded.push(":");
        preloaded.push(before);
    }
    let output = command.env("LD_PRELOAD", preloaded).stdin(Stdio::null()).output().unwrap();
    let table = ProcessTable::read(&place(TABLE_FILE)).unwrap();
    let captures = table.processes.iter().filter_map(|process| capture(folder.path(), process)).collect();
    let said = [output.stdout, output.stderr].concat();
    Done { status: output.status, output: String::from_utf8_lossy(&said).into_owned(), table, captures }
}

fn capture(folder: &Path, process: &ProcessEntry) -> Option<(u32, Capture)> {
    let path = folder.join(format!("{}.{CAPTURE_EXTENSION}", process.slot));
    // A process that may write nothing leaves nothing in it.
    let is_written = std::fs::metadata(&path).is_ok_and(|metadata| metadata.len() > 0);
    is_written.then(|| (process.slot, Capture::read(&path).unwrap()))
}
