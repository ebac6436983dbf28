//! Adds a flag for rustc without losing the user's.
//!
//! Cargo takes flags from one source and ignores the others: `CARGO_ENCODED_RUSTFLAGS`, then `RUSTFLAGS`, then all
//! matching `target.*.rustflags` joined, then `build.rustflags`. So the flag goes to whichever source wins. For the
//! tables of the configuration it goes to each key that the user has already used, whether it matches or not, and to
//! `build`: which of them wins is left to cargo, and the flag is there either way.

use std::ffi::OsString;
use std::process::Command;

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
    for key in configuration.targets_with_rustflags() {
        command.args(["--config", &format!("target.{}.rustflags=[\"{flag}\"]", quoted(key))]);
    }
    command.args(["--config", &format!("build.rustflags=[\"{flag}\"]")]);
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

/// A key of a TOML table: `cfg(target_os = "linux")` has quotes and spaces.
fn quoted(key: &str) -> String {
    format!("\"{}\"", key.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_appended_and_keys_quoted() {
        assert_eq!(appended("".into(), " ", "-C"), "-C");
        assert_eq!(appended("-A".into(), " ", "-C"), "-A -C");
        assert_eq!(quoted("cfg(target_os = \"linux\")"), r#""cfg(target_os = \"linux\")""#);
        assert_eq!(variable_part("wasm32-wasip1.x"), "WASM32_WASIP1_X");
    }
}
