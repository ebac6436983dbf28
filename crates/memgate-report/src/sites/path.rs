//! A recorded stack as the way from the outermost function to an allocation.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Function, Origin, RecordedStack};
use memgate_protocol::names::{erased_name, operation};

/// The functions of C runtimes and loaders that lie between the system and `main`, or the start of a thread.
const START_UP: [&str; 20] = [
    "_start",
    "start",
    "main",
    "__libc_start_main",
    "__libc_start_main_impl",
    "__libc_start_call_main",
    "libc_start_main_stage2",
    "start_thread",
    "clone",
    "clone3",
    "__clone",
    "__clone3",
    "__GI___clone",
    "__GI___clone3",
    "_pthread_start",
    "thread_start",
    "BaseThreadInitThunk",
    "RtlUserThreadStart",
    "mainCRTStartup",
    "__scrt_common_main_seh",
];

/// What the user's code called, and the functions on the way to it.
pub(super) struct Path<'a> {
    /// What the outermost function of those of the standard library at the inner end is called, or is a part of.
    pub(super) operation: String,
    /// The functions that are not the standard library's, innermost first. None is there twice.
    pub(super) steps: Vec<Step<'a>>,
}

/// One function on a path.
pub(super) struct Step<'a> {
    /// Its erased name.
    pub(super) name: Arc<str>,
    /// The function, with the line of the call.
    pub(super) function: &'a Function,
}

impl<'a> Path<'a> {
    pub(super) fn of(stack: &'a RecordedStack, names: &mut ErasedNames) -> Self {
        let functions: Vec<&Function> = stack.frames.iter().flat_map(|frame| &frame.functions).collect();
        let known = functions.iter().filter(|function| !is_nameless(function));
        let called = known.take_while(|function| is_operation(function)).last();
        let operation = called.map_or_else(|| "alloc".to_owned(), |function| names.operation(&function.name));

        let mut steps: Vec<Step<'a>> = Vec::new();
        let outermost_first = functions.into_iter().rev().skip_while(|function| is_start_up(function));
        for function in outermost_first.filter(|function| !is_operation(function)) {
            if is_nameless(function) {
                continue;
            }
            let name = names.erased(&function.name);
            // Back to where the function was entered first. The line is that of the inner call, which leads to what
            // comes next.
            if let Some(entered) = steps.iter().position(|step| step.name == name) {
                steps.truncate(entered);
            }
            steps.push(Step { name, function });
        }
        steps.reverse();
        Self { operation, steps }
    }

    /// The step that a site is shown at: the first of the workspace, else the first.
    pub(super) fn first_user_step(&self) -> usize {
        self.steps.iter().position(|step| step.function.origin == Origin::Workspace).unwrap_or(0)
    }
}

/// Whether a function is the standard library's: C++'s own operators as well, unless the user has written them.
fn is_operation(function: &Function) -> bool {
    match function.origin {
        Origin::Standard => true,
        Origin::Workspace => false,
        Origin::Dependency | Origin::Unknown => {
            matches!(&*function.name, "operator new" | "operator new[]")
        }
    }
}

fn is_nameless(function: &Function) -> bool {
    let name = &*function.name;
    function.origin == Origin::Unknown
        && (name.trim().is_empty()
            || name.starts_with("0x")
            || matches!(name, "[unknown]" | "<unknown>" | "??"))
}

fn is_start_up(function: &Function) -> bool {
    let unversioned = function.name.split('@').next().unwrap_or_default();
    match function.origin {
        Origin::Standard => true,
        Origin::Unknown => is_nameless(function) || START_UP.contains(&unversioned),
        Origin::Workspace | Origin::Dependency => false,
    }
}

/// Names that were erased already: stacks have most of their functions in common.
#[derive(Default)]
pub(super) struct ErasedNames {
    erased: HashMap<Arc<str>, Arc<str>>,
    operations: HashMap<Arc<str>, String>,
}

impl ErasedNames {
    fn erased(&mut self, name: &Arc<str>) -> Arc<str> {
        if let Some(erased) = self.erased.get(name) {
            return Arc::clone(erased);
        }
        let erased: Arc<str> = erased_name(name).into();
        self.erased.insert(Arc::clone(name), Arc::clone(&erased));
        erased
    }

    fn operation(&mut self, name: &Arc<str>) -> String {
        self.operations.entry(Arc::clone(name)).or_insert_with(|| operation(name)).clone()
    }
}
