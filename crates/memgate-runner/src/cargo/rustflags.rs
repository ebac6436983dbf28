//! Adds a flag for rustc without losing the user's.
//!
//! Cargo takes flags from one source and ignores the others: `CARGO_ENCODED_RUSTFLAGS`, then `RUSTFLAGS`, then all
//! matching `target.*.rustflags` joined, then `build.rustflags`. So the flag goes to whichever source wins. For the
//! tables of the configuration it goes to each key that the user has already used, whether it matches or not, and to
//! `build`: which of them wins is left to cargo, and the flag is there either way.

use std::ffi::OsString;
use std::process::Command;

use serde_json::Value;

use super::Configuration;

/// What separates flags in `CARGO_ENCODED_RUSTFLAGS`.
const ENCODED_SEPARATOR: &str = "\u{1f}";

/// Adds `flag` to what `command`, a cargo, gives to rustc.
pub(super) fn add(command: &mut Command, configuration: &Configuration, target: &str, flag: &str) {
    for (name, separator) in [("CARGO_ENCODED_RUSTFLAGS", ENCODED_SEPARATOR), ("RUSTFLAGS", " ")] {
        if let Some(flags) = std::env::var_os(name) {
            command.env(name, appended(flags, separator, flag));
            return;
        }
    }
    let target_variable = format!("CARGO_TARGET_{}_RUSTFLAGS", variable_part(target));
    if let Some(flags) = std::env::var_os(&target_variable) {
        command.env(target_variable, appended(flags, " ", flag));
        return;
    }
    for (key, flags) in configuration.target_rustflags() {
        let key = format!("target.{}.rustflags", quoted(key));
        command.args(["--config", &setting(&key, Some(flags), flag)]);
    }
    command.args(["--config", &setting("build.rustflags", configuration.build_rustflags(), flag)]);
}

/// `key = flag`, as cargo merges it with the user's flags under that key: it joins arrays, takes the later of two
/// strings, and refuses an array beside a string.
fn setting(key: &str, users: Option<&Value>, flag: &str) -> String {
    match users.and_then(Value::as_str) {
        Some(flags) => format!("{key}={}", quoted(&format!("{flags} {flag}"))),
        None => format!("{key}=[\"{flag}\"]"),
    }
}

/// A triple as it stands in the names of variables.
pub(super) fn variable_part(target: &str) -> String {
    target.to_uppercase().replace(['-', '.'], "_")
}

fn appended(mut flags: OsString, separator: &str, flag: &str) -> OsString {
    if !flags.is_empty() {
        flags.push(separator);
    }
    flags.push(flag);
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
    fn flags_are_appended_and_keys_quoted() {
        assert_eq!(appended("".into(), " ", "-C"), "-C");
        assert_eq!(appended("-A".into(), " ", "-C"), "-A -C");
        assert_eq!(setting("k", None, "-C"), "k=[\"-C\"]");
        assert_eq!(setting("k", Some(&serde_json::json!(["-A"])), "-C"), "k=[\"-C\"]");
        assert_eq!(setting("k", Some(&serde_json::json!("-A \"b\"")), "-C"), "k=\"-A \\\"b\\\" -C\"");
        assert_eq!(quoted("cfg(target_os = \"linux\")"), r#""cfg(target_os = \"linux\")""#);
        assert_eq!(variable_part("wasm32-wasip1.x"), "WASM32_WASIP1_X");
    }
}
