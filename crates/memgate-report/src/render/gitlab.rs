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
        // The same benchmark on several targets is several findings.
        let known = format!("{}\n{path}", finding.title);
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
        let mut report = explained_report();
        let findings = rendered(&report);
        let regressed = findings
            .iter()
            .find(|finding| {
                finding["description"]
                    .as_str()
                    .unwrap()
                    .starts_with("allocs of parser/memory/regressed regressed.")
            })
            .unwrap();
        assert_eq!(
            regressed["location"],
            serde_json::json!({ "path": "src/lib.rs", "lines": { "begin": 12 } })
        );
        assert_eq!((&regressed["check_name"], &regressed["severity"]), (&"memgate".into(), &"major".into()));
        let missing = findings.iter().find(|finding| finding["location"]["path"] == NO_PLACE).unwrap();
        assert_eq!(missing["location"]["lines"]["begin"], 1);

        // All of them, each with a name of its own, which stays when numbers change.
        let fingerprints = |findings: &[serde_json::Value]| -> Vec<String> {
            findings.iter().map(|finding| finding["fingerprint"].as_str().unwrap().to_owned()).collect()
        };
        let before = fingerprints(&findings);
        let again = report.benchmarks.clone();
        report.benchmarks.extend(again);
        let mut doubled = fingerprints(&rendered(&report));
        assert!(doubled.len() > super::super::MAXIMUM_ANNOTATIONS);
        assert!(before.iter().all(|fingerprint| doubled.contains(fingerprint)));
        let all = doubled.len();
        doubled.sort();
        doubled.dedup();
        assert_eq!(doubled.len(), all);
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
