//! Cargo's configuration, merged by cargo itself: what is needed of it to add flags without losing the user's.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::program::cargo;

/// Cargo's merged configuration, without what environment variables override.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    root: Value,
}

impl Configuration {
    /// Asks cargo, as it would see things from a folder. Empty when cargo can't say: `cargo config` is unstable, and
    /// without it only flags of the user's in `target.*` tables would keep ours from being added.
    ///
    /// `RUSTC_BOOTSTRAP` lets a stable cargo answer; nothing is built with it set.
    #[must_use]
    pub fn load(folder: &Path) -> Self {
        let output = Command::new(cargo())
            .args(["-Zunstable-options", "config", "get", "--format", "json"])
            .env("RUSTC_BOOTSTRAP", "1")
            .current_dir(folder)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output();
        let root = output.ok().and_then(|output| serde_json::from_slice(&output.stdout).ok());
        Self { root: root.unwrap_or_default() }
    }

    /// The keys of `target.*` tables that set rustflags: triples and `cfg(…)` expressions, matching or not.
    pub(super) fn targets_with_rustflags(&self) -> impl Iterator<Item = &str> {
        let targets = self.root.get("target").and_then(Value::as_object).into_iter().flatten();
        targets.filter(|(_, table)| table.get("rustflags").is_some()).map(|(key, _)| key.as_str())
    }

    /// `build.target`, when it is one triple.
    pub(super) fn build_target(&self) -> Option<&str> {
        match self.root.pointer("/build/target")? {
            Value::String(target) => Some(target),
            Value::Array(targets) => targets.first().filter(|_| targets.len() == 1)?.as_str(),
            _ => None,
        }
    }

    /// `build.rustc`.
    pub(super) fn build_rustc(&self) -> Option<&str> {
        self.root.pointer("/build/rustc")?.as_str()
    }

    /// `target.<triple>.runner`, in words.
    pub(super) fn runner(&self, triple: &str) -> Vec<String> {
        let runner = self.root.get("target").and_then(|targets| targets.get(triple)?.get("runner"));
        match runner {
            Some(Value::String(line)) => line.split_whitespace().map(str::to_owned).collect(),
            Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    }

    /// The `[env]` table. Relative values are taken from the workspace's root, since cargo does not say which file
    /// they come from.
    pub(super) fn environment(&self, root: &Path) -> BTreeMap<String, EnvironmentValue> {
        let table = self.root.get("env").and_then(Value::as_object).into_iter().flatten();
        table.filter_map(|(name, value)| Some((name.clone(), EnvironmentValue::of(value, root)?))).collect()
    }
}

/// One variable of the `[env]` table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EnvironmentValue {
    pub(super) value: String,
    /// Whether it wins over a variable that is set already.
    pub(super) force: bool,
}

impl EnvironmentValue {
    fn of(value: &Value, root: &Path) -> Option<Self> {
        if let Value::String(value) = value {
            return Some(Self { value: value.clone(), force: false });
        }
        let is_set = |key: &str| value.get(key).and_then(Value::as_bool).unwrap_or(false);
        let text = value.get("value")?.as_str()?;
        let value = if is_set("relative") { root.join(text).display().to_string() } else { text.to_owned() };
        Some(Self { value, force: is_set("force") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_merged_configuration_is_read() {
        let configuration = Configuration {
            root: serde_json::json!({
                "build": {"target": ["t"], "rustc": "my-rustc"},
                "env": {"A": "1", "B": {"value": "x", "relative": true, "force": true}},
                "target": {"cfg(unix)": {"rustflags": []}, "t": {"runner": "qemu -L /x"}}
            }),
        };
        assert_eq!(configuration.targets_with_rustflags().collect::<Vec<_>>(), ["cfg(unix)"]);
        assert_eq!(configuration.build_target(), Some("t"));
        assert_eq!(configuration.build_rustc(), Some("my-rustc"));
        assert_eq!(configuration.runner("t"), ["qemu", "-L", "/x"]);
        let environment = configuration.environment(Path::new("/root"));
        assert_eq!(environment["A"], EnvironmentValue { value: "1".into(), force: false });
        assert_eq!(environment["B"], EnvironmentValue { value: "/root/x".into(), force: true });
        assert_eq!(Configuration::default().build_target(), None);
    }
}
