//! OpenMetrics, the alert rules and the dashboard's queries, as Prometheus' own tool reads them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use memgate_report::format::parse_report;
use memgate_report::render::{Format, RenderOptions, render};
use serde_json::Value;

use crate::clients;

/// Reports in which every verdict, times and exponents come up.
const REPORTS: [&[u8]; 2] =
    [include_bytes!("../fixtures/report.v3.json"), include_bytes!("../fixtures/report.v4.json")];

fn metrics(report: &[u8]) -> String {
    let options = RenderOptions {
        verbose: false,
        cold: false,
        color: false,
        width: None,
        command: "cargo memgate".into(),
        cargo_flags: Vec::new(),
        filters: Vec::new(),
    };
    render(&parse_report(report).unwrap(), Format::Openmetrics, &options)
}

fn dashboards() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dashboards")
}

/// Every query of the dashboard.
fn queries() -> Vec<String> {
    let text = std::fs::read_to_string(dashboards().join("memgate.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&text).unwrap();
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels.flat_map(|panel| panel["targets"].as_array().unwrap());
    targets.map(|target| target["expr"].as_str().unwrap().to_owned()).collect()
}

/// The names of our metrics in a text.
fn names(text: &str) -> BTreeSet<String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = text.split(|c| !is_word(c));
    words.filter(|word| word.starts_with("memgate_")).map(str::to_owned).collect()
}

#[test]
fn promtool_accepts_the_metrics() {
    let Some(promtool) = clients::program(&["promtool"]) else { return };
    let folder = clients::folder("openmetrics");
    for (index, report) in REPORTS.into_iter().enumerate() {
        let path = folder.join(format!("{index}.prom"));
        std::fs::write(&path, metrics(report)).unwrap();
        let file = std::fs::File::open(&path).unwrap();
        let said = clients::output_with(Command::new(&promtool).args(["check", "metrics"]), file.into());
        assert_eq!(said, "", "no advice either");
    }
}

#[test]
fn promtool_accepts_the_rules_and_their_tests() {
    let Some(promtool) = clients::program(&["promtool"]) else { return };
    let rules = dashboards().join("memgate.rules.yml");
    let said = clients::output(Command::new(&promtool).args(["check", "rules"]).arg(&rules));
    assert!(said.contains("SUCCESS: 6 rules found"), "{said}");
    let tests = dashboards().join("memgate.rules.test.yml");
    let said = clients::output(Command::new(&promtool).args(["test", "rules"]).arg(tests));
    assert!(said.contains("SUCCESS"), "{said}");
}

#[test]
fn promtool_accepts_the_queries_of_the_dashboard() {
    let Some(promtool) = clients::program(&["promtool"]) else { return };
    let rules: Vec<Value> = queries()
        .iter()
        .enumerate()
        .map(|(index, query)| serde_json::json!({ "record": format!("query:{index}"), "expr": query }))
        .collect();
    assert!(rules.len() > 10, "{rules:?}");
    // JSON is YAML.
    let file = serde_json::json!({ "groups": [{ "name": "dashboard", "rules": rules }] });
    let path = clients::folder("dashboard").join("rules.yml");
    std::fs::write(&path, file.to_string()).unwrap();
    let said = clients::output(Command::new(&promtool).args(["check", "rules"]).arg(&path));
    assert!(said.contains(&format!("SUCCESS: {} rules found", rules.len())), "{said}");
}

#[test]
fn whatever_is_asked_for_is_written_and_documented() {
    let written: BTreeSet<String> = REPORTS.into_iter().flat_map(|report| names(&metrics(report))).collect();
    let rules = std::fs::read_to_string(dashboards().join("memgate.rules.yml")).unwrap();
    let asked: BTreeSet<String> = names(&(queries().join("\n") + &rules));
    assert_eq!(asked.difference(&written).collect::<Vec<_>>(), [] as [&String; 0]);
    let documentation = dashboards().join("../docs/DASHBOARDS.md");
    // A bar within a table is escaped.
    let documentation = std::fs::read_to_string(documentation).unwrap().replace("\\|", "|");
    for query in queries() {
        assert!(documentation.contains(&query), "docs/DASHBOARDS.md does not have {query}");
    }
    for name in written {
        assert!(documentation.contains(&name), "docs/DASHBOARDS.md does not have {name}");
    }
}
