//! Whether call sites are recorded while an assertion runs, and what is said of them when it has failed.

use crate::alloc::{ThreadRecording, Which};
use memgate_protocol::Metric;
#[cfg(feature = "call-sites")]
use memgate_protocol::Unwinder;

/// How stacks are taken in this process; none where they are not. Finds out the first time, and allocates then.
#[cfg(feature = "call-sites")]
pub(super) fn unwinder() -> Option<Unwinder> {
    use std::sync::OnceLock;

    use crate::alloc::trusted_unwinder;

    static UNWINDER: OnceLock<Option<Unwinder>> = OnceLock::new();
    *UNWINDER.get_or_init(|| memgate_stacks::IS_SUPPORTED.then(trusted_unwinder))
}

/// What is to be recorded of an assertion that compares numbers with limits.
#[cfg(feature = "call-sites")]
pub(super) fn of_limits() -> Option<ThreadRecording> {
    unwinder().map(|unwinder| ThreadRecording::new(Some(unwinder), Which::All))
}

/// Nothing: without names, nobody could use it.
#[cfg(not(feature = "call-sites"))]
pub(super) fn of_limits() -> Option<ThreadRecording> {
    None
}

/// What is to be recorded of an assertion that looks for blocks that are left.
pub(super) fn of_new_blocks() -> ThreadRecording {
    #[cfg(feature = "call-sites")]
    let unwinder = unwinder();
    #[cfg(not(feature = "call-sites"))]
    let unwinder = None;
    ThreadRecording::new(unwinder, Which::OfNewBlocks)
}

/// The call sites of what was recorded, the worst of `metrics` first; or why there are none.
pub(super) fn call_sites(recording: Option<&ThreadRecording>, metrics: &[Metric]) -> String {
    match why_none(memgate_stacks::IS_SUPPORTED, cfg!(feature = "call-sites")) {
        Some(reason) => format!("\n  {reason}"),
        None => of_recording(recording, metrics),
    }
}

/// Why no program on this platform has call sites, or this one has none.
fn why_none(is_supported: bool, has_feature: bool) -> Option<&'static str> {
    match (is_supported, has_feature) {
        // Whether it has the feature: to turn that on would help nobody.
        (false, _) => {
            Some("call sites can be recorded on Linux, on x86-64 and AArch64, and this is another platform")
        }
        (true, false) => Some("memgate's feature `call-sites` names the lines that did it"),
        (true, true) => None,
    }
}

#[cfg(feature = "call-sites")]
fn of_recording(recording: Option<&ThreadRecording>, metrics: &[Metric]) -> String {
    match recording.map(ThreadRecording::end) {
        Some(Ok(recorded)) => super::call_sites::of_recorded(&recorded, metrics),
        _ => "\n  there was no memory to record call sites".to_owned(),
    }
}

/// Nothing: without the feature, there is a reason for that.
#[cfg(not(feature = "call-sites"))]
fn of_recording(_: Option<&ThreadRecording>, _: &[Metric]) -> String {
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_feature_is_named_only_where_it_helps() {
        for has_feature in [true, false] {
            assert!(why_none(false, has_feature).unwrap().ends_with("and this is another platform"));
        }
        assert!(why_none(true, false).unwrap().contains("`call-sites`"));
        assert_eq!(why_none(true, true), None);
    }
}
