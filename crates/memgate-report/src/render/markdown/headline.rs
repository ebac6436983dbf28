//! The verdict in one line, and the numbers behind it.

use super::inert::{code, prose};
use super::lack::Lack;
use super::triples::Triples;
use super::{Page, lack};
use crate::report::{NoticeKind, Outcome, Report, Verdict, outcome};
use crate::text::{BENCHMARKS, Noun};

pub(super) fn render(report: &Report, triples: &Triples<'_>, page: &Page<'_>) -> String {
    let mut line = counts(report);
    if triples.are_several() {
        line += &format!(" · on {} targets", triples.all().len());
    }
    let raises = report.acceptance.as_ref().map_or(0, |acceptance| acceptance.raises.len());
    if raises > 0 {
        let noun = Noun("value", "values").of(raises);
        line += &format!(" · 🟡 **{raises}** accepted {noun} raised");
    }
    if let Some(sha) = page.head_sha.and_then(short_sha) {
        line += &format!(" · at {}", code(sha));
    }
    if let Some(branch) = page.base_branch {
        line += &format!(" · into {}", code(branch));
    }
    if let Some(url) = page.run_url.filter(|url| is_plain_url(url)) {
        line += &format!(" · [the run]({url})");
    }
    if let Some(doubt) = &page.doubt {
        line += &format!("\n\n🟠 {}.", prose(doubt));
    }
    format!("## {}\n\n{line}\n\n", verdict(report, page.lacks, page.doubt.is_some()))
}

fn verdict(report: &Report, lacks: &[Lack], is_in_doubt: bool) -> String {
    let count = |verdicts: &[Verdict]| {
        report.benchmarks.iter().filter(|benchmark| verdicts.contains(&benchmark.verdict)).count()
    };
    let total = report.benchmarks.len();
    let all = BENCHMARKS.counted(total);
    match outcome(report) {
        Outcome::Failed => match count(&[Verdict::Failed]) {
            0 => "🔴 Memory could not be measured: a bench target failed".to_owned(),
            failed => format!("🔴 Memory could not be measured: {failed} of {all} failed"),
        },
        Outcome::Regressed => {
            let red = report.benchmarks.iter().filter(|benchmark| benchmark.red().next().is_some()).count();
            let slow = report.benchmarks.iter().filter(|benchmark| {
                benchmark.time.as_ref().is_some_and(|time| time.verdict == Verdict::Regressed)
            });
            match (red, slow.count()) {
                (0, 0) => format!("🔴 Growth is above its limit in {} series", report.steeper_series()),
                (0, slow) => format!("🔴 Time is above its limit in {slow} of {all}"),
                (red, 0) => format!("🔴 Memory is above its limit in {red} of {all}"),
                (red, slow) => format!("🔴 Memory is above its limit in {red} of {all}, time in {slow}"),
            }
        }
        Outcome::CoverageGap => format!("🟠 Not everything was compared: {}", gaps(report, lacks)),
        // What never ran, and what nothing holds back, must not look green.
        Outcome::Passed if total == 0 => lack::headline_of_nothing(lacks),
        Outcome::Passed | Outcome::Stale if !lacks.is_empty() => lack::headline_of_the_rest(lacks),
        Outcome::Passed | Outcome::Stale if is_in_doubt => {
            "🟠 Measured for something else than what is to be merged now".to_owned()
        }
        Outcome::Stale => "🟡 The baselines are stale".to_owned(),
        Outcome::Passed if report.has_notice(NoticeKind::NothingGated) => "🟠 Nothing is gated".to_owned(),
        // What a green gate accepted is what a reviewer has to look at.
        Outcome::Passed if report.acceptance.as_ref().is_some_and(|acceptance| acceptance.asks()) => {
            format!("🟡 No memory regression in {all}: review what is accepted")
        }
        Outcome::Passed => format!("🟢 No memory regression in {all}"),
    }
}

/// Such as `2 of 12 benchmarks are missing, and 1 target has no baseline`.
fn gaps(report: &Report, lacks: &[Lack]) -> String {
    let total = BENCHMARKS.counted(report.benchmarks.len());
    let mut gaps: Vec<String> = Vec::new();
    for (verdict, count) in report.counts() {
        let is_gap = matches!(verdict, Verdict::Missing | Verdict::Incomparable);
        let of = if gaps.is_empty() { format!(" of {total}") } else { String::new() };
        let is = if count == 1 { "is" } else { "are" };
        gaps.extend(is_gap.then(|| format!("{count}{of} {is} {verdict}")));
    }
    let targets = report.notices.iter().filter(|notice| notice.kind == NoticeKind::NoBaseline).count();
    if targets > 0 {
        gaps.push(format!("{} without a baseline", Noun("target", "targets").counted(targets)));
    }
    // How many stands in the notices, of which one may be about many.
    if report.has_notice(NoticeKind::LostShard) {
        gaps.push("not all shards are there".to_owned());
    }
    let not_measured = report.notices.iter().filter(|notice| notice.kind == NoticeKind::NotMeasured).count();
    if not_measured > 0 {
        gaps.push(format!("{} not measured", Noun("bench target", "bench targets").counted(not_measured)));
    }
    if report.has_notice(NoticeKind::NoSavedTimes) {
        gaps.push("no saved times".to_owned());
    }
    gaps.extend(lack::counted(lacks));
    gaps.join(", ")
}

fn counts(report: &Report) -> String {
    let counts = report.counts().into_iter();
    let counts: Vec<String> = counts.map(|(verdict, count)| format!("**{count}** {verdict}")).collect();
    if counts.is_empty() { "**0** benchmarks".to_owned() } else { counts.join(" · ") }
}

fn short_sha(sha: &str) -> Option<&str> {
    let is_sha = (7..=64).contains(&sha.len()) && sha.bytes().all(|byte| byte.is_ascii_hexdigit());
    sha.get(..7).filter(|_| is_sha)
}

/// Whether an address has nothing in it that could end a link, or be one to something else than a web page.
fn is_plain_url(url: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:?=&%+".contains(&byte);
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    is_web && url.len() <= 500 && url.bytes().all(is_plain)
}
