//! Where no command can be counted: each is left out, and said to be.

use std::collections::BTreeSet;

use memgate_report::model::{LeftOut, Need};

use super::command_definitions::Scope;
use super::request::MeasureRequest;
use crate::cargo::{Settings, Workspace};
use crate::error::Error;
use crate::measure::Suite;

/// The suites of commands, of which there is none.
pub(super) struct CommandSuites {
    /// Nothing, to be measured beside bench targets.
    pub(super) suites: Vec<Suite>,
    /// Those that can't be measured here.
    pub(super) left_out: Vec<LeftOut>,
}

impl CommandSuites {
    /// Names what can't be measured here.
    ///
    /// # Errors
    /// Never.
    pub(super) fn build(
        _: &Workspace,
        _: &MeasureRequest,
        scope: &Scope<'_>,
        _: &Settings,
    ) -> Result<Self, Error> {
        let ids = scope.commands.iter().filter_map(|command| command.id());
        let groups: BTreeSet<(String, String)> = ids.map(|id| (id.package, id.bench_target)).collect();
        let left_out = groups.into_iter().map(|(package, bench_target)| LeftOut {
            package,
            bench_target,
            needs: vec![Need::CommandPlatform],
        });
        Ok(Self { suites: Vec::new(), left_out: left_out.collect() })
    }
}
