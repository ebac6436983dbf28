//! How a page is rendered.

use super::lack::Lack;
use super::words::Words;

/// How a page is rendered.
pub(crate) struct Page<'a> {
    /// Show every benchmark, not only what changed.
    pub(crate) verbose: bool,
    /// Show the cold numbers too.
    pub(crate) cold: bool,
    /// How this tool is called.
    pub(crate) command: &'a str,
    /// The flags for cargo that those commands need too.
    pub(crate) cargo_flags: &'a [String],
    pub(crate) filters: &'a [String],
    /// The commit that was measured.
    pub(crate) head_sha: Option<&'a str>,
    /// The page of the run. The only link.
    pub(crate) run_url: Option<&'a str>,
    /// The branch that it was measured for.
    pub(crate) base_branch: Option<&'a str>,
    /// Why it may be about something else: a sentence without a full stop, with names in backticks. Then nothing is green.
    pub(crate) doubt: Option<String>,
    /// Whose words the report's sentences are.
    pub(crate) words: Words,
    /// What the run should have left and did not.
    pub(crate) lacks: &'a [Lack],
    /// What stands at the end, as Markdown.
    pub(crate) footer: &'a str,
    /// The size of the text, in bytes, that is never exceeded.
    pub(crate) limit_bytes: usize,
}
