//! Bencher Metric Format: an object by benchmark, of objects by measure, of `value`, `lower_value`, `upper_value`.

use serde_json::{Map, Value, json};

use crate::format::visible_json;
use crate::model::Observation;
use crate::report::Report;

/// Renders every gated metric that was measured. With several triples, the benchmarks' names begin with theirs, since
/// the format has no other place for it.
pub(super) fn render(report: &Report) -> String {
    let several_triples = report.has_several_triples();
    let mut benchmarks = Map::new();
    for benchmark in &report.benchmarks {
        let mut measures = Map::new();
        for metric in benchmark.gated() {
            let value = match &metric.head {
                None => continue,
                Some(Observation::Exact(value)) => json!({ "value": value }),
                Some(Observation::Noisy(spread)) => json!({
                    "value": spread.median,
                    "lower_value": spread.minimum,
                    "upper_value": spread.maximum,
                }),
            };
            measures.insert(metric.metric.to_string(), value);
        }
        if !measures.is_empty() {
            let id = benchmark.id.to_string();
            let name = if several_triples { format!("{}/{id}", benchmark.target) } else { id };
            benchmarks.insert(name, Value::Object(measures));
        }
    }
    visible_json(format!("{:#}\n", Value::Object(benchmarks)))
}
