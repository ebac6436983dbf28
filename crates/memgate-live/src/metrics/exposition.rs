//! Metrics as text: OpenMetrics 1.0, or Prometheus's text format 0.0.4.

use std::fmt::Write;

use super::metric::{Metric, MetricKind};

/// The two texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exposition {
    OpenMetrics,
    Prometheus,
}

impl Exposition {
    /// What a client's `Accept` asks for: OpenMetrics only if it is named, and not with a quality of zero or below that of the
    /// older text.
    pub(crate) fn accepted(accept: &str) -> Self {
        let quality = |name: &str| {
            let range = accept
                .split(',')
                .find(|range| range.split(';').next().is_some_and(|kind| kind.trim() == name))?;
            let quality = range.split(';').find_map(|parameter| parameter.trim().strip_prefix("q="));
            Some(quality.map_or(1.0, |quality| quality.trim().parse::<f64>().unwrap_or(0.0)))
        };
        match quality("application/openmetrics-text") {
            Some(open) if open > 0.0 && quality("text/plain").is_none_or(|plain| open >= plain) => {
                Self::OpenMetrics
            }
            _ => Self::Prometheus,
        }
    }

    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Prometheus => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

/// Writes metrics. Help and labels are ours, and need no escaping.
pub(crate) fn expose(metrics: &[Metric], exposition: Exposition) -> String {
    let mut text = String::new();
    for metric in metrics {
        // The family of a counter is without the ending in the one, and with it in the other.
        let family = match exposition {
            Exposition::OpenMetrics => metric.name.strip_suffix("_total").unwrap_or(metric.name),
            Exposition::Prometheus => metric.name,
        };
        let kind = match metric.kind {
            MetricKind::Counter => "counter",
            MetricKind::Gauge => "gauge",
        };
        let _ = writeln!(text, "# HELP {family} {}", metric.help);
        let _ = writeln!(text, "# TYPE {family} {kind}");
        if let (Exposition::OpenMetrics, Some(unit)) = (exposition, metric.unit) {
            let _ = writeln!(text, "# UNIT {family} {unit}");
        }
        for sample in &metric.samples {
            let labels: Vec<String> =
                sample.labels.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
            let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
            let _ = writeln!(text, "{}{labels} {}", metric.name, sample.value);
        }
    }
    if exposition == Exposition::OpenMetrics {
        text.push_str("# EOF\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_texts_are_as_their_formats_say() {
        let metrics = [
            Metric::counter("a_bytes_total", "All.").value(5_000_000_000_000),
            Metric::gauge("b", "One.").labelled(&[("c", "d"), ("e", "f")], Some(0.5)),
        ];
        assert_eq!(
            expose(&metrics, Exposition::OpenMetrics),
            "# HELP a_bytes All.\n# TYPE a_bytes counter\n# UNIT a_bytes bytes\na_bytes_total 5000000000000\n\
             # HELP b One.\n# TYPE b gauge\nb{c=\"d\",e=\"f\"} 0.5\n# EOF\n"
        );
        assert_eq!(
            expose(&metrics, Exposition::Prometheus),
            "# HELP a_bytes_total All.\n# TYPE a_bytes_total counter\na_bytes_total 5000000000000\n\
             # HELP b One.\n# TYPE b gauge\nb{c=\"d\",e=\"f\"} 0.5\n"
        );
    }

    #[test]
    fn the_accepted_text_is_chosen() {
        let prometheus =
            "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        for (accept, expected) in [
            (prometheus, Exposition::OpenMetrics),
            ("application/openmetrics-text", Exposition::OpenMetrics),
            ("text/plain;q=0.9, application/openmetrics-text;q=0.2", Exposition::Prometheus),
            ("application/openmetrics-text;q=0", Exposition::Prometheus),
            ("*/*", Exposition::Prometheus),
            ("", Exposition::Prometheus),
        ] {
            assert_eq!(Exposition::accepted(accept), expected, "{accept}");
        }
    }
}
