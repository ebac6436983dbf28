//! A measured command for people at a terminal, who may never have heard of memgate.

use memgate_protocol::units::{exact, human};
use memgate_protocol::{Metric, Unit};
use tabled::builder::Builder;

use super::data::{CommandReport, CommandSites};
use super::programs::ProgramRow;
use super::totals::CommandTotals;
use crate::explain::{ExplainOptions, SiteListing, listing_lines};
use crate::render::shown::shorten_middle;
use crate::render::terminal_table::drawn;
use crate::text::{BOLD, DIM, Noun, Paint, RED, SITES, fitted, shell_quoted};

/// How to show a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandOptions {
    /// Show all programs and all call sites, rather than the largest.
    pub all: bool,
    /// Use colours.
    pub color: bool,
    /// How wide the terminal is. None where there is none.
    pub width: Option<usize>,
}

/// As many programs and call sites are shown, unless all are asked for.
const MOST_ROWS: usize = 10;
/// How many callers are shown of a call site.
const CALLERS: usize = 3;
/// Longer names lose their middle: what is left of eighty characters when the numbers have taken theirs.
const LONGEST_PROGRAM: usize = 24;
/// Of a longer command line, the middle is left out.
const LONGEST_COMMAND: usize = 240;

/// Renders a command: what is wrong, its numbers, its programs, its call sites, and what else has to be known.
#[must_use]
pub fn render_command(report: &CommandReport, options: CommandOptions) -> String {
    let paint = Paint::new(options.color);
    let mut blocks = vec![headline(report, paint)];
    if let Some(totals) = &report.totals {
        blocks.push(numbers(report, totals, paint));
    }
    let is_seen = report.programs.iter().any(|row| row.metrics.allocs > 0);
    if report.processes > 1 || report.programs.len() > 1 || report.totals.is_none() && is_seen {
        blocks.push(programs(report, options, paint));
    }
    let sites = report.sites.iter().filter(|sites| !sites.sites.is_empty());
    blocks.extend(sites.map(|sites| call_sites(sites, report.totals.as_ref(), options, paint)));
    let mut last: Vec<String> =
        report.notes.iter().map(|note| format!("{}: {note}", paint.with(BOLD, "note"))).collect();
    if let Some(why) = report.no_cgroup.as_ref().filter(|_| options.all) {
        last.push(format!(
            "{}: the kernel has no figure of a control group of the command's own: {why}",
            paint.with(BOLD, "note")
        ));
    }
    if report.totals.is_some() {
        last.push(paint.with(
            DIM,
            "Counted by calls of malloc and its kin, from the first instruction of each process to its end: what the C library and \
             the language's start do before `main` is in it. Exact: what differs from run to run is the program's own.",
        ));
    }
    blocks.push(last);
    let blocks = blocks.into_iter().filter(|block| !block.is_empty()).map(|block| block.join("\n"));
    fitted(&(blocks.collect::<Vec<_>>().join("\n\n") + "\n"), options.width)
}

fn headline(report: &CommandReport, paint: Paint) -> Vec<String> {
    let words: Vec<String> = report.command.iter().map(|word| shell_quoted(word)).collect();
    let command = paint.with(BOLD, &shorten_middle(&words.join(" "), LONGEST_COMMAND));
    if report.is_measured() {
        return vec![format!("{command}: heap memory")];
    }
    let mut lines = vec![format!("{command}: {}", paint.with(RED, "failed"))];
    let mut advices = Vec::new();
    for problem in &report.problems {
        lines.push(format!("  {problem}"));
        if let Some(advice) = problem.advice().filter(|advice| !advices.contains(advice)) {
            lines.push(format!("    {}", paint.with(DIM, &format!("→ {advice}"))));
            advices.push(advice);
        }
    }
    if report.totals.is_none() {
        lines.push(
            "  The rest of it would not be the whole, so there are no numbers of the command.".to_owned(),
        );
    }
    lines
}

