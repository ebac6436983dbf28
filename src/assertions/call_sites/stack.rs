//! One recorded stack, with names: which of its functions are the user's, and what they called.

use super::owner::Owner;
use memgate_protocol::StackNumbers;
use memgate_protocol::names::{operation, short_name};

/// A function on a stack, with the line of its call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Function {
    /// As the demangler prints it, without its hash.
    pub(super) name: String,
    pub(super) file: Option<String>,
    pub(super) line: u32,
    pub(super) owner: Owner,
}

/// A recorded stack. Its frames are innermost first, and so are the functions that were inlined into one frame.
#[derive(Clone, Debug, Default)]
pub(super) struct Stack {
    pub(super) frames: Vec<Vec<Function>>,
    pub(super) numbers: StackNumbers,
}

/// The way from an assertion to an allocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    /// What the user's code called of the standard library.
    pub(super) operation: String,
    /// The functions that are not the standard library's, innermost first.
    pub(super) steps: Vec<Function>,
}

impl Function {
    /// The name as people say it.
    pub(super) fn short_name(&self) -> String {
        short_name(&self.name)
    }
}

impl Path {
    pub(super) fn of(stack: &Stack) -> Self {
        let inside = without_allocator(within_assertion(&stack.frames));
        let is_standard = |function: &&Function| function.owner == Owner::Standard;
        let called = inside.iter().take_while(is_standard).last();
        let operation = called.map_or_else(|| "alloc".to_owned(), |called| operation(&called.name));
        let steps = inside.into_iter().filter(|step| !is_standard(&step) && !step.name.is_empty());
        Self { operation, steps: steps.collect() }
    }

    /// The step that a site is shown at: the first that is no dependency's, else the first.
    pub(super) fn first_user_step(&self) -> usize {
        let is_users = |step: &Function| step.owner == Owner::User && step.file.is_some();
        self.steps.iter().position(is_users).unwrap_or(0)
    }
}

/// The frames inside of the assertion; all where it is not on the stack, as far as that was recorded.
fn within_assertion(frames: &[Vec<Function>]) -> Vec<Vec<Function>> {
    let mut within = Vec::new();
    for functions in frames {
        let assertion = functions.iter().position(|function| function.owner == Owner::Assertion);
        within.push(functions.get(..assertion.unwrap_or(functions.len())).unwrap_or_default().to_vec());
        if assertion.is_some() {
            break;
        }
    }
    within
}

/// The functions outside of memgate's allocator, and of one that is around it. Between them may be the standard library's, which memgate's
/// call where code is not optimised.
fn without_allocator(frames: Vec<Vec<Function>>) -> Vec<Function> {
    let functions: Vec<Function> = frames.into_iter().flatten().collect();
    let is_others = |function: &Function| matches!(function.owner, Owner::User | Owner::Fetched);
    let inner = functions.iter().position(is_others).unwrap_or(functions.len());
    let is_own = |function: &Function| matches!(function.owner, Owner::Allocator | Owner::OtherAllocator);
    let last = functions.iter().take(inner).rposition(is_own);
    functions.into_iter().skip(last.map_or(0, |last| last + 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::owner::OwnSources;
    use super::*;

    /// `file|name`, or `name` for one of the standard library's.
    fn function(text: &&str) -> Function {
        let (file, name) = text.split_once('|').unwrap_or(("/rustc/1/library/x.rs", text));
        let owner = OwnSources::default().owner_of(name, Some(file));
        Function { name: name.to_owned(), file: Some(file.to_owned()), line: 7, owner }
    }

    fn path(frames: &[&[&str]]) -> (String, Vec<String>) {
        let frames = frames.iter().map(|names| names.iter().map(function).collect()).collect();
        let path = Path::of(&Stack { frames, ..Stack::default() });
        (path.operation, path.steps.into_iter().map(|step| step.name).collect())
    }

    const ALLOC: &str = "<memgate::alloc::allocator::Alloc as core::alloc::global::GlobalAlloc>::alloc";

    #[test]
    fn what_is_left_is_between_the_allocator_and_the_assertion() {
        let frames: [&[&str]; 8] = [
            &["memgate::alloc::scope::on_alloc", "std::thread::local::LocalKey::with"],
            &["core::option::Option::map_or"],
            &[ALLOC],
            &["/w/t.rs|__rustc::__rust_alloc", "alloc::alloc::alloc", "alloc::alloc::exchange_malloc"],
            &["/w/src/lib.rs|app::parse", "core::iter::map", "/w/src/lib.rs|app::load"],
            &["core::ops::function::FnOnce::call_once"],
            &["/w/t.rs|t::test::{closure#0}", "/w/m.rs|memgate::alloc::scope::counted"],
            &["/w/t.rs|t::test"],
        ];
        let expected = ["app::parse", "app::load", "t::test::{closure#0}"].map(str::to_owned);
        assert_eq!(path(&frames), ("Box::new".to_owned(), expected.to_vec()));
    }

    #[test]
    fn the_users_closure_may_be_inlined_into_all_of_it() {
        let counted = "/w/m.rs|memgate::alloc::scope::counted::<u8>";
        let all = [ALLOC, "__rustc::__rust_alloc", "alloc::vec::Vec<T>::push", "/w/t.rs|t::x", counted];
        assert_eq!(path(&[&all]), ("Vec::push".to_owned(), vec!["t::x".to_owned()]));
        assert_eq!(path(&[&[ALLOC]]), ("alloc".to_owned(), Vec::new()));
        assert_eq!(path(&[]), ("alloc".to_owned(), Vec::new()));
    }

    #[test]
    fn an_allocator_may_be_around_memgates() {
        let around = "/w/t.rs|<app::Mine as core::alloc::global::GlobalAlloc>::alloc";
        assert_eq!(path(&[&[ALLOC], &[around], &["__rustc::__rust_alloc", "/w/t.rs|app::f"]]).1, ["app::f"]);
    }

    #[test]
    fn a_site_is_shown_where_the_users_code_is() {
        let path = |files: &[&str]| {
            let steps = files.iter().map(|file| function(&&*format!("{file}|f"))).collect();
            Path { operation: String::new(), steps }
        };
        let fetched = "/h/.cargo/registry/src/index-1/serde-1.0.0/src/de.rs";
        assert_eq!(path(&[fetched, "/w/src/lib.rs"]).first_user_step(), 1);
        assert_eq!(path(&[fetched]).first_user_step(), 0);
    }
}
