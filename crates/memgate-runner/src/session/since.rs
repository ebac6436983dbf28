//! What has changed since a revision: what was red there already is told from what is not.

use memgate_protocol::units::human;
use memgate_report::compare::{ComparisonInput, compare};
use memgate_report::model::{Baselines, Observation};
use memgate_report::report::{DependencyChange, MetricReport, Notice, NoticeKind, Report};
use memgate_report::text::BENCHMARKS;
use memgate_report::update::{SinceInput, baselines_since};

use super::committed_sites::CommittedSites;
use super::dependencies::changed_between;
use super::measuring::Purpose;
use super::project::{Measured, Project};
use super::recorder::Recorder;
use super::request::MeasureRequest;
use super::sides::{Revisions, as_baselines, record_sites};
use crate::clock::today;
use crate::error::Error;
use crate::git::{BaseRevision, Revision, find_base, resolve};
use crate::store::BaselineStore;

/// What was measured at the revision that a change is based on.
pub(crate) struct Since {
    /// What to compare with.
    pub(crate) baselines: Baselines,
    /// The call sites there.
    pub(crate) sites: CommittedSites<'static>,
    /// The packages of which the revision was built with other versions.
    pub(crate) dependencies: Vec<DependencyChange>,
    /// The revision, for people.
    label: String,
    /// What a check would have said there.
    report: Report,
    notes: Vec<String>,
}

/// More benchmarks than this are not named in one sentence.
const MOST_NAMED: usize = 5;

impl Since {
    /// Measures the best common ancestor of a revision and what is checked out.
    pub(crate) fn measure(
        name: &str,
        project: &Project,
        request: &MeasureRequest,
        with_sites: bool,
    ) -> Result<Self, Error> {
        let revisions = Revisions::open(request)?;
        // In its words, and with what was meant perhaps: a name that is mistyped is no clone that lacks something.
        resolve(&revisions.repository, name)?;
        let commit = find_base(&revisions.repository, &BaseRevision::Named(name.to_owned()))?;
        let tree = revisions.check_out(&Revision { name: name.to_owned(), commit }, "base")?;
        let label = tree.label.clone();
        revisions.align_toolchain_with_user(&tree)?;
        let then = BaselineStore::in_workspace(&tree.workspace).load()?;
        revisions.console.say(&format!("   Since {label}, which is measured first"));
        let of_tree = revisions.project(request, &tree, project.config.clone(), then)?;
        let Measured { run, targets, .. } =
            revisions.measure(request, &tree, &of_tree, Purpose::Verdict, None)?;
        // That everything was measured, or a word on what was not.
        as_baselines(&run, &label, &project.config.policy)?;
        let mut sites = CommittedSites::recorded(Default::default());
        if with_sites {
            let options = request.options(&project.config);
            let mut recorder = Recorder::new(&of_tree, &targets, options, &revisions.interrupt);
            sites = CommittedSites::recorded(record_sites(&run, &mut recorder, &revisions.console)?);
        }
        let policy = &project.config.policy;
        let (then, now) = (&of_tree.baselines, &project.baselines);
        let baselines = baselines_since(SinceInput { run: &run, then, now, policy })?;
        let runs = std::slice::from_ref(&run);
        let report =
            compare(ComparisonInput { runs, baselines: then, policy, today: today(), strict: false });
        let mut notes = revisions.outside_notes(&tree, &of_tree);
        notes.extend(revisions.checkout_notes());
        let dependencies = changed_between(&tree.workspace, project.workspace.root());
        Ok(Self { baselines, sites, dependencies, label, report, notes })
    }

    /// Says in a report what it is compared with, and what was red already and is not this change's doing.
    pub(crate) fn add_to(&self, report: &mut Report) {
        let label = &self.label;
        let mut texts = vec![format!(
            "this is what has changed since {label}; baselines that were behind there already are taken as `update` would have \
             written them there"
        )];
        texts.extend(self.already_red());
        texts.extend(self.other_environment());
        texts.extend(self.notes.iter().cloned());
        report.notices.splice(0..0, texts.into_iter().map(|text| Notice { kind: NoticeKind::Since, text }));
    }

    /// What was red already, in words.
    fn already_red(&self) -> Option<String> {
        let red = self.report.benchmarks.iter().filter_map(|benchmark| {
            let metrics: Vec<String> = benchmark.red().filter_map(words).collect();
            (!metrics.is_empty()).then(|| format!("{} ({})", benchmark.id, metrics.join(", ")))
        });
        let mut red: Vec<String> = red.collect();
        let more = red.len().saturating_sub(MOST_NAMED);
        red.truncate(MOST_NAMED);
        if more > 0 {
            red.push(format!("and {} more", BENCHMARKS.counted(more)));
        }
        let label = &self.label;
        let text = format!(
            "red at {label} already, and not counted here unless it has risen since: {}",
            red.join(", ")
        );
        (!red.is_empty()).then_some(text)
    }

    /// How much had no baseline that could be compared with, in words.
    fn other_environment(&self) -> Option<String> {
        let targets = self.report.targets.iter().filter(|target| !target.differences.is_empty());
        let names: Vec<String> =
            targets.map(|target| format!("{}/{}", target.package, target.bench_target)).collect();
        let text =
            "the committed baselines are of another environment, and nothing of them is compared with: ";
        (!names.is_empty()).then(|| format!("{text}{}", names.join(", ")))
    }
}

/// Such as `allocs 3 → 5`. A budget holds whatever was there before, so what is above one is not told here.
fn words(metric: &MetricReport) -> Option<String> {
    let unit = metric.metric.unit();
    let value = |value: &Observation| match value {
        Observation::Exact(value) => human(*value, unit),
        Observation::Noisy(spread) => {
            format!("{} … {}", human(spread.minimum, unit), human(spread.maximum, unit))
        }
    };
    let (base, head) = (metric.base.as_ref()?, metric.head.as_ref()?);
    let is_above = base.maximum() < head.minimum();
    is_above.then(|| format!("{} {} → {}", metric.metric, value(base), value(head)))
}
