//! `cargo xtask memgate`: builds the tool where it has to, and starts it.
//!
//! The tool is a program of its own (`memgate.rs`), so that this one is there in a second, and cargo shows what takes longer.

use std::ffi::OsString;
use std::process::ExitCode;

/// Where this program itself was built with the tool, such as for its feature `github`, that is what runs.
#[cfg(feature = "memgate-runner")]
pub(crate) fn memgate(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    memgate_runner::run("cargo xtask memgate", arguments)
}

/// Builds the tool and runs it.
#[cfg(not(feature = "memgate-runner"))]
pub(crate) fn memgate(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    separate::run(arguments).unwrap_or_else(|problem| {
        separate::say(format!("error: failed to start the tool: {problem}\n").as_bytes());
        ExitCode::from(101)
    })
}

#[cfg(not(feature = "memgate-runner"))]
mod separate {
    use std::ffi::{OsStr, OsString};
    use std::io::{BufReader, IsTerminal, Read, Result, Write};
    use std::process::{Command, ExitCode, ExitStatus, Stdio};

    const NAME: &str = "xtask-memgate";
    /// What takes the rest of a terminal's line away.
    const ERASE: &[u8] = b"\x1b[K";

    pub(super) fn run(arguments: impl Iterator<Item = OsString>) -> Result<ExitCode> {
        let launcher = std::env::current_exe()?;
        let tool = launcher.with_file_name(format!("{NAME}{}", std::env::consts::EXE_SUFFIX));
        if !tool.exists() {
            say(b"    Building memgate's tool, once: about a minute\n");
        }
        let folder = launcher.parent().and_then(|folder| folder.file_name()).unwrap_or_default();
        let built = build(folder)?;
        if !built.success() {
            return Ok(code(built));
        }
        let mut command = Command::new(tool);
        command.args(arguments);
        // In place of this process, where that can be: then signals are the tool's.
        #[cfg(unix)]
        return Err(std::os::unix::process::CommandExt::exec(&mut command));
        #[cfg(not(unix))]
        return command.status().map(code);
    }

    /// Has cargo build the tool beside this program, and passes on what it says, but for the line that says it is done.
    fn build(folder: &OsStr) -> Result<ExitStatus> {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")]);
        cargo.args(["--bin", NAME, "--features", "memgate-runner", "--profile"]);
        cargo.arg(if folder == "debug" { OsStr::new("dev") } else { folder });
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        // What takes time to build: lines, which a backtrace has its names without, and what is done after a panic, which would be a
        // fault of the tool's. What is left of a tool that ends in the middle is ended and removed however it ended.
        for (name, value) in [("CARGO_PROFILE_DEV_DEBUG", "0"), ("CARGO_PROFILE_DEV_PANIC", "abort")] {
            if !is_set(name) {
                cargo.env(name, value);
            }
        }
        let is_dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
        if cfg!(unix) && std::io::stderr().is_terminal() && !is_dumb {
            // Cargo sees a pipe, and would show neither colours nor its bar.
            for (name, value, unless) in [
                ("CARGO_TERM_COLOR", "always", "NO_COLOR"),
                ("CARGO_TERM_PROGRESS_WIDTH", "79", "CI"),
                ("CARGO_TERM_PROGRESS_WHEN", "always", "CI"),
            ] {
                if !is_set(name) && !is_set(unless) {
                    cargo.env(name, value);
                }
            }
        }
        let mut cargo = cargo.stderr(Stdio::piped()).spawn()?;
        let mut line = Vec::new();
        for byte in cargo.stderr.take().into_iter().flat_map(|stderr| BufReader::new(stderr).bytes()) {
            line.push(byte?);
            // A bar ends with a carriage return, and is taken away by what begins the next line.
            if line.ends_with(b"\n") || line.ends_with(b"\r") {
                let is_end = String::from_utf8_lossy(&line).contains("    Finished");
                say(match line.starts_with(ERASE) {
                    _ if !is_end => &line,
                    true => ERASE,
                    false => b"",
                });
                line.clear();
            }
        }
        say(&line);
        cargo.wait()
    }

    pub(super) fn say(bytes: &[u8]) {
        // With standard error closed there is nobody to tell.
        let _ = std::io::stderr().write_all(bytes);
    }

    fn code(status: ExitStatus) -> ExitCode {
        ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(101))
    }
}
