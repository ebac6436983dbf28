//! Programs with frame pointers, started.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use crate::built::built;

/// It keeps 64 MiB, and as much again with each line of its input, or something else.
const SOURCE: &str = r#"
#[global_allocator]
static HEAP: memgate_live::Heap = memgate_live::Heap::system();

pub mod cache {
    pub struct Entry<T> {
        pub key: usize,
        pub value: Vec<T>,
    }

    impl<T: Clone> Entry<T> {
        #[inline(never)]
        pub fn fill(key: usize, value: T) -> Self {
            // Not in the end, where it would be a jump and no call.
            let value = vec![value; 16 << 10];
            Self { key, value }
        }
    }
}

#[inline(never)]
fn keep(kept: &mut Vec<cache::Entry<u8>>) {
    kept.extend((0..4096).map(|key| cache::Entry::fill(key, 1)));
}

/// A quarter of that, in blocks that are always sampled.
#[inline(never)]
fn keep_others(kept: &mut Vec<Vec<u8>>) {
    kept.push(vec![1; 16 << 20]);
    std::hint::black_box(kept);
}

fn main() {
    let live = memgate_live::serve("127.0.0.1:0").unwrap();
    let mut kept = Vec::new();
    keep(&mut kept);
    println!("{}", live.address().unwrap());
    let mut others = Vec::new();
    for line in std::io::stdin().lines() {
        match line.unwrap().as_str() {
            "others" => keep_others(&mut others),
            _ => keep(&mut kept),
        }
        println!("kept");
    }
}
"#;

/// Threads that compute, wait for a lock and sleep, until its input ends.
const BUSY_SOURCE: &str = include_str!("busy_program.rs");

const FEATURES: [&str; 3] = ["cpu", "sync", "threads"];
/// What runs in a signal handler is to get by with its stack without being optimised, too.
const UNOPTIMISED: &str = "[profile.dev.package]\nmemgate-stacks.opt-level = 0\n";

/// Where the first is, built once.
pub(crate) static PROGRAM: LazyLock<PathBuf> =
    LazyLock::new(|| built("leaking_program", SOURCE, &FEATURES, UNOPTIMISED));

/// The other one.
pub(crate) static BUSY_PROGRAM: LazyLock<PathBuf> =
    LazyLock::new(|| built("busy_program", BUSY_SOURCE, &FEATURES, UNOPTIMISED));

/// One of them, running.
pub(crate) struct Running {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    address: String,
}

impl Running {
    pub(crate) fn start(program: &Path) -> Self {
        Self::start_as(&mut Command::new(program))
    }

    /// By a command that ends in it.
    pub(crate) fn start_as(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.next().unwrap().unwrap();
        Self { child, lines, address }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// What it writes to standard error, where the command has a pipe for it.
    #[cfg(target_os = "linux")]
    pub(crate) fn take_stderr(&mut self) -> std::process::ChildStderr {
        self.child.stderr.take().unwrap()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Has it keep another 64 MiB.
    pub(crate) fn keep_more(&mut self) {
        use std::io::Write;
        self.child.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
        assert_eq!(self.lines.next().unwrap().unwrap(), "kept");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Its input ends, and so does it.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
