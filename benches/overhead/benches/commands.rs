//! What it costs a command to be counted: `cargo bench -p memgate-overhead --bench commands [-- ROUNDS]`.
//!
//! Runs a program that parses JSON in turns: by itself, with memgate's library preloaded, without and with call sites, and under
//! heaptrack and valgrind where they are installed. Shows the fastest of all rounds beside the program alone. Times are shown, never asserted.

#![forbid(unsafe_code)]

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use memgate_protocol::process_table::{
    CALL_SITES, LIBRARY_FILE, ProcessTable, TABLE_BYTES, TABLE_FILE, new_header,
};

const ROUNDS: usize = 5;
const PROGRAM: &str = env!("CARGO_BIN_EXE_command_json");
/// Parses so often; and what starts and ends alone.
const WORK: [&str; 2] = ["10", "0"];

#[derive(Clone, Copy)]
enum Way {
    Alone,
    Preloaded(u64),
    Under(&'static [&'static str]),
}

const WAYS: [(&str, Way); 5] = [
    ("by itself", Way::Alone),
    ("memgate, counted", Way::Preloaded(0)),
    ("memgate, with call sites", Way::Preloaded(CALL_SITES)),
    ("heaptrack", Way::Under(&["heaptrack", "--output", "heaptrack"])),
    ("valgrind", Way::Under(&["valgrind", "--quiet"])),
];

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the table is this bench's output")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo bench` says `--bench`. Without it this is `cargo test --benches`, or something that wants a list.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let rounds = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(ROUNDS).max(1);
    let mut fastest = [[None::<Duration>; 2]; WAYS.len()];
    for round in 1..=rounds {
        eprintln!("round {round} of {rounds}");
        for ((name, way), fastest) in WAYS.iter().zip(&mut fastest) {
            for (work, fastest) in WORK.iter().zip(fastest) {
                match run(*way, work) {
                    Ok(took) => *fastest = Some(fastest.map_or(took, |before| before.min(took))),
                    Err(error) if error.kind() == io::ErrorKind::NotFound && round == 1 => {
                        eprintln!("{name} is not installed");
                    }
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => {
                        eprintln!("error: {name}: {error}");
                        return ExitCode::from(101);
                    }
                }
            }
        }
    }
    println!("| a program that parses JSON | times | milliseconds to start and end |");
    println!("| --- | ---: | ---: |");
    let alone = fastest[0][0].unwrap_or_default().as_secs_f64();
    for ((name, _), [work, start]) in WAYS.iter().zip(fastest) {
        if let (Some(work), Some(start)) = (work, start) {
            println!("| {name} | {:.2} | {:.1} |", work.as_secs_f64() / alone, start.as_secs_f64() * 1e3);
        }
    }
    ExitCode::SUCCESS
}

/// How long the program takes, from its start to its end.
fn run(way: Way, work: &str) -> io::Result<Duration> {
    let folder = tempfile::tempdir()?;
    let mut command = match way {
        Way::Under([under, arguments @ ..]) => {
            let mut command = Command::new(under);
            command.args(arguments).arg(PROGRAM);
            command
        }
        Way::Alone | Way::Preloaded(_) | Way::Under([]) => Command::new(PROGRAM),
    };
    command.arg(work).current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Way::Preloaded(wanted) = way {
        command.env("LD_PRELOAD", prepare(folder.path(), wanted)?);
    }
    let started = Instant::now();
    let status = command.status()?;
    let took = started.elapsed();
    if !status.success() {
        return Err(io::Error::other(format!("the program ended with {status}")));
    }
    if matches!(way, Way::Preloaded(_)) {
        let table = ProcessTable::read(&folder.path().join(TABLE_FILE)).map_err(io::Error::other)?;
        let is_counted = table.processes.iter().any(|process| process.numbers.allocs > 0);
        if !is_counted {
            return Err(io::Error::other("the program was not counted"));
        }
    }
    Ok(took)
}

/// Puts the library and its file into a folder, and gives what is to be preloaded.
fn prepare(folder: &Path, wanted: u64) -> io::Result<std::path::PathBuf> {
    let library = folder.join(LIBRARY_FILE);
    fs::write(&library, memgate_preload::library().map_err(io::Error::other)?)?;
    fs::write(folder.join(TABLE_FILE), new_header(wanted))?;
    File::options().write(true).open(folder.join(TABLE_FILE))?.set_len(TABLE_BYTES as u64)?;
    Ok(library)
}
