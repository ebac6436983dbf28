//! A service that takes snapshots.

use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::LazyLock;

use crate::built::built;

/// `snapshot_program FOLDER MODE [ROOT]`. It says where the function is that leaks, and then what it does.
const SOURCE: &str = r#"
use std::io::Write;
use std::time::Duration;
use memgate_live::{SnapshotOptions, Threshold};

#[global_allocator]
static HEAP: memgate_live::Heap = memgate_live::Heap::system();

pub mod cache {
    #[inline(never)]
    pub fn remember(kept: &mut Vec<Vec<u8>>) {
        kept.push(vec![1; 16 << 10]);
        std::hint::black_box(kept);
    }
}

fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Neither by themselves nor at the start.
fn quiet() -> SnapshotOptions {
    SnapshotOptions::new().levels([]).growth(None).slope(None).pressure_percent(None).after_start(None)
}

fn failed() -> f64 {
    let metrics = memgate_live::metrics();
    metrics.iter().find(|metric| metric.name == "memgate_failed_snapshots_total").unwrap().samples[0].value
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let folder = &arguments[1];
    say(&format!("{}", cache::remember as *const () as usize));
    let mut kept = Vec::new();
    match arguments[2].as_str() {
        // A megabyte in five milliseconds, for ever.
        "leak" => {
            let _snapshots = SnapshotOptions::new()
                .levels([Threshold::Percent(50.0), Threshold::Percent(75.0)])
                .growth(None)
                .kernel_files_below(&arguments[3])
                .start(folder)
                .unwrap();
            loop {
                for _ in 0..64 {
                    cache::remember(&mut kept);
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        // Two, whatever becomes of them.
        "twice" => {
            let snapshots = match quiet().keep_newest(1).most_files(4).start(folder) {
                Ok(snapshots) => snapshots,
                Err(error) => return say(&format!("not started: {error}")),
            };
            // So that there is something in it, however the dice fall.
            memgate_live::set_sampling_interval(1);
            for _ in 0..2 {
                cache::remember(&mut kept);
                match snapshots.take() {
                    Ok(path) => say(&format!("taken: {}", path.display())),
                    Err(error) => say(&format!("not taken: {error}")),
                }
            }
            say(&format!("failed: {}", failed()));
        }
        // A disk that gets full, and is empty again.
        "full" => {
            let snapshots = quiet().start(folder).unwrap();
            let junk = std::path::Path::new(folder).join("junk");
            let mut file = std::fs::File::create(&junk).unwrap();
            while file.write_all(&[1; 512]).is_ok() {}
            say(&snapshots.take().unwrap_err().to_string());
            std::fs::remove_file(junk).unwrap();
            drop(file);
            say(&snapshots.take().unwrap().display().to_string());
            say(&format!("failed: {}", failed()));
        }
        // Until its input ends.
        "signal" => {
            let _snapshots = quiet().on_signal().start(folder).unwrap();
            say("ready");
            let _ = std::io::stdin().lines().count();
            say("ended");
        }
        other => panic!("{other}"),
    }
}
"#;

/// Where it is, built once.
pub(crate) static PROGRAM: LazyLock<PathBuf> =
    LazyLock::new(|| built("snapshot_program", SOURCE, &["signal"], ""));

/// It, running.
pub(crate) struct Service {
    pub(crate) child: Child,
    pub(crate) lines: Lines<BufReader<ChildStdout>>,
    /// Where the function is that leaks.
    pub(crate) leak: u64,
}

impl Service {
    pub(crate) fn start(arguments: &[&Path]) -> Self {
        Self::start_as(Command::new(&*PROGRAM).args(arguments))
    }

    pub(crate) fn start_as(command: &mut Command) -> Self {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let leak = lines.next().unwrap().unwrap().parse().unwrap();
        Self { child, lines, leak }
    }

    /// What is still printed until the end.
    pub(crate) fn rest(&mut self) -> Vec<String> {
        self.lines.by_ref().map_while(Result::ok).collect()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
