//! Whether several runs fit together.

use std::collections::BTreeMap;

use super::{BenchmarkId, Environment, Run};

/// Why runs do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OverlapError {
    /// Two runs measured one benchmark on one triple.
    #[error("`{id}` on {target} is in two of the files; give each run once")]
    MeasuredTwice {
        /// The benchmark.
        id: BenchmarkId,
        /// The triple.
        target: String,
    },
    /// Two runs measured parts of one bench target in environments that differ.
    #[error(
        "the parts of {package}/{bench_target} on {target} were measured in different environments: {difference}"
    )]
    Environments {
        /// The package.
        package: String,
        /// The bench target.
        bench_target: String,
        /// The triple.
        target: String,
        /// The first difference.
        difference: String,
    },
}

/// Checks that no benchmark is in two runs, and that the parts of a bench target were measured alike.
///
/// # Errors
/// The first overlap or difference.
pub fn check_disjoint(runs: &[Run]) -> Result<(), OverlapError> {
    let mut environments: BTreeMap<(&str, &str, &str), &Environment> = BTreeMap::new();
    let mut seen = std::collections::BTreeSet::new();
    for run in runs {
        for part in &run.bench_targets {
            let place = (run.target.as_str(), part.package.as_str(), part.bench_target.as_str());
            if let Some(environment) = &part.environment {
                let first = environments.entry(place).or_insert(environment);
                if let Some(difference) = first.differences(environment).first() {
                    return Err(OverlapError::Environments {
                        package: part.package.clone(),
                        bench_target: part.bench_target.clone(),
                        target: run.target.clone(),
                        difference: difference.to_string(),
                    });
                }
            }
            for name in part.results.keys() {
                if !seen.insert((place, name.as_str())) {
                    return Err(OverlapError::MeasuredTwice {
                        id: part.id(name),
                        target: run.target.clone(),
                    });
                }
            }
        }
    }
    Ok(())
}
