//! What to do next, with the exact command.

use std::collections::{BTreeSet, HashSet};

use super::rename_text::rename_texts;
use crate::model::{BenchmarkId, EnvironmentField};
use crate::report::{BenchmarkReport, NoticeKind, Report, Verdict};
use crate::text::shell_quoted;

/// Something to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextStep {
    /// When one would want to.
    pub why: &'static str,
    /// The command.
    pub command: String,
}

/// More ids than this in one command are not typed, and not read.
const MOST_IDS: usize = 3;

/// Nor are longer commands, and a command can't be shortened in its middle.
const LONGEST_IDS: usize = 600;

/// How to see what is red with one's own eyes, for readers of a run that was made elsewhere.
#[must_use]
pub(super) fn reproduction(
    report: &Report,
    command: &str,
    cargo_flags: &[String],
    filters: &[String],
) -> Option<NextStep> {
    // `check` alone compares with what is committed, not with another revision.
    if report.has_notice(NoticeKind::Revisions) || report.has_notice(NoticeKind::Since) {
        return None;
    }
    let ids: BTreeSet<String> = report
        .benchmarks
        .iter()
        .filter(|benchmark| {
            matches!(benchmark.verdict, Verdict::Regressed | Verdict::OverBudget | Verdict::Failed)
        })
        .map(|benchmark| benchmark.id.to_string())
        .collect();
    let mut flags = quoted_words(cargo_flags);
    let is_about_time =
        |benchmark: &BenchmarkReport| benchmark.time.as_ref().is_some_and(|time| time.verdict != Verdict::Ok);
    if report.benchmarks.iter().any(is_about_time) {
        flags += " --time";
    }
    let command = match Vec::from_iter(ids).as_slice() {
        [] => return None,
        ids if are_typed(ids) => format!("{command} check{flags} --exact {}", quoted(ids)),
        _ => format!("{command} check{flags}{}", quoted_words(filters)),
    };
    Some(NextStep { why: "to reproduce it", command })
}

/// Whether ids are few and short enough for a command.
fn are_typed(ids: &[String]) -> bool {
    ids.len() <= MOST_IDS && ids.iter().map(String::len).sum::<usize>() <= LONGEST_IDS
}

fn quoted(ids: &[String]) -> String {
    ids.iter().map(|id| shell_quoted(id)).collect::<Vec<_>>().join(" ")
}

fn quoted_words(words: &[String]) -> String {
    words.iter().map(|word| format!(" {}", shell_quoted(word))).collect()
}

