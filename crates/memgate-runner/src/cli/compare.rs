//! `compare`: two revisions, each measured in a checkout of its own.

use std::path::PathBuf;

use memgate_report::compare::{ComparisonInput, compare};
use memgate_report::config::Config;
use memgate_report::model::Baselines;
use memgate_report::report::{Notice, NoticeKind, Report, Timing, outcome};

use super::arguments::{MeasureArguments, OutputArguments};
use super::output::write_report;
use super::toolchains::Toolchains;
use crate::clock::today;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::git::{Revision, resolve};
use crate::revisions::Release;
use crate::session::{
    CommittedSites, MeasureRequest, Measured, Purpose, Recorder, Revisions, Tree, as_baselines,
    changed_between, check_artifacts, explain_red, load_rules, record_sites,
};

/// Measure two revisions, and compare them
///
/// Each is built in a checkout of its own, the working tree in a copy, with one toolchain, unless `--toolchain` names two; the working tree, the index, branches
/// and stashes stay as they are. Limits, budgets and waivers are those of HEAD. Committed baselines take no part.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct CompareArguments {
    /// The revision to compare with: a branch, a tag, a commit; `.` is the working tree; or a release on the registry, such as
    /// `parser@1.2.3`
    #[arg(value_name = "BASE")]
    base: String,
    /// The revision to compare; `.` is the working tree
    #[arg(value_name = "HEAD", default_value = WORKING_TREE)]
    head: String,
    #[command(flatten)]
    measure: MeasureArguments,
    #[command(flatten)]
    output: OutputArguments,
    /// Whose benches to measure both with: each with its own, or old code with today's
    #[arg(long, value_enum, default_value = "each", value_name = "SIDE", help_heading = "Measuring")]
    benches_from: BenchesFrom,
    /// Build both with a toolchain, by its name or folder; given twice, BASE with the first and HEAD with the second
    #[arg(long = "toolchain", value_name = "TOOLCHAIN", help_heading = "Measuring")]
    toolchains: Vec<String>,
    /// Exit with 103 when something improved, is new, or a waiver is no longer needed
    #[arg(long)]
    strict: bool,
    /// Don't look for the call sites of what is red
    #[arg(long, help_heading = "Call sites")]
    no_explain: bool,
    /// Leave pprof, DHAT and flame graph files of what is red in this folder
    #[arg(long, value_name = "DIR", conflicts_with = "no_explain", help_heading = "Call sites")]
    artifacts: Option<PathBuf>,
}

/// Whose benches are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum BenchesFrom {
    /// Each revision with its own.
    Each,
    /// Both with those of HEAD.
    Head,
}

/// How the working tree is named where a revision is asked for.
const WORKING_TREE: &str = ".";

