//! Explanations as JSON.

use serde::Serialize;

use super::ExplainedBenchmark;
use crate::format::visible_json;

/// The schema version of explanations. They are written for other programs, and never read here.
///
/// # Changelog
/// - 1: first version.
pub const EXPLANATION_SCHEMA: u32 = 1;

/// What such a file says it is.
pub const EXPLANATION_KIND: &str = "memgate explanation";

/// Prints explanations, complete.
#[must_use]
pub fn print_explanations(benchmarks: &[ExplainedBenchmark]) -> String {
    #[derive(Serialize)]
    struct File<'a> {
        kind: &'a str,
        schema: u32,
        benchmarks: &'a [ExplainedBenchmark],
    }

    let file = File { kind: EXPLANATION_KIND, schema: EXPLANATION_SCHEMA, benchmarks };
    let mut text =
        serde_json::to_string_pretty(&file).expect("an explanation has string keys and finite numbers");
    text.push('\n');
    visible_json(text)
}
