//! What is asked of a command.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

/// A command that is to be run.
#[derive(Clone, Debug)]
pub(crate) struct CommandRequest {
    /// The program.
    pub(crate) program: OsString,
    /// Its arguments.
    pub(crate) arguments: Vec<OsString>,
    /// Whether call sites are to be recorded.
    pub(crate) has_sites: bool,
    /// How long it may run.
    pub(crate) time_limit: Option<Duration>,
    /// What is around it.
    pub(crate) surroundings: Surroundings,
}

/// What is around a command.
#[derive(Clone, Debug)]
pub(crate) enum Surroundings {
    /// What is around the tool: streams, variables, folder.
    Tools {
        /// Whether the tool needs standard output for itself, so that the command's goes to standard error.
        takes_stdout: bool,
    },
    /// What is the same each time, and on every machine.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only on Linux the gate has commands"))]
    Prepared(Box<Preparation>),
}

/// What is around a command that is the same each time, and on every machine.
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only on Linux the gate has commands"))]
#[derive(Clone, Debug)]
pub(crate) struct Preparation {
    /// What it is told to be called, rather than the path that it is started by.
    pub(crate) name: OsString,
    /// The path that it is started by, from the folder that it runs in; none for that of the program.
    pub(crate) started_as: Option<PathBuf>,
    /// Where paths begin.
    pub(crate) root: PathBuf,
    /// The file that is its standard input; none for an empty one.
    pub(crate) stdin: Option<PathBuf>,
    /// The folder that it runs in, below the root, or below the folder with the copies.
    pub(crate) directory: PathBuf,
    /// Files and folders below the root that it gets copies of, in a folder of its own.
    pub(crate) fresh_copies: Vec<PathBuf>,
    /// Variables that it is given.
    pub(crate) variables: BTreeMap<OsString, OsString>,
    /// Whether it has the tool's variables, too.
    pub(crate) keeps_environment: bool,
    /// How many processors it has at most.
    pub(crate) cores: NonZeroUsize,
    /// How much it may print, in bytes.
    pub(crate) output_limit: u64,
}

impl CommandRequest {
    /// The path or name that it is started by.
    pub(super) fn started_as(&self) -> &std::ffi::OsStr {
        match &self.surroundings {
            Surroundings::Prepared(preparation) => {
                preparation.started_as.as_ref().map_or(&*self.program, |path| path.as_os_str())
            }
            Surroundings::Tools { .. } => &self.program,
        }
    }
}
