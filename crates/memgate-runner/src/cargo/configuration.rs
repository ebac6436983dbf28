//! Cargo's configuration, merged by cargo itself: what is needed of it to start a bench target as cargo would.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cargo_metadata::cargo_platform::{Cfg, Platform};
use serde_json::Value;

use super::{CargoError, CargoOptions};
use crate::process;

/// Cargo's merged configuration, without what environment variables override.
#[derive(Clone, Debug, Default)]
pub(super) struct Configuration {
    root: Value,
    /// Where cargo sees things from.
    folder: PathBuf,
    /// Which cargo is asked.
    options: CargoOptions,
}

impl Configuration {
    /// Asks cargo, as it would see things from a folder. Empty when cargo can't say: `cargo config` is unstable, and without it
    /// only runners and the `[env]` table are missed.
    ///
    /// `RUSTC_BOOTSTRAP` lets a stable cargo answer; nothing is built with it set.
    #[must_use]
    pub(super) fn load(folder: &Path, options: &CargoOptions) -> Self {
        let answer = ask(folder, options, &["--format", "json"]);
        let root = answer.and_then(|answer| serde_json::from_slice(&answer).ok());
        Self { root: root.unwrap_or_default(), folder: folder.to_owned(), options: options.clone() }
    }

    fn targets(&self) -> impl Iterator<Item = (&str, &Value)> {
        let targets = self.root.get("target").and_then(Value::as_object).into_iter().flatten();
        targets.map(|(key, table)| (key.as_str(), table))
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
        if let Some((key, runner)) = runners.iter().find(|(key, _)| *key == triple) {
            return Ok(self.runner_words(key, runner));
        }
        let expressions = runners.iter().filter_map(|(key, runner)| {
            let Ok(Platform::Cfg(expression)) = key.parse() else { return None };
            Some((expression, *key, *runner))
        });
        let expressions: Vec<_> = expressions.collect();
        if expressions.is_empty() {
            return Ok(Vec::new());
        }
        let cfg = cfg()?;
        let runner = expressions.iter().find(|(expression, ..)| expression.matches(&cfg));
        Ok(runner.map(|(_, key, runner)| self.runner_words(key, runner)).unwrap_or_default())
    }

    fn runner_words(&self, target: &str, runner: &Value) -> Vec<String> {
        placed(words(runner), || self.folder_of_setting(&["target", target, "runner"]))
    }

    /// Whether a profile is defined.
    pub(super) fn has_profile(&self, name: &str) -> bool {
        self.root.get("profile").and_then(|profiles| profiles.get(name)).is_some()
    }

    /// The `[env]` table.
    pub(super) fn environment(&self) -> BTreeMap<String, EnvironmentValue> {
        let table = self.root.get("env").and_then(Value::as_object).into_iter().flatten();
        let value = |name: &str, value: &Value| {
            EnvironmentValue::of(value, || self.folder_of_setting(&["env", name, "value"]))
        };
        table.filter_map(|(name, entry)| Some((name.clone(), value(name, entry)?))).collect()
    }

    /// The folder that a path in a setting is relative to: the one with the `.cargo` in which the setting is.
    fn folder_of_setting(&self, key: &[&str]) -> PathBuf {
        let text = ask(&self.folder, &self.options, &["--show-origin"]).unwrap_or_default();
        let file = origin(&String::from_utf8_lossy(&text), key);
        // What is in no file is relative to where cargo is started.
        let folder = file.and_then(|file| file.ancestors().nth(2).map(Path::to_path_buf));
        folder.unwrap_or_else(|| self.folder.clone())
    }
}

/// The tables of the configuration that decide what is built, or what it is started with, as texts.
pub(crate) fn deciding_tables(folder: &Path, options: &CargoOptions) -> Vec<String> {
    let Configuration { root, .. } = Configuration::load(folder, options);
    let tables = ["env", "patch", "paths", "profile", "source", "target"];
    tables.iter().filter_map(|name| Some(format!("{name} = {}", root.get(name)?))).collect()
}

