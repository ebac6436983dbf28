//! Causes of reports whose causes are known.

use memgate_protocol::Metric;

use super::*;
use crate::attribution::{ChangeNote, ChangeSubject, Explanation, SiteChange, Unexplained};
use crate::model::{MetricKey, Phase};
use crate::report::{DependencyChange, Report, SitesReport};
use crate::samples::{
    Planted, change_at, explained_report, place_in_mylib, planted_report, report, three_causes,
};
use crate::sites::Place;

/// Such as `70 % Box::new at 3 in app::f: allocs +1…+9; new; 4 benchmarks, 5 red`.
fn line(cause: &Cause) -> String {
    let place =
        cause.place.as_ref().map(|place| format!("{}:{}", place.function, place.line)).unwrap_or_default();
    let effects: Vec<String> = cause
        .effects
        .iter()
        .map(|effect| format!("{} {:+}…{:+}", effect.metric, effect.lowest, effect.highest))
        .collect();
    let kind = match &cause.kind {
        CauseKind::Replaced { operations } => format!("was {}", operations.join(", ")),
        CauseKind::Moved { function } => format!("was in {function}"),
        kind => format!("{kind:?}").to_lowercase(),
    };
    format!(
        "{}.{:03} {} at {place}: {}; {kind}; {} sites, {} benchmarks, {} red",
        cause.share_thousandths / 1_000,
        cause.share_thousandths % 1_000,
        cause.operation,
        effects.join(", "),
        cause.sites,
        cause.benchmarks.len(),
        cause.red
    )
}

fn lines(causes: &Causes) -> Vec<String> {
    causes.causes.iter().map(line).collect()
}

fn one(name: &str, base: i64, changes: Vec<SiteChange>) -> Planted {
    let changes = changes.into_iter().map(|change| (Metric::Allocs, change)).collect();
    Planted { name: name.to_owned(), base: vec![(Metric::Allocs, base)], changes }
}

#[test]
fn three_causes_in_forty_benchmarks_are_three() {
    let report = three_causes();
    let causes = causes(&report);
    assert_eq!((causes.red, causes.benchmarks, causes.explained), (140, 40, 140));
    assert_eq!(
        lines(&causes),
        [
            "0.429 fmt::format at mylib::tokenize::{closure#0}:3: total_bytes +1056…+2120, allocs +9…+180; new; 1 sites, \
             40 benchmarks, 80 red",
            "0.427 HashMap::with_capacity at mylib::count:5: peak_bytes +269001…+269020, total_bytes +269001…+269020, \
             retained_bytes +269001…+269020; was HashMap::entry; 1 sites, 20 benchmarks, 60 red",
            "0.142 alloc at mylib::words:22: reallocs +2…+2; grew; 1 sites, 20 benchmarks, 20 red",
        ]
    );
    assert_eq!((causes.not_explained, causes.contradictions), (vec![], vec![]));
}

#[test]
fn every_red_metric_belongs_somewhere() {
    for report in [report(), explained_report(), three_causes()] {
        let causes = causes(&report);
        let left: usize = causes.not_explained.iter().map(|one| one.metrics.len()).sum();
        let red: usize = report.benchmarks.iter().map(|benchmark| benchmark.red().count()).sum();
        let is_asked = report.benchmarks.iter().any(|benchmark| benchmark.sites.is_some());
        assert_eq!(causes.explained + left, if is_asked { red } else { 0 });
    }
}

#[test]
fn one_line_is_one_cause_whatever_is_called_through_it() {
    let place = || place_in_mylib("parse", 7);
    let through = |function: &str| Place { function: function.to_owned(), file: None, line: 0 };
    let site = |operation: &str, function: &str, value| SiteChange {
        through: vec![through(function)],
        ..change_at(operation, place(), None, Some(value))
    };
    let report = planted_report(vec![
        one("a", 1, vec![site("Vec::push", "regex::compile", 30), site("Box::new", "regex::parse::<u8>", 4)]),
        one("b", 1, vec![site("Box::new", "regex::parse::<u16>", 4)]),
    ]);
    let causes = causes(&report);
    assert_eq!(
        lines(&causes),
        ["1.000 Box::new at mylib::parse:7: allocs +4…+34; new; 2 sites, 2 benchmarks, 2 red"]
    );
}

