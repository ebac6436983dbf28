//! `bisect`: the commit that raised a metric.

use memgate_report::bisect::{Suspects, render_finding};
use memgate_report::model::{BenchmarkId, COMMANDS, MetricKey};
use memgate_report::text::shell_quoted;

use super::arguments::MeasureArguments;
use super::compare::BenchesFrom;
use super::one_benchmark::the_one;
use super::output::{stdout_width, write_stdout};
use crate::console::ColorChoice;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::git::{first_parent_line, resolve};
use crate::session::{MeasureRequest, Prober, Revisions, Search, Tree, load_rules, memo};

/// Find the commit that raised a metric
///
/// Measures commits between GOOD and BAD, each in a checkout of its own, until two neighbours are found between which the
/// metric rose. Only first parents are followed: a merge is one step. What does not build is skipped, and what was measured
/// before is not measured again, so that an interrupted search goes on where it was. The benchmark is the one that the filters
/// select at BAD.
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

/// The definition with what is different in this command.
pub(super) fn adapted(command: clap::Command) -> clap::Command {
    command.mut_arg("partition", |argument| argument.hide(true))
}

pub(super) fn bisect(arguments: &BisectArguments, command: &str) -> Result<ExitCode, Error> {
    let request = request(arguments, command)?;
    let revisions = Revisions::open(&request)?;
    let good = resolve(&revisions.repository, &arguments.good)?;
    let bad = resolve(&revisions.repository, &arguments.bad)?;
    let mut line = vec![good.commit];
    line.extend(first_parent_line(&revisions.repository, &good, &bad)?);
    let head = revisions.check_out(&bad, "head")?;
    let config = load_rules(&revisions.load(&request, &head)?)?;
    let id = match whole_id(&request, &revisions, &head)? {
        Some(id) => id,
        None => the_one(revisions.ids(&request, &head, &config, command)?, &request.selection, "`bisect`")?,
    };
    let request = request.of_benchmark(&id);
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
    write_stdout(&render_finding(&finding, arguments.color.for_stdout(), stdout_width()))?;
    Ok(if is_found { ExitCode::Passed } else { ExitCode::Failed })
}

/// What is asked for, before it is known which benchmark that is.
fn request(arguments: &BisectArguments, command: &str) -> Result<MeasureRequest, Error> {
    let request = arguments.measure.request()?;
    request.refuse_partition("bisect", "it measures one benchmark")?;
    let how = format!("{command} bisect {} {}", arguments.good, arguments.bad);
    if let Some(id) = request.cargo.bench_targets.iter().find(|name| name.contains('/')) {
        return Err(Error::Usage(format!(
            "--bench names a bench target, and a benchmark is a filter, as everywhere: `{how} {}`",
            shell_quoted(id)
        )));
    }
    if request.selection.is_everything() {
        return Err(Error::Usage(format!(
            "which benchmark is to be searched for? `{command} list` has them; `{how} FILTER`, of which one is enough that \
             matches a single one"
        )));
    }
    Ok(request)
}

/// The benchmark, where its whole id is given: nothing has to be built to know that it is meant.
fn whole_id(
    request: &MeasureRequest,
    revisions: &Revisions,
    head: &Tree,
) -> Result<Option<BenchmarkId>, Error> {
    let selection = &request.selection;
    let [filter] = selection.filters.as_slice() else { return Ok(None) };
    let Ok(id) = filter.parse::<BenchmarkId>() else { return Ok(None) };
    let is_alone = selection.skips.is_empty() && selection.covers(&id.package, &id.bench_target);
    let packages = revisions.load(request, head)?.packages();
    Ok((is_alone && (packages.contains_key(&id.package) || id.package == COMMANDS)).then_some(id))
}
