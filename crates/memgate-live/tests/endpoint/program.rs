//! Programs with frame pointers, built and started: what tests are compiled with has none, and so no stacks.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::LazyLock;

const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

/// It keeps 64 MiB, and as much again with each line of its input.
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

fn main() {
    let live = memgate_live::serve("127.0.0.1:0").unwrap();
    let mut kept = Vec::new();
    keep(&mut kept);
    println!("{}", live.address().unwrap());
    for _ in std::io::stdin().lines() {
        keep(&mut kept);
        println!("kept");
    }
}
"#;

/// Threads that compute, wait for a lock and sleep, until its input ends.
const BUSY_SOURCE: &str = include_str!("busy_program.rs");

/// The last is for old versions of pprof alone, which look into the file at the wrong place where code does not begin with a page.
const FLAGS: [&str; 3] = [
    "-Cforce-frame-pointers=yes",
    "-Clink-arg=-Wl,--build-id",
    "-Clink-arg=-Wl,-z,separate-loadable-segments",
];

/// Where the first is, built once. Their own target folder stays, so that it is compiled anew only after a change.
pub(crate) static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("program");
    std::fs::create_dir_all(folder.join("src/bin")).unwrap();
    let manifest = format!(
        "[package]\nname = \"leaking_program\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nmemgate-live = {{ path = {PACKAGE:?}, features = [\"cpu\", \"sync\", \"threads\"] }}\n\n[workspace]\n\n\
         [profile.dev]\nopt-level = 1\ndebug = \"line-tables-only\"\n\
         # What runs in a signal handler is to get by with its stack without being optimised, too.\n\
         [profile.dev.package]\nmemgate-stacks.opt-level = 0\n"
    );
    std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    std::fs::write(folder.join("src/main.rs"), SOURCE).unwrap();
    std::fs::write(folder.join("src/bin/busy_program.rs"), BUSY_SOURCE).unwrap();
    std::fs::copy(Path::new(PACKAGE).join("../../Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline"])
        .current_dir(&folder)
        .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"))
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env_remove("CARGO_PROFILE_DEV_DEBUG")
        .status()
        .unwrap();
    assert!(built.success());
    folder.join("target/debug/leaking_program")
});

/// The other one.
pub(crate) static BUSY_PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| PROGRAM.with_file_name("busy_program"));

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

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// What it writes to standard error, where the command has a pipe for it.
    pub(crate) fn take_stderr(&mut self) -> ChildStderr {
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
