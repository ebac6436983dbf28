//! The targets one by one, and what was measured in.

use std::collections::{BTreeMap, BTreeSet};

use super::changes::sign;
use super::inert::code;
use super::section::Section;
use super::triples::Triples;
use crate::model::{Environment, NOT_BUILT};
use crate::report::{Report, Verdict};
use crate::text::Noun;

/// A row of verdicts for each triple, when there are several.
pub(super) fn by_triple(report: &Report, triples: &Triples<'_>) -> Section {
    let mut section = Section::new(7, Noun("target", "targets"));
    if !triples.are_several() {
        return section;
    }
    let mut counts: BTreeMap<&str, BTreeMap<Verdict, usize>> = BTreeMap::new();
    for benchmark in &report.benchmarks {
        *counts.entry(&benchmark.target).or_default().entry(benchmark.verdict).or_default() += 1;
    }
    section.fold = Some("By target".to_owned());
    section.head = "| target | benchmarks | verdicts |\n|---|--:|---|\n".to_owned();
    section.rows.extend(triples.all().iter().map(|triple| {
        let counts = counts.get(triple).into_iter().flatten();
        let total: usize = counts.clone().map(|(_, count)| count).sum();
        let verdicts: Vec<String> =
            counts.rev().map(|(verdict, count)| format!("{} {count} {verdict}", sign(*verdict))).collect();
        let verdicts =
            if verdicts.is_empty() { "🟠 nothing measured".to_owned() } else { verdicts.join(", ") };
        format!("| {} | {total} | {verdicts} |\n", code(triple))
    }));
    section
}

/// The environments, each with its triples and the bench targets that were measured in it.
pub(super) fn environments(report: &Report) -> Section {
    let mut rows: BTreeMap<String, (BTreeSet<&str>, BTreeSet<String>)> = BTreeMap::new();
    for target in &report.targets {
        let Some(environment) = &target.environment else { continue };
        let (triples, names) = rows.entry(row(environment)).or_default();
        triples.insert(&target.target);
        names.insert(format!("{}/{}", target.package, target.bench_target));
    }
    let rows = rows.into_iter().map(|(row, (triples, names))| {
        format!("- {}\n{row}  - measured in it: {}\n", shortened(triples), shortened(&names))
    });
    Section {
        fold: Some("Environment".to_owned()),
        rows: rows.collect(),
        ..Section::new(8, Noun("environment", "environments"))
    }
}

fn shortened<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> String {
    const MOST: usize = 20;
    let names: Vec<String> = names.into_iter().map(|name| code(name.as_ref())).collect();
    let shown = names.get(..names.len().min(MOST)).unwrap_or(&[]).join(", ");
    match names.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn row(environment: &Environment) -> String {
    let Environment { allocator, commands, features, probe, profile, rustc, rustflags, target: _ } =
        environment;
    let [allocator, probe] = [code(allocator), code(&probe.to_string())];
    let mut row = match &**rustc {
        NOT_BUILT => format!("  - not built here\n  - allocator {allocator}, probe {probe}\n"),
        rustc => format!(
            "  - rustc {}\n  - profile {}\n  - allocator {allocator}, probe {probe}\n",
            code(rustc),
            code(&profile.to_string()),
        ),
    };
    for (name, list) in [("features", features), ("flags", rustflags)] {
        if !list.is_empty() {
            row += &format!("  - {name} {}\n", code(&list.join(" ")));
        }
    }
    for (name, command) in commands {
        row += &format!("  - {}: {}, {}\n", code(name), code(&command.command), code(&command.libc));
    }
    row
}
