//! The causes as JSON, for programs: they follow from the report, and are never read.

use serde::{Serialize, Serializer};

use crate::causes::{Cause, CauseKind, Causes, Effect, RedMetric};
use crate::model::{BenchmarkId, MetricKey};
use crate::report::{DependencyChange, Report};
use crate::sites::Place;

/// Causes as they are written.
#[derive(Debug, Serialize)]
pub(super) struct WrittenCauses<'a> {
    /// How many metrics are above what is allowed.
    red: usize,
    /// In how many of them a cause has a part.
    explained: usize,
    causes: Vec<WrittenCause<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_explained: Vec<WrittenReason<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contradictions: Vec<WrittenContradiction<'a>>,
}

#[derive(Debug, Serialize)]
struct WrittenCause<'a> {
    operation: &'a str,
    place: Option<&'a Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    through: Option<&'a Place>,
    #[serde(skip_serializing_if = "<[Place]>::is_empty")]
    callers: &'a [Place],
    kind: &'static str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    was: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    was_in: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dependency: Option<&'a DependencyChange>,
    sites: usize,
    #[serde(serialize_with = "effects")]
    effects: &'a [Effect],
    red: usize,
    share_thousandths: u64,
    benchmarks: Vec<WrittenBenchmark<'a>>,
}

#[derive(Debug, Serialize)]
struct WrittenBenchmark<'a> {
    target: &'a str,
    id: &'a BenchmarkId,
}

#[derive(Debug, Serialize)]
struct WrittenMetric<'a> {
    #[serde(flatten)]
    benchmark: WrittenBenchmark<'a>,
    metric: MetricKey,
}

#[derive(Debug, Serialize)]
struct WrittenReason<'a> {
    reason: String,
    metrics: Vec<WrittenMetric<'a>>,
}

#[derive(Debug, Serialize)]
struct WrittenContradiction<'a> {
    #[serde(flatten)]
    metric: WrittenMetric<'a>,
    rise: i64,
    sites: i64,
}

impl<'a> WrittenCauses<'a> {
    pub(super) fn of(causes: &'a Causes, report: &'a Report) -> Self {
        let metric = |red: &RedMetric| {
            Some(WrittenMetric { benchmark: benchmark(report, red.benchmark)?, metric: red.metric })
        };
        let not_explained = causes.not_explained.iter().map(|one| WrittenReason {
            reason: one.reason.to_string(),
            metrics: one.metrics.iter().filter_map(metric).collect(),
        });
        let contradictions = causes.contradictions.iter().filter_map(|one| {
            Some(WrittenContradiction { metric: metric(&one.red)?, rise: one.rise, sites: one.sites })
        });
        Self {
            red: causes.red,
            explained: causes.explained,
            causes: causes.causes.iter().map(|cause| written(cause, report)).collect(),
            not_explained: not_explained.collect(),
            contradictions: contradictions.collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.red == 0
    }
}

fn written<'a>(cause: &'a Cause, report: &'a Report) -> WrittenCause<'a> {
    let (kind, was, was_in): (_, &[String], _) = match &cause.kind {
        CauseKind::New => ("new", &[], None),
        CauseKind::Grew => ("grew", &[], None),
        CauseKind::Replaced { operations } => ("replaced", operations, None),
        CauseKind::Moved { function } => ("moved", &[], Some(function.as_str())),
        CauseKind::Listed => ("listed", &[], None),
    };
    WrittenCause {
        operation: &cause.operation,
        place: cause.place.as_ref(),
        through: cause.through.as_ref(),
        callers: &cause.callers,
        kind,
        was,
        was_in,
        dependency: cause.dependency.as_ref(),
        sites: cause.sites,
        effects: &cause.effects,
        red: cause.red,
        share_thousandths: cause.share_thousandths,
        benchmarks: cause.benchmarks.iter().filter_map(|index| benchmark(report, *index)).collect(),
    }
}

fn benchmark(report: &Report, index: usize) -> Option<WrittenBenchmark<'_>> {
    report.benchmarks.get(index).map(|one| WrittenBenchmark { target: &one.target, id: &one.id })
}

fn effects<S: Serializer>(effects: &&[Effect], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Written {
        metric: MetricKey,
        lowest: i64,
        highest: i64,
    }

    let written = effects.iter().map(|effect| {
        let Effect { metric, lowest, highest } = *effect;
        Written { metric, lowest, highest }
    });
    serializer.collect_seq(written)
}
