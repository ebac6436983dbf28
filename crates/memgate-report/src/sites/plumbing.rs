//! Profiles without the standard library's own way from an operation to the allocator.

use std::sync::Arc;

use super::{Origin, PhysicalFrame, Profile, RecordedStack};

/// What is left of the standard library's functions at the inner end of a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InnerEnd {
    /// The one that the user's code called, such as `Vec::push`.
    Operation,
    /// None: the user's code is the innermost.
    User,
}

impl Profile {
    /// The profile without the functions through which the standard library reaches the allocator. They are the same for
    /// everyone, and hide in every tool what is not.
    #[must_use]
    pub fn without_plumbing(&self, inner_end: InnerEnd) -> Self {
        let stacks = self
            .stacks
            .iter()
            .map(|stack| RecordedStack { frames: trimmed(&stack.frames, inner_end), ..stack.clone() });
        Self { stacks: stacks.collect(), ..self.clone() }
    }
}

fn trimmed(frames: &[Arc<PhysicalFrame>], inner_end: InnerEnd) -> Vec<Arc<PhysicalFrame>> {
    let functions = frames.iter().flat_map(|frame| &frame.functions);
    let standard = functions.take_while(|function| function.origin == Origin::Standard).count();
    let total: usize = frames.iter().map(|frame| frame.functions.len()).sum();
    let mut taken_off = match inner_end {
        // Where all is the standard library's, it is all that can be shown.
        InnerEnd::User if standard < total => standard,
        _ => standard.saturating_sub(1),
    };
    let mut left = Vec::with_capacity(frames.len());
    for frame in frames {
        let count = frame.functions.len();
        if taken_off >= count {
            taken_off -= count;
        } else if taken_off > 0 {
            let functions = frame.functions.iter().skip(taken_off).cloned().collect();
            left.push(Arc::new(PhysicalFrame { functions, ..PhysicalFrame::clone(frame) }));
            taken_off = 0;
        } else {
            left.push(Arc::clone(frame));
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use memgate_protocol::Metric;

    use super::super::samples::stack;
    use super::*;

    fn names(text: &str, inner_end: InnerEnd) -> Vec<String> {
        let profile = Profile { stacks: vec![stack(text, &[(Metric::Allocs, 1)])], ..Profile::default() };
        let trimmed = profile.without_plumbing(inner_end);
        let functions = trimmed.stacks[0].frames.iter().flat_map(|frame| &frame.functions);
        functions.map(|function| function.name.to_string()).collect()
    }

    #[test]
    fn the_operation_or_the_user_is_innermost() {
        let text = "s alloc::alloc; s grow; + s Vec::push; + w app::f; s core::call; w app::main";
        let operation = ["Vec::push", "app::f", "core::call", "app::main"];
        assert_eq!(names(text, InnerEnd::Operation), operation);
        assert_eq!(names(text, InnerEnd::User), operation[1..]);
        assert_eq!(names("s alloc::alloc; s rt::init", InnerEnd::User), ["rt::init"]);
        assert_eq!(names("w app::f", InnerEnd::Operation), ["app::f"]);
        assert_eq!(names("", InnerEnd::User), Vec::<String>::new());
    }
}
