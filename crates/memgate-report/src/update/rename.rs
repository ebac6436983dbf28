//! What moving baselines under other names would write.

use std::collections::{BTreeMap, BTreeSet};

use super::test_rename::TestRenameError;
use crate::model::{
    BaselineKey, Baselines, BenchmarkId, Environment, InvalidRename, Named, Rename, below_group,
};
use crate::sites::BenchTargetSites;
use crate::text::{did_you_mean, ranked};

/// What is to be renamed, and what there is.
#[derive(Clone, Copy, Debug)]
pub struct RenameInput<'a> {
    /// What is committed.
    pub baselines: &'a Baselines,
    /// The sites beside it.
    pub sites: &'a BTreeMap<BaselineKey, BenchTargetSites>,
    /// The baselines of the last commit, in which there may be what an update has dropped meanwhile.
    pub last_commit: &'a Baselines,
    /// The renames so far.
    pub renames: &'a [Rename],
    /// Old and new names.
    pub wanted: &'a [(Named, Named)],
}

/// What a rename would write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RenamePlan {
    /// The baselines that change, as they are afterwards; those without a benchmark are removed.
    pub baselines: Baselines,
    /// The sites of those that have some.
    pub sites: BTreeMap<BaselineKey, BenchTargetSites>,
    /// All renames, the oldest first.
    pub renames: Vec<Rename>,
    /// The benchmarks that move, on each target triple.
    pub moved: Vec<MovedBenchmark>,
    /// The renames that only the history is told: an update has dropped the old name and added the new one already.
    pub joined: Vec<Rename>,
}

/// A benchmark that moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedBenchmark {
    /// The target triple.
    pub target: String,
    /// What it was called.
    pub from: BenchmarkId,
    /// What it is called.
    pub to: BenchmarkId,
}

/// Why something is not renamed. Nothing is written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RenameError {
    /// Two names are no rename.
    #[error(transparent)]
    Invalid(#[from] InvalidRename),
    /// Nothing has the old name.
    #[error("no baseline has {} `{name}`{}", .name.kind(), did_you_mean(.nearest))]
    Unknown {
        /// The old name.
        name: Named,
        /// What is called like it.
        nearest: Vec<String>,
    },
    /// Something has the new name.
    #[error(
        "`{to}` has a baseline on {target} already, and so has `{from}`; drop one of them first (`update --exact` drops what the \
         source no longer has)"
    )]
    Taken {
        /// The old name.
        from: String,
        /// The new name.
        to: String,
        /// The target triple.
        target: String,
    },
    /// The id of a test is not renamed.
    #[error(transparent)]
    Test(#[from] TestRenameError),
    /// Numbers of two environments would be in one file.
    #[error(
        "`{from}` and `{to}` were measured in different environments on {target}: {difference}; `update` one of them first"
    )]
    Environments {
        /// The old name.
        from: String,
        /// The new name.
        to: String,
        /// The target triple.
        target: String,
        /// The first difference.
        difference: String,
    },
}

/// Plans to move the baselines of what is renamed, with their sites, on every target triple, one after the other.
///
/// A name of a benchmark that none has is that of a group: `sort` moves `sort/10` and `sort/100`, and `suite::sort` what is below it.
///
/// # Errors
/// When nothing has an old name, or something a new one. Of what an update has dropped under the old name and added under the
/// new one since the last commit, only the rename is written.
pub fn plan_rename(input: RenameInput<'_>) -> Result<RenamePlan, RenameError> {
    let mut plan = RenamePlan { renames: input.renames.to_vec(), ..RenamePlan::default() };
    let mut state =
        State { baselines: input.baselines.clone(), sites: input.sites.clone(), touched: BTreeSet::new() };
    for (from, to) in input.wanted {
        let rename = Rename::new(from.clone(), to.clone())?;
        let here = ids(&state.baselines);
        let mut renames = expanded(&rename, &here);
        if renames.is_empty() {
            renames = expanded(&rename, &ids(input.last_commit));
            // Both names, one before the update and one after it.
            renames.retain(|rename| here.iter().any(|(_, id)| rename.to.has(id)));
            if renames.is_empty() {
                return Err(unknown(from, &here));
            }
            plan.joined.extend(renames.iter().cloned());
        } else {
            for rename in &renames {
                state.apply(rename, &here, &mut plan.moved)?;
            }
        }
        plan.renames.extend(renames);
    }
    plan.sites = state.sites.into_iter().filter(|(key, _)| state.touched.contains(key)).collect();
    plan.baselines = state.baselines.into_iter().filter(|(key, _)| state.touched.contains(key)).collect();
    Ok(plan)
}

/// Every benchmark of baselines, with its triple.
fn ids(baselines: &Baselines) -> Vec<(String, BenchmarkId)> {
    let of = |key: &BaselineKey, name: &String| {
        (key.target.clone(), BenchmarkId::new(&*key.package, &*key.bench_target, &**name))
    };
    baselines
        .iter()
        .flat_map(|(key, baseline)| baseline.benchmarks.keys().map(move |name| of(key, name)))
        .collect()
}

