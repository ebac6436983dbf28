//! One series under all the names that a benchmark has had.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::old_names::{FollowedRename, OldNames};
use crate::model::{
    Baseline, BaselineKey, Baselines, BenchmarkId, CommandEnvironment, Environment, HistoryRecord,
    RecordedTarget, Rename,
};

/// At which commit each rename came.
///
/// `renames` are those of the newest commit; `files` those of each commit at which the file changed, by position, oldest first.
/// A rename that stands several times came as often.
#[must_use]
pub fn positions_of_renames(renames: Vec<Rename>, files: &[(usize, Vec<Rename>)]) -> Vec<FollowedRename> {
    let counted = |renames: &'_ [Rename]| {
        let mut counts: HashMap<Rename, usize> = HashMap::new();
        renames.iter().for_each(|rename| *counts.entry(rename.clone()).or_default() += 1);
        counts
    };
    let files: Vec<(usize, HashMap<Rename, usize>)> =
        files.iter().map(|(position, renames)| (*position, counted(renames))).collect();
    let mut seen: HashMap<Rename, usize> = HashMap::new();
    renames
        .into_iter()
        .filter_map(|rename| {
            let nth = seen.entry(rename.clone()).or_default();
            *nth += 1;
            let has_it =
                |counts: &HashMap<Rename, usize>| counts.get(&rename).is_some_and(|count| count >= nth);
            let (position, _) = files.iter().find(|(_, counts)| has_it(counts))?;
            Some(FollowedRename { position: *position, rename })
        })
        .collect()
}

/// What a benchmark of today was called before, and until which commit, oldest first.
#[must_use]
pub fn former_names(id: &BenchmarkId, renames: &[FollowedRename]) -> Vec<(BenchmarkId, usize)> {
    let mut names: Vec<(BenchmarkId, usize)> = Vec::new();
    let mut name = id.clone();
    for FollowedRename { position, rename } in renames.iter().rev() {
        if !rename.to.has(&name) {
            continue;
        }
        let back = Rename { from: rename.to.clone(), to: rename.from.clone() };
        if let Some(former) = back.new_id(&name) {
            names.push((former.clone(), *position));
            name = former;
        }
    }
    names.reverse();
    names
}

/// Gives what was recorded before a rename the names of today.
///
/// What was recorded under both names at one commit keeps them: then they were two benchmarks.
pub fn followed_records(records: &mut [(usize, Vec<HistoryRecord>)], renames: &[FollowedRename]) {
    if renames.is_empty() {
        return;
    }
    let renames = OldNames::of(renames);
    for (position, records) in records {
        let mut recorded: HashSet<(String, BenchmarkId)> = HashSet::new();
        for record in &*records {
            recorded.extend(record.bench_targets.iter().flat_map(|part| {
                part.benchmarks.keys().map(|name| (record.target.clone(), id_in(part, name)))
            }));
        }
        for record in records {
            let target = record.target.clone();
            let is_taken = |id: &BenchmarkId| recorded.contains(&(target.clone(), id.clone()));
            let parts = std::mem::take(&mut record.bench_targets);
            for part in parts {
                record.bench_targets.extend(followed_part(*position, part, &renames, &is_taken));
            }
        }
    }
}

fn id_in(part: &RecordedTarget, name: &str) -> BenchmarkId {
    BenchmarkId::new(&*part.package, &*part.bench_target, name)
}

/// A bench target as it was recorded, as the bench targets that its benchmarks are in today.
fn followed_part(
    position: usize,
    part: RecordedTarget,
    renames: &OldNames<'_>,
    is_taken: &dyn Fn(&BenchmarkId) -> bool,
) -> Vec<RecordedTarget> {
    let RecordedTarget { package, bench_target, environment, benchmarks, failed } = part;
    let today = |name: String| {
        let id = BenchmarkId::new(&*package, &*bench_target, name);
        renames.name_today(position, &id).filter(|today| !is_taken(today)).unwrap_or(id)
    };
    let mut parts: BTreeMap<(String, String), RecordedTarget> = BTreeMap::new();
    let (environment, mut commands) = without_commands(environment);
    let empty = |package: &str, bench_target: &str| RecordedTarget {
        package: package.to_owned(),
        bench_target: bench_target.to_owned(),
        environment: environment.clone(),
        benchmarks: BTreeMap::new(),
        failed: BTreeSet::new(),
    };
    // A bench target of which nothing was measured stays where it was.
    parts.insert((package.clone(), bench_target.clone()), empty(&package, &bench_target));
    let measured = benchmarks.into_iter().map(|(name, metrics)| (name, Some(metrics)));
    for (name, metrics) in measured.chain(failed.into_iter().map(|name| (name, None))) {
        let command = commands.remove(&name);
        let BenchmarkId { package, bench_target, name } = today(name);
        let new = || empty(&package, &bench_target);
        let part = parts.entry((package.clone(), bench_target.clone())).or_insert_with(new);
        part.environment.commands.extend(command.map(|command| (name.clone(), command)));
        match metrics {
            Some(metrics) => _ = part.benchmarks.insert(name, metrics),
            None => _ = part.failed.insert(name),
        }
    }
    parts.into_values().collect()
}

