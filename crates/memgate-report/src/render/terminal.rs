//! The report for people at a terminal.

use std::collections::{BTreeMap, HashSet};

use anstyle::{AnsiColor, Style};
use tabled::builder::Builder;

use super::rename_text::{known_by_another_name, rename_texts};
use super::terminal_table::{LONGEST_CELL, drawn, ended, painted, shown_id, style};
use super::wrapped::{Piece, indented, wrapped, wrapped_words};
use super::{RenderOptions, next_steps, shown};
use crate::causes::causes;
use crate::model::{BenchmarkId, EnvironmentDifference, MetricKey, Phase};
use crate::report::{BenchmarkReport, MetricReport, NoticeKind, Report, Verdict};
use crate::text::{BENCHMARKS, BOLD, DIM, Noun, Paint, RED};

/// So many benchmarks that failed or are missing are named unless all are asked for.
const MOST_FAILURES: usize = 6;
/// So many new benchmarks have their numbers shown.
const MOST_NEW: usize = 10;
/// So many notices are shown.
const MOST_NOTICES: usize = 8;

/// Renders a report: what failed, why what is red is red, what changed, everything if asked for, what else there is to say, the
/// counts, and what to do next. It fits on a screen unless everything is asked for: what is left out is counted.
pub(super) fn render(report: &Report, options: &RenderOptions) -> String {
    let paint = Paint::new(options.color);
    let causes = super::terminal_causes::render(report, &causes(report), options, paint);
    let lines_of_causes = causes.lines().count();
    let sections = [
        failures(report, options, paint),
        causes,
        if options.verbose {
            changes(report, options, paint)
        } else {
            super::terminal_matrix::render(report, lines_of_causes, options, paint)
        },
        if options.verbose { super::terminal_sites::render(report, paint) } else { String::new() },
        super::terminal_growth::render(report, options, paint),
        numbers(report, options, paint),
        super::terminal_times::render(report, options, paint),
        super::terminal_acceptance::render(report, options, paint),
        notices(report, options, paint),
        summary(report, options, paint) + &steps(report, options, paint),
    ];
    let sections: Vec<String> = sections.into_iter().filter(|section| !section.is_empty()).collect();
    sections.join("\n")
}

/// What could not be measured or is not there, one by one.
fn failures(report: &Report, options: &RenderOptions, paint: Paint) -> String {
    let mut lines = Vec::new();
    let most = if options.verbose { usize::MAX } else { MOST_FAILURES };
    let (mut count, mut left_out) = (0, 0);
    let failed = painted(paint, Verdict::Failed);
    for target in &report.targets {
        if let Some(failure) = &target.failure {
            let name = paint.with(BOLD, &format!("{}/{}", target.package, target.bench_target));
            lines.push(format!("{failed}  {name}: {}", failure.message));
            lines.extend(quoted(&failure.stderr, paint));
        }
        // What is about all of it, and what is about single commands.
        let mut differences: BTreeMap<Option<&str>, Vec<String>> = BTreeMap::new();
        for difference in &target.differences {
            let of_one = differences.entry(difference.only.as_deref()).or_default();
            of_one.push(EnvironmentDifference { only: None, ..difference.clone() }.to_string());
        }
        for (only, differences) in differences {
            let (package, bench_target) = (&target.package, &target.bench_target);
            let name = match only {
                Some(name) => BenchmarkId::new(&**package, &**bench_target, name).to_string(),
                None => format!("{package}/{bench_target}"),
            };
            let differences = differences.join("; ");
            let verdict = painted(paint, Verdict::Incomparable);
            lines
                .push(format!("{verdict}  {name} is not what its baseline was measured with: {differences}"));
        }
    }
    let renamed: HashSet<(&str, &BenchmarkId)> =
        report.renames.iter().flat_map(|one| one.from.iter().map(|id| (&*one.target, id))).collect();
    for benchmark in &report.benchmarks {
        let is_renamed = renamed.contains(&(&*benchmark.target, &benchmark.id));
        if benchmark.failure.is_none() && (benchmark.verdict != Verdict::Missing || is_renamed) {
            continue;
        }
        count += 1;
        if count > most {
            left_out += 1;
            continue;
        }
        let id = paint.with(BOLD, &benchmark.id.to_string());
        if let Some(failure) = &benchmark.failure {
            lines.push(format!("{failed}  {id}: {}", failure.message));
            lines.extend(quoted(&failure.stderr, paint));
        } else if benchmark.verdict == Verdict::Missing {
            let missing = painted(paint, Verdict::Missing);
            lines.push(format!(
                "{missing}  {id}: it is in the baseline for {}, and not in the run",
                benchmark.target
            ));
        }
    }
    for rename in rename_texts(report) {
        count += 1;
        if count > most {
            left_out += 1;
            continue;
        }
        let text = format!("missing  {}", rename.sentence(str::to_owned));
        let mut words = text.split(' ').map(Piece::plain);
        words.next();
        let pieces = std::iter::once(Piece::new("missing", painted(paint, Verdict::Missing))).chain(words);
        lines.extend(wrapped(pieces.collect(), " ", 0, 9, options.width));
    }
    if left_out > 0 {
        lines.push(paint.with(DIM, &format!("and {left_out} more failed or are missing; -v shows all")));
    }
    ended(lines)
}

