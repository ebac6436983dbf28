//! JSON for GitLab's Code Quality (<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>): what rose, at
//! the lines that grew.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::annotations::{Level, findings};
use crate::format::{visible, visible_json};
use crate::report::Report;

/// Every finding has to lie in a file. What has no line of code is said of the rules that it is measured by.
const NO_PLACE: &str = "memgate.toml";

#[derive(Serialize)]
struct Finding {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// Renders what annotations show, all of it. Files are named from the workspace's root, which GitLab takes for the repository's.
pub(super) fn render(report: &Report) -> String {
    let mut same: BTreeMap<String, usize> = BTreeMap::new();
    let mut listed = Vec::new();
    for finding in findings(report, Path::new("")) {
        let (path, begin) = finding.place.unwrap_or_else(|| (NO_PLACE.to_owned(), 1));
        // GitLab takes for new what the other branch's report has no fingerprint of, so neither numbers nor lines are in it.
        // What is the same then, such as one benchmark on several targets, is counted.
        let known = format!("{}\n{path}", without_numbers(&finding.title));
        let earlier = same.entry(known.clone()).or_default();
        let fingerprint = format!("{:016x}", digest(&format!("{known}\n{earlier}")));
        *earlier += 1;
        let title = finding.title.trim_start_matches("memgate: ");
        listed.push(Finding {
            description: visible(&format!("{title}. {}", finding.message), false).into_owned(),
            check_name: "memgate",
            fingerprint,
            severity: match finding.level {
                Level::Error => "major",
                Level::Warning => "minor",
            },
            location: Location { path, lines: Lines { begin } },
        });
    }
    let mut text =
        serde_json::to_string_pretty(&listed).expect("findings have string keys and finite numbers");
    text.push('\n');
    visible_json(text)
}

fn without_numbers(title: &str) -> String {
    title.chars().filter(|character| !character.is_ascii_digit()).collect()
}

/// FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/): the same on every machine, and nobody's security.
fn digest(text: &str) -> u64 {
    text.bytes()
        .fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::explained_report;

    fn rendered(report: &Report) -> Vec<serde_json::Value> {
        serde_json::from_str(&render(report)).unwrap()
    }

    #[test]
    fn a_finding_is_what_gitlab_asks_for() {
        let findings = rendered(&explained_report());
        let at = |path: &str| {
            findings
                .iter()
                .find(|finding| finding["location"]["path"] == path)
                .unwrap_or_else(|| panic!("{path}"))
        };
        let regressed = at("src/lib.rs");
        assert_eq!(regressed["location"]["lines"], serde_json::json!({ "begin": 12 }));
        assert_eq!((&regressed["check_name"], &regressed["severity"]), (&"memgate".into(), &"major".into()));
        assert!(
            regressed["description"]
                .as_str()
                .is_some_and(|words| words.contains("allocs") || words.contains("bytes"))
        );
        assert_eq!(at(NO_PLACE)["location"]["lines"]["begin"], 1);
    }

    #[test]
    fn each_has_a_fingerprint_of_its_own_without_numbers() {
        let mut report = explained_report();
        for _ in 0..4 {
            let again = report.benchmarks.clone();
            report.benchmarks.extend(again);
        }
        let findings = rendered(&report);
        // All of them, however many.
        assert!(findings.len() > super::super::MAXIMUM_ANNOTATIONS);
        let fingerprints: std::collections::BTreeSet<&str> =
            findings.iter().map(|finding| finding["fingerprint"].as_str().unwrap()).collect();
        assert_eq!(fingerprints.len(), findings.len());
        assert_eq!(
            without_numbers("allocs +9 in 4 benchmarks"),
            without_numbers("allocs +17 in 12 benchmarks")
        );
    }

    #[test]
    fn nothing_to_say_is_an_empty_list() {
        let mut report = explained_report();
        report.benchmarks.clear();
        report.targets.clear();
        report.notices.clear();
        assert_eq!(render(&report), "[]\n");
    }
}
