//! Markers as the tool finds them in executables.

use crate::Part;
use crate::bytes::find_bytes;

/// What every marker starts with. A whole marker continues with the protocol's version and [`MARKER_END`]; the prefix
/// alone, which stands in the tool's own bytes too, is no marker.
const MARKER_PREFIX: &str = "memgate.bench.protocol=";
const MARKER_END: u8 = b';';

/// What a marker of the harness starts with; as above.
const HARNESS_PREFIX: &str = "memgate.bench.harness=";
const CRITERION: &[u8] = b"criterion";
const DIVAN: &[u8] = b"divan";

/// What a marker of a part of memgate starts with; as above.
const PART_PREFIX: &str = "memgate.bench.part=";

/// What an executable is when the tool does not ask it for memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Harness {
    /// memgate's own harness.
    #[default]
    Memgate,
    /// Criterion, through its facade.
    Criterion,
    /// Divan, through its facade.
    Divan,
}

impl Part {
    fn name(self) -> &'static [u8] {
        match self {
            Self::Allocator => b"allocator",
            Self::UnreachedMain => b"unreached main",
        }
    }

    /// Whether an executable has this part.
    #[must_use]
    pub fn is_in(self, executable: &[u8]) -> bool {
        has_marker(executable, PART_PREFIX, self.name())
    }
}

/// What an executable with a [marker](find_marker) is when the tool does not ask it for memory.
#[must_use]
pub fn find_harness(executable: &[u8]) -> Harness {
    let is_of = |name| has_marker(executable, HARNESS_PREFIX, name);
    // Criterion first, whose times can be taken, where both are in one executable.
    match (is_of(CRITERION), is_of(DIVAN)) {
        (true, _) => Harness::Criterion,
        (false, true) => Harness::Divan,
        (false, false) => Harness::Memgate,
    }
}

fn has_marker(executable: &[u8], prefix: &str, name: &[u8]) -> bool {
    let prefix = prefix.as_bytes();
    let mut rest = executable;
    while let Some(at) = find_bytes(rest, prefix) {
        rest = &rest[at + prefix.len()..];
        // Compared in two steps, so that the whole marker is in no executable that only looks for it.
        if rest.strip_prefix(name).and_then(<[u8]>::first) == Some(&MARKER_END) {
            return true;
        }
    }
    false
}

/// The protocol version of the marker in an executable's bytes, or none when there is no marker.
///
/// # Example
/// ```
/// use memgate_protocol::find_marker;
/// assert_eq!(find_marker(b"\x7fELF... memgate.bench.protocol=7;..."), Some(7));
/// assert_eq!(find_marker(b"\x7fELF... memgate.bench.protocol=..."), None);
/// ```
#[must_use]
pub fn find_marker(executable: &[u8]) -> Option<u32> {
    let prefix = MARKER_PREFIX.as_bytes();
    let mut rest = executable;
    while let Some(at) = find_bytes(rest, prefix) {
        rest = &rest[at + prefix.len()..];
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if rest.get(digits) == Some(&MARKER_END) {
            let version = std::str::from_utf8(&rest[..digits]).ok().and_then(|digits| digits.parse().ok());
            if version.is_some() {
                return version;
            }
        }
    }
    None
}
#[cfg(test)]
mod tests {
    use super::*;
    use crate::marker::{ALLOCATOR_MARKER, CRITERION_MARKER, DIVAN_MARKER, MARKER, UNREACHED_MAIN_MARKER};

    #[test]
    fn the_marker_names_the_version_that_is_spoken() {
        assert_eq!(find_marker(MARKER.as_bytes()), Some(crate::PROTOCOL_VERSION));
    }

    #[test]
    fn a_harness_is_named_by_its_whole_marker() {
        assert_eq!(find_harness(CRITERION_MARKER.as_bytes()), Harness::Criterion);
        assert_eq!(find_harness(DIVAN_MARKER.as_bytes()), Harness::Divan);
        assert_eq!(find_harness(MARKER.as_bytes()), Harness::Memgate);
        assert_eq!(find_harness(b"memgate.bench.harness=criterion"), Harness::Memgate);
        assert_eq!(
            find_harness(b"memgate.bench.harness=divan;memgate.bench.harness=criterion;"),
            Harness::Criterion
        );
    }

    #[test]
    fn a_part_is_named_by_its_whole_marker() {
        assert!(Part::Allocator.is_in(ALLOCATOR_MARKER.as_bytes()));
        assert!(Part::UnreachedMain.is_in(UNREACHED_MAIN_MARKER.as_bytes()));
        assert!(!Part::Allocator.is_in(UNREACHED_MAIN_MARKER.as_bytes()));
        assert!(!Part::Allocator.is_in(b"memgate.bench.part=allocator"));
    }

    #[test]
    fn a_prefix_without_a_version_is_skipped() {
        assert_eq!(find_marker(b"memgate.bench.protocol=;memgate.bench.protocol=12;"), Some(12));
        assert_eq!(find_marker(b"memgate.bench.protocol=99999999999999;"), None);
        assert_eq!(find_marker(b"memgate.bench.protocol=1"), None);
        assert_eq!(find_marker(b""), None);
    }
}
