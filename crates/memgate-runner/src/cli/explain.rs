//! `explain`: the sites of benchmarks, and files for other tools.

use memgate_protocol::Metric;
use memgate_report::compare::{ComparisonInput, compare};
use memgate_report::explain::{
    ExplainOptions, ExplainedBenchmark, MetricSites, print_explanations, render_explanations,
};
use memgate_report::model::{
    Baseline, BaselineKey, BenchTargetRun, BenchmarkId, FailureKind, Measurement, MetricKey, MetricMap,
    Observation,
};
use memgate_report::render::{Format, RenderOptions, render, render_causes};
use memgate_report::report::{Outcome, outcome};
use memgate_report::text::fitted;

use super::arguments::MeasureArguments;
use super::explain_files::FileArguments;
use super::one_benchmark::the_one;
use super::output::say_failures;
use crate::clock::today;
use crate::console::{ColorChoice, Console};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::measure::MeasureOptions;
use crate::process::Interrupt;
use crate::session::{
    CommittedSites, Listed, MeasureRequest, Measured, NamedWindow, Project, Purpose, Recorded, Recorder,
    Windows, add_notes, changed_dependencies, difference, explain_red, window_of, write_output,
};

/// Show the call sites of benchmarks, and their difference from the baseline; without a benchmark, the causes of all that is red
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ExplainArguments {
    #[command(flatten)]
    measure: MeasureArguments,
    /// The metric to show, such as `allocs` or `cold.peak_bytes` (may be repeated) [default: those that differ from the
    /// baseline, else `peak_bytes`]
    #[arg(long = "metric", value_name = "METRIC", help_heading = "Call sites")]
    metrics: Vec<MetricKey>,
    /// How many call sites to show of each metric
    #[arg(long, value_name = "N", default_value_t = 15, help_heading = "Call sites")]
    top: usize,
    /// How many callers to show of each call site, at most 8
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(0..=8), help_heading = "Call sites")]
    callers: u8,
    /// Show generic arguments
    #[arg(long, help_heading = "Call sites")]
    full_names: bool,
    /// Who records: memgate's own engine, or the crate dhat, which writes its own file to --dhat
    #[arg(long, value_enum, default_value = "sites", help_heading = "Call sites")]
    engine: RecordingEngine,
    #[command(flatten)]
    files: FileArguments,
    /// The format on standard output
    #[arg(long, value_enum, default_value = "terminal", help_heading = "Output")]
    format: ExplainFormat,
    /// When to use colours
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN", help_heading = "Output")]
    color: ColorChoice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum RecordingEngine {
    Sites,
    Dhat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum ExplainFormat {
    /// Tables for people.
    Terminal,
    /// Everything, for programs.
    Json,
}

pub(super) fn explain(arguments: &ExplainArguments, command: &str) -> Result<ExitCode, Error> {
    if arguments.engine == RecordingEngine::Dhat && arguments.files.dhat.is_none() {
        return Err(Error::Usage("--engine dhat writes a file: say where, with --dhat PATH".to_owned()));
    }
    let request = arguments.measure.request()?;
    request.refuse_partition("explain", "name the benchmarks instead")?;
    arguments.files.check()?;
    if arguments.measure.select.filters.is_empty() {
        if arguments.files.is_any()
            || arguments.engine == RecordingEngine::Dhat
            || !arguments.metrics.is_empty()
        {
            return Err(Error::Usage(format!(
                "which benchmark is it to be of? `{command} list` has them; `{command} explain ID`"
            )));
        }
        return explain_all_red(arguments, &request, command);
    }
    let project = Project::load(&request)?;
    let options = request.options(&project.config);
    let interrupt = Interrupt::listen();
    let features: &[&str] = if arguments.engine == RecordingEngine::Dhat { &["dhat"] } else { &[] };
    let listed = match features {
        [] => project.list_selected(&request, &options, &interrupt, command)?,
        // What is built with another engine are benches alone.
        _ => {
            let listed = project.list_benchmarks(&request, &options, &interrupt, features)?;
            project.check_selection(&request.selection, &listed.parts, command)?;
            listed
        }
    };
    let ids: Vec<BenchmarkId> = listed
        .parts
        .iter()
        .flat_map(|part| part.declared.iter().map(|name| part.id(name)))
        .filter(|id| request.selection.selects(id))
        .collect();
    if let Some(problem) =
        listed.parts.iter().find_map(|part| part.failure.as_ref()).filter(|_| ids.is_empty())
    {
        return Err(Error::Usage(format!("nothing can be explained: {}", problem.message)));
    }
    let ids = if arguments.files.is_any() { vec![the_one(ids, &request.selection, "a file")?] } else { ids };
    if arguments.engine == RecordingEngine::Dhat {
        return by_dhat(arguments, &project, &listed, &options, &interrupt, &ids);
    }
    by_sites(arguments, &project, &listed, options, &interrupt, &ids)
}

/// Measures everything, and explains what is red, by cause.
fn explain_all_red(
    arguments: &ExplainArguments,
    request: &MeasureRequest,
    command: &str,
) -> Result<ExitCode, Error> {
    let project = Project::load(request)?;
    let Measured { run, targets, interrupt, .. } = project.measure(request, Purpose::Verdict, command)?;
    let mut report = compare(ComparisonInput {
        runs: std::slice::from_ref(&run),
        baselines: &project.baselines,
        policy: &project.config.policy,
        today: today(),
        strict: false,
    });
    let recorder = Recorder::new(&project, &targets, request.options(&project.config), &interrupt);
    let red = explain_red(&mut report, recorder, CommittedSites::new(&project.store), None)?;
    if red.count > 0 {
        report.dependencies = changed_dependencies(&project, None, None);
        red.add_features(&mut report.dependencies);
    }
    say_failures(&run);
    let text = match arguments.format {
        ExplainFormat::Json => render(&report, Format::Json, &options(arguments, command)),
        ExplainFormat::Terminal => render_causes(&report, &options(arguments, command)),
    };
    arguments.files.write_words(&text)?;
    Ok(if outcome(&report) == Outcome::Failed { ExitCode::Failed } else { ExitCode::Passed })
}

fn options(arguments: &ExplainArguments, command: &str) -> RenderOptions {
    RenderOptions {
        verbose: true,
        cold: false,
        color: arguments.color.for_stdout(),
        width: arguments.files.words_width(),
        command: command.to_owned(),
        cargo_flags: Vec::new(),
        filters: Vec::new(),
    }
}

fn by_sites(
    arguments: &ExplainArguments,
    project: &Project,
    listed: &Listed,
    options: MeasureOptions,
    interrupt: &Interrupt,
    ids: &[BenchmarkId],
) -> Result<ExitCode, Error> {
    let mut recorder = Recorder::new(project, &listed.targets, options, interrupt);
    let counted = recorder.count(ids)?;
    let recorded = recorder.record(ids)?;
    let mut committed = CommittedSites::new(&project.store);
    let console = Console::new(false);
    let (mut explained, mut is_failed, mut failures) = (Vec::new(), false, Vec::new());
    for ((id, counted), recorded) in ids.iter().zip(counted).zip(&recorded) {
        let mut windows = Windows::new(id, recorded);
        let benchmark = counted.map_err(|failure| failure.message).and_then(|counted| {
            let subject =
                Subject { id, counted: &counted, refused: refused(recorded), windows: &mut windows };
            explained_benchmark(arguments, project, listed, &mut recorder, &mut committed, subject)
        });
        match benchmark {
            Ok(benchmark) => {
                // Where there are no call sites, what was asked for as a file of them is an error here.
                let files = &arguments.files;
                failures.extend(files.write(&benchmark, &mut recorder, &mut windows, &mut committed).err());
                explained.push(benchmark);
            }
            Err(problem) => {
                console.say(&format!("error: {id} could not be recorded: {problem}"));
                is_failed = true;
            }
        }
    }
    let text = match arguments.format {
        ExplainFormat::Json => print_explanations(&explained),
        ExplainFormat::Terminal => {
            let options = ExplainOptions {
                top: arguments.top,
                callers: usize::from(arguments.callers),
                full_names: arguments.full_names,
                color: arguments.color.for_stdout(),
            };
            fitted(&render_explanations(&explained, options), arguments.files.words_width())
        }
    };
    failures.extend(arguments.files.write_words(&text).err());
    Error::of_all(failures)?;
    Ok(if is_failed { ExitCode::Failed } else { ExitCode::Passed })
}

/// A benchmark, what `count` says of it, and what was recorded.
struct Subject<'a, 'r> {
    id: &'a BenchmarkId,
    counted: &'a Measurement,
    /// Why there are no call sites of what was counted.
    refused: Option<&'a str>,
    windows: &'a mut Windows<'r>,
}

/// Why a process that counts does not record: its platform has no call stacks. What failed otherwise is an error.
fn refused(recorded: &Recorded) -> Option<&str> {
    let failure = recorded.as_ref().err()?;
    (failure.kind == FailureKind::Refused).then_some(&failure.message)
}

fn explained_benchmark(
    arguments: &ExplainArguments,
    project: &Project,
    listed: &Listed,
    recorder: &mut Recorder<'_>,
    committed: &mut CommittedSites<'_>,
    subject: Subject<'_, '_>,
) -> Result<ExplainedBenchmark, String> {
    let Subject { id, counted, refused, windows } = subject;
    let target = listed.targets.first().map(|suite| suite.triple().to_owned()).unwrap_or_default();
    let key = BaselineKey::new(&*target, &*id.package, &*id.bench_target);
    let baseline = project.baselines.get(&key);
    let base = baseline.and_then(|baseline| baseline.benchmarks.get(&id.name));
    let other_environment =
        baseline.filter(|_| base.is_some()).and_then(|baseline| other_environment(baseline, listed, id));
    let metrics = if arguments.metrics.is_empty() {
        default_metrics(base, &counted.metrics)
    } else {
        arguments.metrics.clone()
    };
    let mut benchmark = ExplainedBenchmark { target, id: id.clone(), metrics: Vec::new(), notes: Vec::new() };
    add_notes(&mut benchmark.notes, &other_environment.into_iter().collect::<Vec<_>>());
    if let Some(key) = metrics.iter().find(|key| key.is_kernels()) {
        return Err(format!(
            "`{key}` is the kernel's figure, which no call site has; `peak_bytes` is what the heap has of it"
        ));
    }
    for key in metrics {
        let Some(head) = counted.metrics.get(key) else { continue };
        let base = base.and_then(|base| base.get(key));
        if let Some(why) = refused {
            let note = format!("there are no call sites: {why}");
            add_notes(&mut benchmark.notes, &[note]);
            let base = base.map(Observation::median);
            benchmark.metrics.push(MetricSites::without_sites(key, base, head.median()));
            continue;
        }
        let NamedWindow { table, notes, .. } = windows.get(recorder, window_of(key))?;
        add_notes(&mut benchmark.notes, notes);
        let stored = committed.of(&benchmark.target, id);
        let found = stored.as_ref().ok().copied().flatten();
        let mut difference = difference(key, base, head, found, table, counted.threads);
        if let Err(problem) = stored {
            add_notes(&mut benchmark.notes, &[problem]);
            difference = difference.with_unreadable_base();
        }
        benchmark.metrics.push(MetricSites {
            metric: key,
            base: base.map(Observation::median),
            head: head.median(),
            has_sites: true,
            sites: MetricSites::sites_of(table, key.metric),
            older_blocks: table.older.get(key.metric),
            beyond_limit: table.beyond_limit.get(key.metric),
            difference,
        });
    }
    Ok(benchmark)
}

/// That what differs from the baseline may be another environment's doing, for which `check` would not compare the two.
fn other_environment(baseline: &Baseline, listed: &Listed, id: &BenchmarkId) -> Option<String> {
    let is_its =
        |part: &&BenchTargetRun| (&part.package, &part.bench_target) == (&id.package, &id.bench_target);
    let head = listed.parts.iter().find(is_its)?.environment.as_ref()?;
    let differences = baseline.environment.differences(head).into_iter();
    let own = differences.filter(|difference| difference.only.as_ref().is_none_or(|name| *name == id.name));
    let words: Vec<String> = own.map(|difference| difference.to_string()).collect();
    (!words.is_empty())
        .then(|| format!("the baseline was measured in another environment: {}", words.join("; ")))
}

/// The steady metrics that differ from the baseline; the peak when none does.
fn default_metrics(base: Option<&MetricMap>, head: &MetricMap) -> Vec<MetricKey> {
    let differs = |key: &MetricKey| {
        base.and_then(|base| base.get(*key)).zip(head.get(*key)).is_some_and(|(base, head)| base != head)
    };
    let differing: Vec<MetricKey> = Metric::ALL.into_iter().map(MetricKey::steady).filter(differs).collect();
    if differing.is_empty() { vec![MetricKey::steady(Metric::PeakBytes)] } else { differing }
}

/// Has dhat record one window, and puts its own file where it was asked for.
fn by_dhat(
    arguments: &ExplainArguments,
    project: &Project,
    listed: &Listed,
    options: &MeasureOptions,
    interrupt: &Interrupt,
    ids: &[BenchmarkId],
) -> Result<ExitCode, Error> {
    let recorder = Recorder::new(project, &listed.targets, *options, interrupt);
    let (Some(id), Some(path)) = (ids.first(), &arguments.files.dhat) else { return Ok(ExitCode::Passed) };
    match recorder.dhat_files(ids)?.into_iter().next() {
        Some(Ok(content)) => {
            write_output(path, content)?;
            arguments.files.write_words(&format!("{id}: dhat's own file is {}\n", path.display()))?;
            Ok(ExitCode::Passed)
        }
        Some(Err(failure)) => {
            Console::new(false).say(&format!("error: {id} could not be recorded: {}", failure.message));
            Ok(ExitCode::Failed)
        }
        None => Ok(ExitCode::Passed),
    }
}