/// What to do next. `command` is how this tool is called, `cargo_flags` what was given to it for cargo, and `filters` what was
/// given to select benchmarks: without them, a command that names none would be about more than what was measured.
#[must_use]
pub fn next_steps(
    report: &Report,
    command: &str,
    cargo_flags: &[String],
    filters: &[String],
) -> Vec<NextStep> {
    // Baselines take no part in a comparison of revisions.
    if report.has_notice(NoticeKind::Revisions) {
        return Vec::new();
    }
    let flags = quoted_words(cargo_flags);
    let filters = quoted_words(filters);
    // What is only called otherwise is neither gone nor new.
    let renamed = renamed(report);
    let is_renamed = |benchmark: &BenchmarkReport| {
        let is_other = matches!(benchmark.verdict, Verdict::Missing | Verdict::New);
        is_other && renamed.contains(&(&*benchmark.target, &benchmark.id))
    };
    let ids_of = |is_one: &dyn Fn(&BenchmarkReport) -> bool| -> Vec<String> {
        let matching =
            report.benchmarks.iter().filter(|benchmark| is_one(benchmark) && !is_renamed(benchmark));
        let ids: BTreeSet<String> = matching.map(|benchmark| benchmark.id.to_string()).collect();
        ids.into_iter().collect()
    };
    let with = |verdicts: &[Verdict]| ids_of(&|benchmark| verdicts.contains(&benchmark.verdict));
    let update = |ids: &[String]| match ids {
        ids if are_typed(ids) => format!("{command} update{flags} --exact {}", quoted(ids)),
        _ => format!("{command} update{flags}{filters}"),
    };
    let mut steps = Vec::new();
    let mut typed = report.benchmarks.iter().filter(|benchmark| are_typed(&[benchmark.id.to_string()]));
    // Cargo knows nothing of whole commands, whose last words are in the report.
    let is_command = |benchmark: &&BenchmarkReport| {
        let is_target = |target: &&crate::report::TargetReport| {
            (&target.target, &target.package, &target.bench_target)
                == (&benchmark.target, &benchmark.id.package, &benchmark.id.bench_target)
        };
        let environment =
            report.targets.iter().find(is_target).and_then(|target| target.environment.as_ref());
        environment.is_some_and(|environment| environment.commands.contains_key(&benchmark.id.name))
    };
    let is_failed =
        |benchmark: &&BenchmarkReport| benchmark.verdict == Verdict::Failed && !is_command(benchmark);
    if let Some(failed) = typed.clone().find(is_failed) {
        let id = &failed.id;
        let [package, bench_target, name] =
            [&id.package, &id.bench_target, &id.name].map(|name| shell_quoted(name));
        // What begins like an option would be taken for one.
        let separator = if id.name.starts_with('-') { "-- " } else { "" };
        steps.push(NextStep {
            why: "to see one fail by itself",
            command: format!("cargo bench -p {package} --bench {bench_target} -- --exact {separator}{name}"),
        });
    }
    let explained =
        typed.find(|benchmark| benchmark.sites.as_ref().is_some_and(|sites| !sites.explanations.is_empty()));
    if let Some(explained) = explained {
        let id = shell_quoted(&explained.id.to_string());
        steps.push(NextStep {
            why: "to see all call sites of one, or write a profile of it",
            command: format!("{command} explain{flags} --exact {id}"),
        });
    }
    let regressed: Vec<String> = report
        .benchmarks
        .iter()
        .filter(|benchmark| benchmark.metrics.iter().any(|metric| metric.verdict == Verdict::Regressed))
        .map(|benchmark| benchmark.id.to_string())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    if !regressed.is_empty() {
        let why = if !are_typed(&regressed) && !with(&[Verdict::Improved, Verdict::New]).is_empty() {
            "to accept all new numbers, better and worse"
        } else {
            "to accept the new numbers"
        };
        steps.push(NextStep { why, command: update(&regressed) });
    }
    let has_slow = report
        .benchmarks
        .iter()
        .filter_map(|benchmark| benchmark.time.as_ref())
        .any(|time| time.verdict == Verdict::Regressed);
    let is_unsaved = report.benchmarks.iter().filter_map(|benchmark| benchmark.time.as_ref()?.time);
    if has_slow {
        steps.push(NextStep {
            why: "to accept the new times",
            command: format!("{command} update{flags} --time"),
        });
    } else if is_unsaved.into_iter().any(|time| time.change.is_none()) {
        steps.push(NextStep {
            why: "to save times, best on the revision to compare with",
            command: format!("{command} update{flags} --time"),
        });
    }
    let to_rename = to_rename(report, command);
    let is_renaming = to_rename.is_some();
    steps.extend(to_rename);
    let may_be_renamed = may_be_renamed(report, command, is_renamed);
    let is_guessing = may_be_renamed.is_some();
    steps.extend(may_be_renamed);
    if let Some([base, head]) = two_compilers(report) {
        steps.push(NextStep {
            why: "to see what the other compiler does to the same code",
            command: format!("{command} compare . .{flags} --toolchain {base} --toolchain {head}{filters}"),
        });
    }
    let no_baseline = report.has_notice(NoticeKind::NoBaseline);
    let gone_or_other = with(&[Verdict::Missing, Verdict::Incomparable]);
    let stale = ids_of(&|benchmark| {
        benchmark.has_news() && !matches!(benchmark.verdict, Verdict::Regressed | Verdict::OverBudget)
    });
    // An update of all is refused while something fails.
    let is_refused = report.targets.iter().any(|target| target.failure.is_some())
        || report.benchmarks.iter().any(|benchmark| benchmark.verdict == Verdict::Failed);
    if no_baseline && is_refused {
        // What fails has to be mended first, as is said above.
    } else if no_baseline || !gone_or_other.is_empty() {
        let why = if no_baseline {
            "to write the baseline"
        } else if with(&[Verdict::Missing]).is_empty() {
            "to measure the baseline anew in this environment"
        } else {
            match (is_renaming, is_guessing) {
                (true, _) => "afterwards, to drop what is gone from the baseline",
                (false, true) => "otherwise, to drop what is gone from the baseline",
                (false, false) => "to drop what is gone from the baseline",
            }
        };
        steps.push(NextStep { why, command: format!("{command} update{flags}{filters}") });
    } else if !stale.is_empty() && (are_typed(&stale) || regressed.is_empty()) {
        // A bare `update` would accept the regressions too.
        steps.push(NextStep {
            why: "to write what is new or improved into the baseline",
            command: update(&stale),
        });
    }
    steps
}

