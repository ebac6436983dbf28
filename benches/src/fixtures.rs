//! The suite's input; `fixtures/README.md` says what each file is.

/// The packages of a workspace and their dependencies, as JSON; read into a [`Graph`](crate::Graph).
pub const GRAPH_JSON: &str = include_str!("../fixtures/graph.json");

/// The lock file of the same workspace, as TOML; read into a [`Lock`](crate::Lock).
pub const LOCK_TOML: &str = include_str!("../fixtures/lock.toml");

/// What can be counted about each source file of the same packages, as CSV; a row is a
/// [`SourceFile`](crate::SourceFile).
pub const SOURCES_CSV: &str = include_str!("../fixtures/sources.csv");

/// A long document about measuring memory, as Markdown with tables, footnotes and strike-through.
pub const HANDBOOK_MD: &str = include_str!("../fixtures/handbook.md");

/// A plot of the source files, as a truecolour PNG.
pub const PLOT_PNG: &[u8] = include_bytes!("../fixtures/plot.png");
