//! What is committed of a benchmark is of one state of the code: its sites add up to its numbers, whatever is updated, in whatever
//! order.

use std::collections::BTreeMap;

use memgate_protocol::Metric;
use proptest::prelude::*;

use super::{RecordedSites, UpdateInput, UpdatePlan, plan_update, sites_to_record, sites_to_write};
use crate::model::{
    BaselineKey, Baselines, BenchmarkResult, MetricKey, MetricMap, Observation, Phase, Run, Selection,
};
use crate::rules::Policy;
use crate::samples::{measured, part, run_of};
use crate::sites::{BenchTargetSites, SiteNumbers, StoredSite, StoredSites};

/// A state of a benchmark's code: the values of the metrics.
type State = [i64; 3];

const METRICS: [Metric; 3] = [Metric::PeakBytes, Metric::TotalBytes, Metric::Allocs];

fn numbers(state: State) -> MetricMap {
    let steady = METRICS.into_iter().zip(state);
    let of_cold = [(MetricKey { phase: Phase::Cold, ..MetricKey::steady(Metric::Allocs) }, state[2])];
    let steady = steady.map(|(metric, value)| (MetricKey::steady(metric), value));
    steady.chain(of_cold).map(|(key, value)| (key, Observation::Exact(value))).collect()
}

fn sites(state: State) -> StoredSites {
    let values = METRICS.into_iter().zip(state);
    let numbers = values.fold(SiteNumbers::default(), |sum, (metric, value)| sum.with(metric, value));
    let site = StoredSite { key: "Vec::push <- a::b".parse().unwrap(), positions: vec![numbers] };
    StoredSites { sites: vec![site], ..StoredSites::default() }
}

/// What is committed.
#[derive(Clone, Debug, Default, PartialEq)]
struct Files {
    baselines: Baselines,
    sites: BTreeMap<BaselineKey, BenchTargetSites>,
}

/// One update, and the state of each benchmark then.
#[derive(Clone, Debug)]
struct Update {
    states: Vec<State>,
    only: Option<usize>,
    all: bool,
    no_sites: bool,
    /// Whether the file of sites was lost before.
    loses_sites: bool,
}

impl Files {
    fn update(&mut self, update: &Update) -> UpdatePlan {
        if update.loses_sites {
            self.sites.clear();
        }
        let names = |index: usize| format!("b{index}");
        let is_selected = |index: &usize| update.only.is_none_or(|only| only % update.states.len() == *index);
        let results: BTreeMap<String, BenchmarkResult> = (0..update.states.len())
            .filter(is_selected)
            .map(|index| (names(index), measured(numbers(update.states[index]))))
            .collect();
        let mut run: Run = run_of(vec![part("memory", results)]);
        run.bench_targets[0].declared = (0..update.states.len()).map(names).collect();
        if update.only.is_some() {
            run.selection = Selection { filters: vec!["one".into()], ..Selection::default() };
        }
        let runs = std::slice::from_ref(&run);
        let (baselines, policy, all) = (&self.baselines, &Policy::default(), update.all);
        let plan = plan_update(UpdateInput { runs, baselines, policy, all, prune: false }).unwrap();
        let mut wanted = sites_to_record(&plan, baselines, &self.sites, runs, all).wanted;
        if update.no_sites {
            wanted.clear();
        }
        let state = |name: &str| update.states[name[1..].parse::<usize>().unwrap()];
        let recorded: RecordedSites =
            wanted.into_iter().map(|(key, name)| ((key, name.clone()), sites(state(&name)))).collect();
        let files = sites_to_write(&plan, baselines, &self.sites, recorded, &BTreeMap::new(), all);
        self.baselines.extend(plan.writes.clone());
        self.sites.extend(files);
        plan
    }

    /// What adds up to something else than the number that is committed.
    fn contradictions(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (key, baseline) in &self.baselines {
            for (name, metrics) in &baseline.benchmarks {
                let Some(sites) = self.sites.get(key).and_then(|sites| sites.benchmarks.get(name)) else {
                    continue;
                };
                for (metric, value) in metrics.iter().filter(|(key, _)| key.phase == Phase::Steady) {
                    let sum = sites.total().get(metric.metric);
                    if *value != Observation::Exact(sum) {
                        found.push(format!("{name} {metric}: {value:?}, and its sites {sum}"));
                    }
                }
            }
        }
        found
    }
}

fn update(states: &[State]) -> Update {
    Update { states: states.to_vec(), only: None, all: false, no_sites: false, loses_sites: false }
}

#[test]
fn what_trips_takes_with_it_what_crept() {
    let mut files = Files::default();
    files.update(&update(&[[434, 9_000, 10]]));
    // One metric beyond its limit, and another within.
    files.update(&update(&[[484, 9_050, 20]]));
    assert_eq!(files.contradictions(), [""; 0]);
    let baseline = files.baselines.values().next().unwrap();
    let peak = baseline.benchmarks["b0"].get(MetricKey::steady(Metric::PeakBytes));
    assert_eq!(peak, Some(&Observation::Exact(484)));
    // What only creeps is not written, neither numbers nor sites.
    let before = files.clone();
    assert_eq!(files.update(&update(&[[490, 9_060, 20]])), UpdatePlan::default());
    assert_eq!(files, before);
}

#[test]
fn what_has_no_sites_and_crept_gets_none_and_is_said() {
    let mut files = Files::default();
    files.update(&update(&[[434, 9_000, 10], [1, 1, 1]]));
    let lost = Update { loses_sites: true, ..update(&[[484, 9_000, 10], [1, 1, 1]]) };
    files.update(&lost);
    assert_eq!(files.contradictions(), [""; 0]);
    let names = |files: &Files| -> Vec<String> {
        files.sites.values().flat_map(|sites| sites.benchmarks.keys().cloned()).collect()
    };
    assert_eq!(names(&files), ["b1"]);
    let results = [("b0".to_owned(), measured(numbers([484, 9_000, 10])))].into();
    let run = run_of(vec![part("memory", results)]);
    let runs = std::slice::from_ref(&run);
    let found = sites_to_record(&UpdatePlan::default(), &files.baselines, &files.sites, runs, false);
    assert_eq!(found.left_out.iter().map(|(_, name)| &**name).collect::<Vec<_>>(), ["b0"]);
    files.update(&Update { all: true, ..update(&[[484, 9_000, 10], [1, 1, 1]]) });
    assert_eq!((names(&files).len(), files.contradictions()), (2, Vec::new()));
}

fn any_update() -> impl Strategy<Value = Update> {
    // About their limits: 1 % and 64 B of bytes, 1 % of calls.
    let value = prop_oneof![Just(400_i64), Just(434), Just(484), Just(10_000), Just(10_090), Just(10_300)];
    let state = (value.clone(), value, 10_i64..13).prop_map(|(peak, total, allocs)| [peak, total, allocs]);
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (proptest::collection::vec(state, 2), proptest::option::of(0_usize..2), flags).prop_map(
        |(states, only, (all, no_sites, loses_sites))| Update { states, only, all, no_sites, loses_sites },
    )
}

proptest! {
    #[test]
    fn sites_add_up_to_the_numbers_after_any_updates(updates in proptest::collection::vec(any_update(), 1..8)) {
        let mut files = Files::default();
        for one in &updates {
            files.update(one);
            prop_assert_eq!(files.contradictions(), Vec::<String>::new());
            // The same again changes nothing.
            let before = files.clone();
            let again = Update { loses_sites: false, ..one.clone() };
            let plan = files.update(&again);
            prop_assert_eq!(plan, UpdatePlan::default());
            prop_assert_eq!(&files, &before);
        }
    }
}