#[test]
fn what_is_gone_and_what_is_new_in_a_function_are_one() {
    let report = planted_report(vec![one(
        "a",
        10,
        vec![
            change_at("Vec::push", place_in_mylib("f", 8), None, Some(9)),
            change_at("vec::from_elem", place_in_mylib("f", 9), None, Some(1)),
            change_at("Vec::with_capacity", place_in_mylib("f::{closure#0}", 8), Some(3), None),
            change_at("Vec::push", place_in_mylib("g", 20), Some(1), Some(2)),
        ],
    )]);
    assert_eq!(
        lines(&causes(&report)),
        [
            "0.875 Vec::push at mylib::f:8: allocs +7…+7; was Vec::with_capacity; 2 sites, 1 benchmarks, 1 red",
            "0.125 Vec::push at mylib::g:20: allocs +1…+1; grew; 1 sites, 1 benchmarks, 1 red",
        ]
    );
}

#[test]
fn what_was_taken_out_into_a_function_is_one() {
    let taken_out = SiteChange {
        callers: vec![place_in_mylib("f", 8)],
        ..change_at("Vec::push", place_in_mylib("helper", 30), None, Some(9))
    };
    let gone = change_at("Vec::push", place_in_mylib("f", 8), Some(4), None);
    let report = planted_report(vec![one("a", 10, vec![taken_out, gone])]);
    assert_eq!(
        lines(&causes(&report)),
        ["1.000 Vec::push at mylib::helper:30: allocs +5…+5; grew; 1 sites, 1 benchmarks, 1 red"]
    );
}

#[test]
fn what_no_site_explains_is_said_with_its_reason() {
    let other = |subject| SiteChange {
        subject,
        place: None,
        ..change_at("", place_in_mylib("f", 1), Some(1), Some(4))
    };
    let mut report = planted_report(vec![
        one("cold", 1, vec![change_at("Box::new", place_in_mylib("f", 8), None, Some(9))]),
        one("new base", 1, vec![change_at("Box::new", place_in_mylib("f", 8), None, Some(9))]),
        one("nothing", 1, vec![change_at("Box::new", place_in_mylib("f", 8), None, Some(9))]),
        one("older", 1, vec![other(ChangeSubject::OlderBlocks)]),
        one("small", 1, vec![other(ChangeSubject::OtherSites)]),
        one("steady", 1, vec![change_at("Box::new", place_in_mylib("f", 8), None, Some(9))]),
        one("unrecorded", 1, vec![change_at("Box::new", place_in_mylib("f", 8), None, Some(9))]),
        one("varying", 1, vec![change_at("Box::new", place_in_mylib("f", 8), None, Some(9))]),
        one("wrong", 1, vec![change_at("Box::new", place_in_mylib("f", 8), None, Some(9))]),
    ]);
    let sites = |report: &mut Report, name: &str, change: &dyn Fn(&mut Vec<Explanation>)| {
        let benchmark = report.benchmarks.iter_mut().find(|one| &*one.id.name == name).unwrap();
        change(&mut benchmark.sites.as_mut().unwrap().explanations);
    };
    // Of its cold window, for which a baseline has sites only of steady ones.
    let cold = report.benchmarks.iter_mut().find(|one| &*one.id.name == "cold").unwrap();
    let allocs = MetricKey { phase: Phase::Cold, ..cold.red().next().unwrap().metric };
    let red = cold.red().next().unwrap().metric;
    cold.metrics.iter_mut().find(|metric| metric.metric == red).unwrap().metric = allocs;
    sites(&mut report, "cold", &|all| {
        all[0].metric = allocs;
        all[0].unexplained.push(Unexplained::NoBaseSites);
    });
    sites(&mut report, "new base", &|all| all[0].unexplained.push(Unexplained::NoBaseSites));
    sites(&mut report, "nothing", &|all| all[0].changes.clear());
    for name in ["steady", "varying"] {
        sites(&mut report, name, &|all| all[0].unexplained.push(Unexplained::Varies));
    }
    sites(&mut report, "varying", &|all| all[0].changes.clear());
    sites(&mut report, "wrong", &|all| all[0].changes[0].delta = 5);
    report.benchmarks.iter_mut().find(|one| &*one.id.name == "unrecorded").unwrap().sites = None;
    let causes = causes(&report);
    let name = |red: &RedMetric| report.benchmarks[red.benchmark].id.name.to_string();
    let reasons: Vec<String> = causes
        .not_explained
        .iter()
        .map(|one| {
            let names: Vec<String> = one.metrics.iter().map(name).collect();
            let listed: Vec<String> = one.sites.iter().map(line).collect();
            format!("{:?}: {} {}", one.reason, names.join(", "), listed.join(" | ")).trim_end().to_owned()
        })
        .collect();
    assert_eq!(
        reasons,
        [
            "NotRecorded: unrecorded",
            "NoBaseSites: new base 0.111 Box::new at mylib::f:8: allocs +9…+9; listed; 1 sites, 1 benchmarks, 1 red",
            "ColdWindow: cold 0.111 Box::new at mylib::f:8: cold.allocs +9…+9; listed; 1 sites, 1 benchmarks, 1 red",
            "SmallSites: small",
            "OlderBlocks: older",
            "NoSiteGrew: nothing",
            "Varies: varying",
        ]
    );
    assert_eq!(lines(&causes).len(), 1);
    let contradictions: Vec<String> = causes
        .contradictions
        .iter()
        .map(|one| format!("{} {} {}", name(&one.red), one.rise, one.sites))
        .collect();
    assert_eq!(contradictions, ["nothing 9 0", "varying 9 0", "wrong 9 5"]);
    assert_eq!(causes.varying.iter().map(name).collect::<Vec<_>>(), ["steady", "varying"]);
}