pub(super) fn compare_revisions(arguments: &CompareArguments, command: &str) -> Result<ExitCode, Error> {
    arguments.output.check()?;
    check_artifacts(arguments.artifacts.as_deref())?;
    let mut request = arguments.measure.request()?;
    request.refuse_partition("compare", "name benchmarks or packages instead")?;
    let toolchains = Toolchains::find(&arguments.toolchains)?;
    let revisions = Revisions::open(&request)?;
    let base = base(&revisions, &arguments.base)?;
    let head = match arguments.head.as_str() {
        WORKING_TREE => None,
        name => Some(resolve(&revisions.repository, name)?),
    };
    let has_one_source = match (&base, &head) {
        (Base::WorkingTree, None) => true,
        (Base::Revision(base), Some(head)) => base.commit == head.commit,
        _ => false,
    };
    let head = match head {
        None => revisions.working_tree("head")?,
        Some(revision) => revisions.check_out(&revision, "head")?,
    };
    let mut config = load_rules(&revisions.load(&request, &head)?)?;
    toolchains.allow_two_compilers(&mut config.policy);
    let mut notes = Vec::new();
    let base = match base {
        Base::WorkingTree => revisions.working_tree("base")?,
        Base::Revision(revision) => revisions.check_out(&revision, "base")?,
        Base::Release(release) => {
            let packages = revisions.load(&request, &head)?.packages();
            let Some(package) = packages.get(&release.name) else {
                let name = &release.name;
                return Err(Error::Usage(format!(
                    "{} has no package `{name}` to compare {release} with",
                    head.label
                )));
            };
            // The registry has nothing of the others.
            request = request.of_package(&release.name);
            let base = revisions.download(&request, &release, &head, package)?;
            notes.extend(Revisions::length_notes(&base, &head, package));
            base
        }
    };
    let base_request = &request.with_toolchain(toolchains.base.as_ref());
    let request = &request.with_toolchain(toolchains.head.as_ref());
    revisions.align_toolchain(&head, &base)?;
    if arguments.benches_from == BenchesFrom::Head {
        revisions.take_benches(request, &head, &base)?;
    }

    revisions.console.say(&format!("   Base is {}", base.label));
    let of_base = with_gone_commands(&revisions, base_request, &base, &config);
    let project = revisions.project(base_request, &base, of_base, Baselines::new())?;
    let Measured { run: base_run, timing: base_timing, targets, .. } =
        revisions.measure(base_request, &base, &project, Purpose::Base, None)?;
    let baselines = as_baselines(&base_run, &base.label, &config.policy)?;
    // Before head is built over it.
    let sites = if arguments.no_explain {
        CommittedSites::recorded(Default::default())
    } else {
        let options = base_request.options(&config);
        let mut recorder = Recorder::new(&project, &targets, options, &revisions.interrupt);
        CommittedSites::recorded(record_sites(&base_run, &mut recorder, &revisions.console)?)
    };
    notes.extend(revisions.outside_notes(&base, &project));

    revisions.console.say(&format!("   Head is {}", head.label));
    let project = revisions.project(request, &head, config, baselines)?;
    let Measured { run, timing, targets, .. } =
        revisions.measure(request, &head, &project, Purpose::Verdict, Some(command))?;
    let mut report = compare(ComparisonInput {
        runs: std::slice::from_ref(&run),
        baselines: &project.baselines,
        policy: &project.config.policy,
        today: today(),
        strict: arguments.strict,
    });
    report.timing = Some(Timing {
        build_ms: timing.build_ms.saturating_add(base_timing.build_ms),
        measure_ms: timing.measure_ms.saturating_add(base_timing.measure_ms),
    });
    notes.extend(
        revisions
            .outside_notes(&head, &project)
            .into_iter()
            .filter(|note| !notes.contains(note))
            .collect::<Vec<_>>(),
    );
    notes.extend(revisions.submodule_notes()?);
    notes.extend(revisions.checkout_notes());
    toolchains.say_once(&mut report, &project.config.policy);
    let built_with = toolchains.built_with(&base_run, &run);
    let whose = if has_one_source {
        toolchains.of_one_source()
    } else {
        toolchains.of_two_sources(command, &arguments.base, &arguments.head)
    };
    notes.splice(0..0, whose);
    add_notices(&mut report, arguments.benches_from, &base, &head, &built_with, notes);
    let mut failures = Vec::new();
    if !arguments.no_explain {
        let options = request.options(&project.config);
        let recorder = Recorder::new(&project, &targets, options, &revisions.interrupt);
        let red = explain_red(&mut report, recorder, sites, arguments.artifacts.as_deref())?;
        if red.count > 0 {
            report.dependencies = changed_between(&base.workspace, &head.workspace);
            red.add_features(&mut report.dependencies);
        }
        failures.extend(red.unwritten);
    }
    failures.extend(write_report(&report, &arguments.output, command, Some(request)).err());
    Error::of_all(failures)?;
    Ok(outcome(&report).into())
}

/// What is compared with.
enum Base {
    WorkingTree,
    Revision(Revision),
    Release(Release),
}

/// What BASE means: a revision, if git knows one of this name and it is not the working tree's.
fn base(revisions: &Revisions, name: &str) -> Result<Base, Error> {
    if name == WORKING_TREE {
        return Ok(Base::WorkingTree);
    }
    match (resolve(&revisions.repository, name), Release::parse(name)) {
        (Ok(revision), _) => Ok(Base::Revision(revision)),
        (Err(_), Some(release)) => Ok(Base::Release(release)),
        (Err(error), None) => Err(error.into()),
    }
}

/// Says what was compared, and how both were built.
fn add_notices(
    report: &mut Report,
    benches: BenchesFrom,
    base: &Tree,
    head: &Tree,
    built_with: &str,
    notes: Vec<String>,
) {
    let benches = match benches {
        BenchesFrom::Each => "",
        BenchesFrom::Head => ", both with the benches of head",
    };
    let other = if base.label == head.label { "itself" } else { &base.label };
    let compared = format!("{} is compared with {other}{benches}; {built_with}", head.label);
    // Two notices of one text would be one.
    for text in std::iter::once(compared).chain(notes) {
        report.notices.push(Notice { kind: NoticeKind::Revisions, text });
    }
}

/// HEAD's configuration with the commands that base alone has, which are missing at HEAD then. What base's own says besides, and where it
/// can't be read, is of no interest.
fn with_gone_commands(revisions: &Revisions, request: &MeasureRequest, base: &Tree, head: &Config) -> Config {
    let mut config = head.clone();
    let of_base = revisions.load(request, base).ok().and_then(|workspace| load_rules(&workspace).ok());
    for command in of_base.unwrap_or_default().commands {
        if !config.commands.iter().any(|one| one.id() == command.id()) {
            config.commands.push(command);
        }
    }
    config
}
