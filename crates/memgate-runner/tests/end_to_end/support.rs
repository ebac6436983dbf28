//! Projects to run the tool in.
//!
//! A project lies at a place that is the same in every run of the tests, and all of them share two target folders: what
//! they have in common is compiled once or twice, nothing piles up, and what a failed test has left can be looked at.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::thread::ThreadId;
#[cfg(unix)]
use std::time::{Duration, Instant};

use crate::finished::Finished;

/// A Cargo workspace outside of this repository.
pub(crate) struct Project {
    root: PathBuf,
    target_folder: PathBuf,
}

/// A package of a [`Project`], in the folder of its name.
pub(crate) struct Package {
    name: String,
    manifest: String,
    files: Vec<(String, String)>,
}

/// What every project shares, whatever it is about. Optimising would take time, and change nothing that is asserted.
const PROFILES: &str = "[profile.bench]\nopt-level = 0\n[profile.dev]\ndebug = 0\n";

/// Stands for [`Project::version`] in the manifest of a [`Package`].
const VERSION_OF_ITS_PROJECT: &str = "0.1.0-of-its-project";

/// Variables that whoever runs the tests may have set, and that would change what the tool does.
const DISTURBING: [&str; 11] = [
    "CARGO_BUILD_",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_PROFILE_",
    "CARGO_TARGET_",
    "CARGO_TERM_",
    "CI",
    "MEMGATE_",
    "NO_COLOR",
    "RUSTC_",
    "RUSTFLAGS",
    "RUST_BACKTRACE",
];

impl Package {
    /// A library that can use memgate in its bench targets.
    pub(crate) fn new(name: &str) -> Self {
        Self::without_memgate(name)
            .manifest(&format!("[dev-dependencies]\nmemgate = {{ path = {:?} }}\n", repository()))
    }

    /// A library that knows nothing of memgate.
    pub(crate) fn without_memgate(name: &str) -> Self {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"{VERSION_OF_ITS_PROJECT}\"\nedition = \"2024\"\nautobenches = false\n"
        );
        Self { name: name.to_owned(), manifest, files: Vec::new() }.file("src/lib.rs", "")
    }

    /// Adds to its manifest.
    pub(crate) fn manifest(mut self, text: &str) -> Self {
        self.manifest += text;
        self
    }

    /// A bench target with a `main` of its own.
    pub(crate) fn bench(self, name: &str, source: &str) -> Self {
        self.manifest(&format!("[[bench]]\nname = \"{name}\"\nharness = false\n"))
            .file(&format!("benches/{name}.rs"), source)
    }

    /// The edition that it is written in.
    pub(crate) fn edition(mut self, edition: &str) -> Self {
        self.manifest = self.manifest.replace("edition = \"2024\"", &format!("edition = \"{edition}\""));
        self
    }

    /// A version that other projects have as well.
    pub(crate) fn version(mut self, version: &str) -> Self {
        self.manifest = self.manifest.replace(VERSION_OF_ITS_PROJECT, version);
        self
    }

    /// A file; its path is relative to the package.
    pub(crate) fn file(mut self, path: &str, text: &str) -> Self {
        self.files.push((path.to_owned(), text.to_owned()));
        self
    }
}

impl Project {
    /// Writes a project. No two tests may give the same name, since they run side by side.
    pub(crate) fn new(name: &str, packages: impl IntoIterator<Item = Package>) -> Self {
        take(name);
        let project = Self { root: all_projects().join(name), target_folder: target_folder() };
        if project.root.exists() {
            std::fs::remove_dir_all(&project.root).unwrap();
        }
        let mut members = Vec::new();
        let version = project.version();
        for package in packages {
            for (path, text) in &package.files {
                project.write(format!("{}/{path}", package.name), text);
            }
            let manifest = package.manifest.replace(VERSION_OF_ITS_PROJECT, &version);
            project.write(format!("{}/Cargo.toml", package.name), manifest);
            members.push(package.name);
        }
        project
            .write("Cargo.toml", format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n{PROFILES}"));
        // The versions of this repository: nothing else has to be looked up or downloaded.
        std::fs::copy(repository().join("Cargo.lock"), project.path("Cargo.lock")).unwrap();
        project
    }

    /// The version of its packages, which no other project has: for cargo, packages of one name and version at one place of
    /// their workspaces are the same one in a target folder, and a test would find there what another has just compiled.
    pub(crate) fn version(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.root.file_name().hash(&mut hasher);
        format!("0.1.{}", hasher.finish() % 1_000_000_000)
    }

    /// A place in the project.
    pub(crate) fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.join(path)
    }

    /// Where cargo builds it.
    pub(crate) fn target_folder(&self) -> &Path {
        &self.target_folder
    }

