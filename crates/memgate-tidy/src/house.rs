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
        "causes",
        "renames",
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
        "command",
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
        "command",
        "config",
        "comment",
        "git",
        "cargo",
        "init",
        "revisions",
        "error",
        "exit",
        "ci",
        "measure",
        "console",
        "symbols",
        "times",
        "github",
        "session",
        "cli",
        "internals",
    ],
    is_pure: false,
    circles: &[],
    short_files: &[
        ("ci/detect.rs", "the list of all services, above each of them"),
        ("clock.rs", "the only place that asks what day it is"),
    ],
    definitions: &[("lib.rs", "the tool's one function")],
};

/// What is linked into users' programs.
pub const RUNTIME: House = House {
    folder: "src",
    rooms: &["alloc", "assertions", "harness", "command_capture"],
    is_pure: false,
    circles: &[],
    short_files: &[
        (
            "assertions/without_snapshots.rs",
            "what a macro says where the room that it would be of is not compiled",
        ),
        ("alloc/hint.rs", "which branch is rare, for every path of a call"),
        (
            "alloc/unwinder.rs",
            "a word of the protocol for what memgate-stacks found, below all that asks for it",
        ),
        ("harness/benchmark.rs", "what a suite is made of, below all that runs it"),
    ],
    definitions: &[],
};

/// What takes call stacks.
pub const STACKS: House = House {
    folder: "crates/memgate-stacks/src",
    rooms: &[
        "last_error",
        "unwind",
        "frame",
        "mapped",
        "bounds",
        "last_stack",
        "frame_pointers",
        "interrupted",
        "kept",
        "check",
        "unwind_tables",
    ],
    is_pure: false,
    circles: &[],
    short_files: &[],
    definitions: &[("lib.rs", "on which platforms there is a walk, which decides what else is compiled")],
};

/// What the tool and a measured process say to each other.
pub const PROTOCOL: House = House {
    folder: "crates/memgate-protocol/src",
    rooms: &[
        "codec",
        "version",
        "name",
        "names",
        "metric",
        "units",
        "limit",
        "bytes",
        "snapshots",
        "engine",
        "injection",
        "unwinder",
        "long_run",
        "windows",
        "stack_numbers",
        "record",
        "request",
        "write_request",
        "response",
        "read_response",
        "time_settings",
        "marker",
        "find_marker",
        "capture",
        "process_table",
    ],
    is_pure: false,
    circles: &[],
    short_files: &[
        ("capture/node.rs", "numbers that the engine and the file share"),
        ("unwinder.rs", "one word of requests and captures"),
    ],
    definitions: &[],
};

/// The encoder of profiles that both the tool and services have.
pub const PPROF: House = House {
    folder: "crates/memgate-pprof/src",
    rooms: &["protobuf", "strings", "data", "messages", "builder", "stream"],
    is_pure: true,
    circles: &[],
    short_files: &[],
    definitions: &[],
};

/// What is preloaded into commands.
pub const PRELOADED: House = House {
    folder: "crates/memgate-preload/library",
    rooms: &[
        "c",
        "signal",
        "bootstrap",
        "loader",
        "real",
        "marks",
        "block",
        "count",
        "sites",
        "attach",
        "exports",
        "glibc_names",
        "resident",
        "finish",
        "programs",
        "listed",
        "mapping",
    ],
    is_pure: false,
    circles: &[],
    short_files: &[],
    definitions: &[],
};

/// What is linked into services.
pub const LIVE: House = House {
    folder: "crates/memgate-live/src",
    rooms: &[
        "profile",
        "stack",
        "contention",
        "sync",
        "heap",
        "process",
        "memory",
        "health",
        "log",
        "signals",
        "cpu",
        "threads",
        "pprof",
        "snapshots",
        "metrics",
        "symbols",
        "page",
        "access",
        "respond",
        "listener",
        "serve",
    ],
    is_pure: false,
    circles: &[],
    short_files: &[(
        "signals/numbers.rs",
        "numbers of the system's, which the handler and whoever sends the signal share",
    )],
    definitions: &[],
};

/// What stands in criterion's place.
pub const CRITERION: House = House {
    folder: "crates/memgate-criterion/src",
    rooms: &[
        "times",
        "benchmark_id",
        "bencher",
        "async_bencher",
        "gated",
        "facade",
        "benchmark_group",
        "macros",
    ],
    is_pure: false,
    circles: &[],
    short_files: &[],
    definitions: &[("lib.rs", "what macros expand to has to be found in the root")],
};

/// What stands in divan's place.
pub const DIVAN: House = House {
    folder: "crates/memgate-divan/src",
    rooms: &[
        "natural",
        "settings",
        "alloc_profiler",
        "counters",
        "threads",
        "bencher",
        "args",
        "entry",
        "tree",
        "gated",
        "outside",
        "facade",
    ],
    is_pure: false,
    circles: &[],
    short_files: &[],
    definitions: &[],
};

/// What divan's attributes expand to.
pub const DIVAN_MACROS: House = House {
    folder: "crates/memgate-divan-macros/src",
    rooms: &["attribute", "options", "meta", "entry", "runner", "generics", "bench", "group"],
    is_pure: true,
    circles: &[],
    short_files: &[],
    definitions: &[("lib.rs", "attributes have to be in the root")],
};

/// All of them.
pub const ALL: [House; 11] =
    [REPORT, RUNNER, RUNTIME, PROTOCOL, STACKS, PPROF, PRELOADED, LIVE, CRITERION, DIVAN, DIVAN_MACROS];
