//! A Cargo project of its own, in a temporary folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const REPOSITORY: &str = env!("CARGO_MANIFEST_DIR");

/// A project, until it is dropped.
pub(crate) struct Project {
    name: &'static str,
    folder: tempfile::TempDir,
}

impl Project {
    /// Writes a project. In its files, `REPOSITORY` stands for the folder of this repository. What has the same name is built into the same
    /// target folder.
    pub(crate) fn new(name: &'static str, files: &[(&str, &str)]) -> Self {
        let project = Self { name, folder: tempfile::tempdir().unwrap() };
        for (path, text) in files {
            project.write(path, &text.replace("REPOSITORY", REPOSITORY));
        }
        // The versions of this repository: nothing has to be looked up.
        std::fs::copy(Path::new(REPOSITORY).join("Cargo.lock"), project.path("Cargo.lock")).unwrap();
        project
    }

    /// A place in the project.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Writes a file, and the folders that it lies in.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Runs cargo with the words of a line, without what whoever runs the tests has set, and gives what it printed. Words before it that
    /// have a `=` are variables.
    pub(crate) fn cargo(&self, line: &str) -> (Output, String) {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            let disturbs =
                ["CARGO_PROFILE_", "CARGO_ENCODED", "MEMGATE_", "RUSTFLAGS", "RUST_BACKTRACE", "NEXTEST"];
            if disturbs.iter().any(|prefix| name.starts_with(prefix)) {
                cargo.env_remove(name);
            }
        }
        let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(self.name);
        cargo
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_TERM_COLOR", "never");
        let mut words = line.split(' ').peekable();
        while let Some((name, value)) = words.peek().and_then(|word| word.split_once('=')) {
            cargo.env(name, value);
            words.next();
        }
        let output = cargo.args(words).current_dir(self.folder.path()).output().unwrap();
        let text = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        (output, text.concat())
    }
}
