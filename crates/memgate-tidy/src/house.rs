//! The order of the rooms, once, and what is excepted from what is held.

/// What is held of one package.
#[derive(Clone, Copy, Debug)]
pub struct House {
    /// The package's folder of sources, from the workspace's root.
    pub folder: &'static str,
    /// Its rooms, the lowest first: what a room imports stands before it. A room is a module of the first level.
    pub rooms: &'static [&'static str],
    /// Whether it may name nothing of the standard library that touches the world.
    pub is_pure: bool,
    /// Files that import each other, in the order of their names, and why.
    pub circles: &'static [(&'static [&'static str], &'static str)],
    /// Files of fifteen lines and less, and why.
    pub short_files: &'static [(&'static str, &'static str)],
    /// `mod.rs` and `lib.rs` that have more than lists, and why.
    pub definitions: &'static [(&'static str, &'static str)],
}

/// What is pure.
pub const REPORT: House = House {
    folder: "crates/memgate-report/src",
    rooms: &[
        "text",
        "sites",
        "model",
        "attribution",
        "rules",
        "report",
        "scaling",
        "compare",
        "format",
        "config",
        "acceptance",
        "update",
        "verify",
        "selftest",
        "export",
        "history",
        "render",
        "explain",
        "bisect",
        "comment",
        "samples",
    ],
    is_pure: true,
    circles: &[],
    short_files: &[
        ("config/problem.rs", "the error of a text, which files of the tool use without the parser"),
        ("history/rules/point.rs", "what all rules are about"),
        ("rules/base_range.rs", "what verdicts and exponents share"),
    ],
    definitions: &[],
};

/// What touches the world.
pub const RUNNER: House = House {
    folder: "crates/memgate-runner/src",
    rooms: &[
        "clock",
        "process",
        "store",
        "config",
        "actions",
        "comment",
        "git",
        "cargo",
        "init",
        "revisions",
        "error",
        "exit",
        "measure",
        "console",
        "symbols",
        "times",
        "github",
        "cli",
    ],
    is_pure: false,
    circles: &[
        (
            &["cli/artifacts.rs", "cli/explanations.rs"],
            "recordings and where they are written, before they are a session's",
        ),
        (&["cli/comment.rs", "cli/comment_github.rs"], "one command, half of it behind a feature"),
        (
            &[
                "cli/history/check.rs",
                "cli/history/html.rs",
                "cli/history/import.rs",
                "cli/history/load.rs",
                "cli/history/mod.rs",
                "cli/history/prune.rs",
                "cli/history/record.rs",
                "cli/history/show.rs",
            ],
            "the command is in the list of its parts, which have the name of the notes from there",
        ),
    ],
    short_files: &[("clock.rs", "the only place that asks what day it is")],
    definitions: &[
        ("cli/history/mod.rs", "the command, whose parts are commands"),
        ("lib.rs", "the tool's one function"),
    ],
};

/// All of them.
pub const ALL: [House; 2] = [REPORT, RUNNER];
