//! The time, in steps that fit many waits into one word.

use std::sync::OnceLock;
use std::time::Instant;

/// How many nanoseconds one step has. A wait that the system is asked for takes some hundred steps at least.
pub(super) const STEP_NANOSECONDS: u64 = 64;

/// How many steps have passed since this was asked first, in this process.
pub(super) fn now() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();

    let nanoseconds = START.get_or_init(Instant::now).elapsed().as_nanos();
    u64::try_from(nanoseconds).unwrap_or(u64::MAX) / STEP_NANOSECONDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_never_goes_back() {
        let times: Vec<u64> = (0..1_000).map(|_| now()).collect();
        assert!(times.is_sorted(), "{times:?}");
    }
}
