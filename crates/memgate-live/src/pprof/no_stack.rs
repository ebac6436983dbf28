//! What is shown for samples that have no stack.

use crate::profile::HeapProfile;

/// Stands for the stacks for which a full table had no room.
pub(super) const BEYOND_LIMIT: &str = "[stacks beyond the limit]";
/// Stands for all stacks of a program that can't be followed.
const UNKNOWN: &str = "[stacks without frame pointers]";

/// The name of the row without addresses.
pub(crate) const fn without_addresses(profile: &HeapProfile) -> &'static str {
    name_without_addresses(profile.has_frame_pointers)
}

/// The same for any profile.
pub(super) const fn name_without_addresses(has_frame_pointers: bool) -> &'static str {
    if has_frame_pointers { BEYOND_LIMIT } else { UNKNOWN }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::samples::profile;

    #[test]
    fn the_name_says_why_there_is_no_stack() {
        let mut profile = profile(Vec::new());
        assert_eq!(without_addresses(&profile), BEYOND_LIMIT);
        profile.has_frame_pointers = false;
        assert_eq!(without_addresses(&profile), UNKNOWN);
    }
}
