//! The JSON report, read without the tool's own types: what a program of somebody else's sees.

use std::collections::BTreeMap;

use serde_json::Value;

/// A report as JSON.
pub(crate) struct ReportFile {
    root: Value,
}

impl ReportFile {
    pub(crate) fn new(root: Value) -> Self {
        assert_eq!(root["kind"], "memgate report", "{root:#}");
        assert_eq!(root["schema"], 10, "{root:#}");
        Self { root }
    }

    /// What the report means as a whole.
    pub(crate) fn outcome(&self) -> &str {
        self.root["outcome"].as_str().unwrap()
    }

    /// The verdict on each benchmark, by its id.
    pub(crate) fn verdicts(&self) -> BTreeMap<&str, &str> {
        let benchmarks = self.benchmarks().iter();
        benchmarks
            .map(|benchmark| (benchmark["id"].as_str().unwrap(), benchmark["verdict"].as_str().unwrap()))
            .collect()
    }

    /// Asserts the verdict on each benchmark.
    #[track_caller]
    pub(crate) fn has_verdicts(&self, expected: &[(&str, &str)]) {
        assert_eq!(self.verdicts(), expected.iter().copied().collect(), "{:#}", self.root);
    }

    /// One benchmark.
    #[track_caller]
    pub(crate) fn benchmark(&self, id: &str) -> &Value {
        let found = self.benchmarks().iter().find(|benchmark| benchmark["id"] == id);
        found.unwrap_or_else(|| panic!("{id} is not in {:#}", self.root))
    }

    /// One metric of a benchmark.
    #[track_caller]
    pub(crate) fn metric(&self, id: &str, metric: &str) -> &Value {
        let metrics = self.benchmark(id)["metrics"].as_array().unwrap();
        metrics.iter().find(|found| found["metric"] == metric).unwrap()
    }

    /// The metrics of a benchmark that have a verdict.
    #[track_caller]
    pub(crate) fn metrics_that_are(&self, id: &str, verdict: &str) -> Vec<&str> {
        let metrics = self.benchmark(id)["metrics"].as_array().unwrap().iter();
        metrics
            .filter(|metric| metric["verdict"] == verdict)
            .map(|metric| metric["metric"].as_str().unwrap())
            .collect()
    }

    /// The notices of a kind.
    pub(crate) fn notices(&self, kind: &str) -> Vec<&str> {
        let notices = self.root["report"]["notices"].as_array().unwrap().iter();
        notices
            .filter(|notice| notice["kind"] == kind)
            .map(|notice| notice["text"].as_str().unwrap())
            .collect()
    }

    /// The failure of a benchmark: its kind, its message, the end of its standard error.
    #[track_caller]
    pub(crate) fn failure(&self, id: &str) -> (&str, &str, &str) {
        of_failure(&self.benchmark(id)["failure"])
    }

    /// The failure of a whole bench target.
    #[track_caller]
    pub(crate) fn target_failure(&self, bench_target: &str) -> (&str, &str, &str) {
        of_failure(&self.target(bench_target)["failure"])
    }

    /// One bench target.
    #[track_caller]
    pub(crate) fn target(&self, bench_target: &str) -> &Value {
        let targets = self.root["report"]["targets"].as_array().unwrap();
        targets.iter().find(|target| target["bench_target"] == bench_target).unwrap()
    }

    fn benchmarks(&self) -> &Vec<Value> {
        self.root["report"]["benchmarks"].as_array().unwrap()
    }
}

#[track_caller]
fn of_failure(failure: &Value) -> (&str, &str, &str) {
    let text = |key: &str| failure[key].as_str().unwrap_or_default();
    assert!(failure.is_object(), "there is no failure");
    (text("kind"), text("message"), text("stderr"))
}
