//! dhat's call stacks against ours, summed by the user's function.
//!
//! dhat counts a realloc with its whole new size, at the stack that allocated the block; what we recorded is brought to
//! that form by `origin_reallocs` and `origin_realloc_new_bytes`. The two files are of two processes, so addresses can't
//! be compared; names can, since both were read from the same debug information.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::Finding;
use crate::sites::{Origin, Profile, RecordedStack, erased_name};

/// Blocks and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    blocks: i64,
    bytes: i64,
}

/// The parts of dhat's file (version 2) that are compared.
#[derive(Deserialize)]
struct DhatFile {
    pps: Vec<ProgramPoint>,
    ftbl: Vec<String>,
}

#[derive(Deserialize)]
struct ProgramPoint {
    tb: i64,
    tbk: i64,
    fs: Vec<usize>,
}

/// Holds what the engine `sites` recorded against dhat's own file of the same benchmark.
#[must_use]
pub fn against_dhat_file(ours: &Profile, dhat: &[u8]) -> Finding {
    let file: DhatFile = match serde_json::from_slice(dhat) {
        Ok(file) => file,
        Err(error) => return Finding::NotMeasured(format!("dhat's file can't be read: {error}")),
    };
    let functions = workspace_functions(ours);
    let mut mine: BTreeMap<String, Sum> = BTreeMap::new();
    for stack in &ours.stacks {
        let numbers = &stack.numbers;
        let sum = mine.entry(function_of(stack).unwrap_or_default()).or_default();
        sum.blocks += numbers.allocs + numbers.origin_reallocs;
        sum.bytes += numbers.total_bytes - numbers.realloc_growth_bytes + numbers.origin_realloc_new_bytes;
    }
    let mut theirs: BTreeMap<String, Sum> = BTreeMap::new();
    for point in &file.pps {
        let frames = point.fs.iter().filter_map(|index| file.ftbl.get(*index));
        let mut names = frames.flat_map(|frame| possible_functions(frame).map(erased_name));
        let function = names.find(|name| functions.contains(name)).unwrap_or_default();
        let sum = theirs.entry(function).or_default();
        sum.blocks += point.tbk;
        sum.bytes += point.tb;
    }
    mine.retain(|_, sum| *sum != Sum::default());
    let all: BTreeSet<&String> = mine.keys().chain(theirs.keys()).collect();
    let get = |sums: &BTreeMap<String, Sum>, name: &String| sums.get(name).copied().unwrap_or_default();
    let differences = all.into_iter().filter_map(|name| {
        let (ours, theirs) = (get(&mine, name), get(&theirs, name));
        let shown = if name.is_empty() { "outside of the workspace" } else { name };
        (ours != theirs).then(|| {
            format!(
                "{shown} has {} blocks of {} B and {} of {}",
                ours.blocks, ours.bytes, theirs.blocks, theirs.bytes
            )
        })
    });
    let differences: Vec<String> = differences.collect();
    if differences.is_empty() { Finding::Agrees } else { Finding::Differs(differences) }
}

fn workspace_functions(profile: &Profile) -> BTreeSet<String> {
    let frames = profile.stacks.iter().flat_map(|stack| &stack.frames);
    let functions = frames.flat_map(|frame| &frame.functions);
    functions
        .filter(|function| function.origin == Origin::Workspace)
        .map(|function| erased_name(&function.name))
        .collect()
}

/// The innermost function of the workspace.
fn function_of(stack: &RecordedStack) -> Option<String> {
    let mut functions = stack.frames.iter().flat_map(|frame| &frame.functions);
    let function = functions.find(|function| function.origin == Origin::Workspace)?;
    Some(erased_name(&function.name))
}

/// What may be the function's name in a frame of dhat's, `0x5581: app::helper (src/lib.rs:3:5)`: what stands before a
/// parenthesis, which may be one of the name or of the path.
fn possible_functions(frame: &str) -> impl Iterator<Item = &str> {
    let name = frame.split_once(": ").map_or(frame, |(_, rest)| rest);
    name.match_indices(" (").filter_map(|(end, _)| name.get(..end)).chain(std::iter::once(name))
}

#[cfg(test)]
mod tests {
    use memgate_protocol::{Metric, StackNumbers};

    use super::*;
    use crate::sites::samples::stack;

    fn ours() -> Profile {
        let mut grown =
            stack("s alloc::vec::Vec::push; w app::helper::<u8>; w app::run", &[(Metric::Allocs, 1)]);
        grown.numbers = StackNumbers {
            allocs: 1,
            total_bytes: 30,
            realloc_growth_bytes: 20,
            origin_reallocs: 1,
            origin_realloc_new_bytes: 30,
            ..grown.numbers
        };
        Profile { stacks: vec![grown], ..Profile::default() }
    }

    fn dhat(tb: i64, name: &str) -> Vec<u8> {
        format!(
            r#"{{"dhatFileVersion":2,"pps":[{{"tb":{tb},"tbk":2,"tl":9,"fs":[1,2]}}],
               "ftbl":["[root]","0x1: alloc::vec::Vec<T>::push (alloc/src/vec.rs:1:2)","0x2: {name} (src/a (b).rs:3:5)"]}}"#
        )
        .into_bytes()
    }

    #[test]
    fn a_realloc_counts_with_its_whole_size_where_the_block_was_allocated() {
        assert_eq!(against_dhat_file(&ours(), &dhat(40, "app::helper<u16>")), Finding::Agrees);
        let differs = |dhat: &[u8]| match against_dhat_file(&ours(), dhat) {
            Finding::Differs(differences) => differences,
            other => panic!("{other:?}"),
        };
        assert_eq!(differs(&dhat(41, "app::helper")), ["app::helper has 2 blocks of 40 B and 2 of 41"]);
        assert_eq!(differs(&dhat(40, "app::other")).len(), 2);
        assert!(matches!(against_dhat_file(&ours(), b"{"), Finding::NotMeasured(_)));
    }
}
