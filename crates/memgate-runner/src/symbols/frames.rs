//! Which frames of a stack are the user's: neither the allocator's, at the inner end, nor the harness's, at the outer.

use std::sync::Arc;

use memgate_report::sites::{Function, PhysicalFrame};

use memgate_protocol::names::{is_global_allocator, is_of_allocator};

/// memgate's own functions, by the first words of their names. They are this project's own, so their names are no guess.
fn is_in(function: &Function, room: &str) -> bool {
    let name = function.name.trim_start_matches('<');
    name.strip_prefix("memgate::").is_some_and(|rest| rest.starts_with(room))
}

/// What the names of the facades' functions begin with.
const FACADES: [&str; 2] = ["memgate_criterion::", "memgate_divan::"];

/// In the names of closures that an attribute of memgate-divan makes beside the user's function.
const OF_ATTRIBUTE: &str = "::__MEMGATE_BENCH_";

/// Whether a function is the harness's or a facade's. Between the two lies what the facade's user never sees, such as an
/// executor that blocks.
fn is_harness(function: &Function) -> bool {
    let name = function.name.trim_start_matches('<');
    is_in(function, "harness::")
        || FACADES.iter().any(|facade| name.starts_with(facade))
        || name.contains(OF_ATTRIBUTE)
}

/// How many of a frame's functions are the allocator's or inside of it: memgate's, what the compiler puts in front of it,
/// and an allocator of the user's own around it.
fn inside_of_allocator(frame: &PhysicalFrame) -> usize {
    let own = frame.functions.iter().rposition(|function| is_of_allocator(&function.name));
    let own = own.map_or(0, |last| last + 1);
    let around = frame.functions.iter().skip(own).take_while(|function| is_global_allocator(&function.name));
    own + around.count()
}

/// The functions of a frame that are inside of the harness, or none when they all are.
fn inside_of_harness(frame: &Arc<PhysicalFrame>) -> Option<usize> {
    frame.functions.iter().position(is_harness)
}

/// Takes off the allocator's frames and the harness's. The frames are innermost first.
pub(super) fn trim(frames: &mut Vec<Arc<PhysicalFrame>>) {
    let allocator = frames.iter().take_while(|frame| inside_of_allocator(frame) > 0).count();
    let last = frames.drain(..allocator).next_back();
    if let Some(last) = last {
        let inside = inside_of_allocator(&last);
        if inside < last.functions.len() {
            // The allocator was inlined into what called it.
            let mut last = PhysicalFrame::clone(&last);
            last.functions.drain(..inside);
            frames.insert(0, Arc::new(last));
        }
    }
    let harness =
        frames.iter().enumerate().find_map(|(index, frame)| Some((index, inside_of_harness(frame)?)));
    if let Some((index, functions)) = harness {
        frames.truncate(index + 1);
        if let Some(last) = frames.pop()
            && functions > 0
        {
            // The routine was inlined into the harness.
            let mut last = PhysicalFrame::clone(&last);
            last.functions.truncate(functions);
            frames.push(Arc::new(last));
        }
    }
}

#[cfg(test)]
mod tests {
    use memgate_report::sites::Origin;

    use super::*;

    fn frame(names: &[&str]) -> Arc<PhysicalFrame> {
        let function = |name: &&str| Function {
            name: Arc::from(*name),
            file: Some(Arc::from("/x.rs")),
            line: 1,
            origin: Origin::Workspace,
        };
        let functions = names.iter().map(function).collect();
        Arc::new(PhysicalFrame { address: 1, module: None, functions })
    }

    fn trimmed(frames: &[&[&str]]) -> Vec<Vec<String>> {
        let mut frames: Vec<_> = frames.iter().map(|names| frame(names)).collect();
        trim(&mut frames);
        let names = |frame: &Arc<PhysicalFrame>| frame.functions.iter().map(|f| f.name.to_string()).collect();
        frames.iter().map(names).collect()
    }

    #[test]
    fn what_is_left_is_the_users() {
        assert_eq!(
            trimmed(&[
                &["<memgate::alloc::allocator::Alloc>::alloc_slow"],
                &["<memgate::alloc::allocator::Alloc as core::alloc::global::GlobalAlloc>::alloc"],
                &["__rustc::__rust_alloc"],
                &["alloc::alloc::alloc", "app::helper"],
                &["app::parse::{closure#0}", "<memgate::harness::measure::Consuming<app::x> as I>::routine"],
                &["app::main"],
            ]),
            [vec!["alloc::alloc::alloc", "app::helper"], vec!["app::parse::{closure#0}"]]
        );
    }

    #[test]
    fn an_allocator_may_be_inlined_and_may_be_around_memgates() {
        assert_eq!(
            trimmed(&[
                &["<memgate_stacks::last_stack::LastStack>::walk_by_unwind_tables"],
                &["memgate::alloc::slots::own::{closure#0}", "<std::thread::local::LocalKey<T>>::with"],
                &["<memgate::alloc::allocator::Alloc as core::alloc::global::GlobalAlloc>::alloc"],
                &["<app::Mine as core::alloc::global::GlobalAlloc>::alloc", "__rustc::__rust_alloc", "a::b"],
                &["app::helper"],
            ]),
            [["a::b"], ["app::helper"]]
        );
    }

    #[test]
    fn without_a_harness_all_outer_frames_stay() {
        assert_eq!(trimmed(&[&["a"], &["std::thread::spawn::<memgate::harness::X>"]]).len(), 2);
        let facade =
            "<memgate_criterion::async_bencher::AsyncBencher<A>>::iter::<O>::{closure#0}::{closure#0}";
        let stack: [&[&str]; 4] =
            [&["app::fetch::{closure#0}", facade], &["tokio::block_on"], &[facade], &["memgate::harness::x"]];
        assert_eq!(trimmed(&stack), [["app::fetch::{closure#0}"]]);
        assert_eq!(trimmed(&[&["memgate::harness::serve"], &["a"]]), Vec::<Vec<String>>::new());
    }
}
