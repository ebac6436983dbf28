//! Every engine's opinion of every benchmark.

use std::collections::BTreeMap;

use memgate_protocol::capture::WindowKind;
use memgate_protocol::{Engine, Record, WindowPlan};
use memgate_report::model::{BenchmarkId, Failure};
use memgate_report::verify::{
    Check, Finding, Second, Verification, against_dhat, against_dhat_file, against_second_process,
    against_sites, against_stats_alloc,
};

use super::project::{Listed, Project};
use super::recorder::{Left, Recorded, Recorder};
use super::request::MeasureRequest;
use crate::cargo::BenchTarget;
use crate::error::Error;
use crate::measure::{Bench, MeasureOptions, NoAnswer, Suite, measure_once, side_by_side_or_alone};
use crate::process::Interrupt;

/// The features of the runtime that bring the second opinions.
const CROSS_CHECKS: [&str; 2] = ["dhat", "stats_alloc"];
/// One steady window is enough where windows are known to agree, and dhat is some fifty times slower.
const SHORT: WindowPlan = WindowPlan { warm_up: 2, steady: 1, long_run_ms: 0 };

/// How many more processes a benchmark gets about which engines differ.
const ASKED_AGAIN: usize = 8;

/// What is asked, and of whom.
pub(crate) struct Opinions<'a> {
    pub(crate) project: &'a Project,
    pub(crate) request: &'a MeasureRequest,
    pub(crate) options: MeasureOptions,
    pub(crate) interrupt: &'a Interrupt,
    /// As they are built for the gate.
    pub(crate) plain: &'a Listed,
    pub(crate) selected: &'a [BenchmarkId],
}

/// What came of asking.
pub(crate) struct Verified {
    pub(crate) verifications: Vec<Verification>,
    /// Whether a benchmark could not be measured even as the gate does it.
    pub(crate) has_unmeasured: bool,
}

type Answer = Result<Record, Failure>;

