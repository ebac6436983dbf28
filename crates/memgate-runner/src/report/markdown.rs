//! The report as Markdown, in GitHub's dialect.

use super::{BenchmarkReport, Outcome, RenderOptions, Report, next_steps, outcome, shown};
use crate::compare::Verdict;
use crate::model::{MetricKey, Phase};

/// Renders a report: the verdict, what changed, everything in a fold, the environment, and what to do next.
pub(super) fn render(report: &Report, options: &RenderOptions) -> String {
    let sections = [
        headline(report),
        failures(report),
        changes(report),
        super::markdown_sites::render(report),
        super::markdown_times::render(report),
        notices(report),
        steps(report, options),
        numbers(report, options),
        environments(report),
    ];
    let sections: Vec<String> = sections.into_iter().filter(|section| !section.is_empty()).collect();
    sections.join("\n")
}

fn headline(report: &Report) -> String {
    let verdict = match outcome(report) {
        Outcome::Passed => "✅ memory within limits",
        Outcome::Stale => "🟡 memory baselines are stale",
        Outcome::CoverageGap => "🟠 not everything was compared",
        Outcome::Regressed => "❌ memory regressed",
        Outcome::Failed => "❌ memory could not be measured",
    };
    let counts: Vec<String> =
        report.counts().into_iter().map(|(verdict, count)| format!("**{count}** {verdict}")).collect();
    let counts = if counts.is_empty() { "nothing measured".to_owned() } else { counts.join(", ") };
    format!("## {verdict}\n\n{counts}\n")
}

fn failures(report: &Report) -> String {
    let mut text = String::new();
    let several_triples = report.has_several_triples();
    for target in &report.targets {
        if let Some(failure) = &target.failure {
            let name = code(&format!("{}/{}", target.package, target.bench_target));
            text += &format!(
                "- **failed** {name}: {}\n{}",
                escaped(&failure.message),
                fold_output(&failure.stderr)
            );
        }
        for difference in &target.differences {
            let name = code(&format!("{}/{}", target.package, target.bench_target));
            text += &format!("- **incomparable** {name}: {}\n", escaped(&difference.to_string()));
        }
    }
    for benchmark in &report.benchmarks {
        let id = shown_id(benchmark, several_triples);
        if let Some(failure) = &benchmark.failure {
            text += &format!(
                "- **failed** {id}: {}\n{}",
                escaped(&failure.message),
                fold_output(&failure.stderr)
            );
        } else if benchmark.verdict == Verdict::Missing {
            text += &format!("- **missing** {id}: it is in the baseline, and not in the run\n");
        }
    }
    text
}

fn fold_output(stderr: &str) -> String {
    if stderr.is_empty() {
        return String::new();
    }
    // Two spaces keep the block inside the item of the list.
    let lines: Vec<String> = stderr.lines().map(escaped).collect();
    format!(
        "  <details><summary>end of its standard error</summary><pre>{}</pre></details>\n",
        lines.join("<br>")
    )
}

fn changes(report: &Report) -> String {
    let several_triples = report.has_several_triples();
    let mut changed: Vec<&BenchmarkReport> =
        report.benchmarks.iter().filter(|benchmark| shown::changed(benchmark).next().is_some()).collect();
    if changed.is_empty() {
        return String::new();
    }
    changed.sort_by_key(|benchmark| std::cmp::Reverse(benchmark.verdict));
    let mut text =
        "| verdict | benchmark | metric | base | head | change | limit |\n|---|---|---|--:|--:|--:|---|\n"
            .to_owned();
    for benchmark in changed {
        let mut id = shown_id(benchmark, several_triples);
        for metric in shown::changed(benchmark) {
            text += &format!(
                "| {} {} | {} | {} | {} | {} | {} | {} |\n",
                sign(metric.verdict),
                metric.verdict,
                std::mem::take(&mut id),
                metric.metric,
                shown::value(metric, metric.base.as_ref()),
                shown::value(metric, metric.head.as_ref()),
                shown::change(metric),
                escaped(&shown::rule(metric)),
            );
        }
    }
    text
}

fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "⚪",
        Verdict::Improved => "🟢",
        Verdict::New => "🔵",
        Verdict::Waived | Verdict::Noisy => "🟡",
        Verdict::Missing | Verdict::Incomparable => "🟠",
        Verdict::OverBudget | Verdict::Regressed | Verdict::Failed => "🔴",
    }
}

fn notices(report: &Report) -> String {
    report.notices.iter().map(|notice| format!("- {}\n", escaped(&notice.text))).collect()
}

fn steps(report: &Report, options: &RenderOptions) -> String {
    let steps = next_steps(report, &options.command, &options.cargo_flags);
    if steps.is_empty() {
        return String::new();
    }
    let mut text = "What to do next:\n\n".to_owned();
    for step in steps {
        let why = step.why;
        text += &format!("- {}{}: {}\n", why[..1].to_uppercase(), &why[1..], code(&step.command));
    }
    text
}

fn numbers(report: &Report, options: &RenderOptions) -> String {
    let several_triples = report.has_several_triples();
    let shows = |benchmark: &&BenchmarkReport| {
        benchmark.processes > 0 && (options.verbose || benchmark.verdict == Verdict::New)
    };
    let benchmarks: Vec<&BenchmarkReport> = report.benchmarks.iter().filter(shows).collect();
    if benchmarks.is_empty() {
        return String::new();
    }
    let columns: Vec<MetricKey> =
        MetricKey::all().filter(|key| key.phase == Phase::Steady || options.cold).collect();
    let names: Vec<String> = columns.iter().map(ToString::to_string).collect();
    let mut text = format!(
        "<details><summary>{}</summary>\n\n| verdict | benchmark | {} |\n|---|---|{}\n",
        if options.verbose { "All numbers" } else { "The numbers of the new benchmarks" },
        names.join(" | "),
        "--:|".repeat(columns.len()),
    );
    for benchmark in benchmarks {
        let cells = columns.iter().map(|key| {
            let metric = benchmark.metrics.iter().find(|metric| metric.metric == *key);
            metric.map_or_else(
                || shown::NOTHING.to_owned(),
                |metric| shown::value(metric, metric.head.as_ref()),
            )
        });
        let cells: Vec<String> = cells.collect();
        let verdict = benchmark.verdict;
        text += &format!(
            "| {} {verdict} | {} | {} |\n",
            sign(verdict),
            shown_id(benchmark, several_triples),
            cells.join(" | ")
        );
    }
    text + "\n</details>\n"
}

fn environments(report: &Report) -> String {
    let mut lines = std::collections::BTreeSet::new();
    for environment in report.targets.iter().filter_map(|target| target.environment.as_ref()) {
        lines.insert(format!(
            "{} · rustc {} · {}",
            escaped(&environment.target),
            escaped(&environment.rustc),
            escaped(&environment.profile.to_string()),
        ));
    }
    lines.into_iter().map(|line| format!("<sub>{line}</sub>\n")).collect()
}

/// The id, and with several triples in the report the triple too.
pub(super) fn shown_id(benchmark: &BenchmarkReport, several_triples: bool) -> String {
    let id = code(&benchmark.id.to_string());
    if several_triples { format!("{id} ({})", escaped(&benchmark.target)) } else { id }
}

/// Text in a code element, inert: no markup, no mention, no link.
///
/// An element rather than backticks, because within backticks nothing can be escaped, and a pipe ends a cell.
pub(super) fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

/// Text in which nothing means anything to Markdown or HTML.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' | '<' | '>' | '"' | '\'' | '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '~' | '#' | '@'
            | '!' => {
                escaped += &format!("&#{};", u32::from(character));
            }
            '\n' | '\r' => escaped.push(' '),
            other if other.is_control() => escaped.push('\u{FFFD}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_is_markup() {
        let name = "a|b `c` <script> @team #1 ](javascript:x) *y*\n_z_";
        assert_eq!(
            code(name),
            "<code>a&#124;b &#96;c&#96; &#60;script&#62; &#64;team &#35;1 &#93;(javascript:x) &#42;y&#42; \
             &#95;z&#95;</code>"
        );
    }
}
