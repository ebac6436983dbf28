//! Whether all of a command was counted, and it ended as it was to.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use memgate_protocol::process_table::ProcessTable;
use memgate_report::command::{CommandProblem, ExecutableFacts, ExpectedEnd, Witnesses, judge};

use super::executable::look_at_program;
use super::{CommandRequest, RanCommand};

/// All that is wrong with a command that has ended, by what its processes and the files of its programs say.
pub(crate) fn problems(
    request: &CommandRequest,
    expected: ExpectedEnd,
    ran: &RanCommand,
) -> Vec<CommandProblem> {
    let executables = executables(&request.program, &ran.table);
    judge(&Witnesses {
        program: &request.program,
        process: ran.process,
        table: &ran.table,
        executables: &executables,
        end: ran.end,
        expected,
        left: &ran.left,
    })
}

/// The files of all programs, by the name under which the table or the command line has them.
fn executables(program: &OsStr, table: &ProcessTable) -> BTreeMap<OsString, ExecutableFacts> {
    let seen = table.processes.iter().map(|entry| &*entry.executable);
    let started = table.announcements.iter().map(|said| &*said.program);
    let mut executables = BTreeMap::new();
    for name in std::iter::once(program).chain(seen).chain(started).filter(|name| !name.is_empty()) {
        if !executables.contains_key(name) {
            executables.insert(name.to_owned(), look_at_program(name));
        }
    }
    executables
}