/// A rename as it is written: of a group, one of each of its benchmarks. Nothing when no benchmark has the old name.
fn expanded(rename: &Rename, here: &[(String, BenchmarkId)]) -> Vec<Rename> {
    if here.iter().any(|(_, id)| rename.from.has(id)) {
        return vec![rename.clone()];
    }
    let (Named::Benchmark(old), Named::Benchmark(new)) = (&rename.from, &rename.to) else {
        return Vec::new();
    };
    let members: BTreeSet<(&BenchmarkId, &str)> = here
        .iter()
        .filter(|(_, id)| id.package == old.package && id.bench_target == old.bench_target)
        .filter_map(|(_, id)| Some((id, below_group(&id.name, &old.name)?)))
        .collect();
    let one = |(id, rest): (&BenchmarkId, &str)| Rename {
        from: Named::Benchmark(id.clone()),
        to: Named::Benchmark(BenchmarkId::new(
            &*new.package,
            &*new.bench_target,
            format!("{}{rest}", new.name),
        )),
    };
    members.into_iter().map(one).collect()
}

fn unknown(name: &Named, here: &[(String, BenchmarkId)]) -> RenameError {
    const MOST: usize = 5;
    let names: BTreeSet<String> = here
        .iter()
        .map(|(_, id)| match name {
            Named::Package(_) => id.package.clone(),
            Named::BenchTarget { .. } => format!("{}/{}", id.package, id.bench_target),
            Named::Benchmark(_) => id.to_string(),
        })
        .collect();
    let mut nearest = ranked(&name.to_string(), names.iter().map(String::as_str));
    nearest.truncate(MOST);
    RenameError::Unknown { name: name.clone(), nearest }
}

/// Baselines while they are moved.
struct State {
    baselines: Baselines,
    sites: BTreeMap<BaselineKey, BenchTargetSites>,
    touched: BTreeSet<BaselineKey>,
}

impl State {
    fn apply(
        &mut self,
        rename: &Rename,
        here: &[(String, BenchmarkId)],
        moved: &mut Vec<MovedBenchmark>,
    ) -> Result<(), RenameError> {
        for (target, from) in here {
            let Some(to) = rename.new_id(from) else { continue };
            self.move_one(target, from, &to)?;
            moved.push(MovedBenchmark { target: target.clone(), from: from.clone(), to });
        }
        Ok(())
    }

