//! `bisect`: the commit that raised a metric.

use memgate_report::bisect::{Suspects, render_finding};
use memgate_report::model::{BenchmarkId, MetricKey};

use super::arguments::MeasureArguments;
use super::compare::BenchesFrom;
use super::output::write_stdout;
use crate::config::load_config;
use crate::console::ColorChoice;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::git::{first_parent_line, resolve};
use crate::session::{MeasureRequest, Prober, Revisions, Search, memo};

/// Find the commit that raised a metric
///
/// Measures commits between GOOD and BAD, each in a checkout of its own, until two neighbours are found between which the
/// metric rose. Only first parents are followed: a merge is one step. What does not build is skipped, and what was measured
/// before is not measured again, so that an interrupted search goes on where it was.
///
/// Exits with 0 when the commit was found, and with 101 when it was not.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct BisectArguments {
    /// A revision at which the metric was still low
    #[arg(value_name = "GOOD")]
    good: String,
    /// A later revision at which it is high
    #[arg(value_name = "BAD")]
    bad: String,
    #[command(flatten)]
    measure: MeasureArguments,
    /// The metric that rose, such as `allocs` or `cold.peak_bytes` [default: the first that is above its limit]
    #[arg(long, value_name = "METRIC", help_heading = "Search")]
    metric: Option<MetricKey>,
    /// Whose benches to measure with: each commit with its own, or old code with those of BAD
    #[arg(long, value_enum, default_value = "each", value_name = "SIDE", help_heading = "Measuring")]
    benches_from: BenchesFrom,
    /// When to use colours
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN", help_heading = "Output")]
    color: ColorChoice,
}

/// The definition with what is different in this command: one benchmark is named, and nothing else selects.
pub(super) fn adapted(command: clap::Command) -> clap::Command {
    command
        .mut_arg("bench_targets", |argument| {
            argument.help("The benchmark's id").value_name("ID").required(true).help_heading("Search")
        })
        .mut_arg("filters", |argument| argument.hide(true))
        .mut_arg("exact", |argument| argument.hide(true))
        .mut_arg("skips", |argument| argument.hide(true))
        .mut_arg("packages", |argument| argument.hide(true))
        .mut_arg("partition", |argument| argument.hide(true))
}

pub(super) fn bisect(arguments: &BisectArguments, command: &str) -> Result<ExitCode, Error> {
    let (id, request) = request(&arguments.measure)?;
    let revisions = Revisions::open(&request)?;
    let good = resolve(&revisions.repository, &arguments.good)?;
    let bad = resolve(&revisions.repository, &arguments.bad)?;
    let mut line = vec![good.commit];
    line.extend(first_parent_line(&revisions.repository, &good, &bad)?);
    let head = revisions.check_out(&bad, "head")?;
    let config = load_config(&head.workspace)?;
    let with_benches_of_head = arguments.benches_from == BenchesFrom::Head;
    let prober = Prober {
        memo: memo(&revisions, &request, &id, (&bad, &head), &config, with_benches_of_head)?,
        revisions: &revisions,
        request: &request,
        id: &id,
        head: &head,
        config: &config,
        with_benches_of_head,
    };
    let mut search = Search::new(&good, &bad, &line, arguments.metric);
    let step = search.run(&prober)?;
    let finding = search.finding(&prober, step, command, &id)?;
    let is_found = matches!(finding.suspects, Suspects::One(_));
    write_stdout(&render_finding(&finding, arguments.color.for_stdout()))?;
    Ok(if is_found { ExitCode::Passed } else { ExitCode::Failed })
}

/// The benchmark that `--bench` names, and what asks for it alone.
fn request(arguments: &MeasureArguments) -> Result<(BenchmarkId, MeasureRequest), Error> {
    let request = arguments.request()?;
    request.refuse_partition("bisect", "it measures one benchmark")?;
    let usage = |words: &str| Error::Usage(words.to_owned());
    let [text] = arguments.cargo.bench_targets.as_slice() else {
        return Err(usage("--bench names one benchmark to search for; say it once"));
    };
    let id: BenchmarkId = text.parse().map_err(|error| Error::Usage(format!("--bench: {error}")))?;
    let is_narrowed = !arguments.select.filters.is_empty() || !arguments.select.skips.is_empty();
    if is_narrowed || !arguments.cargo.packages.is_empty() {
        return Err(usage(
            "`bisect` measures the one benchmark that --bench names; leave filters and packages out",
        ));
    }
    let request = request.of_benchmark(&id);
    Ok((id, request))
}