#[test]
fn a_failure_is_said_once_for_all() {
    let mut report = three_causes();
    for benchmark in &mut report.benchmarks {
        benchmark.sites = Some(Box::new(SitesReport::failed("it panicked".to_owned())));
    }
    let causes = causes(&report);
    assert_eq!((causes.causes.len(), causes.not_explained.len(), causes.explained), (0, 1, 0));
    assert_eq!(causes.not_explained[0].metrics.len(), 140);
}

#[test]
fn a_long_explanation_keeps_its_sum() {
    let change = |index: u32| {
        let value = i64::from(index);
        let (base, head) = if index.is_multiple_of(2) { (0, value) } else { (value, 0) };
        change_at("Vec::push", place_in_mylib("f", index), Some(base), Some(head))
    };
    let explanation = Explanation {
        metric: MetricKey::steady(Metric::Allocs),
        changes: (1..=500).map(change).collect(),
        unexplained: Vec::new(),
        peak: None,
    };
    let sum = |explanation: &Explanation| explanation.changes.iter().map(|change| change.delta).sum::<i64>();
    let cut = explanation.clone().with_at_most(10);
    assert_eq!(sum(&cut), sum(&explanation));
    let deltas: Vec<i64> = cut.changes.iter().map(|change| change.delta).collect();
    assert_eq!(deltas[..10], [500, 498, 496, 494, 492, -499, -497, -495, -493, -491]);
    assert_eq!(cut.changes[10].notes, [ChangeNote::LeftOut { sites: 245 }]);
    assert_eq!(cut.changes.len(), 12);
    assert!(cut.changes.capacity() < 100, "what was cut off keeps its memory");
    assert_eq!(explanation.clone().with_at_most(500), explanation);
    assert_eq!([1, 1_000, 60_000].map(most_changes), [MOST_CHANGES, 100, LEAST_CHANGES]);
}

#[test]
fn what_a_package_of_another_version_does_is_one() {
    let through = |function: &str, change: SiteChange| SiteChange {
        through: vec![Place { function: function.to_owned(), file: None, line: 0 }],
        ..change
    };
    let grown = |function: &str, line, of: &str| {
        through(of, change_at("Vec::push", place_in_mylib(function, line), Some(1), Some(3)))
    };
    let mut report = planted_report(vec![
        one("a", 1, vec![grown("f", 3, "<hash_brown::T as x::Y>::grow"), grown("g", 9, "other::grow")]),
        one(
            "b",
            1,
            vec![
                grown("h", 5, "hash_brown::insert"),
                through("hash_brown::new", change_at("Vec::push", place_in_mylib("new", 7), None, Some(3))),
            ],
        ),
    ]);
    let change = |package: &str| DependencyChange {
        package: package.to_owned(),
        base: vec!["0.15.2".to_owned()],
        head: vec!["0.16.0".to_owned()],
        ..DependencyChange::default()
    };
    report.dependencies = vec![change("absent"), change("hash-brown")];
    let causes = causes(&report);
    let of: Vec<String> = causes
        .causes
        .iter()
        .map(|cause| {
            let dependency = cause.dependency.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("{} sites in {}: {dependency}", cause.sites, cause.place.as_ref().unwrap().function)
        })
        .collect();
    assert_eq!(
        of,
        [
            "2 sites in mylib::f: hash-brown 0.15.2 → 0.16.0",
            "1 sites in mylib::new: hash-brown 0.15.2 → 0.16.0",
            "1 sites in mylib::g: "
        ]
    );
    assert_eq!(causes.dependencies, [change("hash-brown")]);
}

