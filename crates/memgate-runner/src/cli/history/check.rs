//! `history check`: rises that last, and creep.

use std::collections::BTreeSet;

use memgate_report::history::{
    Anchor, DriftReport, DriftRules, ShowOptions, Statistic, WindowedRule, check_drift, latest_releases,
    print_drift, render_drift,
};
use memgate_report::rules::Relative;
use memgate_report::text::fitted;

use super::arguments::{HistoryFormat, SeriesArguments};
use super::load::{Loaded, load};
use crate::cli::choice::one_of;
use crate::cli::output::{stdout_width, write_stdout};
use crate::console::Console;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::git::{resolve, tags};

/// The anchor that is the newest release.
const LATEST_RELEASE: &str = "latest-release";
/// The anchor that is each series' newest acceptance.
const ACCEPTANCE: &str = "acceptance";

/// Look for rises that last and for creep; only tells, unless --deny.
///
/// A rise that lasts is several values in a row above what was usual before them. It stands until the baseline of the benchmark is
/// updated, or until it is undone. Creep is how far the newest values are above those at an anchor.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    series: SeriesArguments,
    /// Exit with 100 when something is found, and with 104 when nothing is recorded
    #[arg(long)]
    deny: bool,
    /// The format on standard output
    #[arg(long, value_enum, default_value = "terminal", value_name = "FORMAT", help_heading = "Output")]
    format: HistoryFormat,
    /// What creep is compared with: a tag or another revision, `latest-release` (the newest tag that is a version), or
    /// `acceptance` (each benchmark's newest baseline) [default: latest-release, or acceptance where there is none]
    #[arg(long, value_name = "ANCHOR", help_heading = "Rules")]
    anchor: Option<String>,
    /// How far the newest values may be above the anchor [default: 5%]
    #[arg(long, value_name = "PERCENT", help_heading = "Rules")]
    creep_budget: Option<Relative>,
    /// How many values before a streak are what was usual
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = window, help_heading = "Rules")]
    window: usize,
    /// How many values in a row have to be too high
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = count, help_heading = "Rules")]
    streak: usize,
    /// What a window is summed up by
    #[arg(long, value_parser = one_of(&Statistic::ALL), default_value = "median", help_heading = "Rules")]
    statistic: Statistic,
    /// How many standard deviations above the window are too high
    #[arg(long, value_name = "FACTOR", default_value_t = 3.0, value_parser = factor, help_heading = "Rules")]
    factor: f64,
    /// What is too little to speak of, whatever the deviation is [default: 1%]
    #[arg(long, value_name = "PERCENT", help_heading = "Rules")]
    floor: Option<Relative>,
}

fn count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=10_000) => Ok(number),
        _ => Err("it is no number from 1 to 10000".to_owned()),
    }
}

fn window(text: &str) -> Result<usize, String> {
    // With fewer, nothing would be judged, and nothing be red.
    match count(text) {
        Ok(number) if number >= WindowedRule::MINIMUM => Ok(number),
        _ => Err(format!("it is no number from {} to 10000", WindowedRule::MINIMUM)),
    }
}

fn factor(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(factor) if factor.is_finite() && factor >= 0.0 => Ok(factor),
        _ => Err("it is no number from 0 on".to_owned()),
    }
}

