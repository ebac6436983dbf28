//! The kernel's figure of this program's memory, asked at its end.

use crate::c;

/// As much of what the kernel says of a process is looked at. The figure is in the first half of it.
const MOST_STATUS: usize = 4096;

/// The highest resident memory of this program, as far as the kernel tells.
///
/// Rejected: `getrusage`, whose figure has in it what the process was before it became this program, which may be the whole tool.
pub(crate) fn peak_bytes() -> Option<u64> {
    let mut status = [0; MOST_STATUS];
    let length = c::keeping_errno(|| c::read_file(c"/proc/self/status", &mut status));
    peak_in(status.get(..length)?)
}

fn peak_in(status: &[u8]) -> Option<u64> {
    let line = status.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"VmHWM:"))?;
    let number = line.trim_ascii().strip_suffix(b" kB")?;
    let kibibytes: u64 = std::str::from_utf8(number).ok()?.parse().ok()?;
    kibibytes.checked_mul(1024)
}
