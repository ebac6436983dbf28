//! Benchmarks that have no number to write, though nothing went wrong on the way.

use crate::model::{BenchTargetRun, BenchmarkId, BenchmarkResult, FailureKind, Run};

/// A benchmark whose process said that it can't be measured, such as one that returned without a routine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The benchmark.
    pub id: BenchmarkId,
    /// Why.
    pub message: String,
}

/// Takes out of runs what refused to be measured, so that the rest can be written. A bench target of which nothing was measured stays
/// as it is: then it is no single benchmark.
///
/// Rejected: the same for what crashed, or ran for too long. The next time it may be measured.
#[must_use]
pub fn set_aside_refused(runs: &mut [Run]) -> Vec<Refused> {
    let mut refused = Vec::new();
    for part in runs.iter_mut().flat_map(|run| &mut run.bench_targets) {
        if part.results.values().any(|result| matches!(result, BenchmarkResult::Measured(_))) {
            refused.extend(refused_of(part));
        }
    }
    refused
}

fn refused_of(part: &mut BenchTargetRun) -> Vec<Refused> {
    let of = |(name, result): (&String, &BenchmarkResult)| match result {
        BenchmarkResult::Failed(failure) if failure.kind == FailureKind::Refused => {
            Some(Refused { id: part.id(name), message: failure.message.clone() })
        }
        _ => None,
    };
    let refused: Vec<Refused> = part.results.iter().filter_map(of).collect();
    for Refused { id, .. } in &refused {
        part.results.remove(&id.name);
    }
    refused
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Failure;
    use crate::samples::{measured, metrics, part, run_of};

    fn failed(kind: FailureKind) -> BenchmarkResult {
        BenchmarkResult::Failed(Failure { kind, message: "why".to_owned(), stderr: String::new() })
    }

    #[test]
    fn what_refused_is_set_aside_beside_what_was_measured() {
        let results = |has_measured: bool| {
            let refused = [("a", failed(FailureKind::Refused)), ("b", failed(FailureKind::Crashed))];
            let measured = has_measured.then(|| ("c", measured(metrics(&[1], 2))));
            refused.into_iter().chain(measured).map(|(name, result)| (name.to_owned(), result)).collect()
        };
        let mut runs = [run_of(vec![part("some", results(true)), part("none", results(false))])];
        let refused = set_aside_refused(&mut runs);
        let refused: Vec<String> = refused.iter().map(|one| format!("{}: {}", one.id, one.message)).collect();
        assert_eq!(refused, ["parser/some/a: why"]);
        let left = |index: usize| runs[0].bench_targets[index].results.keys().cloned().collect::<Vec<_>>();
        assert_eq!((left(0), left(1)), (vec!["b".into(), "c".into()], vec!["a".into(), "b".into()]));
    }
}