/// The benchmarks that have another name in the baselines, under both.
fn renamed(report: &Report) -> HashSet<(&str, &BenchmarkId)> {
    let pairs = report.renames.iter().filter_map(|rename| Some((&*rename.target, rename.pair()?)));
    pairs.flat_map(|(target, (from, to))| [(target, from), (target, to)]).collect()
}

/// How to give baselines the new names.
fn to_rename(report: &Report, command: &str) -> Option<NextStep> {
    let texts = rename_texts(report);
    if texts.is_empty() {
        return None;
    }
    let clear: Vec<[String; 2]> = texts
        .into_iter()
        .filter(|text| text.is_clear)
        .flat_map(|text| text.from.into_iter().zip(text.to))
        .map(|(from, to)| [from, to])
        .collect();
    let names: Vec<String> = clear.concat();
    let is_typed =
        |names: &[String]| !names.is_empty() && are_typed(&names[..1]) && names.len() <= 2 * MOST_IDS;
    if is_typed(&names) && names.iter().map(String::len).sum::<usize>() <= LONGEST_IDS {
        let renames: String = clear.iter().map(|pair| format!(" --rename {}", quoted(pair))).collect();
        let why = if clear.len() == 1 {
            "to give the baseline its new name, and go on with its history"
        } else {
            "to give the baselines their new names, and go on with their history"
        };
        return Some(NextStep { why, command: format!("{command} update{renames}") });
    }
    Some(NextStep {
        why: "to give baselines their new names, and go on with their history",
        command: format!("{command} update --rename OLD NEW"),
    })
}

/// How to give a baseline another name where something is gone from a bench target and something is new in it: what was renamed and
/// changed at once is not recognised, and dropping the old name would accept the change unseen. Of one that is gone and one that is
/// new, the names are no guess but the only ones.
fn may_be_renamed(
    report: &Report,
    command: &str,
    is_renamed: impl Fn(&BenchmarkReport) -> bool,
) -> Option<NextStep> {
    let of = |verdict: Verdict| {
        let matching = report.benchmarks.iter().filter(move |benchmark| benchmark.verdict == verdict);
        matching.filter(|benchmark| !is_renamed(benchmark)).collect::<Vec<_>>()
    };
    let (gone, new) = (of(Verdict::Missing), of(Verdict::New));
    let are_together = |a: &BenchmarkReport, b: &BenchmarkReport| {
        (&a.target, &a.id.package, &a.id.bench_target) == (&b.target, &b.id.package, &b.id.bench_target)
    };
    let together: BTreeSet<[String; 2]> = gone
        .iter()
        .flat_map(|gone| new.iter().filter(|new| are_together(gone, new)).map(move |new| [&gone.id, &new.id]))
        .map(|pair| pair.map(ToString::to_string))
        .collect();
    let names = match Vec::from_iter(together).as_slice() {
        [] => return None,
        [pair] if are_typed(pair) => quoted(pair),
        _ => "OLD NEW".to_owned(),
    };
    Some(NextStep {
        why: "if something was renamed and changed at once, to compare it with its baseline",
        command: format!("{command} update --rename {names}"),
    })
}