/// The baselines of a commit under the names of today.
#[must_use]
pub fn followed_baselines(position: usize, baselines: Baselines, renames: &[FollowedRename]) -> Baselines {
    if renames.iter().all(|followed| followed.position <= position) {
        return baselines;
    }
    let renames = OldNames::of(renames);
    let mut today = Baselines::new();
    for (key, Baseline { environment, benchmarks }) in baselines {
        let (environment, mut commands) = without_commands(environment);
        for (name, metrics) in benchmarks {
            let command = commands.remove(&name);
            let id = BenchmarkId::new(&*key.package, &*key.bench_target, name);
            let id = renames.name_today(position, &id).unwrap_or(id);
            let place = BaselineKey::new(&*key.target, &*id.package, &*id.bench_target);
            let empty = || Baseline { environment: environment.clone(), benchmarks: BTreeMap::new() };
            let Baseline { environment, benchmarks } = today.entry(place).or_insert_with(empty);
            if let Some(command) = command {
                environment.commands.entry(id.name.clone()).or_insert(command);
            }
            benchmarks.entry(id.name).or_insert(metrics);
        }
    }
    today
}

/// An environment without what each command has for itself, which goes where the command goes.
fn without_commands(mut environment: Environment) -> (Environment, BTreeMap<String, CommandEnvironment>) {
    let commands = std::mem::take(&mut environment.commands);
    (environment, commands)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{run_and_baselines, run_of_commands};

    fn rename(from: &str, to: &str) -> Rename {
        Rename::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
    }

    fn today(position: usize, id: &str, renames: &[FollowedRename]) -> String {
        let id = id.parse().unwrap();
        OldNames::of(renames).name_today(position, &id).unwrap_or(id).to_string()
    }

    #[test]
    fn a_name_is_followed_through_every_later_rename_and_back() {
        let (there, on) = (rename("p/t/a", "p/t/b"), rename("p/t/b", "p/t/c"));
        let (away, back) = (rename("p/t/c", "p/t/a"), rename("p", "q"));
        let files = [
            (2, vec![there.clone()]),
            (5, vec![there.clone(), on.clone()]),
            (6, vec![there.clone(), on.clone(), away.clone(), back.clone()]),
            (9, vec![there.clone(), on.clone(), away.clone(), back.clone(), there.clone()]),
        ];
        let renames = positions_of_renames(files[3].1.clone(), &files);
        let positions: Vec<usize> = renames.iter().map(|followed| followed.position).collect();
        assert_eq!(positions, [2, 5, 6, 6, 9]);
        // The last one is about a package that is called otherwise by then.
        assert_eq!(today(0, "p/t/a", &renames), "q/t/a");
        assert_eq!(today(5, "p/t/c", &renames), "q/t/a");
        assert_eq!(today(5, "p/t/other", &renames), "q/t/other");
        // A new benchmark of the old name is another one.
        assert_eq!(today(7, "p/t/a", &renames), "p/t/b");
        assert_eq!(today(9, "p/t/a", &renames), "p/t/a");
    }

    #[test]
    fn what_was_recorded_under_both_names_stays_two() {
        let record = HistoryRecord::of_run(&run_and_baselines().0);
        let names = |records: &[(usize, Vec<HistoryRecord>)]| -> Vec<String> {
            let parts = records[0].1[0].bench_targets.iter();
            parts.flat_map(|part| part.benchmarks.keys().map(|name| id_in(part, name).to_string())).collect()
        };
        let followed = |from: &str, to: &str| {
            let mut records = vec![(1, vec![record.clone()])];
            let renames = [FollowedRename { position: 2, rename: rename(from, to) }];
            followed_records(&mut records, &renames);
            names(&records)
        };
        let before = names(&[(1, vec![record.clone()])]);
        assert_eq!(followed("parser/memory/ok", "parser/memory/new"), before);
        let after = followed("parser/memory/ok", "reader/heap/fine");
        assert!(after.contains(&"reader/heap/fine".to_owned()));
        assert!(!after.contains(&"parser/memory/ok".to_owned()));
        assert_eq!(after.len(), before.len());
        let whole = followed("parser", "reader");
        assert!(whole.iter().all(|id| id.starts_with("reader/")), "{whole:?}");
        assert_eq!(whole.len(), before.len());
    }

    #[test]
    fn baselines_are_followed_up_to_their_commit() {
        let (_, baselines) = run_and_baselines();
        let renames = [FollowedRename { position: 2, rename: rename("parser/memory", "parser/heap") }];
        assert_eq!(followed_baselines(2, baselines.clone(), &renames), baselines);
        let today = followed_baselines(1, baselines.clone(), &renames);
        assert_eq!(today.keys().next().unwrap().bench_target, "heap");
        assert!(today.values().eq(baselines.values()));
    }

    #[test]
    fn a_command_takes_its_environment_along() {
        let record = HistoryRecord::of_run(&run_of_commands());
        let command = record.bench_targets[1].environment.commands["lines"].clone();
        let mut records = vec![(1, vec![record])];
        let renames =
            [FollowedRename { position: 2, rename: rename("tools/sort/lines", "tools/sort/words") }];
        followed_records(&mut records, &renames);
        let sort = records[0].1[0].bench_targets.iter().find(|part| part.bench_target == "sort").unwrap();
        let names: Vec<&String> = sort.environment.commands.keys().collect();
        assert_eq!(names, ["other", "words"]);
        assert_eq!(sort.environment.commands["words"], command);
    }
}
