//! What cargo's settings come to: for which triple it compiles, with which flags, by which compiler.
//!
//! Cargo itself is asked: it builds an empty package with a build script, where the workspace is and with its settings, and
//! tells that script. That is documented, unlike where and how it keeps what it has resolved. Rejected: reading the merged
//! settings and resolving them here, since each rule of cargo's that is missing here (`host-tuple`, `cfg(…)`, `[host]`,
//! which source wins) makes baselines lie about what they were measured with; and having cargo name the compiler's command
//! lines, which it only does for what it compiles just then.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use cargo_metadata::Message;
use cargo_metadata::diagnostic::DiagnosticLevel;
use memgate_report::format::brief;

use super::program::rustc_says;
use super::wrappers::{VARIABLES, Wrapper};
use super::{CargoError, CargoOptions, Workspace, rustflags};
use crate::process::ask;
use crate::store::write_atomically;

/// What cargo's settings come to in a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The triple that is compiled for.
    pub target: String,
    /// The user's flags for the compiler, as cargo hands them to it, with those of files of arguments.
    pub rustflags: Vec<String>,
    /// The compiler's release with commit and date: `1.95.0 (59807616e 2026-04-14)`.
    pub rustc_version: String,
    /// The compiler's installation, for the libraries that come with it.
    pub sysroot: PathBuf,
    /// The compiler.
    pub(super) rustc: OsString,
    /// What is started in its place and may change what is compiled, in this order.
    pub(super) wrappers: Vec<Wrapper>,
    /// Cargo, as it names itself to what it starts.
    pub(super) cargo: OsString,
}

/// The files of the package that asks. A workspace of its own, or cargo would look for one above it.
const FILES: [(&str, &str); 3] = [
    (
        "Cargo.toml",
        "[package]\nname = \"memgate-settings\"\nversion = \"0.0.0\"\nedition = \"2021\"\nbuild = \"build.rs\"\n\
         [lib]\npath = \"lib.rs\"\n[workspace]\n",
    ),
    ("build.rs", include_str!("templates/build_script.rs")),
    // Targets without a standard library are targets, too.
    ("lib.rs", "#![no_std]\n"),
];

/// What separates flags in `CARGO_ENCODED_RUSTFLAGS`.
const SEPARATOR: &str = "\u{1f}";

impl Settings {
    /// Asks cargo.
    ///
    /// # Errors
    /// When cargo can't say, the settings name several targets and the options none, the profile is defined nowhere, or the compiler can't be
    /// started.
    pub fn ask(workspace: &Workspace, options: &CargoOptions) -> Result<Self, CargoError> {
        workspace.require_profile(options)?;
        let mut answers = ask_cargo(workspace, options)?;
        let targets: Vec<String> = answers.keys().cloned().collect();
        let (Some((target, facts)), true) = (answers.pop_first(), answers.is_empty()) else {
            return Err(CargoError::SeveralTargets(targets));
        };
        let fact = |name: &str| facts.get(name).cloned().unwrap_or_default();
        let rustc = OsString::from(fact("RUSTC"));
        let version = rustc_says(&rustc, workspace.root(), &["-V"])?;
        Ok(Self {
            target,
            rustflags: rustflags::expanded(split(&fact("CARGO_ENCODED_RUSTFLAGS")), workspace.root()),
            rustc_version: version.trim().trim_start_matches("rustc ").to_owned(),
            sysroot: rustc_says(&rustc, workspace.root(), &["--print", "sysroot"])?.trim().into(),
            wrappers: VARIABLES
                .map(|variable| Wrapper { variable, program: fact(variable) })
                .into_iter()
                .filter(Wrapper::decides)
                .collect(),
            rustc,
            cargo: fact("CARGO").into(),
        })
    }

    /// Of what reaches the compiler, besides the profile, what decides numbers; `of_profile` are the profile's own flags, which come
    /// after all others.
    pub(crate) fn deciding(&self, of_profile: &[String]) -> Vec<String> {
        let flags: Vec<String> = self.rustflags.iter().chain(of_profile).cloned().collect();
        let wrappers = self.wrappers.iter().map(ToString::to_string);
        rustflags::deciding(&flags).into_iter().chain(wrappers).collect()
    }

    /// The value of `CARGO_ENCODED_RUSTFLAGS` with which cargo gives the compiler the user's flags and others.
    ///
    /// That variable wins over all other sources of flags, which are in it already: cargo joins none of them.
    pub(super) fn encoded_with(&self, added: &[&str]) -> String {
        let users = self.rustflags.iter().map(String::as_str);
        users.chain(added.iter().copied()).collect::<Vec<_>>().join(SEPARATOR)
    }
}

fn split(encoded: &str) -> Vec<String> {
    encoded.split(SEPARATOR).filter(|flag| !flag.is_empty()).map(str::to_owned).collect()
}

/// What the build script was told, by the triple that it was run for.
type Answers = BTreeMap<String, BTreeMap<String, String>>;

