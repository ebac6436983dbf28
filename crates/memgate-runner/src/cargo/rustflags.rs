//! Adds a flag for rustc without losing the user's.
//!
//! Cargo takes flags from one source and ignores the others: `CARGO_ENCODED_RUSTFLAGS`, then `RUSTFLAGS`, then all
//! matching `target.*.rustflags` joined, then `build.rustflags`. So the flag goes to whichever source wins. For the
//! tables of the configuration it goes to each key that the user has already used, whether it matches or not, and to
//! `build`: which of them wins is left to cargo, and the flag is there either way.

use std::ffi::OsString;
use std::process::Command;

use cargo_metadata::cargo_platform::{Cfg, Platform};
use serde_json::Value;

use super::configuration::words;
use super::{CargoError, Configuration};

/// What separates flags in `CARGO_ENCODED_RUSTFLAGS`.
const ENCODED_SEPARATOR: &str = "\u{1f}";

/// Adds `flags` to what `command`, a cargo, gives to rustc.
pub(super) fn add(command: &mut Command, configuration: &Configuration, target: &str, flags: &[&str]) {
    let added = flags;
    for (name, separator) in [("CARGO_ENCODED_RUSTFLAGS", ENCODED_SEPARATOR), ("RUSTFLAGS", " ")] {
        if let Some(flags) = std::env::var_os(name) {
            command.env(name, appended(flags, separator, added));
            return;
        }
    }
    let target_variable = format!("CARGO_TARGET_{}_RUSTFLAGS", variable_part(target));
    if let Some(flags) = std::env::var_os(&target_variable) {
        command.env(target_variable, appended(flags, " ", added));
        return;
    }
    for (key, flags) in configuration.target_rustflags() {
        let key = format!("target.{}.rustflags", quoted(key));
        command.args(["--config", &setting(&key, Some(flags), added)]);
    }
    command.args(["--config", &setting("build.rustflags", configuration.build_rustflags(), added)]);
}

/// The flags of the user's that decide what code the compiler makes, as far as they come from `RUSTFLAGS` and the like:
/// `-C opt-level=0`, `-C target-cpu=native`, `--cfg tokio_unstable`. Lints, debug information and linking decide no
/// numbers. `cfg` is what the compiler says of the triple; it is asked only when an answer depends on it.
///
/// # Errors
/// When the compiler does not say.
pub(super) fn deciding(
    configuration: &Configuration,
    target: &str,
    cfg: impl FnOnce() -> Result<Vec<Cfg>, CargoError>,
) -> Result<Vec<String>, CargoError> {
    let split = |flags: String, separator: &str| -> Vec<String> {
        flags.split(separator).filter(|flag| !flag.is_empty()).map(str::to_owned).collect()
    };
    for (name, separator) in [("CARGO_ENCODED_RUSTFLAGS", ENCODED_SEPARATOR), ("RUSTFLAGS", " ")] {
        if let Ok(flags) = std::env::var(name) {
            return Ok(only_deciding(split(flags, separator)));
        }
    }
    let mut flags = Vec::new();
    let mut asked = Some(cfg);
    let mut known: Vec<Cfg> = Vec::new();
    for (key, value) in configuration.target_rustflags() {
        let applies = match key.parse() {
            Ok(Platform::Cfg(expression)) => {
                if let Some(cfg) = asked.take() {
                    known = cfg()?;
                }
                expression.matches(&known)
            }
            _ => key == target,
        };
        if applies {
            flags.extend(words(value));
        }
    }
    let variable = |name: String| split(std::env::var(name).unwrap_or_default(), " ");
    flags.extend(variable(format!("CARGO_TARGET_{}_RUSTFLAGS", variable_part(target))));
    if flags.is_empty() {
        flags.extend(configuration.build_rustflags().map(words).unwrap_or_default());
        flags.extend(variable("CARGO_BUILD_RUSTFLAGS".to_owned()));
    }
    Ok(only_deciding(flags))
}

