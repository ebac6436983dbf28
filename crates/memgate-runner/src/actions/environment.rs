//! The variables that GitHub Actions sets
//! (<https://docs.github.com/actions/reference/workflows-and-actions/variables>).

use std::io::Write;
use std::path::{Path, PathBuf};

/// Where a step in GitHub Actions reads and writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ActionsEnvironment {
    /// The file to which the summary of the step is added.
    pub step_summary: Option<PathBuf>,
    /// The file to which outputs of the step are added.
    pub output: Option<PathBuf>,
    /// The event that started the workflow.
    pub event: Option<PathBuf>,
}

impl ActionsEnvironment {
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

    /// Adds to the summary of the step, when there is one.
    ///
    /// # Errors
    /// When the file can't be written to.
    pub(crate) fn add_summary(&self, markdown: &str) -> std::io::Result<()> {
        self.step_summary.as_deref().map_or(Ok(()), |path| append(path, markdown))
    }

    /// Adds an output of the step, when it can have any. Neither may have line ends, which would begin another output.
    ///
    /// # Errors
    /// When the file can't be written to, or there are line ends.
    pub(crate) fn add_output(&self, name: &str, value: &str) -> std::io::Result<()> {
        if [name, value].iter().any(|text| text.contains(['\n', '\r'])) {
            return Err(std::io::Error::other("an output of a step has line ends"));
        }
        self.output.as_deref().map_or(Ok(()), |path| append(path, &format!("{name}={value}\n")))
    }
}

/// Other steps have written to these files, and will.
fn append(path: &Path, text: &str) -> std::io::Result<()> {
    std::fs::OpenOptions::new().create(true).append(true).open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_stays_and_an_output_is_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("output");
        std::fs::write(&output, "before=1\n").unwrap();
        let actions = ActionsEnvironment { output: Some(output.clone()), ..ActionsEnvironment::default() };
        actions.add_output("report", "a b.json").unwrap();
        assert!(actions.add_output("report", "x\ntoken=1").is_err());
        actions.add_summary("nowhere to go").unwrap();
        assert_eq!(std::fs::read_to_string(output).unwrap(), "before=1\nreport=a b.json\n");
    }
}
