//! OpenMetrics, in the part of it that is Prometheus' text format too: gauges alone, without timestamps.
//!
//! The textfile collector of the node exporter and a Pushgateway read the older format, in which `# UNIT` and `# EOF` are
//! remarks. Format: <https://prometheus.io/docs/specs/om/open_metrics_spec/>.

use memgate_protocol::{Metric, Unit};

use crate::format::visible;
use crate::model::{MetricKey, Observation};
use crate::report::{BenchmarkReport, Report, outcome};

/// A metric family: what it is, and a line for each of its values.
struct Family {
    name: String,
    unit: Option<&'static str>,
    help: String,
    samples: Vec<String>,
}

/// Renders every gated metric that was measured, its committed value, the verdicts, the exponents, and the outcome.
pub(super) fn render(report: &Report) -> String {
    let mut families = vec![outcomes(report), counts(report), verdicts(report)];
    for metric in Metric::ALL {
        families.push(values(report, metric, "", "middle value of the steady windows", |metric| {
            metric.head.as_ref()
        }));
        families.push(values(report, metric, "baseline_", "committed value", |metric| metric.base.as_ref()));
    }
    families.push(times(report));
    families.push(exponents(report));
    let mut text = String::new();
    for Family { name, unit, help, samples } in families {
        if samples.is_empty() {
            continue;
        }
        text += &format!("# HELP {name} {help}\n# TYPE {name} gauge\n");
        if let Some(unit) = unit {
            text += &format!("# UNIT {name} {unit}\n");
        }
        for sample in samples {
            text += &format!("{name}{sample}\n");
        }
    }
    text + "# EOF\n"
}

fn outcomes(report: &Report) -> Family {
    let outcome = serde_json::to_value(outcome(report)).unwrap_or_default();
    Family {
        name: "memgate_outcome".to_owned(),
        unit: None,
        help: "What the report means as a whole. Always 1; the outcome is a label.".to_owned(),
        samples: vec![sample(&[("outcome", outcome.as_str().unwrap_or_default())], "1")],
    }
}

fn counts(report: &Report) -> Family {
    let counts = report.counts().into_iter();
    Family {
        name: "memgate_benchmarks".to_owned(),
        unit: None,
        help: "How many benchmarks have each verdict.".to_owned(),
        samples: counts
            .map(|(verdict, count)| sample(&[("verdict", verdict.word())], &count.to_string()))
            .collect(),
    }
}

fn verdicts(report: &Report) -> Family {
    let sample_of = |benchmark: &BenchmarkReport| {
        let mut labels = place(benchmark).to_vec();
        labels.push(("verdict", benchmark.verdict.word()));
        sample(&labels, "1")
    };
    Family {
        name: "memgate_verdict".to_owned(),
        unit: None,
        help: "What the comparison says of a benchmark. Always 1; the verdict is a label.".to_owned(),
        samples: report.benchmarks.iter().map(sample_of).collect(),
    }
}

fn values(
    report: &Report,
    metric: Metric,
    prefix: &str,
    what: &str,
    pick: fn(&crate::report::MetricReport) -> Option<&Observation>,
) -> Family {
    let key = MetricKey::steady(metric);
    let of_benchmark = |benchmark: &BenchmarkReport| {
        let metric = benchmark.gated().find(|metric| metric.metric == key)?;
        Some(sample(&place(benchmark), &pick(metric)?.median().to_string()))
    };
    Family {
        name: format!("memgate_{prefix}{}", metric.name()),
        unit: match metric.unit() {
            Unit::Bytes => Some("bytes"),
            Unit::Count => None,
        },
        help: format!("{}: the {what}.", metric.name()),
        samples: report.benchmarks.iter().filter_map(of_benchmark).collect(),
    }
}

fn times(report: &Report) -> Family {
    let of_benchmark = |benchmark: &BenchmarkReport| {
        let time = benchmark.time.as_ref()?.time.as_ref()?;
        let picoseconds = u64::try_from(time.mean.picoseconds).ok()?;
        let (whole, rest) = (picoseconds / 1_000_000_000_000, picoseconds % 1_000_000_000_000);
        Some(sample(&place(benchmark), &format!("{whole}.{rest:012}")))
    };
    Family {
        name: "memgate_time_seconds".to_owned(),
        unit: Some("seconds"),
        help: "The mean wall-clock time of one iteration.".to_owned(),
        samples: report.benchmarks.iter().filter_map(of_benchmark).collect(),
    }
}

fn exponents(report: &Report) -> Family {
    let mut samples = Vec::new();
    for series in &report.scaling {
        for metric in &series.metrics {
            let sides = [("base", &metric.base), ("head", &metric.head)];
            for (side, exponent) in sides.into_iter().filter_map(|(side, value)| Some((side, (*value)?))) {
                let labels = [
                    ("target", series.target.as_str()),
                    ("package", &series.series.package),
                    ("bench_target", &series.series.bench_target),
                    ("series", &series.series.name),
                    ("metric", metric.metric.name()),
                    ("side", side),
                ];
                let number = exponent.thousandths;
                let sign = if number < 0 { "-" } else { "" };
                let (whole, rest) = (number.abs() / 1_000, number.abs() % 1_000);
                samples.push(sample(&labels, &format!("{sign}{whole}.{rest:03}")));
            }
        }
    }
    Family {
        name: "memgate_growth_exponent".to_owned(),
        unit: None,
        help: "The power of the input's size with which a metric grows.".to_owned(),
        samples,
    }
}

/// The labels that say which benchmark it is.
fn place(benchmark: &BenchmarkReport) -> [(&'static str, &str); 4] {
    [
        ("target", &benchmark.target),
        ("package", &benchmark.id.package),
        ("bench_target", &benchmark.id.bench_target),
        ("benchmark", &benchmark.id.name),
    ]
}

fn sample(labels: &[(&str, &str)], value: &str) -> String {
    let labels: Vec<String> =
        labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
    format!("{{{}}} {value}", labels.join(","))
}

/// A label's value; nothing else is special in it. What would not be seen is written out, so that values that differ look so.
fn escaped(text: &str) -> String {
    visible(text, false).replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{report, scaled_report, timed_report};

    #[test]
    fn every_family_has_its_kind_and_unit() {
        let mut report = scaled_report();
        report.benchmarks.truncate(1);
        report.benchmarks[0].id.name = "a \"b\"\\c".to_owned();
        insta::assert_snapshot!(render(&report));
    }

    #[test]
    fn times_are_in_seconds() {
        assert!(render(&timed_report()).contains("} 0.000012345678\n"));
        assert!(!render(&report()).contains("seconds"));
    }
}
