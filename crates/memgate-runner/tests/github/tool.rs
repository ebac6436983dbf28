//! The tool as a process, with reports and events to give it.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use memgate_protocol::Metric;
use memgate_report::format::print_report;
use memgate_report::model::{BenchmarkId, MetricKey, Observation};
use memgate_report::report::{BenchmarkReport, MeasuredPullRequest, MetricReport, Report, Verdict};
use memgate_report::rules::Limit;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::github::{GitHub, HEAD, REPOSITORY, TOKEN};

/// The run that the tests are in, unless they say otherwise.
pub(crate) const RUN: u64 = 100;

pub(crate) struct Tool {
    folder: TempDir,
    command: Command,
}

pub(crate) struct Finished {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The first line of one of our comments.
pub(crate) fn marker(run: u64, attempt: u32) -> String {
    format!("<!-- memgate key=memgate head={HEAD} run={run} attempt={attempt} -->")
}

/// The event of a workflow that ran for pull request 5.
pub(crate) fn workflow_run() -> Value {
    json!({
        "action": "completed",
        "workflow_run": {
            "id": RUN, "run_attempt": 1, "event": "pull_request", "conclusion": "failure", "head_sha": HEAD,
            "head_branch": "topic", "head_repository": { "owner": { "login": "fork" } }, "pull_requests": [],
        },
    })
}

/// The same of a run that succeeded.
pub(crate) fn green_workflow_run() -> Value {
    let mut event = workflow_run();
    event["workflow_run"]["conclusion"] = "success".into();
    event
}

fn report(verdict: Verdict) -> Report {
    report_of("x86_64-unknown-linux-gnu", verdict)
}

/// A report of one benchmark on a target.
pub(crate) fn report_of(target: &str, verdict: Verdict) -> Report {
    let benchmark = BenchmarkReport {
        target: target.into(),
        id: BenchmarkId { package: "parser".into(), bench_target: "memory".into(), name: "json".into() },
        verdict,
        metrics: vec![MetricReport {
            metric: MetricKey::steady(Metric::Allocs),
            verdict,
            base: Some(Observation::Exact(1)),
            head: Some(Observation::Exact(if verdict == Verdict::Ok { 1 } else { 2 })),
            limit: Some(Limit::ANY_RISE),
            budget: None,
            waiver: None,
        }],
        processes: 2,
        threads: 1,
        peak_error_bytes: 0,
        failure: None,
        time: None,
        sites: None,
    };
    Report { tool: "0.1.0".into(), benchmarks: vec![benchmark], ..Report::default() }
}

impl Tool {
    /// `comment` with a report that has something to say.
    pub(crate) fn new(github: &GitHub) -> Self {
        Self::with_report(github, &print_report(&report(Verdict::Regressed)))
    }

    /// `comment` with a report that has nothing to say.
    pub(crate) fn clean(github: &GitHub) -> Self {
        Self::with_report(github, &print_report(&report(Verdict::Ok)))
    }

    /// `comment` with such a report, of a pull request.
    pub(crate) fn measured_for(github: &GitHub, number: u64, base_branch: &str) -> Self {
        let pull_request = Some(MeasuredPullRequest { number, base_branch: base_branch.into() });
        Self::with_report(github, &print_report(&Report { pull_request, ..report(Verdict::Ok) }))
    }

    pub(crate) fn with_report(github: &GitHub, report: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("report.json"), report).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-memgate"));
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            let is_about_connections =
                text.to_ascii_uppercase().ends_with("_PROXY") || text.starts_with("SSL_CERT_");
            if text.starts_with("GITHUB_") || text.starts_with("GH_") || is_about_connections {
                command.env_remove(name);
            }
        }
        let api = format!("{}{}", github.address, github.state().base);
        command
            .args(["comment", "report.json", "--internal-second", "1"])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .env("GITHUB_API_URL", api)
            .env("GITHUB_REPOSITORY", REPOSITORY)
            .env("GITHUB_TOKEN", TOKEN)
            .env("RUST_BACKTRACE", "full");
        Self { folder, command }
    }

    pub(crate) fn arguments(mut self, words: &str) -> Self {
        self.command.args(words.split_whitespace());
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn event(self, event: &Value) -> Self {
        self.event_text(&event.to_string())
    }

    pub(crate) fn event_text(self, text: &str) -> Self {
        let path = self.path("event.json");
        std::fs::write(&path, text).unwrap();
        self.variable("GITHUB_EVENT_PATH", path.to_str().unwrap())
    }

    /// With a file beside the report.
    pub(crate) fn with_file(self, name: &str, content: &str) -> Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// For the run that most tests are about: `--pr 5` in run 100.
    pub(crate) fn on_pull_request(self) -> Self {
        let run = RUN.to_string();
        self.arguments("--pr 5").variable("GITHUB_RUN_ID", &run).variable("GITHUB_RUN_ATTEMPT", "1")
    }

    pub(crate) fn run(mut self) -> Finished {
        Finished::from(self.command.output().unwrap())
    }

    /// With a standard output that nobody reads.
    pub(crate) fn run_unread(mut self) -> Finished {
        let mut child = self.command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        Finished::from(child.wait_with_output().unwrap())
    }
}

impl From<Output> for Finished {
    fn from(output: Output) -> Self {
        let finished = Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        // Whatever else a test is about.
        for text in [&finished.stdout, &finished.stderr] {
            assert!(!text.contains(TOKEN) && !text.contains("ThisIsTheSecret"), "the token is shown: {text}");
            assert!(!text.contains("panicked"), "{text}");
        }
        finished
    }
}

impl Finished {
    #[track_caller]
    pub(crate) fn exits(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "standard output:\n{}\nstandard error:\n{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Self {
        assert!(self.stdout.contains(text), "{text:?} is not in: {}", self.stdout);
        self
    }

    #[track_caller]
    pub(crate) fn complains(&self, text: &str) -> &Self {
        assert!(self.stderr.contains(text), "{text:?} is not in: {}", self.stderr);
        self
    }
}