fn only_deciding(flags: Vec<String>) -> Vec<String> {
    /// Options of `-C` that change how code is found, linked or described, and not what it does.
    const INDIFFERENT: [&str; 15] = [
        "debuginfo",
        "extra-filename",
        "force-frame-pointers",
        "incremental",
        "link-arg",
        "link-args",
        "link-self-contained",
        "linker",
        "linker-flavor",
        "metadata",
        "remark",
        "save-temps",
        "split-debuginfo",
        "strip",
        "symbol-mangling-version",
    ];
    let mut deciding = Vec::new();
    let mut flags = flags.into_iter();
    while let Some(flag) = flags.next() {
        let (kind, attached) = match flag.as_str() {
            "-C" | "--codegen" => ("-C", flags.next().unwrap_or_default()),
            "-Z" => ("-Z", flags.next().unwrap_or_default()),
            "--cfg" => ("--cfg", flags.next().unwrap_or_default()),
            _ => match flag.split_at_checked(2) {
                Some(("-C", option)) => ("-C", option.to_owned()),
                Some(("-Z", option)) => ("-Z", option.to_owned()),
                _ => match flag.split_once('=') {
                    Some(("--codegen", option)) => ("-C", option.to_owned()),
                    Some(("--cfg", option)) => ("--cfg", option.to_owned()),
                    _ => continue,
                },
            },
        };
        let name = attached.split('=').next().unwrap_or_default().replace('_', "-");
        if !(kind == "-C" && INDIFFERENT.contains(&name.as_str())) {
            deciding.push(format!("{kind} {attached}"));
        }
    }
    deciding
}

/// `key = flags`, as cargo merges it with the user's flags under that key: it joins arrays, takes the later of two
/// strings, and refuses an array beside a string.
fn setting(key: &str, users: Option<&Value>, added: &[&str]) -> String {
    match users.and_then(Value::as_str) {
        Some(flags) => format!("{key}={}", quoted(&format!("{flags} {}", added.join(" ")))),
        None => {
            let added: Vec<String> = added.iter().map(|flag| quoted(flag)).collect();
            format!("{key}=[{}]", added.join(","))
        }
    }
}

/// A triple as it stands in the names of variables.
pub(super) fn variable_part(target: &str) -> String {
    target.to_uppercase().replace(['-', '.'], "_")
}

fn appended(mut flags: OsString, separator: &str, added: &[&str]) -> OsString {
    for flag in added {
        if !flags.is_empty() {
            flags.push(separator);
        }
        flags.push(flag);
    }
    flags
}

/// A string or a key in TOML: `cfg(target_os = "linux")` has quotes and spaces.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_decides_numbers_is_kept() {
        let line = "-D warnings -Copt-level=0 -C target-cpu=native --cfg tokio_unstable -Clink-arg=-fuse-ld=lld \
                    --codegen=lto -C debuginfo=2 -Zthreads=8 -A dead_code --cfg=loom -Cforce_frame_pointers=yes";
        let flags = only_deciding(line.split_whitespace().map(str::to_owned).collect());
        let expected = [
            "-C opt-level=0",
            "-C target-cpu=native",
            "--cfg tokio_unstable",
            "-C lto",
            "-Z threads=8",
            "--cfg loom",
        ];
        assert_eq!(flags, expected);
    }

    #[test]
    fn flags_are_appended_and_keys_quoted() {
        assert_eq!(appended("".into(), " ", &["-C", "-D"]), "-C -D");
        assert_eq!(appended("-A".into(), " ", &["-C"]), "-A -C");
        assert_eq!(setting("k", None, &["-C", "-D"]), "k=[\"-C\",\"-D\"]");
        assert_eq!(setting("k", Some(&serde_json::json!(["-A"])), &["-C"]), "k=[\"-C\"]");
        assert_eq!(
            setting("k", Some(&serde_json::json!("-A \"b\"")), &["-C", "-D"]),
            "k=\"-A \\\"b\\\" -C -D\""
        );
        assert_eq!(quoted("cfg(target_os = \"linux\")"), r#""cfg(target_os = \"linux\")""#);
        assert_eq!(variable_part("wasm32-wasip1.x"), "WASM32_WASIP1_X");
    }
}