fn ask(folder: &Path, options: &CargoOptions, arguments: &[&str]) -> Option<Vec<u8>> {
    let mut command = options.cargo();
    command.args(["-Zunstable-options", "config", "get"]).args(arguments);
    command.env("RUSTC_BOOTSTRAP", "1").current_dir(folder);
    Some(process::ask(command).ok()?.stdout)
}

/// The file that a setting comes from, of what cargo prints about all settings: `key = "value" # file`, where a list has each
/// of its values on a line. It is no TOML that could be parsed, since values are not escaped.
fn origin(text: &str, key: &[&str]) -> Option<PathBuf> {
    let is_bare = |part: &str| part.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    let part = |part: &&str| if is_bare(part) { (*part).to_owned() } else { format!("{part:?}") };
    let beginning = format!("{} = ", key.iter().map(part).collect::<Vec<_>>().join("."));
    let mut lines = text.lines();
    let line = lines.find_map(|line| line.strip_prefix(&*beginning))?;
    let line = if line == "[" { lines.next()? } else { line };
    let file = Path::new(line.rsplit_once(" # ")?.1);
    file.is_absolute().then(|| file.to_path_buf())
}

/// A command line as cargo takes it: one string, or an array of words.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::String(line) => line.split_whitespace().map(str::to_owned).collect(),
        Value::Array(words) => words.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// A command whose program, if it has a folder in its name, lies where that name is relative to.
pub(super) fn placed(mut words: Vec<String>, folder: impl FnOnce() -> PathBuf) -> Vec<String> {
    if let Some(program) = words.first_mut()
        && program.contains(['/', '\\'])
        && Path::new(program).is_relative()
    {
        *program = folder().join(&*program).display().to_string();
    }
    words
}

/// One variable of the `[env]` table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EnvironmentValue {
    pub(super) value: String,
    /// Whether it wins over a variable that is set already.
    pub(super) force: bool,
}

impl EnvironmentValue {
    fn of(value: &Value, folder: impl FnOnce() -> PathBuf) -> Option<Self> {
        if let Value::String(value) = value {
            return Some(Self { value: value.clone(), force: false });
        }
        let is_set = |key: &str| value.get(key).and_then(Value::as_bool).unwrap_or(false);
        let text = value.get("value")?.as_str()?;
        let value =
            if is_set("relative") { folder().join(text).display().to_string() } else { text.to_owned() };
        Some(Self { value, force: is_set("force") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_merged_configuration_is_read() {
        let configuration = Configuration {
            options: CargoOptions::default(),
            root: serde_json::json!({
                "env": {"A": "1", "B": {"value": "x", "force": true}},
                "target": {
                    "cfg(target_os = \"x\")": {"runner": ["with", "two words"]},
                    "t": {"runner": "qemu -L /x"}
                }
            }),
            folder: PathBuf::new(),
        };
        let runner =
            |target: &str, cfg: &str| configuration.runner(target, || Ok(vec![cfg.parse().unwrap()]));
        assert_eq!(runner("t", "unix").unwrap(), ["qemu", "-L", "/x"]);
        assert_eq!(runner("u", "target_os=\"x\"").unwrap(), ["with", "two words"]);
        assert_eq!(runner("u", "unix").unwrap(), [""; 0]);
        let environment = configuration.environment();
        assert_eq!(environment["A"], EnvironmentValue { value: "1".into(), force: false });
        assert_eq!(environment["B"], EnvironmentValue { value: "x".into(), force: true });
    }

    #[test]
    fn a_setting_comes_from_a_file() {
        let text = "env.A.value = \"data # 1\" # /home/.cargo/config.toml\n\
                    target.\"cfg(unix)\".runner = [\n    \"x/y\", # /tree/.cargo/config.toml\n    \"z\", # /other\n]\n\
                    target.t.runner = \"x/y z\" # environment variable `X`\n";
        let origin = |key: &[&str]| origin(text, key);
        assert_eq!(origin(&["env", "A", "value"]), Some("/home/.cargo/config.toml".into()));
        assert_eq!(origin(&["target", "cfg(unix)", "runner"]), Some("/tree/.cargo/config.toml".into()));
        assert_eq!(origin(&["target", "t", "runner"]), None);
        assert_eq!(origin(&["env", "B"]), None);
    }
}
