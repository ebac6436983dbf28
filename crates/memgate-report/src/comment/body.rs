//! What the comment says.
//!
//! It is rendered from a report that may come from the pull request of a stranger, by code that does not. Everything in the
//! report is shown so that it can't be more than text: no link, no mention, no markup. Its sentences are quotations, and said
//! to be the report's.
//!
//! **The comment informs; it is not the gate.** Whoever writes the code that is measured can write any numbers into a
//! report. What holds a pull request back is the exit code of the required job.

use super::{CommitId, Doubt};
use crate::render::markdown::{Lack, Page, Words, render};
use crate::report::Report;

/// The size of a comment's text, in bytes, that is never exceeded.
///
/// GitHub takes 65,536 characters; this leaves room for a marker, and for what it makes of line ends.
pub const MAXIMUM_BODY_BYTES: usize = 59_000;

/// What a comment says of the reader's next steps.
const FOOTER: &str = "<sub>The numbers are those of this pull request's own run. What decides is the required check, not \
                      this comment.</sub>\n";

/// What a comment is about, from a source that is trusted: never from a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommentContext {
    /// How this tool is called in the repository, such as `cargo xtask memgate`.
    pub command: String,
    /// The commit that was measured, in hexadecimal digits. What is no commit id is not shown.
    pub head_sha: Option<String>,
    /// The page of the run that measured it: the only link of the comment. What is no plain `http` or `https` address
    /// is not shown.
    pub run_url: Option<String>,
    /// The branch that the commit was measured for, and that the pull request is still to be merged into.
    pub base_branch: Option<String>,
    /// Why what was measured may not be what is to be merged. Then nothing is green.
    pub doubt: Option<Doubt>,
    /// What the run should have left and did not: with any of it, the comment is not green.
    pub lacks: Vec<Lack>,
}

/// Renders the text of a comment: for a head commit, the branch that it was measured for, and why it may be about something else.
pub type RenderFor<'a> = &'a dyn Fn(&CommitId, Option<&str>, Option<Doubt>) -> String;

/// Renders the text of the comment: Markdown of GitHub's dialect, in at most [`MAXIMUM_BODY_BYTES`]. What does not fit is
/// left out by whole rows, the worst being left out last, and counted.
///
/// # Example
/// ```
/// use memgate_report::comment::{CommentContext, render_body};
/// use memgate_report::report::Report;
///
/// let context = CommentContext { command: "cargo xtask memgate".into(), ..CommentContext::default() };
/// assert!(render_body(&Report::default(), &context).starts_with("## 🟠 Nothing was measured\n"));
/// ```
#[must_use]
pub fn render_body(report: &Report, context: &CommentContext) -> String {
    let page = Page {
        verbose: false,
        cold: false,
        command: &context.command,
        cargo_flags: &[],
        filters: &[],
        head_sha: context.head_sha.as_deref(),
        run_url: context.run_url.as_deref(),
        base_branch: context.base_branch.as_deref(),
        doubt: context.doubt.as_ref().map(ToString::to_string),
        lacks: &context.lacks,
        words: Words::Reported,
        footer: FOOTER,
        limit_bytes: MAXIMUM_BODY_BYTES,
    };
    render(report, &page)
}
