//! JSON for github-action-benchmark, tool `customSmallerIsBetter`: a list of `name`, `unit`, `value`, `range`, `extra`.

use memgate_protocol::Unit;
use serde::Serialize;

use crate::format::visible_json;
use crate::model::Observation;
use crate::report::Report;

#[derive(Serialize)]
struct Entry {
    name: String,
    unit: &'static str,
    value: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<String>,
    extra: String,
}

/// Renders every gated metric that was measured.
pub(super) fn render(report: &Report) -> String {
    let mut entries = Vec::new();
    for benchmark in &report.benchmarks {
        for metric in benchmark.gated() {
            let Some(head) = &metric.head else { continue };
            let range = match head {
                Observation::Exact(_) => None,
                Observation::Noisy(spread) => Some(format!("{} … {}", spread.minimum, spread.maximum)),
            };
            entries.push(Entry {
                name: format!("{} {}", benchmark.id, metric.metric),
                unit: match metric.metric.unit() {
                    Unit::Bytes => "bytes",
                    Unit::Count => "calls",
                },
                value: head.median(),
                range,
                extra: format!("{}: {}", benchmark.target, metric.verdict),
            });
        }
    }
    let mut text =
        serde_json::to_string_pretty(&entries).expect("entries have string keys and finite numbers");
    text.push('\n');
    visible_json(text)
}
