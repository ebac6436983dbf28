//! A profile made by hand, with what has been hard for some reader: generics, traits, recursion, inlined functions, a
//! second module, code without symbols, a stack that is cut off, one with nothing left, and values below zero.

use std::path::Path;
use std::sync::Arc;

use memgate_protocol::StackNumbers;
use memgate_report::sites::{Function, Module, Origin, PhysicalFrame, Profile, RecordedStack};

pub(crate) const ALLOC: &str = "<names::A as core::alloc::global::GlobalAlloc>::alloc";
pub(crate) const PUSH: &str = "alloc::vec::Vec<alloc::string::String, alloc::alloc::Global>::push";
pub(crate) const GROW: &str = "names::grow::<[u8; 8]>";
pub(crate) const DESCEND: &str = "names::descend::{closure#0}";
pub(crate) const MAIN: &str = "names::main";
pub(crate) const START: &str = "__libc_start_main";

/// The source of `names`; the profile's lines are those of its calls.
pub(crate) const SOURCE: &str = "\
fn main() {
    descend(3);
}

fn descend(depth: usize) {
    (|| descend(depth - 1))();
    grow::<[u8; 8]>();
}

fn grow<T>() {
    let mut list = Vec::new();
    list.push(String::new()); // the line that allocates
}
";

/// The profile; `source` is where [`SOURCE`] lies.
pub(crate) fn profile(source: &Path) -> Profile {
    let source = source.to_str().unwrap();
    let grow = frame(
        0x5555_0000_1000,
        Some(0),
        &[(PUSH, Some("/rustc/1/library/vec/mod.rs"), 2600), (GROW, Some(source), 12)],
    );
    let alloc = frame(0x5555_0000_2000, Some(0), &[(ALLOC, Some(source), 0)]);
    let descend = frame(0x5555_0000_3000, Some(0), &[(DESCEND, Some(source), 6)]);
    let main = frame(0x5555_0000_4000, Some(0), &[(MAIN, Some(source), 2)]);
    let start = frame(0x7fff_0000_1000, Some(1), &[(START, None, 0)]);
    let nowhere = frame(0x1234_5678, None, &[("0x12345678", None, 0)]);
    let stack = |frames: &[&Arc<PhysicalFrame>], is_cut, numbers| RecordedStack {
        frames: frames.iter().map(|frame| Arc::clone(frame)).collect(),
        is_cut,
        numbers,
    };
    Profile {
        modules: vec![
            module("/nowhere/names", "0123456789abcdef", 0x5555_0000_0000),
            module("/nowhere/libc.so.6", "", 0x7fff_0000_0000),
        ],
        stacks: vec![
            stack(
                &[&grow, &descend, &descend, &descend, &main, &start],
                false,
                numbers(40, 5_000, 3_000, 2_000),
            ),
            stack(&[&grow, &main, &start], false, numbers(3, 1_000, 600, 0)),
            stack(&[&alloc, &main, &start], false, numbers(2, 700, 500, 500)),
            stack(&[&nowhere, &descend, &descend], true, numbers(1, 64, 64, 0)),
            stack(&[], false, numbers(1, 32, 0, 0)),
            stack(&[&main, &start], false, StackNumbers::default()),
        ],
        older: StackNumbers {
            reallocs: 1,
            total_bytes: 100,
            realloc_growth_bytes: 100,
            peak_bytes: -128,
            peak_blocks: -1,
            retained_bytes: -256,
            retained_blocks: -2,
            ..StackNumbers::default()
        },
        beyond_limit: numbers(5, 320, 64, 64),
    }
}

/// The sum over all rows: memgate's metrics.
pub(crate) fn sum(profile: &Profile) -> StackNumbers {
    profile.stacks.iter().map(|stack| stack.numbers).chain([profile.older, profile.beyond_limit]).sum()
}

fn numbers(allocs: i64, total_bytes: i64, peak_bytes: i64, retained_bytes: i64) -> StackNumbers {
    StackNumbers {
        allocs,
        total_bytes,
        peak_bytes,
        peak_blocks: i64::from(peak_bytes > 0),
        retained_bytes,
        retained_blocks: i64::from(retained_bytes > 0),
        maximum_bytes: peak_bytes,
        maximum_blocks: i64::from(peak_bytes > 0),
        lifetime_events: 4 * allocs,
        ..StackNumbers::default()
    }
}

fn frame(address: u64, module: Option<usize>, functions: &[(&str, Option<&str>, u32)]) -> Arc<PhysicalFrame> {
    let functions = functions.iter().map(|(name, file, line)| Function {
        name: Arc::from(*name),
        file: file.map(Arc::from),
        line: *line,
        origin: Origin::Unknown,
    });
    Arc::new(PhysicalFrame { address, module, functions: functions.collect() })
}

fn module(path: &str, build_id: &str, start: u64) -> Module {
    Module {
        path: path.to_owned(),
        build_id: build_id.to_owned(),
        start,
        limit: start + 0x10_0000,
        file_offset: 0x1000,
    }
}
