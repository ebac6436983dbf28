//! Whether several runs fit together.

use std::collections::BTreeMap;

use super::{Environment, OverlapError, Run, Shard, lost_shards};

/// Checks that every shard is there.
///
/// # Errors
/// When one is lost or doubled, or they are not of one whole.
pub fn check_complete(runs: &[Run]) -> Result<(), OverlapError> {
    match shards_of(runs)?.first() {
        Some(lost) => Err(OverlapError::ShardLost(lost.to_string())),
        None => Ok(()),
    }
}

fn shards_of(runs: &[Run]) -> Result<Vec<super::LostShard>, OverlapError> {
    let shards: Vec<Shard> = runs.iter().filter_map(Shard::of_run).collect();
    let has_failures = runs.iter().any(|run| run.bench_targets.iter().any(|part| part.failure.is_some()));
    lost_shards(&shards, has_failures)
}

/// Checks that no benchmark is in two runs, and that the parts of a bench target were measured alike.
///
/// # Errors
/// The first overlap or difference.
pub fn check_disjoint(runs: &[Run]) -> Result<(), OverlapError> {
    shards_of(runs)?;
    let mut environments: BTreeMap<(&str, &str, &str), Environment> = BTreeMap::new();
    let mut seen = std::collections::BTreeSet::new();
    for run in runs {
        for part in &run.bench_targets {
            let place = (run.target.as_str(), part.package.as_str(), part.bench_target.as_str());
            if let Some(environment) = &part.environment {
                let known = environments.entry(place).or_insert_with(|| environment.clone());
                if let Some(difference) = known.differences(environment).first() {
                    return Err(OverlapError::Environments {
                        package: part.package.clone(),
                        bench_target: part.bench_target.clone(),
                        target: run.target.clone(),
                        difference: difference.to_string(),
                    });
                }
                known.add_commands_of(environment);
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