fn numbers(report: &CommandReport, totals: &CommandTotals, paint: Paint) -> Vec<String> {
    let peak = if report.processes > 1 {
        "the peaks of all processes, added up"
    } else {
        "the most that was live at once"
    };
    let rows = [
        ("peak", totals.peak_bytes, Unit::Bytes, peak),
        ("total", totals.total_bytes, Unit::Bytes, "all that was allocated"),
        ("allocations", totals.allocs, Unit::Count, "blocks asked for"),
        ("reallocations", totals.reallocs, Unit::Count, "blocks given another size"),
        ("never freed", totals.retained_bytes, Unit::Bytes, "live at the end"),
    ];
    let rows = rows.map(|(name, value, unit, what)| {
        let value = signed(value);
        let (exact, human) = (exact(value, unit), human(value, unit));
        let human = if human == exact { String::new() } else { human };
        (name, exact, human, what)
    });
    let kernels = [
        ("resident", report.kernel.resident_peak_bytes, "noisy: the kernel's, of one process"),
        ("cgroup", report.kernel.cgroup_peak_bytes, "noisy: the kernel's, with files it read"),
    ];
    let kernels = kernels.into_iter().filter_map(|(name, bytes, what)| {
        Some((name, format!("~ {}", human(signed(bytes?), Unit::Bytes)), String::new(), what))
    });
    let rows: Vec<_> = rows.into_iter().chain(kernels).collect();
    let wide = |text: fn(&(&str, String, String, &str)) -> usize| rows.iter().map(text).max().unwrap_or(0);
    let (names, exacts, humans) =
        (wide(|row| row.0.len()), wide(|row| row.1.chars().count()), wide(|row| row.2.chars().count()));
    let line = |(name, exact, human, what): &(&str, String, String, &str)| {
        let exact = paint.with(BOLD, &format!("{exact:>exacts$}"));
        format!("  {name:<names$}  {exact}  {human:>humans$}  {}", paint.with(DIM, what))
    };
    rows.iter().map(line).collect()
}

fn programs(report: &CommandReport, options: CommandOptions, paint: Paint) -> Vec<String> {
    let mut table = Builder::new();
    table.push_record(["program", "peak", "total", "allocations", "reallocations", "never freed"]);
    let shown = if options.all { report.programs.len() } else { MOST_ROWS };
    for row in report.programs.iter().take(shown) {
        table.push_record(program(row, paint));
    }
    let mut lines: Vec<String> = Vec::new();
    if report.totals.is_none() {
        lines.push(" What was seen of it:".to_owned());
    }
    lines.extend(drawn(table, 1..6).lines().map(str::to_owned));
    let hidden = report.programs.len().saturating_sub(shown);
    if hidden > 0 {
        let more = Noun("more program", "more programs").counted(hidden);
        lines.push(format!(" {}", paint.with(DIM, &format!("and {more}: -v"))));
    }
    lines
}

fn program(row: &ProgramRow, paint: Paint) -> Vec<String> {
    let CommandTotals { peak_bytes, total_bytes, allocs, reallocs, retained_bytes } = row.metrics;
    let times = if row.processes > 1 { format!(" × {}", row.processes) } else { String::new() };
    let name = paint.with(BOLD, &shorten_middle(&row.program, LONGEST_PROGRAM));
    let bytes = |value: u64| human(signed(value), Unit::Bytes);
    let count = |value: u64| human(signed(value), Unit::Count);
    vec![
        format!("{name}{times}"),
        bytes(peak_bytes),
        bytes(total_bytes),
        count(allocs),
        count(reallocs),
        bytes(retained_bytes),
    ]
}

fn call_sites(
    sites: &CommandSites,
    totals: Option<&CommandTotals>,
    options: CommandOptions,
    paint: Paint,
) -> Vec<String> {
    let unit = sites.metric.unit();
    let (title, total) = match sites.metric {
        Metric::PeakBytes => ("live at the peak", totals.map(|totals| signed(totals.peak_bytes))),
        Metric::TotalBytes => ("allocated in total", totals.map(|totals| signed(totals.total_bytes))),
        metric => (metric.name(), None),
    };
    // A process that was killed has left its numbers, and no call sites.
    let of = total.filter(|total| *total != sites.value).map(|total| format!(" of {}", human(total, unit)));
    let mut lines = vec![format!(
        "{}, by call site: {}{} at {}",
        paint.with(BOLD, title),
        human(sites.value, unit),
        of.unwrap_or_default(),
        SITES.counted(sites.sites.len())
    )];
    let listing = SiteListing {
        unit,
        whole: sites.value,
        sites: &sites.sites,
        without_site: &[
            (sites.other_processes_blocks, "blocks of which the process has not seen the allocation"),
            (sites.beyond_limit, "stacks beyond the limit"),
        ],
    };
    let explain = ExplainOptions {
        top: if options.all { usize::MAX } else { MOST_ROWS },
        callers: CALLERS,
        full_names: false,
        color: options.color,
    };
    lines.extend(listing_lines(&listing, explain, paint, |_| String::new()));
    lines
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