/// Such as `2 sites, Vec::push in mylib::f, allocs -9…-9`.
fn shrunk(shrunk: Option<&Shrunk>) -> Option<String> {
    let shrunk = shrunk?;
    let effects = shrunk.effects.iter().map(|one| format!("{} {}…{}", one.metric, one.lowest, one.highest));
    let function = shrunk.through.as_ref().or(shrunk.place.as_ref()).map(|place| &*place.function);
    let at = format!("{} in {}", shrunk.operation, function.unwrap_or_default());
    Some(format!("{} sites, {at}, {}", shrunk.sites, effects.collect::<Vec<_>>().join(", ")))
}

#[test]
fn what_shrank_by_the_causes_size_is_beside_it() {
    let at = |function: &str, base, head| change_at("Vec::push", place_in_mylib(function, 8), base, head);
    let shrunk_beside = |changes: Vec<SiteChange>| {
        let causes = causes(&planted_report(vec![one("a", 200, changes)]));
        let first = causes.causes.first().unwrap();
        assert_eq!(first.place.as_ref().unwrap().function, "mylib::new");
        assert!(causes.causes.iter().skip(1).all(|cause| cause.shrank_elsewhere.is_none()));
        shrunk(first.shrank_elsewhere.as_ref())
    };
    let other = || at("other", Some(1), Some(30));
    // Half of it, and less.
    assert_eq!(
        shrunk_beside(vec![at("new", None, Some(100)), other(), at("old", Some(50), None)]).as_deref(),
        Some("1 sites, Vec::push in mylib::old, allocs -50…-50")
    );
    assert_eq!(shrunk_beside(vec![at("new", None, Some(101)), other(), at("old", Some(50), None)]), None);
    // The largest stands for several.
    let small = |function| at(function, Some(20), Some(3));
    assert_eq!(
        shrunk_beside(vec![at("new", None, Some(90)), small("b"), at("old", Some(19), None), small("c")])
            .as_deref(),
        Some("3 sites, Vec::push in mylib::old, allocs -53…-53")
    );
}

#[test]
fn what_moved_within_a_cause_is_not_what_is_shown_of_it() {
    let through = |function: &str, line, base, head| SiteChange {
        through: vec![Place { function: format!("d::{function}"), file: None, line: 0 }],
        ..change_at("Vec::push", place_in_mylib("f", line), base, head)
    };
    let mut report = planted_report(vec![one(
        "a",
        900,
        vec![
            through("new", 3, None, Some(250)),
            through("rise", 4, Some(1), Some(40)),
            through("old", 9, Some(252), None),
        ],
    )]);
    let change = DependencyChange {
        package: "d".to_owned(),
        base: vec!["1.0.0".to_owned()],
        head: vec!["1.1.0".to_owned()],
        ..DependencyChange::default()
    };
    report.dependencies = vec![change];
    let causes = causes(&report);
    let [cause] = causes.causes.as_slice() else { panic!("{causes:?}") };
    assert_eq!(cause.through.as_ref().unwrap().function, "d::rise");
    assert_eq!(shrunk(cause.shrank_elsewhere.as_ref()), None);
    assert_eq!(
        shrunk(cause.shrank_within.as_ref()).as_deref(),
        Some("1 sites, Vec::push in d::old, allocs -252…-252")
    );
}

