//! Names and lines of addresses in this process.

use super::owner::{OwnSources, Owner};
use super::stack::{Function, Stack};
use crate::alloc::ThreadRecorded;
use memgate_protocol::capture::{CapturedRow, node};

/// The stacks of what was recorded, with names. Not those of blocks from before.
pub(super) fn stacks(recorded: &ThreadRecorded) -> Vec<Stack> {
    let own = own_sources();
    let rows = recorded.recorded.rows.iter().filter(|row| row.node != node::OLDER);
    rows.map(|row| Stack { frames: frames(recorded, row, &own), numbers: row.numbers }).collect()
}

fn frames(recorded: &ThreadRecorded, row: &CapturedRow, own: &OwnSources) -> Vec<Vec<Function>> {
    let mut frames = Vec::new();
    let mut next = row.node;
    while let Some(node) = next.checked_sub(node::FIRST).and_then(|index| recorded.nodes.get(index as usize))
    {
        let functions = functions(node.address, own);
        let is_last = functions.iter().any(|function| function.owner == Owner::Assertion);
        frames.push(functions);
        if is_last {
            break;
        }
        next = node.parent;
    }
    frames
}

/// The function that a call returns to at an address, and those inlined there, innermost first.
fn functions(address: u64, own: &OwnSources) -> Vec<Function> {
    let mut functions = Vec::new();
    let Ok(address) = usize::try_from(address) else { return functions };
    // Takes it for where a call returns to, and looks at what is before.
    backtrace::resolve(std::ptr::without_provenance_mut(address), |symbol| {
        let name = symbol.name().map(|name| format!("{name:#}")).unwrap_or_default();
        let file = symbol.filename().map(|file| file.to_string_lossy().into_owned());
        let owner = own.owner_of(&name, file.as_deref());
        functions.push(Function { name, file, line: symbol.lineno().unwrap_or_default(), owner });
    });
    functions
}

/// Where the sources of this package and of memgate-stacks lie, as the debug information of one function of each says.
fn own_sources() -> OwnSources {
    OwnSources {
        memgate: folder_of(own_sources as *const (), "assertions/call_sites/symbols.rs"),
        memgate_stacks: folder_of(memgate_stacks::are_kept as *const (), "kept.rs"),
    }
}

/// The folder in which `file` is, where the function at an address has its source in it.
fn folder_of(function: *const (), file: &str) -> Option<String> {
    let mut folder = None;
    // One further, since what is looked at is before.
    backtrace::resolve(function.wrapping_byte_add(1).cast_mut().cast(), |symbol| {
        let source = symbol.filename().map(|file| file.to_string_lossy());
        folder = source.and_then(|source| Some(source.strip_suffix(file)?.to_owned()));
    });
    folder
}

#[cfg(all(test, target_os = "linux", not(miri)))]
mod tests {
    use super::*;

    #[test]
    fn own_sources_are_found() {
        let own = own_sources();
        let ends_with =
            |folder: &Option<String>, end: &str| folder.as_deref().is_some_and(|path| path.ends_with(end));
        assert!(ends_with(&own.memgate, "/src/"), "{own:?}");
        assert!(ends_with(&own.memgate_stacks, "/memgate-stacks/src/"), "{own:?}");
        assert_eq!(
            own.memgate.as_deref().map(|folder| format!("{folder}lib.rs")),
            Some(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs").to_owned())
        );
    }
}
