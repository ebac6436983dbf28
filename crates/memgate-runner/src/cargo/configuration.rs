//! Cargo's configuration, merged by cargo itself: what is needed of it to add flags without losing the user's.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use cargo_metadata::cargo_platform::{Cfg, Platform};
use serde_json::Value;

use super::CargoError;
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

    /// What `target.*` tables set rustflags to, by their keys: triples and `cfg(…)` expressions, matching or not.
    pub(super) fn target_rustflags(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.targets().filter_map(|(key, table)| Some((key, table.get("rustflags")?)))
    }

    /// `build.rustflags`, a string or an array.
    pub(super) fn build_rustflags(&self) -> Option<&Value> {
        self.root.pointer("/build/rustflags")
    }

    fn targets(&self) -> impl Iterator<Item = (&str, &Value)> {
        let targets = self.root.get("target").and_then(Value::as_object).into_iter().flatten();
        targets.map(|(key, table)| (key.as_str(), table))
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

    /// `target.<triple>.runner`, or else that of a `cfg(…)` that holds, in words. `cfg` is what the compiler says of the
    /// triple; it is asked only when an answer depends on it.
    ///
    /// # Errors
    /// When the compiler does not say.
    pub(super) fn runner(
        &self,
        triple: &str,
        cfg: impl FnOnce() -> Result<Vec<Cfg>, CargoError>,
    ) -> Result<Vec<String>, CargoError> {
        let runners: Vec<(&str, &Value)> =
            self.targets().filter_map(|(key, table)| Some((key, table.get("runner")?))).collect();
        if let Some((_, runner)) = runners.iter().find(|(key, _)| *key == triple) {
            return Ok(words(runner));
        }
        let expressions = runners.iter().filter_map(|(key, runner)| {
            let Ok(Platform::Cfg(expression)) = key.parse() else { return None };
            Some((expression, *runner))
        });
        let expressions: Vec<_> = expressions.collect();
        if expressions.is_empty() {
            return Ok(Vec::new());
        }
        let cfg = cfg()?;
        let runner = expressions.iter().find(|(expression, _)| expression.matches(&cfg));
        Ok(runner.map(|(_, runner)| words(runner)).unwrap_or_default())
    }

    /// The `[env]` table. Relative values are taken from the workspace's root, since cargo does not say which file
    /// they come from.
    pub(super) fn environment(&self, root: &Path) -> BTreeMap<String, EnvironmentValue> {
        let table = self.root.get("env").and_then(Value::as_object).into_iter().flatten();
        table.filter_map(|(name, value)| Some((name.clone(), EnvironmentValue::of(value, root)?))).collect()
    }
}

/// A command line as cargo takes it: one string, or an array of words.
pub(super) fn words(value: &Value) -> Vec<String> {
    match value {
        Value::String(line) => line.split_whitespace().map(str::to_owned).collect(),
        Value::Array(words) => words.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
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
                "target": {
                    "cfg(unix)": {"rustflags": []},
                    "cfg(target_os = \"x\")": {"runner": ["with", "two words"]},
                    "t": {"runner": "qemu -L /x"}
                }
            }),
        };
        assert_eq!(configuration.target_rustflags().map(|(key, _)| key).collect::<Vec<_>>(), ["cfg(unix)"]);
        assert_eq!(configuration.build_target(), Some("t"));
        assert_eq!(configuration.build_rustc(), Some("my-rustc"));
        let runner =
            |target: &str, cfg: &str| configuration.runner(target, || Ok(vec![cfg.parse().unwrap()]));
        assert_eq!(runner("t", "unix").unwrap(), ["qemu", "-L", "/x"]);
        assert_eq!(runner("u", "target_os=\"x\"").unwrap(), ["with", "two words"]);
        assert_eq!(runner("u", "unix").unwrap(), [""; 0]);
        let environment = configuration.environment(Path::new("/root"));
        assert_eq!(environment["A"], EnvironmentValue { value: "1".into(), force: false });
        assert_eq!(environment["B"], EnvironmentValue { value: "/root/x".into(), force: true });
        assert_eq!(Configuration::default().build_target(), None);
    }
}
