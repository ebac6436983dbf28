//! Finding and running the tools that read what is exported.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// With this variable, a tool that is not installed fails the test.
const REQUIRE: &str = "MEMGATE_REQUIRE_CLIENTS";

/// No client takes nearly as long; a browser that hangs must not hang the tests.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// The first of several programs that is installed; otherwise the test is to be skipped.
#[track_caller]
pub(crate) fn program(names: &[&str]) -> Option<PathBuf> {
    let found = optional_program(names);
    if found.is_none() {
        skip(&names.join(" or "));
    }
    found
}

/// The first of several programs that is installed, where the test can do without.
pub(crate) fn optional_program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|candidate| candidate.is_file())
}

/// The first of several files that is installed; otherwise the test is to be skipped.
#[track_caller]
pub(crate) fn file(what: &str, candidates: &[&str]) -> Option<PathBuf> {
    let found = candidates.iter().map(PathBuf::from).find(|candidate| candidate.is_file());
    if found.is_none() {
        skip(what);
    }
    found
}

/// Says that a client is not there, and fails where it has to be.
#[track_caller]
#[expect(clippy::print_stderr, reason = "a test that is skipped must not look like one that has passed")]
fn skip(what: &str) {
    eprintln!("SKIPPED: {what} is not installed");
    assert!(std::env::var_os(REQUIRE).is_none(), "{what} is not installed, and {REQUIRE} is set");
}

/// An empty folder for a test, which stays where it is to be looked at. No two tests may give the same name.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("export_clients").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// What a program prints, which has to succeed.
#[track_caller]
pub(crate) fn output(command: &mut Command) -> String {
    output_with(command, Stdio::null())
}

/// What a program prints that is given something on standard input, and has to succeed.
#[track_caller]
pub(crate) fn output_with(command: &mut Command, stdin: Stdio) -> String {
    // Into files: a full pipe would stop the program until somebody reads.
    let outputs = tempfile::tempdir().unwrap();
    let (stdout, stderr) = (outputs.path().join("stdout"), outputs.path().join("stderr"));
    let mut child = command
        .stdin(stdin)
        .stdout(std::fs::File::create(&stdout).unwrap())
        .stderr(std::fs::File::create(&stderr).unwrap())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + TIME_LIMIT;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if Instant::now() > deadline {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("{command:?} took more than {TIME_LIMIT:?}");
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let text = |path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    assert!(status.success(), "{command:?}: {status}\n{}", text(&stderr));
    text(&stdout)
}

/// `go tool pprof`, or none when it is not installed.
#[track_caller]
pub(crate) fn go_pprof() -> Option<PathBuf> {
    program(&["go"])
}

/// What `go tool pprof` prints.
#[track_caller]
pub(crate) fn pprof(go: &Path, arguments: &[impl AsRef<OsStr>]) -> String {
    let folder = tempfile::tempdir().unwrap();
    // Otherwise it would keep what it fetches in the home folder.
    output(Command::new(go).args(["tool", "pprof"]).args(arguments).env("PPROF_TMPDIR", folder.path()))
}

/// A browser without a window, or none when it is not installed.
#[track_caller]
pub(crate) fn browser() -> Option<PathBuf> {
    program(&["chromium", "chromium-browser", "google-chrome"])
}

/// The document that a page has become after its scripts have run.
#[track_caller]
pub(crate) fn dom(browser: &Path, page: &Path) -> String {
    let data = tempfile::tempdir().unwrap();
    output(
        Command::new(browser)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            // Numbers as they are written in English.
            .arg("--lang=en-US")
            .arg("--virtual-time-budget=10000")
            .arg(format!("--user-data-dir={}", data.path().display()))
            .arg("--dump-dom")
            .arg(format!("file://{}", page.display())),
    )
}

/// A document's text with its characters as they are shown.
pub(crate) fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", "\u{a0}").replace("&amp;", "&")
}
