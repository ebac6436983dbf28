//! What a report is rendered as, and how.

/// A format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A table for people.
    Terminal,
    /// A page for a pull request.
    Markdown,
    /// Everything, for programs; every other format can be made from it with `report`.
    Json,
    /// JUnit XML, for CI systems that show tests.
    Junit,
    /// JSON for github-action-benchmark's tool `customSmallerIsBetter`.
    GithubActionBenchmark,
    /// JSON for GitLab's Code Quality.
    Gitlab,
    /// Bencher Metric Format JSON.
    Bencher,
    /// Gauges for Prometheus: the node exporter's textfile collector, and Pushgateways.
    Openmetrics,
}

impl Format {
    /// Every format, with its name and what it is, as a command line has them.
    pub const ALL: [(Self, &'static str, &'static str); 8] = [
        (Self::Terminal, "terminal", "A table for people"),
        (Self::Markdown, "markdown", "A page for a pull request"),
        (
            Self::Json,
            "json",
            "Everything, for programs; every other format can be made from it with `report`",
        ),
        (Self::Junit, "junit", "JUnit XML, for CI systems that show tests"),
        (
            Self::GithubActionBenchmark,
            "github-action-benchmark",
            "JSON for github-action-benchmark's tool `customSmallerIsBetter`",
        ),
        (Self::Gitlab, "gitlab", "JSON for GitLab's Code Quality"),
        (Self::Bencher, "bencher", "Bencher Metric Format JSON"),
        (
            Self::Openmetrics,
            "openmetrics",
            "Gauges for Prometheus: the node exporter's textfile collector, and Pushgateways",
        ),
    ];
}

/// How to render.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderOptions {
    /// Show every benchmark, not only what changed.
    pub verbose: bool,
    /// Show the cold numbers too.
    pub cold: bool,
    /// Use colours.
    pub color: bool,
    /// How many characters fit on a line; none means that lines may be of any length.
    pub width: Option<usize>,
    /// How this tool is called, for the commands that people are told to run.
    pub command: String,
    /// The flags for cargo that were given, which those commands need too.
    pub cargo_flags: Vec<String>,
    /// The filters that were given, for commands about more benchmarks than can be named.
    pub filters: Vec<String>,
}
