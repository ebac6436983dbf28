//! What any CI service is to this tool.

use memgate_report::comment::Event;
use memgate_report::render::Annotation;

use crate::error::Error;

/// A job of a CI service: what it runs for, and how it is spoken to. No token is needed for any of it, so that a change from a
/// fork has it too; `comment::Forge` is what needs one.
pub(crate) trait CiService: std::fmt::Debug {
    /// What the job runs for; none when the service does not say.
    ///
    /// # Errors
    /// When what the service says can't be read.
    fn event(&self) -> Result<Option<Event>, Error>;

    /// Adds to the page that the service shows of the job, when there is one.
    ///
    /// # Errors
    /// When that is not possible.
    fn add_summary(&self, markdown: &str) -> Result<(), Error>;

    /// Hands a value to later steps of the job, when they can have any.
    ///
    /// # Errors
    /// When that is not possible, or it has line ends.
    fn add_output(&self, name: &str, value: &str) -> Result<(), Error>;

    /// What the job's log has to say for notes to stand beside the source.
    fn annotation_lines(&self, annotations: &[Annotation]) -> String;
}
