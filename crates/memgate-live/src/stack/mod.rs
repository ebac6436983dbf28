//! Call stacks: of the calling thread, and sums by them.

mod availability;
#[expect(unsafe_code, reason = "reads the stack")]
mod own;

pub(crate) use availability::WHY_THERE_ARE_NONE;
pub(crate) use own::{MOST_FRAMES, has_frame_pointers, take};