#[test]
fn a_metric_in_which_much_shrank_too_weighs_no_more_than_others() {
    let through = |function: &str, base, head| SiteChange {
        through: vec![Place { function: format!("d::{function}"), file: None, line: 0 }],
        ..change_at("Vec::push", place_in_mylib("f", 3), base, head)
    };
    let allocs = [("many", Some(1), Some(60)), ("few", Some(1), Some(41)), ("old", Some(95), Some(1))];
    let bytes = [("many", Some(100), Some(300)), ("few", Some(100), Some(1_000))];
    let changes = |metric, all: &[(&str, Option<i64>, Option<i64>)]| -> Vec<(Metric, SiteChange)> {
        all.iter().map(|(function, base, head)| (metric, through(function, *base, *head))).collect()
    };
    let planted = Planted {
        name: "a".to_owned(),
        base: vec![(Metric::Allocs, 97), (Metric::TotalBytes, 200)],
        changes: [changes(Metric::Allocs, &allocs), changes(Metric::TotalBytes, &bytes)].concat(),
    };
    let causes = causes(&planted_report(vec![planted]));
    assert_eq!(causes.causes.len(), 1);
    assert_eq!(causes.causes[0].through.as_ref().unwrap().function, "d::few");
}

#[test]
fn a_cause_in_several_packages_names_that_of_the_call_site_that_is_shown() {
    let through = |function: &str, operation: &str, base, head| SiteChange {
        through: vec![Place { function: function.to_owned(), file: None, line: 0 }],
        ..change_at(operation, place_in_mylib("f", 3), base, head)
    };
    let gone = through("e::other", "Box::new", Some(3), None);
    let mut report = planted_report(vec![
        one("a", 9, vec![through("d::few", "Vec::push", Some(1), Some(9)), gone]),
        one(
            "b",
            9_999,
            vec![
                through("e::many", "Vec::push", Some(1), Some(99)),
                through("d::few", "Vec::push", Some(1), Some(98)),
            ],
        ),
    ]);
    let change = |package: &str| DependencyChange {
        package: package.to_owned(),
        base: vec!["1.0.0".to_owned()],
        head: vec!["1.1.0".to_owned()],
        ..DependencyChange::default()
    };
    report.dependencies = vec![change("d"), change("e")];
    let causes = causes(&report);
    let [cause] = causes.causes.as_slice() else { panic!("{causes:?}") };
    assert_eq!(cause.through.as_ref().unwrap().function, "d::few");
    assert_eq!(cause.dependency, Some(change("d")));
    // What `e::other` does no more is not what `d::few` was.
    assert_eq!(cause.kind, CauseKind::Grew);
}

#[test]
fn what_was_replaced_is_said_once() {
    let at = |operation: &str, base, head| change_at(operation, place_in_mylib("f", 8), base, head);
    let changes = vec![at("Vec::push", None, Some(9)), at("Vec::with_capacity", Some(8), None)];
    let causes = causes(&planted_report(vec![one("a", 10, changes)]));
    assert_eq!(
        causes.causes[0].kind,
        CauseKind::Replaced { operations: vec!["Vec::with_capacity".to_owned()] }
    );
    assert_eq!(causes.causes[0].shrank_within, None);
}

#[test]
fn no_two_causes_are_shown_at_one_place() {
    let through = |function: &str, change: SiteChange| SiteChange {
        through: vec![Place { function: function.to_owned(), file: None, line: 0 }],
        ..change
    };
    let called_by = |function: &str, change: SiteChange| SiteChange {
        callers: vec![place_in_mylib(function, 1)],
        ..change
    };
    let at = |function: &str| change_at("Vec::push", place_in_mylib(function, 8), Some(1), Some(9));
    let without_place = || SiteChange { place: None, ..at("f") };
    let report = planted_report(vec![
        one("a", 1, vec![at("f::<u8>"), at("f::<u16>::{closure#0}"), at("f::{closure#1}"), without_place()]),
        one("b", 1, vec![called_by("x", at("f")), called_by("y", at("f")), called_by("x", without_place())]),
        one(
            "c",
            1,
            vec![through("d::a", at("f")), through("d::b", at("f")), through("d::a", without_place())],
        ),
    ]);
    let causes = causes(&report);
    let shown: Vec<_> = causes.causes.iter().map(|cause| (&cause.operation, &cause.place)).collect();
    assert_eq!(shown.len(), 2, "{shown:?}");
    assert_eq!(causes.causes.iter().map(|cause| cause.red).sum::<usize>(), 6);
}
