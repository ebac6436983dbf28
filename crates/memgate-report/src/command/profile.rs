//! The profiles of several processes as one, and names for what has none.

use std::sync::Arc;

use memgate_protocol::StackNumbers;
use memgate_protocol::process_table::{LIBRARY_FILE, ProcessTable};

use super::processes::processes;
use crate::sites::{Function, Module, Origin, PhysicalFrame, Profile};

/// The profiles of processes, by slot, as the command's: what was live at the peak is of the program of each process that had the
/// highest, and what is live at the end of its last, so that all of it adds up to [`totals`](super::totals).
#[must_use]
pub fn join_profiles(table: &ProcessTable, profiles: Vec<(u32, Profile)>) -> Profile {
    let processes = processes(&table.processes);
    let is_one_of = |slot: u32, chosen: &dyn Fn(&super::processes::Process<'_>) -> Option<u32>| {
        processes.iter().any(|process| chosen(process) == Some(slot))
    };
    let mut joined = Profile::default();
    for (slot, profile) in profiles {
        let has_peak = is_one_of(slot, &|process| process.highest().map(|entry| entry.slot));
        let has_end = is_one_of(slot, &|process| process.last().map(|entry| entry.slot));
        let counted = |numbers: StackNumbers| part(numbers, has_peak, has_end);
        let first_module = joined.modules.len();
        joined.modules.extend(profile.modules);
        joined.older += counted(profile.older);
        joined.beyond_limit += counted(profile.beyond_limit);
        for mut stack in profile.stacks {
            stack.numbers = counted(stack.numbers);
            for frame in &mut stack.frames {
                if let Some(module) = frame.module {
                    let moved =
                        PhysicalFrame { module: Some(module + first_module), ..PhysicalFrame::clone(frame) };
                    *frame = Arc::new(moved);
                }
            }
            joined.stacks.push(stack);
        }
    }
    joined
}

fn part(numbers: StackNumbers, has_peak: bool, has_end: bool) -> StackNumbers {
    let mut numbers = numbers;
    if !has_peak {
        (numbers.peak_bytes, numbers.peak_blocks) = (0, 0);
    }
    if !has_end {
        (numbers.retained_bytes, numbers.retained_blocks) = (0, 0);
    }
    numbers
}

/// The profile without the frames of the library that counted, and with the file's name for functions that have none: of a
/// program without symbols, that is what can be said.
#[must_use]
pub fn named_by_module(mut profile: Profile) -> Profile {
    let Profile { modules, stacks, .. } = &mut profile;
    let file = |module: &Module| module.path.rsplit('/').next().unwrap_or_default().to_owned();
    let files: Vec<String> = modules.iter().map(file).collect();
    let file_of = |frame: &PhysicalFrame| frame.module.and_then(|module| files.get(module));
    for stack in stacks {
        let own =
            stack.frames.iter().take_while(|frame| file_of(frame).is_some_and(|file| file == LIBRARY_FILE));
        let own = own.count();
        stack.frames.drain(..own);
        for frame in &mut stack.frames {
            let Some(file) = file_of(frame).filter(|file| !file.is_empty()) else { continue };
            if frame.functions.iter().any(is_nameless) {
                let functions = frame.functions.iter().map(|function| named(function, file)).collect();
                *frame = Arc::new(PhysicalFrame { functions, ..PhysicalFrame::clone(frame) });
            }
        }
    }
    profile
}

fn is_nameless(function: &Function) -> bool {
    function.origin == Origin::Unknown && function.name.starts_with("0x")
}

fn named(function: &Function, file: &str) -> Function {
    if is_nameless(function) {
        Function { name: Arc::from(format!("[{file}]")), ..function.clone() }
    } else {
        function.clone()
    }
}