fn quoted(stderr: &str, paint: Paint) -> Vec<String> {
    stderr.lines().map(|line| paint.with(DIM, &format!("    │ {line}"))).collect()
}

/// The metrics that are not simply ok, the most serious benchmark first.
fn changes(report: &Report, options: &RenderOptions, paint: Paint) -> String {
    let mut changed: Vec<&BenchmarkReport> =
        report.benchmarks.iter().filter(|benchmark| shown::changed(benchmark).next().is_some()).collect();
    if changed.is_empty() {
        return String::new();
    }
    changed.sort_by_key(|benchmark| std::cmp::Reverse(benchmark.verdict));
    let several_triples = report.has_several_triples();
    let mut table = Builder::new();
    table.push_record(["verdict", "benchmark", "metric", "base", "head", "change", "limit"]);
    for benchmark in changed {
        let mut id = shown_id(benchmark, several_triples, options);
        for metric in shown::changed(benchmark) {
            table.push_record([
                painted(paint, metric.verdict),
                // Once a benchmark is enough.
                paint.with(BOLD, &std::mem::take(&mut id)),
                metric.metric.to_string(),
                shown::value(metric, metric.base.as_ref()),
                shown::value(metric, metric.head.as_ref()),
                paint.with(style(metric.verdict), &shown::change(metric)),
                paint.with(DIM, &rule(metric)),
            ]);
        }
    }
    drawn(table, 3..6)
}

fn rule(metric: &MetricReport) -> String {
    let rule = shown::rule(metric);
    let reason = shown::reason(metric).map(|reason| shown::shorten_middle(reason, LONGEST_CELL));
    reason.map_or_else(|| rule.clone(), |reason| format!("{rule}: {reason}"))
}

/// The numbers of every benchmark, or of the new ones only.
fn numbers(report: &Report, options: &RenderOptions, paint: Paint) -> String {
    let known = known_by_another_name(report);
    let shows = |benchmark: &&BenchmarkReport| {
        let is_new =
            benchmark.verdict == Verdict::New && !known.contains(&(&*benchmark.target, &benchmark.id));
        benchmark.processes > 0 && (options.verbose || options.cold || is_new)
    };
    let benchmarks: Vec<&BenchmarkReport> = report.benchmarks.iter().filter(shows).collect();
    if benchmarks.is_empty() {
        return String::new();
    }
    let several_triples = report.has_several_triples();
    let most = if options.verbose || options.cold { usize::MAX } else { MOST_NEW };
    let hidden = benchmarks.len().saturating_sub(most);
    let mut table = Builder::new();
    let mut header = vec!["verdict".to_owned(), "benchmark".to_owned()];
    // Commands have figures of the kernel's, and no `leaked_bytes`.
    let is_measured = |key: &MetricKey| {
        let mut metrics = benchmarks.iter().flat_map(|benchmark| &benchmark.metrics);
        metrics.any(|metric| metric.metric == *key)
    };
    let columns = MetricKey::all().filter(|key| key.phase == Phase::Steady).chain(MetricKey::KERNEL);
    let columns: Vec<MetricKey> = columns.filter(is_measured).collect();
    header.extend(columns.iter().map(ToString::to_string));
    table.push_record(header);
    for benchmark in benchmarks.into_iter().take(most) {
        let cell = |key: MetricKey| {
            let metric = benchmark.metrics.iter().find(|metric| metric.metric == key);
            metric.map_or_else(|| shown::NOTHING.to_owned(), |metric| number(metric, paint))
        };
        let mut row = vec![painted(paint, benchmark.verdict), shown_id(benchmark, several_triples, options)];
        row.extend(columns.iter().map(|key| cell(*key)));
        table.push_record(row);
        if options.cold {
            let mut row = vec![String::new(), paint.with(DIM, "  cold")];
            let cold = |key: &MetricKey| {
                if key.is_kernels() { String::new() } else { cell(MetricKey::cold(key.metric)) }
            };
            row.extend(columns.iter().map(|key| paint.with(DIM, &cold(key))));
            table.push_record(row);
        }
    }
    let mut text = drawn(table, 2..2 + columns.len());
    if hidden > 0 {
        let noun = Noun("more new benchmark", "more new benchmarks");
        text += &ended(vec![paint.with(DIM, &format!(" and {}; -v shows all", noun.counted(hidden)))]);
    }
    // The last line counts them among the new ones.
    let is_known = |benchmark: &&BenchmarkReport| {
        benchmark.verdict == Verdict::New && known.contains(&(&*benchmark.target, &benchmark.id))
    };
    let known_count = report.benchmarks.iter().filter(is_known).count();
    if known_count > 0 && most == MOST_NEW {
        let noun = Noun("new one has the numbers", "new ones have the numbers");
        let words = format!("{} of what is missing; -v shows all", noun.counted(known_count));
        text += &ended(
            wrapped_words(&words, 1, options.width).iter().map(|line| paint.with(DIM, line)).collect(),
        );
    }
    text
}

