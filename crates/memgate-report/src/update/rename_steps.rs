//! In which order the files of a rename are written.

use std::collections::{BTreeMap, BTreeSet};

use super::RenamePlan;
use crate::model::{Baseline, BaselineKey, Baselines};
use crate::sites::BenchTargetSites;

/// One file that a rename changes. Between two of these, writing may end: for a full disk, say, or since somebody ended the tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenameStep {
    /// A baseline is written, and its sites, if the rename changes them.
    Baseline(BaselineKey, Box<Baseline>, Option<BenchTargetSites>),
    /// The renames are written.
    Renames,
    /// A baseline is removed, with its sites.
    Removal(BaselineKey),
}

impl RenamePlan {
    /// The files to write, in their order: those that get a benchmark, the renames, those that lose one. A file that does both keeps for
    /// so long what goes to another. So each benchmark is in a file at every moment, in one or in two, where the same command says so.
    #[must_use]
    pub fn steps(
        &self,
        before: &Baselines,
        sites_before: &BTreeMap<BaselineKey, BenchTargetSites>,
    ) -> Vec<RenameStep> {
        let (mut first, mut last) = (Vec::new(), Vec::new());
        for (key, after) in &self.baselines {
            let sites = self.sites.get(key);
            let step = RenameStep::Baseline(key.clone(), Box::new(after.clone()), sites.cloned());
            let known = before.get(key);
            let gets_one = after
                .benchmarks
                .keys()
                .any(|name| known.is_none_or(|known| !known.benchmarks.contains_key(name)));
            let leaving = self.leaving(key, after);
            match known {
                _ if after.benchmarks.is_empty() => last.push(RenameStep::Removal(key.clone())),
                _ if !gets_one => last.push(step),
                Some(known) if !leaving.is_empty() => {
                    first.push(keeping(&leaving, (key, after, sites), known, sites_before.get(key)));
                    last.push(step);
                }
                _ => first.push(step),
            }
        }
        first.push(RenameStep::Renames);
        first.extend(last);
        first
    }

    /// The benchmarks of a file that go to another one.
    fn leaving(&self, key: &BaselineKey, after: &Baseline) -> BTreeSet<&String> {
        let is_elsewhere = |package: &String, bench_target: &String| {
            (package, bench_target) != (&key.package, &key.bench_target)
        };
        let moved = self.moved.iter().filter(|moved| {
            moved.target == key.target
                && !is_elsewhere(&moved.from.package, &moved.from.bench_target)
                && is_elsewhere(&moved.to.package, &moved.to.bench_target)
        });
        moved.map(|moved| &moved.from.name).filter(|name| !after.benchmarks.contains_key(*name)).collect()
    }
}

/// A file as it is afterwards, with what it will lose besides.
fn keeping(
    leaving: &BTreeSet<&String>,
    (key, after, sites): (&BaselineKey, &Baseline, Option<&BenchTargetSites>),
    before: &Baseline,
    sites_before: Option<&BenchTargetSites>,
) -> RenameStep {
    let (mut baseline, mut sites) = (after.clone(), sites.cloned());
    for (name, metrics) in before.benchmarks.iter().filter(|(name, _)| leaving.contains(*name)) {
        baseline.benchmarks.insert(name.clone(), metrics.clone());
    }
    for (name, command) in before.environment.commands.iter().filter(|(name, _)| leaving.contains(*name)) {
        baseline.environment.commands.insert(name.clone(), command.clone());
    }
    if let Some(of_before) = sites_before {
        let of_kept = of_before.benchmarks.iter().filter(|(name, _)| leaving.contains(*name));
        let of_kept = of_kept.map(|(name, sites)| (name.clone(), sites.clone()));
        sites.get_or_insert_default().benchmarks.extend(of_kept);
    }
    RenameStep::Baseline(key.clone(), Box::new(baseline), sites)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BenchmarkId, Named};
    use crate::samples::{baselines_of, metrics, steady};
    use crate::sites::StoredSites;
    use crate::update::{RenameInput, plan_rename};

    /// The benchmarks that there are after each step, which has to end at what the plan says.
    fn along_the_way(files: &[(&str, &[&str])], wanted: &[(&str, &str)]) -> Vec<BTreeSet<String>> {
        let mut before = Baselines::new();
        for (bench_target, names) in files {
            let numbers = names.iter().map(|name| ((*name).to_owned(), steady(&metrics(&[64], 2))));
            before.extend(baselines_of(bench_target, numbers.collect()));
        }
        let sites = |(key, baseline): (&BaselineKey, &Baseline)| {
            let benchmarks =
                baseline.benchmarks.keys().map(|name| (name.clone(), StoredSites::default())).collect();
            (key.clone(), BenchTargetSites { benchmarks, features: None })
        };
        let sites: BTreeMap<BaselineKey, BenchTargetSites> = before.iter().map(sites).collect();
        let wanted: Vec<(Named, Named)> =
            wanted.iter().map(|(from, to)| (from.parse().unwrap(), to.parse().unwrap())).collect();
        let last_commit = Baselines::new();
        let input = RenameInput {
            baselines: &before,
            sites: &sites,
            last_commit: &last_commit,
            renames: &[],
            wanted: &wanted,
        };
        let plan = plan_rename(input).unwrap();
        let (mut files, mut names) = (before.clone(), Vec::new());
        for step in plan.steps(&before, &sites) {
            match step {
                RenameStep::Baseline(key, baseline, sites) => {
                    assert!(sites.unwrap().benchmarks.keys().eq(baseline.benchmarks.keys()));
                    files.insert(key, *baseline);
                }
                RenameStep::Removal(key) => drop(files.remove(&key)),
                RenameStep::Renames => {}
            }
            let ids = files.iter().flat_map(|(key, baseline)| {
                let id =
                    |name: &String| BenchmarkId::new(&*key.package, &*key.bench_target, &**name).to_string();
                baseline.benchmarks.keys().map(id)
            });
            names.push(ids.collect());
        }
        for (key, baseline) in &plan.baselines {
            assert_eq!(files.get(key), Some(baseline).filter(|baseline| !baseline.benchmarks.is_empty()));
        }
        names
    }

    #[test]
    fn at_every_moment_each_benchmark_is_in_a_file() {
        let files: &[(&str, &[&str])] =
            &[("memory", &["one", "other"]), ("other", &["two"]), ("zoo", &["z"])];
        let cases: [&[(&str, &str)]; 4] = [
            &[("parser/memory/one", "parser/zoo/one")],
            &[("parser/zoo/z", "parser/memory/z")],
            // Each gets one and loses one, in a circle; and one goes on in its file.
            &[
                ("parser/memory/one", "parser/zoo/one"),
                ("parser/zoo/z", "parser/other/z"),
                ("parser/other/two", "parser/memory/two"),
                ("parser/memory/other", "parser/memory/another"),
            ],
            &[("parser/memory", "parser/heap")],
        ];
        for wanted in cases {
            for names in along_the_way(files, wanted) {
                for (from, to) in wanted {
                    let is_of = |name: &String, part: &str| name.strip_prefix(part).is_some();
                    assert!(
                        names.iter().any(|name| is_of(name, from) || is_of(name, to)),
                        "{from} is neither there nor {to}: {names:?}"
                    );
                }
                assert!(names.len() >= 4, "{names:?}");
            }
        }
    }
}