fn ask_cargo(workspace: &Workspace, options: &CargoOptions) -> Result<Answers, CargoError> {
    // Apart from what is built, or cargo would wait until somebody else's build is done.
    let folder = workspace.target_folder().join("settings");
    let package = folder.join("package");
    for (name, text) in FILES {
        write_if_other(&package.join(name), text)?;
    }
    let mut command = options.cargo();
    // Cargo looks for settings where it is started. Of several targets one may not build, and all of them are to be heard.
    command.current_dir(workspace.root());
    command.args(["check", "--quiet", "--keep-going", "--message-format", "json"]);
    command.arg("--manifest-path").arg(package.join("Cargo.toml"));
    command.args(workspace.place_flags(&folder));
    if let Some(target) = &options.target {
        command.args(["--target", target]);
    }
    // The lock file of the workspace is not this package's.
    if options.offline {
        command.arg("--offline");
    }
    let output =
        ask(command).map_err(|problem| CargoError::Start { program: "cargo".to_owned(), problem })?;
    let answers = answers(&output.stdout)?;
    // Without a core library for the target the package does not build, but its script has been run. What is to be measured
    // will not build either, and cargo will say why.
    if answers.is_empty() {
        let cargos = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        let compilers = compiler_errors(&output.stdout);
        return Err(CargoError::Settings(
            compilers.into_iter().chain([cargos]).collect::<Vec<_>>().join("\n"),
        ));
    }
    Ok(answers)
}

/// The beginning of what the compiler says is wrong, such as a linker that is missing: cargo itself says only that something is.
fn compiler_errors(stdout: &[u8]) -> Vec<String> {
    const MOST_LINES: usize = 12;
    let messages = Message::parse_stream(Cursor::new(stdout)).flatten();
    let errors = messages.filter_map(|message| match message {
        Message::CompilerMessage(message) if message.message.level == DiagnosticLevel::Error => {
            Some(message.message.rendered.unwrap_or(message.message.message))
        }
        _ => None,
    });
    let lines = errors.flat_map(|text| text.lines().map(brief).collect::<Vec<_>>());
    lines.filter(|line| !line.trim().is_empty()).take(MOST_LINES).collect()
}

fn write_if_other(path: &Path, text: &str) -> Result<(), CargoError> {
    // What is written is newer, and would be compiled again.
    if std::fs::read(path).is_ok_and(|bytes| bytes == text.as_bytes()) {
        return Ok(());
    }
    write_atomically(path, text)
        .map_err(|problem| CargoError::TargetFolder { path: path.to_path_buf(), problem })
}

fn answers(stdout: &[u8]) -> Result<Answers, CargoError> {
    let wrong = |problem: String| CargoError::Answer { source_name: "cargo check", problem };
    let mut answers = Answers::new();
    for message in Message::parse_stream(Cursor::new(stdout)) {
        let Message::BuildScriptExecuted(script) = message.map_err(|error| wrong(error.to_string()))? else {
            continue;
        };
        let facts = script.env.iter().filter_map(|(name, digits)| {
            Some((name.strip_prefix("MEMGATE_")?.to_owned(), from_digits(digits)?))
        });
        let mut facts: BTreeMap<String, String> = facts.collect();
        if let Some(target) = facts.remove("TARGET") {
            answers.insert(target, facts);
        }
    }
    Ok(answers)
}

fn from_digits(digits: &str) -> Option<String> {
    let pairs = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
    let bytes = pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect::<Option<Vec<u8>>>()?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_compiler_says_is_said() {
        let rendered =
            format!("error: linker `link.exe` not found\\n  |\\n  = note: {}\\n\\n", "x".repeat(1_000));
        let of = |level: &str| {
            format!(
                "{{\"reason\":\"compiler-message\",\"package_id\":\"p\",\"manifest_path\":\"/m\",\"target\":{{\"kind\":[\"bin\"],\
                 \"crate_types\":[\"bin\"],\"name\":\"b\",\"src_path\":\"/b\",\"edition\":\"2021\",\"doc\":false,\"doctest\":false,\
                 \"test\":false}},\"message\":{{\"rendered\":\"{rendered}\",\"children\":[],\"code\":null,\"level\":\"{level}\",\
                 \"message\":\"m\",\"spans\":[]}}}}\n"
            )
        };
        let errors = compiler_errors(format!("{}{}", of("warning"), of("error").repeat(9)).as_bytes());
        assert_eq!(errors[..2], ["error: linker `link.exe` not found", "  |"]);
        assert!(errors.len() == 12 && errors[2].len() < 300, "{errors:?}");
        assert_eq!(compiler_errors(b"{}"), [""; 0]);
    }

    #[test]
    fn each_target_has_an_answer() {
        let line = |target: &str| {
            let digits = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
            format!(
                "{{\"reason\":\"build-script-executed\",\"package_id\":\"p\",\"linked_libs\":[],\"linked_paths\":[],\
                 \"cfgs\":[],\"env\":[[\"MEMGATE_TARGET\",\"{}\"],[\"MEMGATE_CARGO_ENCODED_RUSTFLAGS\",\"{}\"]],\
                 \"out_dir\":\"/o\"}}\n",
                digits(target),
                digits("--cfg\u{1f}a=\"b c\"\n")
            )
        };
        let answers = answers(format!("{}{}{}", line("x"), line("y"), line("x")).as_bytes()).unwrap();
        assert_eq!(answers.keys().collect::<Vec<_>>(), ["x", "y"]);
        assert_eq!(split(&answers["x"]["CARGO_ENCODED_RUSTFLAGS"]), ["--cfg", "a=\"b c\"\n"]);
        assert_eq!(split(""), [""; 0]);
        assert_eq!(from_digits("4"), Some("\u{4}".into()));
        assert_eq!(from_digits("zz"), None);
    }
}