    fn move_one(&mut self, target: &str, from: &BenchmarkId, to: &BenchmarkId) -> Result<(), RenameError> {
        let key = |id: &BenchmarkId| BaselineKey::new(target, &*id.package, &*id.bench_target);
        let (old_key, new_key) = (key(from), key(to));
        let Some(old) = self.baselines.get_mut(&old_key) else { return Ok(()) };
        let Some(metrics) = old.benchmarks.remove(&from.name) else { return Ok(()) };
        let command = old.environment.commands.remove(&from.name);
        let environment = Environment { commands: BTreeMap::new(), ..old.environment.clone() };
        let new = self.baselines.entry(new_key.clone()).or_insert_with(|| crate::model::Baseline {
            environment: environment.clone(),
            benchmarks: BTreeMap::new(),
        });
        if new.benchmarks.contains_key(&to.name) {
            let (from, to) = (from.to_string(), to.to_string());
            return Err(RenameError::Taken { from, to, target: target.to_owned() });
        }
        if let Some(difference) = new.environment.differences(&environment).first() {
            let (from, to, difference) = (from.to_string(), to.to_string(), difference.to_string());
            return Err(RenameError::Environments { from, to, target: target.to_owned(), difference });
        }
        new.benchmarks.insert(to.name.clone(), metrics);
        new.environment.commands.extend(command.map(|command| (to.name.clone(), command)));
        let recorded = self.sites.get_mut(&old_key).and_then(|of_target| {
            Some((of_target.benchmarks.remove(&from.name)?, of_target.features.clone()))
        });
        if let Some((sites, features)) = recorded {
            let of_target = self.sites.entry(new_key.clone()).or_default();
            of_target.benchmarks.insert(to.name.clone(), sites);
            of_target.features = of_target.features.take().or(features);
        }
        self.touched.extend([old_key, new_key]);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::print_renames;
    use crate::samples::{baselines_of, metrics, run_and_baselines, steady};
    use crate::sites::StoredSites;

    fn baselines(names: &[&str]) -> Baselines {
        baselines_of(
            "memory",
            names.iter().map(|name| ((*name).to_owned(), steady(&metrics(&[64], 2)))).collect(),
        )
    }

    fn plan(
        baselines: &Baselines,
        last_commit: &Baselines,
        wanted: &[(&str, &str)],
    ) -> Result<RenamePlan, String> {
        let sites = baselines
            .iter()
            .map(|(key, baseline)| {
                let of = |name: &String| (name.clone(), StoredSites::default());
                let benchmarks = baseline.benchmarks.keys().map(of).collect();
                (key.clone(), BenchTargetSites { benchmarks, features: None })
            })
            .collect();
        let wanted: Vec<(Named, Named)> =
            wanted.iter().map(|(from, to)| (from.parse().unwrap(), to.parse().unwrap())).collect();
        let input = RenameInput { baselines, sites: &sites, last_commit, renames: &[], wanted: &wanted };
        plan_rename(input).map_err(|error| error.to_string())
    }

    fn after(plan: &RenamePlan) -> Vec<String> {
        for (key, baseline) in &plan.baselines {
            assert!(baseline.benchmarks.keys().eq(plan.sites[key].benchmarks.keys()));
        }
        ids(&plan.baselines).into_iter().map(|(_, id)| id.to_string()).collect()
    }

    #[test]
    fn a_benchmark_a_group_a_target_and_a_package_move_with_their_sites() {
        let here = baselines(&["a", "sort/10", "sort/99", "sorted"]);
        let moved = |from: &str, to: &str| after(&plan(&here, &Baselines::new(), &[(from, to)]).unwrap());
        let memory = "parser/memory";
        assert_eq!(
            moved("parser/memory/a", "parser/memory/b"),
            ["b", "sort/10", "sort/99", "sorted"].map(|name| format!("{memory}/{name}"))
        );
        assert_eq!(
            moved("parser/memory/sort", "parser/memory/order"),
            ["a", "order/10", "order/99", "sorted"].map(|name| format!("{memory}/{name}"))
        );
        assert_eq!(
            moved("parser/memory", "parser/heap"),
            ["a", "sort/10", "sort/99", "sorted"].map(|name| format!("parser/heap/{name}"))
        );
        assert_eq!(moved("parser", "reader").len(), 4);
        let across = moved("parser/memory/a", "reader/heap/a");
        assert_eq!(
            across,
            ["parser/memory/sort/10", "parser/memory/sort/99", "parser/memory/sorted", "reader/heap/a"]
        );
        // Two that change their names take three steps.
        let steps = [("x", "a", "t"), ("x", "sorted", "a"), ("x", "t", "sorted")]
            .map(|(_, from, to)| (format!("{memory}/{from}"), format!("{memory}/{to}")));
        let steps: Vec<(&str, &str)> = steps.iter().map(|(from, to)| (&**from, &**to)).collect();
        let plan = plan(&here, &Baselines::new(), &steps).unwrap();
        assert_eq!((after(&plan).len(), plan.renames.len()), (4, 3));
        assert!(print_renames(&plan.renames).contains("parser/memory/t"));
    }

    #[test]
    fn what_is_not_there_or_there_already_is_said() {
        let here = baselines(&["tokens", "tokens/1", "words"]);
        let problem = |from: &str, to: &str| plan(&here, &Baselines::new(), &[(from, to)]).unwrap_err();
        assert_eq!(
            problem("parser/memory/tokns", "parser/memory/x"),
            "no baseline has the benchmark `parser/memory/tokns`; the nearest are:\n    parser/memory/tokens\n    \
             parser/memory/tokens/1\n    parser/memory/words"
        );
        assert_eq!(problem("parsr", "x"), "no baseline has the package `parsr`; did you mean `parser`?");
        assert!(problem("parser/memory/tokens", "parser/memory/words").starts_with(
            "`parser/memory/words` has a baseline on x86_64-unknown-linux-gnu already, and so has `parser/memory/tokens`"
        ));
        assert_eq!(
            problem("parser", "parser/x"),
            "the package `parser` can't become the bench target `parser/x`"
        );
        let (_, mut both) = run_and_baselines();
        let mut other = both.values().next().unwrap().clone();
        other.environment.rustc = "1.99.0".to_owned();
        other.benchmarks.clear();
        both.insert(BaselineKey::new(crate::samples::TRIPLE, "parser", "heap"), other);
        let problem = plan(&both, &Baselines::new(), &[("parser/memory/ok", "parser/heap/ok")]).unwrap_err();
        assert!(problem.contains("were measured in different environments"), "{problem}");
    }

    #[test]
    fn an_update_that_came_first_leaves_the_history_to_be_told() {
        let (before, here) = (baselines(&["a", "b/1"]), baselines(&["c", "d/1"]));
        let plan_of = |from: &str, to: &str| plan(&here, &before, &[(from, to)]);
        let joined = plan_of("parser/memory/a", "parser/memory/c").unwrap();
        assert!(joined.baselines.is_empty() && joined.moved.is_empty());
        assert_eq!(joined.joined, joined.renames);
        assert_eq!(
            plan_of("parser/memory/b", "parser/memory/d").unwrap().renames[0].from.to_string(),
            "parser/memory/b/1"
        );
        assert!(plan_of("parser/memory/a", "parser/memory/e").is_err());
    }
}