impl Opinions<'_> {
    /// Asks all, and says where they disagree.
    ///
    /// # Errors
    /// When the benchmarks can't be built with the other engines, and when the user pressed Ctrl-C.
    pub(crate) fn verify(&self) -> Result<Verified, Error> {
        let Self { project, request, options, interrupt, plain, selected } = *self;
        let first = self.ask(plain, selected, &[(Engine::Count, options.plan)])?;
        let recorder = Recorder::new(project, &plain.targets, options, interrupt);
        let recorded = recorder.record(selected)?;
        // The same executables are built anew with the other engines, so the first build has to be done with.
        let checked = project.list_benchmarks(request, &options, interrupt, &CROSS_CHECKS)?;
        let wanted = [(Engine::Count, options.plan), (Engine::StatsAlloc, SHORT), (Engine::Dhat, SHORT)];
        let second = self.ask(&checked, selected, &wanted)?;
        let by_site = self.by_site(&checked)?;

        let mut verifications = Vec::new();
        let answers = first.iter().zip(&second).zip(recorded.iter().zip(by_site));
        for (id, ((first, second), (recorded, by_site))) in selected.iter().zip(answers) {
            let mut verification = verification(id, &first[0], recorded, second, by_site);
            if verification.has_difference() {
                // What races may look steady in one process. Before anybody is called wrong, it is asked again.
                let again = [(Engine::Count, options.plan); ASKED_AGAIN];
                let again = self.ask(plain, std::slice::from_ref(id), &again)?;
                let records =
                    || again.iter().flatten().chain(first).filter_map(|answer| answer.as_ref().ok());
                if records().any(|record| against_second_process(record, record) == Finding::Varies) {
                    verification.varies();
                }
            }
            verifications.push(verification);
        }
        let has_unmeasured = first.iter().any(|answers| answers[0].is_err());
        Ok(Verified { verifications, has_unmeasured })
    }

    /// Every given benchmark's answer to every wanted engine, side by side.
    fn ask(
        &self,
        listed: &Listed,
        ids: &[BenchmarkId],
        wanted: &[(Engine, WindowPlan)],
    ) -> Result<Vec<Vec<Answer>>, Error> {
        let Self { project, options, interrupt, .. } = self;
        let folder = project.scratch_folder();
        let targets: BTreeMap<(&str, &str), &BenchTarget> = listed
            .targets
            .iter()
            .filter_map(Suite::as_bench)
            .map(|target| ((target.package.as_str(), target.name.as_str()), target))
            .collect();
        let runs_alone = |id: &BenchmarkId| project.config.alone.has(id);
        side_by_side_or_alone(options.jobs.get(), ids, runs_alone, |id| {
            let Some(&target) = targets.get(&(id.package.as_str(), id.bench_target.as_str())) else {
                let failure = NoAnswer::not_built();
                return Some(vec![Err(failure); wanted.len()]);
            };
            let bench = Bench { target, options, folder: &folder, interrupt };
            wanted
                .iter()
                .map(|(engine, plan)| match measure_once(bench, &id.name, *engine, *plan) {
                    Ok(record) => Some(Ok(record)),
                    Err(NoAnswer::Failed(failure)) => Some(Err(failure)),
                    Err(NoAnswer::Interrupted) => None,
                })
                .collect()
        })
        .ok_or(Error::Interrupted)
    }

    /// dhat's stacks compared with ours, in the build that has both.
    fn by_site(&self, checked: &Listed) -> Result<Vec<Finding>, Error> {
        let Self { project, options, interrupt, selected, .. } = *self;
        let mut recorder = Recorder::new(project, &checked.targets, options, interrupt);
        let recorded = recorder.record(selected)?;
        let files = recorder.dhat_files(selected)?;
        let findings = selected.iter().zip(recorded.iter().zip(files)).map(|(id, (recorded, file))| {
            let profile = recorder.symbolize(id, recorded, WindowKind::Steady);
            match (profile, file) {
                (Err(problem), _) => Finding::NotMeasured(problem),
                (_, Err(failure)) => Finding::NotMeasured(failure.message),
                (Ok(symbolized), Ok(file)) => against_dhat_file(&symbolized.into_walked(), &file),
            }
        });
        Ok(findings.collect())
    }
}
fn verification(
    id: &BenchmarkId,
    first: &Answer,
    recorded: &Recorded,
    second: &[Answer],
    by_site: Finding,
) -> Verification {
    let compared = |answer: &Answer, compare: &dyn Fn(&Record, &Record) -> Finding| match (&second[0], answer)
    {
        (Ok(count), Ok(record)) => compare(count, record),
        (Err(failure), _) | (_, Err(failure)) => Finding::NotMeasured(failure.message.clone()),
    };
    let sites = match (first, recorded) {
        (Ok(count), Ok(Left::Process(record, _))) => against_sites(count, record),
        #[cfg(target_os = "linux")]
        (_, Ok(Left::Command(_))) => Finding::NotMeasured(NoAnswer::not_built().message),
        (Err(failure), _) | (_, Err(failure)) => Finding::NotMeasured(failure.message.clone()),
    };
    // A spread between processes says nothing about who is right.
    let varies =
        matches!(compared(first, &|second, first| against_second_process(first, second)), Finding::Varies);
    let by_site = match by_site {
        Finding::Differs(_) if varies => Finding::Varies,
        other => other,
    };
    let checks = vec![
        Check {
            second: Second::Count,
            finding: compared(first, &|second, first| against_second_process(first, second)),
        },
        Check { second: Second::Sites, finding: sites },
        Check { second: Second::StatsAlloc, finding: compared(&second[1], &against_stats_alloc) },
        Check { second: Second::Dhat, finding: compared(&second[2], &against_dhat) },
        Check { second: Second::DhatSites, finding: by_site },
    ];
    Verification { id: id.clone(), checks }
}
