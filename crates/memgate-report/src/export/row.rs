//! The rows of a profile, with names for what has no stack: the same in every export.

use memgate_protocol::StackNumbers;

use crate::sites::{Function, PhysicalFrame, Profile};

/// Stands for the stack of blocks that are older than the window; see [`Profile::older`].
pub const OLDER: &str = "[blocks from before the window]";
/// Stands for the stacks that could not be told apart any more; see [`Profile::beyond_limit`].
pub const BEYOND_LIMIT: &str = "[stacks beyond the limit]";
/// Stands for a function or a stack of which nothing is known.
pub const UNKNOWN: &str = "[unknown]";
/// The outermost frame of a stack that was cut off at its outer end.
pub const CUT_OFF: &str = "[outer frames cut off]";

/// A stack, or what stands for one, with what was counted for it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row<'a> {
    /// Innermost first; never empty.
    pub(super) frames: Vec<Frame<'a>>,
    pub(super) numbers: StackNumbers,
}

/// A physical frame, or a mark in the place of frames that are not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Frame<'a> {
    /// At least one function.
    Recorded(&'a PhysicalFrame),
    Mark(&'static str),
}

impl<'a> Frame<'a> {
    /// The names of the functions, innermost first; never none.
    pub(super) fn names(self) -> impl DoubleEndedIterator<Item = &'a str> {
        let (functions, mark) = match self {
            Self::Recorded(frame) => (frame.functions.as_slice(), None),
            Self::Mark(mark) => (&[][..], Some(mark)),
        };
        functions.iter().map(name).chain(mark)
    }
}

/// The name of a function; never empty, since some formats take an empty name for none.
pub(super) fn name(function: &Function) -> &str {
    if function.name.is_empty() { UNKNOWN } else { &function.name }
}

/// All rows: the stacks in the order of the profile, then what has none. Rows of zeros are among them; which numbers
/// matter is the export's to know.
pub(super) fn rows(profile: &Profile) -> impl Iterator<Item = Row<'_>> {
    let stacks = profile.stacks.iter().map(|stack| {
        let mut frames: Vec<_> = stack.frames.iter().map(|frame| recorded(frame)).collect();
        if frames.is_empty() {
            frames.push(Frame::Mark(UNKNOWN));
        }
        if stack.is_cut {
            frames.push(Frame::Mark(CUT_OFF));
        }
        Row { frames, numbers: stack.numbers }
    });
    let without_stack = [(OLDER, profile.older), (BEYOND_LIMIT, profile.beyond_limit)]
        .map(|(mark, numbers)| Row { frames: vec![Frame::Mark(mark)], numbers });
    stacks.chain(without_stack)
}

fn recorded(frame: &PhysicalFrame) -> Frame<'_> {
    if frame.functions.is_empty() { Frame::Mark(UNKNOWN) } else { Frame::Recorded(frame) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sites::RecordedStack;

    #[test]
    fn what_has_no_stack_gets_a_frame() {
        let stack = |is_cut| RecordedStack { frames: Vec::new(), is_cut, numbers: StackNumbers::default() };
        let profile = Profile { stacks: vec![stack(false), stack(true)], ..Profile::default() };
        let names: Vec<Vec<&str>> =
            rows(&profile).map(|row| row.frames.into_iter().flat_map(Frame::names).collect()).collect();
        assert_eq!(names, [vec![UNKNOWN], vec![UNKNOWN, CUT_OFF], vec![OLDER], vec![BEYOND_LIMIT]]);
    }
}