    /// Writes a file, and the folders that it lies in.
    pub(crate) fn write(&self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// The text of a file.
    #[track_caller]
    pub(crate) fn read(&self, path: impl AsRef<Path>) -> String {
        std::fs::read_to_string(self.path(path)).unwrap()
    }

    /// Replaces a text that must be in a file.
    #[track_caller]
    pub(crate) fn replace(&self, path: impl AsRef<Path>, old: &str, new: &str) {
        let text = self.read(&path);
        assert!(text.contains(old), "{old:?} is not in {}:\n{text}", path.as_ref().display());
        self.write(path, text.replace(old, new));
    }

    /// Runs the tool with the words of a line.
    pub(crate) fn memgate(&self, line: &str) -> Finished {
        self.memgate_words(line.split_whitespace())
    }

    /// Runs the tool with words that have spaces in them.
    pub(crate) fn memgate_words(&self, words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Finished {
        Finished::of(self.tool().args(words))
    }

    /// The tool, to be given arguments.
    pub(crate) fn tool(&self) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_cargo-memgate"));
        // As cargo calls it.
        command.arg("memgate");
        command
    }

    /// Cargo, to be given arguments.
    pub(crate) fn cargo(&self) -> Command {
        self.command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }

    /// Any program in the project's folder, without what whoever runs the tests has set.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        #[cfg(unix)]
        hear_signals();
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if DISTURBING.iter().any(|disturbing| name.starts_with(disturbing)) {
                command.env_remove(name);
            }
        }
        command.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target_folder);
        command
    }

    /// Every baseline file with its bytes, by its path below `baselines`. What is removed meanwhile, as by the supervisor of a
    /// tool that was killed, is none.
    pub(crate) fn baselines(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut waiting = vec![self.path("baselines")];
        while let Some(folder) = waiting.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    waiting.push(path);
                } else {
                    let bytes = match std::fs::read(&path) {
                        Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                        bytes => bytes.unwrap(),
                    };
                    files.insert(path.strip_prefix(self.path("baselines")).unwrap().to_path_buf(), bytes);
                }
            }
        }
        files
    }

    /// The path of the baseline of a bench target on the only triple that has one, relative to the project.
    #[track_caller]
    pub(crate) fn baseline_path(&self, package: &str, bench_target: &str) -> PathBuf {
        let end = Path::new(package).join(format!("{bench_target}.json"));
        let baselines = self.baselines();
        let path = baselines.keys().find(|path| path.ends_with(&end));
        Path::new("baselines").join(path.unwrap_or_else(|| panic!("{} is not there", end.display())))
    }
}

/// Notes that a name is the calling test's.
///
/// # Panics
/// When it is another test's.
#[track_caller]
fn take(name: &str) {
    static TAKEN: Mutex<BTreeMap<String, ThreadId>> = Mutex::new(BTreeMap::new());
    let own = std::thread::current().id();
    let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    let first = *taken.entry(name.to_owned()).or_insert(own);
    assert_eq!(first, own, "another test has a project of the name {name:?}");
}

/// The root of the repository whose memgate is tested.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_path_buf()
}

/// Those whose projects depend on much, which is compiled in one of the folders.
const MODULES_WITH_MUCH_TO_COMPILE: [&str; 7] =
    ["coverage", "criterion", "divan", "init", "life", "selftest", "times"];

/// The target folder that the projects of the test which runs here share with those of others. There are two, since cargo builds one
/// thing at a time in a folder, and the tests would mostly wait for each other.
fn target_folder() -> PathBuf {
    // The test's, with its module; with one thread for all tests there is nobody to wait for.
    let thread = std::thread::current();
    let module = thread.name().and_then(|name| Some(name.split_once("::")?.0));
    let name = match module {
        Some(module) if !MODULES_WITH_MUCH_TO_COMPILE.contains(&module) => "end_to_end_small",
        _ => "end_to_end",
    };
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Where the projects are: not inside of this repository, since cargo looks for settings in every folder above.
fn all_projects() -> PathBuf {
    let mut hasher = DefaultHasher::new();
    env!("CARGO_TARGET_TMPDIR").hash(&mut hasher);
    // Without links, since cargo would see through them.
    let folder = std::env::temp_dir().canonicalize().unwrap();
    folder.join(format!("memgate-end-to-end-{:016x}", hasher.finish()))
}

/// Whether a process has ended, or does so within moments; whether anybody has asked for its status does not matter.
/// A signal may have been sent and not have arrived yet.
#[cfg(unix)]
pub(crate) fn has_ended(id: &str) -> bool {
    let deadline = Instant::now() + Duration::from_secs(10);
    while Instant::now() < deadline {
        let state = state(id);
        if state.is_empty() || state.starts_with('Z') {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

/// The state of a process as `ps` abbreviates it; empty when there is no such process.
#[cfg(unix)]
fn state(id: &str) -> String {
    if cfg!(target_os = "linux") {
        // Not everywhere is there a `ps`. After the name, which is in parentheses, comes the state.
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        return stat.rsplit(')').next().unwrap_or_default().trim().to_owned();
    }
    let ps = Command::new("ps").args(["-o", "stat=", "-p", id]).output().unwrap();
    String::from_utf8(ps.stdout).unwrap().trim().to_owned()
}

/// Has programs that are started here hear signals, as they would in a terminal.
///
/// A signal that is ignored here is ignored by them as well: Ctrl-C where a shell has started the tests in its background, the
/// end of the terminal with `nohup`. One that is handled here is neither: it does what it does everywhere.
#[cfg(unix)]
fn hear_signals() {
    use signal_hook::consts::signal::{SIGHUP, SIGINT, SIGQUIT};

    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        for signal in [SIGHUP, SIGINT, SIGQUIT] {
            let always = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
            signal_hook::flag::register_conditional_default(signal, always).unwrap();
        }
    });
}
