//! Call stacks: of the calling thread, and sums by them.

#[expect(unsafe_code, reason = "reads the stack")]
mod own;

pub(crate) use own::{MOST_FRAMES, WHY_THERE_ARE_NONE, has_frame_pointers, take};