pub(super) fn check(arguments: &CheckArguments, command: &str) -> Result<ExitCode, Error> {
    let mut loaded = load(&arguments.series)?;
    let acceptances = loaded.acceptances()?;
    let (anchor, anchor_name) = anchor(arguments, &loaded)?;
    let rules = DriftRules {
        window: arguments.window,
        streak: arguments.streak,
        statistic: arguments.statistic,
        factor: arguments.factor,
        floor: arguments.floor,
        creep_budget: arguments.creep_budget,
        anchor,
    };
    let console = Console::new(false);
    loaded.say_warnings(&console);
    if loaded.timeline.series.is_empty() {
        console.say(&loaded.nothing(&arguments.series, command));
        if arguments.format == HistoryFormat::Json {
            write_stdout(&print_drift(&DriftReport::default(), &[], &anchor_name))?;
        }
        return Ok(if arguments.deny { ExitCode::CoverageGap } else { ExitCode::Passed });
    }
    let report = check_drift(&loaded.timeline, &acceptances, &rules);
    let commits = loaded.shown_commits(arguments.format);
    let options = ShowOptions { verbose: false, color: arguments.series.color.for_stdout() };
    write_stdout(&match arguments.format {
        HistoryFormat::Terminal => {
            let mut text = fitted(&render_drift(&report, &commits, &anchor_name, options), stdout_width());
            if !report.findings.is_empty() {
                text += &format!(
                    "\nTo accept a rise, update its baseline and commit it: `{command} update --all FILTER`. \
                     `{command} history show FILTER` shows the trend.\n"
                );
            }
            text
        }
        HistoryFormat::Json => print_drift(&report, &commits, &anchor_name),
    })?;
    Ok(match arguments.deny {
        // What they hide may be what is looked for.
        true if loaded.newer > 0 => ExitCode::Failed,
        true if !report.findings.is_empty() => ExitCode::Regressed,
        // What could not be looked at must not look green.
        true if loaded.is_cut || is_too_short(&loaded, arguments) => ExitCode::CoverageGap,
        _ => ExitCode::Passed,
    })
}

/// Whether --last leaves too few values to judge anything. A history that is young has as many as there are.
fn is_too_short(loaded: &Loaded, arguments: &CheckArguments) -> bool {
    let needed = WindowedRule::MINIMUM + arguments.streak;
    let mut series = loaded.timeline.series.values();
    loaded.commits.len() >= arguments.series.last && series.all(|series| series.points.len() < needed)
}

/// What creep is compared with, and its name.
fn anchor(arguments: &CheckArguments, loaded: &Loaded) -> Result<(Anchor, String), Error> {
    let position = |id: git2::Oid| loaded.commits.iter().position(|commit| commit.commit == id);
    let release = || -> Result<Option<(Anchor, String)>, Error> {
        let tags = tags(&loaded.repository)?;
        let here: Vec<(String, usize)> =
            tags.into_iter().filter_map(|(name, commit)| Some((name, position(commit)?))).collect();
        let packages: BTreeSet<&str> =
            loaded.timeline.series.keys().map(|key| key.id.package.as_str()).collect();
        let releases = latest_releases(&here, packages.iter().copied());
        if releases.is_empty() {
            return Ok(None);
        }
        let mut names: Vec<&str> = releases.values().map(|(tag, _)| tag.as_str()).collect();
        names.dedup();
        let mut name = names.join(", ");
        if releases.len() < packages.len() {
            name += ", and elsewhere its newest acceptance";
        }
        let positions = releases.iter().map(|(package, (_, position))| (package.clone(), *position));
        Ok(Some((Anchor::Positions(positions.collect()), name)))
    };
    let acceptance = || (Anchor::LastAcceptance, "its newest acceptance".to_owned());
    match arguments.anchor.as_deref() {
        None => Ok(release()?.unwrap_or_else(acceptance)),
        Some(ACCEPTANCE) => Ok(acceptance()),
        Some(LATEST_RELEASE) => release()?.ok_or_else(|| {
            Error::Usage(format!(
                "--anchor {LATEST_RELEASE}: no tag in the history of {} is a version, such as v1.2.3 or PACKAGE-v1.2.3",
                arguments.series.revision
            ))
        }),
        Some(revision) => match position(resolve(&loaded.repository, revision)?.commit) {
            Some(position) => Ok((Anchor::Position(position), revision.to_owned())),
            None => Err(Error::Usage(format!(
                "--anchor {revision}: it is not among the newest {} commits of the history of {}, first parent after first \
                 parent",
                loaded.commits.len(),
                arguments.series.revision
            ))),
        },
    }
}
