//! The alias behind `cargo xtask`.

use toml_edit::{Item, value};

use super::draft::Draft;
use super::error::InitError;
use super::manifest::table_in;

const NAME: &str = "xtask";
const COMMAND: &str = "run --quiet --package xtask --";

/// Where cargo's settings are, the old name first: cargo takes that one when both are there.
const SETTINGS: [&str; 2] = [".cargo/config", ".cargo/config.toml"];

pub(super) fn plan(draft: &mut Draft<'_>) -> Result<(), InitError> {
    let path = SETTINGS.into_iter().find(|path| draft.found.text(path).is_some()).unwrap_or(SETTINGS[1]);
    let document = draft.document(path)?;
    let Some(aliases) = table_in(document.as_table_mut(), "alias") else {
        draft.refuse(path, "its `alias` is no table");
        return Ok(());
    };
    match aliases.get(NAME).map(words) {
        None => {
            aliases.insert(NAME, value(COMMAND));
        }
        Some(words) if runs_xtask(&words) => {}
        Some(words) => {
            let there = words.join(" ");
            draft.refuse(
                path,
                format!(
                    "`cargo xtask` is `cargo {there}` here; make it `{COMMAND}`, or call the tool `cargo memgate` \
                     with --no-xtask"
                ),
            );
        }
    }
    Ok(())
}

/// An alias is one text or an array of words.
fn words(alias: &Item) -> Vec<String> {
    match alias.as_array() {
        Some(array) => array.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect(),
        None => alias.as_str().unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
    }
}

/// Whether an alias runs a package of this name, however it is written: by `-p`, `--package=`, `--bin` or
/// `--manifest-path`.
fn runs_xtask(words: &[String]) -> bool {
    let mut words = words.iter();
    let command = words.find(|word| !word.starts_with(['-', '+']));
    command.is_some_and(|word| word == "run" || word == "r") && words.any(|word| word.contains(NAME))
}
