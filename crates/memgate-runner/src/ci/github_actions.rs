//! GitHub Actions, by the variables that it sets
//! (<https://docs.github.com/actions/reference/workflows-and-actions/variables>).

use std::io::Write;
use std::path::{Path, PathBuf};

use memgate_report::comment::{Event, parse_event};
use memgate_report::format::FormatError;
use memgate_report::render::Annotation;

use super::CiService;
use crate::error::Error;
use crate::store::read_named;

/// Where a step in GitHub Actions reads and writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct GithubActions {
    /// The file to which the summary of the step is added.
    pub step_summary: Option<PathBuf>,
    /// The file to which outputs of the step are added.
    pub output: Option<PathBuf>,
    /// The event that started the workflow.
    pub event: Option<PathBuf>,
}

impl GithubActions {
    /// The environment of this process, or none when it is not in GitHub Actions.
    #[must_use]
    pub(crate) fn detect() -> Option<Self> {
        (std::env::var_os("GITHUB_ACTIONS")? == "true").then(Self::of_variables)
    }

    /// What the variables say, wherever this process is.
    #[must_use]
    pub(crate) fn of_variables() -> Self {
        let path = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        Self {
            step_summary: path("GITHUB_STEP_SUMMARY"),
            output: path("GITHUB_OUTPUT"),
            event: path("GITHUB_EVENT_PATH"),
        }
    }
}

impl CiService for GithubActions {
    fn event(&self) -> Result<Option<Event>, Error> {
        self.event.as_deref().map(read_event).transpose()
    }

    fn add_summary(&self, markdown: &str) -> Result<(), Error> {
        self.step_summary.as_deref().map_or(Ok(()), |path| append(path, markdown))
    }

    fn add_output(&self, name: &str, value: &str) -> Result<(), Error> {
        let Some(path) = &self.output else { return Ok(()) };
        // They would begin another output.
        if [name, value].iter().any(|text| text.contains(['\n', '\r'])) {
            let problem = std::io::Error::other("an output of a step has line ends");
            return Err(Error::file("add to", path)(problem));
        }
        append(path, &format!("{name}={value}\n"))
    }

    fn annotation_lines(&self, annotations: &[Annotation]) -> String {
        annotations.iter().map(|annotation| format!("{annotation}\n")).collect()
    }
}

/// Other steps have written to these files, and will.
fn append(path: &Path, text: &str) -> Result<(), Error> {
    let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(Error::file("add to", path))
}

/// Far above what GitHub sends.
const MAXIMUM_EVENT_BYTES: u64 = 1 << 26;

/// Reads the file that `GITHUB_EVENT_PATH` names.
///
/// # Errors
/// When it can't be read, or is no event.
pub(crate) fn read_event(path: &Path) -> Result<Event, Error> {
    let text = read_named(path, MAXIMUM_EVENT_BYTES).map_err(std::io::Error::from);
    let text = text.and_then(|bytes| String::from_utf8(bytes).map_err(std::io::Error::other));
    parse_event(&text.map_err(Error::file("read", path))?).map_err(|problem| Error::Input {
        path: path.to_path_buf(),
        problem: FormatError::Unsound(format!("it is no event of GitHub's: {problem}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_stays_and_an_output_is_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("output");
        std::fs::write(&output, "before=1\n").unwrap();
        let actions = GithubActions { output: Some(output.clone()), ..GithubActions::default() };
        actions.add_output("report", "a b.json").unwrap();
        assert!(actions.add_output("report", "x\ntoken=1").is_err());
        actions.add_summary("nowhere to go").unwrap();
        assert_eq!(std::fs::read_to_string(output).unwrap(), "before=1\nreport=a b.json\n");
    }
}
