//! Of what was measured elsewhere, only a part is taken.

use crate::model::{BenchmarkId, Run, Selection};

/// The part of runs that a selection is about. What was measured of only a part before stays a part, whatever is selected of it.
#[must_use]
pub fn restricted(mut runs: Vec<Run>, selection: &Selection) -> Vec<Run> {
    if selection.is_everything() {
        return runs;
    }
    for run in &mut runs {
        for part in &mut run.bench_targets {
            let (package, bench_target) = (part.package.clone(), part.bench_target.clone());
            part.results
                .retain(|name, _| selection.selects(&BenchmarkId::new(&*package, &*bench_target, &**name)));
        }
        run.bench_targets.retain(|part| selection.covers(&part.package, &part.bench_target));
        run.selection = narrowed(&run.selection, selection);
    }
    runs
}

/// What is in both selections, as far as one can say it: what is not whole in one of them is not whole, and what one leaves out is
/// left out. Of two lists of filters the first stays: the results are sorted out already, and both select only a part.
fn narrowed(measured: &Selection, wanted: &Selection) -> Selection {
    let both = |measured: &[String], wanted: &[String]| {
        let common: Vec<String> = measured.iter().filter(|name| wanted.contains(name)).cloned().collect();
        match (measured, wanted) {
            ([], names) | (names, []) => names.to_vec(),
            // An empty list would say everything.
            _ if common.is_empty() => wanted.to_vec(),
            _ => common,
        }
    };
    let filtered = if measured.filters.is_empty() { wanted } else { measured };
    Selection {
        packages: both(&measured.packages, &wanted.packages),
        bench_targets: both(&measured.bench_targets, &wanted.bench_targets),
        filters: filtered.filters.clone(),
        skips: measured.skips.iter().chain(&wanted.skips).cloned().collect(),
        exact: filtered.exact,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::rules::Policy;
    use crate::samples::{baselines_of, measured, metrics, part, run_of, steady};
    use crate::update::{UpdateError, UpdateInput, UpdatePlan, plan_update};

    /// An update from a run of `one` alone, measured so, of a part selected so; `two` is committed besides.
    fn updated(of_run: Selection, selection: &Selection, rustc: &str) -> Result<UpdatePlan, UpdateError> {
        let values = metrics(&[64], 2);
        let committed = ["one", "two"].map(|name| (name.to_owned(), steady(&values)));
        let baselines = baselines_of("memory", committed.into());
        let mut only = part("memory", BTreeMap::from([("one".to_owned(), measured(metrics(&[96], 3)))]));
        only.declared = vec!["one".to_owned(), "two".to_owned()];
        only.environment.as_mut().unwrap().rustc = rustc.to_owned();
        let mut run = run_of(vec![only]);
        run.selection = of_run;
        let runs = restricted(vec![run], selection);
        let policy = Policy::default();
        plan_update(UpdateInput {
            runs: &runs,
            baselines: &baselines,
            policy: &policy,
            all: false,
            prune: false,
        })
    }

    #[test]
    fn a_part_of_what_was_measured_in_part_drops_nothing() {
        let one = Selection { filters: vec!["one".into()], ..Selection::default() };
        let not_two = Selection { skips: vec!["two".into()], ..Selection::default() };
        let of_package = Selection { packages: vec!["parser".into()], ..Selection::default() };
        let of_another = Selection { packages: vec!["writer".into()], ..Selection::default() };
        for of_run in [one, not_two] {
            let problem = updated(of_run.clone(), &of_package, "1.99.0").unwrap_err();
            assert!(matches!(problem, UpdateError::MixedEnvironments { .. }), "{problem}");
            let rustc = &crate::samples::environment().rustc;
            let plan = updated(of_run, &of_package, rustc).unwrap();
            assert_eq!(plan.writes.values().next().unwrap().benchmarks.len(), 2);
        }
        // Nothing in common is not everything.
        let nothing = updated(of_another, &of_package, "1.99.0").unwrap();
        assert!(nothing.removals.is_empty(), "{:?}", nothing.removals);
    }

    #[test]
    fn what_both_select_stays() {
        let select = |packages: &[&str], filters: &[&str], skips: &[&str]| {
            let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
            let (packages, filters, skips) = (owned(packages), owned(filters), owned(skips));
            Selection { packages, filters, skips, ..Selection::default() }
        };
        let check = |measured: Selection, wanted: Selection, both: Selection| {
            assert_eq!(narrowed(&measured, &wanted), both);
        };
        check(
            select(&["a", "b"], &[], &["x"]),
            select(&["b", "c"], &["f"], &[]),
            select(&["b"], &["f"], &["x"]),
        );
        check(select(&[], &["f"], &[]), select(&["b"], &[], &["y"]), select(&["b"], &["f"], &["y"]));
        check(select(&["a"], &[], &[]), select(&["b"], &[], &[]), select(&["b"], &[], &[]));
    }
}
