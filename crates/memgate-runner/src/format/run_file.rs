//! A run as JSON: what `run` writes, and what `report` and `update --from` read.

use serde::{Deserialize, Serialize};

use super::error::{FormatError, check_envelope, text_of};
use crate::model::Run;

/// The schema version of run files that this memgate writes.
///
/// # Changelog
/// - 1: first version.
pub const RUN_SCHEMA: u32 = 1;

/// What a run file says it is.
pub const RUN_KIND: &str = "memgate run";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RunFile {
    kind: String,
    schema: u32,
    run: Run,
}

/// Reads a run file.
///
/// # Errors
/// When the file is no run, or has a newer schema.
pub fn parse_run(bytes: &[u8]) -> Result<Run, FormatError> {
    let text = text_of(bytes)?;
    check_envelope(text, RUN_KIND, RUN_SCHEMA)?;
    Ok(serde_json::from_str::<RunFile>(text)?.run)
}

/// Prints a run file.
#[must_use]
pub fn print_run(run: &Run) -> String {
    let file = RunFile { kind: RUN_KIND.into(), schema: RUN_SCHEMA, run: run.clone() };
    let mut text = serde_json::to_string_pretty(&file).expect("a run has string keys and finite numbers");
    text.push('\n');
    text
}
