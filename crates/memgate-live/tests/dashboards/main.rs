//! The dashboard and the alert rules for services, as Prometheus' own tool reads them, and beside what is served.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use programs::{output, program};
use serde_json::{Value, json};

#[path = "../../../memgate-report/tests/clients/programs.rs"]
#[expect(dead_code, reason = "other packages' tests need the rest")]
mod programs;

#[global_allocator]
static HEAP: memgate_live::Heap = memgate_live::Heap::system();

/// What a process here may not have: no control group, no pressure.
const ELSEWHERE: [&str; 6] = [
    "memgate_cgroup_limit_bytes",
    "memgate_cgroup_memory_bytes",
    "memgate_cgroup_pressure_seconds_total",
    "memgate_cgroup_unreclaimable_bytes",
    "memgate_memory_pressure_seconds_total",
    "memgate_live_refused_requests_total",
];

fn dashboards() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dashboards")
}

fn dashboard() -> Value {
    serde_json::from_str(&std::fs::read_to_string(dashboards().join("memgate-live.json")).unwrap()).unwrap()
}

/// Every query of the dashboard's panels.
fn queries() -> Vec<String> {
    let dashboard = dashboard();
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

/// What is served, with snapshots.
fn served() -> BTreeSet<String> {
    let above = tempfile::tempdir().unwrap();
    let _snapshots = memgate_live::snapshots(above.path().join("heap")).unwrap();
    let metrics = memgate_live::metrics();
    metrics.iter().map(|metric| metric.name.to_owned()).chain(ELSEWHERE.map(str::to_owned)).collect()
}

#[test]
fn promtool_accepts_the_rules_and_their_tests() {
    let Some(promtool) = program(&["promtool"]) else { return };
    let rules = dashboards().join("memgate-live.rules.yml");
    let said = output(Command::new(&promtool).args(["check", "rules"]).arg(&rules));
    assert!(said.contains("SUCCESS: 7 rules found"), "{said}");
    let tests = dashboards().join("memgate-live.rules.test.yml");
    let said = output(Command::new(&promtool).args(["test", "rules"]).arg(&tests));
    assert!(said.contains("SUCCESS"), "{said}");
    // Each rule has to fire in some test, and none is forgotten.
    let (rules, tests) = (std::fs::read_to_string(rules).unwrap(), std::fs::read_to_string(tests).unwrap());
    for alert in rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")) {
        let fires = tests
            .split("alertname: ")
            .skip(1)
            .any(|test| test.starts_with(&format!("{alert}\n")) && test.contains("exp_labels"));
        assert!(fires, "{alert} fires in no test");
    }
}

#[test]
fn every_query_of_the_dashboard_finds_something() {
    let Some(promtool) = program(&["promtool"]) else { return };
    let queries = queries();
    assert!(queries.len() > 15, "{queries:?}");
    let labels = |name: &str| {
        let more = match name {
            "memgate_memory_limit_bytes" => ",source=\"cgroup\"",
            "memgate_memory_health" => ",state=\"ok\"",
            _ if name.ends_with("pressure_seconds_total") => ",tasks=\"some\"",
            _ => "",
        };
        format!("{name}{{job=\"a\",instance=\"b\"{more}}}")
    };
    let values = |name: &str| match name {
        _ if name.ends_with("_total") => "0+10x120",
        _ if name.ends_with("_bytes") => "100000+200000x120",
        _ => "1x120",
    };
    let series: Vec<Value> = names(&queries.join("\n"))
        .iter()
        .map(|name| json!({ "series": labels(name), "values": values(name) }))
        .collect();
    let tests: Vec<Value> = queries
        .iter()
        .map(|query| {
            let query = query.replace("$job", ".*").replace("$instance", ".*");
            json!({ "expr": format!("clamp_max(count({query}), 1)"), "eval_time": "90m", "exp_samples": [{ "value": 1 }] })
        })
        .collect();
    // JSON is YAML.
    let file = json!({ "tests": [{ "interval": "1m", "input_series": series, "promql_expr_test": tests }] });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queries.yml");
    std::fs::write(&path, file.to_string()).unwrap();
    let said = output(Command::new(&promtool).args(["test", "rules"]).arg(&path));
    assert!(said.contains("SUCCESS"), "{said}");
}

#[test]
fn whatever_is_asked_for_is_served_and_documented() {
    let rules = std::fs::read_to_string(dashboards().join("memgate-live.rules.yml")).unwrap();
    let served = served();
    let asked = names(&(dashboard().to_string() + &rules));
    assert_eq!(asked.difference(&served).collect::<Vec<_>>(), [] as [&String; 0]);
    let documents = dashboards().join("../docs");
    // A bar within a table is escaped.
    let documented = std::fs::read_to_string(documents.join("LIVE.md")).unwrap().replace("\\|", "|");
    for query in queries() {
        assert!(documented.contains(&query), "docs/LIVE.md does not have {query}");
    }
    for alert in rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")) {
        assert!(documented.contains(alert), "docs/LIVE.md does not have {alert}");
    }
}
