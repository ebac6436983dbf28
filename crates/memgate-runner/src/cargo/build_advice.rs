//! What helps against a build that failed, where the compiler's own words don't say it.

use std::ffi::OsStr;
use std::io::Cursor;
use std::process::Command;

use cargo_metadata::Message;
use cargo_metadata::diagnostic::DiagnosticLevel;

use crate::process::ask;

/// What to do about two global allocators.
const TWO_ALLOCATORS: &str = "\n  two crates of this program have a `#[global_allocator]`, and a program can have one; memgate's has to be the outer one. \
     Leave it to the other crate (`memgate::main! { allocator = none; … }`) and make that one\n    \
     #[global_allocator]\n    static ALLOCATOR: memgate::Alloc<Inner> = memgate::Alloc::new(Inner);\n  \
     or put the other one behind a feature that is off here, and name its type in the bench target: \
     `memgate::main! { allocator = Inner; … }`";

/// The same, where memgate's comes from the facade.
const TWO_ALLOCATORS_WITH_FACADE: &str = "\n  two crates of this program have a `#[global_allocator]`, and a program can have one; memgate's has to be the outer one. \
     Turn the feature `allocator` of memgate-criterion or memgate-divan off, and make the other one\n    \
     #[global_allocator]\n    static ALLOCATOR: memgate::Alloc<Inner> = memgate::Alloc::new(Inner);";

/// What helps against the errors of a build. Asks cargo once more, which has shown them to people and not to us; only what
/// failed is compiled again.
pub(super) fn advice(command: &Command) -> Option<&'static str> {
    let mut again = Command::new(command.get_program());
    if let Some(folder) = command.get_current_dir() {
        again.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => again.env(name, value),
            None => again.env_remove(name),
        };
    }
    again.args(
        command.get_args().map(|argument| {
            if argument == "json-render-diagnostics" { OsStr::new("json") } else { argument }
        }),
    );
    let output = ask(again).ok()?;
    let errors: Vec<String> = Message::parse_stream(Cursor::new(output.stdout))
        .filter_map(|message| match message.ok()? {
            Message::CompilerMessage(message) if message.message.level == DiagnosticLevel::Error => {
                Some(message.message.message)
            }
            _ => None,
        })
        .collect();
    errors.iter().find_map(|error| of_error(error))
}

/// As rustc says it: "the `#[global_allocator]` in this crate conflicts with global allocator in: parser", and "cannot define
/// multiple global allocators".
fn of_error(error: &str) -> Option<&'static str> {
    let is_about_two = error.contains("conflicts with global allocator in")
        || error.contains("cannot define multiple global allocators");
    let is_of_facade = error.contains("memgate__turn_off_the_feature");
    is_about_two.then_some(if is_of_facade { TWO_ALLOCATORS_WITH_FACADE } else { TWO_ALLOCATORS })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_allocators_are_told_from_other_errors() {
        let in_library = "the `#[global_allocator]` in this crate conflicts with global allocator in: parser";
        assert_eq!(of_error(in_library), Some(TWO_ALLOCATORS));
        assert_eq!(of_error("cannot define multiple global allocators"), Some(TWO_ALLOCATORS));
        let facade = "the `#[global_allocator]` in this crate conflicts with global allocator in: \
                      memgate__turn_off_the_feature_allocator_and_wrap_yours_in_memgate_Alloc";
        assert_eq!(of_error(facade), Some(TWO_ALLOCATORS_WITH_FACADE));
        assert_eq!(of_error("cannot find function `global_allocator` in this scope"), None);
    }
}