/// The releases of the compiler, base's and head's, where another one is all that keeps something from being compared. None for
/// nightlies: what they call themselves is not what rustup calls them.
fn two_compilers(report: &Report) -> Option<[&str; 2]> {
    let release = |rustc: &str| -> Option<usize> {
        let length = rustc.find(' ').unwrap_or(rustc.len());
        let is_plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let parts: Vec<&str> = rustc[..length].split('.').collect();
        (parts.len() == 3 && parts.into_iter().all(is_plain)).then_some(length)
    };
    report.targets.iter().find_map(|target| match target.differences.as_slice() {
        [only] if only.field == EnvironmentField::Rustc => {
            let (base, head) = (release(&only.base)?, release(&only.head)?);
            Some([&only.base[..base], &only.head[..head]])
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Notice;
    use crate::samples::report;

    #[test]
    fn a_name_that_looks_like_an_option_is_none() {
        let mut report = report();
        let failed = report.benchmarks.iter_mut().find(|benchmark| benchmark.verdict == Verdict::Failed);
        failed.unwrap().id.name = "-x".into();
        let steps = next_steps(&report, "cargo memgate", &[], &[]);
        let command = &steps.iter().find(|step| step.why == "to see one fail by itself").unwrap().command;
        assert_eq!(command, "cargo bench -p parser --bench memory -- --exact -- -x");
    }

    #[test]
    fn what_may_be_renamed_and_changed_is_not_only_dropped() {
        let mut report = report();
        report.renames.clear();
        let place = report.benchmarks.iter().find(|one| one.verdict == Verdict::Missing).unwrap().id.clone();
        let steps = |report: &Report| -> Vec<(&str, String)> {
            let steps = next_steps(report, "cargo memgate", &[], &[]).into_iter();
            let about =
                steps.filter(|step| step.why.contains("renamed") || step.why.contains("what is gone"));
            about.map(|step| (step.why, step.command)).collect()
        };
        report.benchmarks.retain(|one| one.verdict != Verdict::New);
        assert_eq!(steps(&report)[0].0, "to drop what is gone from the baseline");
        let mut new = report.benchmarks.iter().find(|one| one.verdict == Verdict::Missing).unwrap().clone();
        new.verdict = Verdict::New;
        new.id.name = "another name".into();
        report.benchmarks.retain(|one| one.verdict != Verdict::Missing || one.id == place);
        report.benchmarks.push(new.clone());
        let said = steps(&report);
        assert_eq!(said[0].1, format!("cargo memgate update --rename {place} \"{}\"", new.id));
        assert_eq!(said[1].0, "otherwise, to drop what is gone from the baseline");
        new.id.name = "a third".into();
        report.benchmarks.push(new.clone());
        assert_eq!(steps(&report)[0].1, "cargo memgate update --rename OLD NEW");
        report.benchmarks.retain(|one| one.verdict != Verdict::New);
        new.id.bench_target = "elsewhere".into();
        report.benchmarks.push(new);
        assert_eq!(steps(&report)[0].0, "to drop what is gone from the baseline");
    }

    #[test]
    fn no_baseline_can_be_written_while_something_fails() {
        let mut report = report();
        report.notices.push(Notice { kind: NoticeKind::NoBaseline, text: String::new() });
        let says_so = |report: &Report| {
            let steps = next_steps(report, "cargo memgate", &[], &[]);
            steps.iter().any(|step| step.why == "to write the baseline")
        };
        assert!(!says_so(&report));
        report.benchmarks.retain(|benchmark| benchmark.verdict != Verdict::Failed);
        assert!(says_so(&report));
    }

    #[test]
    fn another_compiler_is_told_from_the_code_by_a_command() {
        let mut report = report();
        let filters = ["parser".to_owned()];
        let step = |report: &Report| {
            let steps = next_steps(report, "cargo memgate", &[], &filters).into_iter();
            steps.map(|step| step.command).find(|command| command.contains(" compare "))
        };
        let target = report.targets.iter_mut().find(|target| !target.differences.is_empty()).unwrap();
        target.differences.retain(|difference| difference.field == EnvironmentField::Rustc);
        target.differences[0].base = "1.90.0 (abc 2025-09-01)".into();
        target.differences[0].head = "1.95.0 (59807616e 2026-04-14)".into();
        let expected = "cargo memgate compare . . --toolchain 1.90.0 --toolchain 1.95.0 parser";
        assert_eq!(step(&report).as_deref(), Some(expected));
        for rustc in ["1.97.0-nightly (e50aa6fba 2026-05-19)", "1.9$(x).0", "", "1.95"] {
            let target = report.targets.iter_mut().find(|target| !target.differences.is_empty()).unwrap();
            target.differences[0].head = rustc.into();
            assert_eq!(step(&report), None, "{rustc}");
        }
    }
}