fn number(metric: &MetricReport, paint: Paint) -> String {
    let text = shown::value(metric, metric.head.as_ref());
    if metric.verdict == Verdict::Ok || metric.verdict == Verdict::New {
        text
    } else {
        paint.with(style(metric.verdict), &text)
    }
}

fn notices(report: &Report, options: &RenderOptions, paint: Paint) -> String {
    let yellow = Style::new().fg_color(Some(AnsiColor::Yellow.into())).bold();
    let most = if options.verbose { usize::MAX } else { MOST_NOTICES };
    let hidden = report.notices.len().saturating_sub(most);
    let lines = report.notices.iter().take(most).flat_map(|notice| {
        let label = notice.kind.word();
        let style = if notice.kind.is_warning() { yellow } else { BOLD };
        let label = Piece::new(&format!("{label}:"), format!("{}:", paint.with(style, label)));
        let words = notice.text.split(' ').map(Piece::plain);
        wrapped(std::iter::once(label).chain(words).collect(), " ", 0, 2, options.width)
    });
    let mut lines: Vec<String> = lines.collect();
    if hidden > 0 {
        lines.push(paint.with(DIM, &format!("and {hidden} more to know; -v shows all")));
    }
    ended(lines)
}

/// `1 regressed, 30 ok — 31 benchmarks in 4.2 s (build 1.0 s)`
fn summary(report: &Report, options: &RenderOptions, paint: Paint) -> String {
    let piece = |style, text: &str| Piece::new(&format!("{text},"), format!("{},", paint.with(style, text)));
    let mut counts: Vec<Piece> = report
        .counts()
        .into_iter()
        .map(|(verdict, count)| piece(style(verdict), &format!("{count} {verdict}")))
        .collect();
    // What is no benchmark's verdict, and still the reason for the exit code: the last line must not look green.
    if report.steeper_series() > 0 {
        counts.push(piece(RED, &format!("{} growing more steeply", report.steeper_series())));
    }
    let reasons = [
        (NoticeKind::LostShard, "not all shards"),
        (NoticeKind::NotMeasured, "not all bench targets"),
        (NoticeKind::NoSavedTimes, "no saved times"),
    ];
    for (kind, words) in reasons {
        if report.has_notice(kind) {
            counts.push(piece(RED, words));
        }
    }
    let mut pieces = vec![Piece::new("memgate:", paint.with(BOLD, "memgate:"))];
    match counts.pop() {
        Some(last) => {
            pieces.extend(counts);
            pieces.push(last.without_end());
        }
        None => pieces.push(Piece::plain("nothing measured")),
    }
    let total = BENCHMARKS.counted(report.benchmarks.len());
    let time = report.timing.map(|timing| {
        format!(" in {} (build {})", shown::duration(timing.measure_ms), shown::duration(timing.build_ms))
    });
    pieces.push(Piece::plain(format!("— {total}{}", time.unwrap_or_default())));
    ended(wrapped(pieces, " ", 0, 2, options.width))
}

fn steps(report: &Report, options: &RenderOptions, paint: Paint) -> String {
    let steps = next_steps(report, &options.command, &options.cargo_flags, &options.filters).into_iter();
    let lines = steps.flat_map(|step| {
        // A command can't be broken.
        let command = Piece::new(&step.command, paint.with(BOLD, &step.command));
        let pieces = vec![Piece::plain(format!("{}:", step.why)), command];
        indented(wrapped(pieces, " ", 2, 6, options.width), 2)
    });
    ended(lines.collect())
}
