//! Pressure stall information: how long somebody has waited for memory.

use std::path::Path;
use std::time::Duration;

use super::numbers::text;

/// For how long tasks have waited for memory since the machine started, all in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pressure {
    /// At least one task waited.
    pub some: Duration,
    /// All tasks that had something to do waited.
    pub full: Duration,
}

/// The machine's pressure; none where the kernel does not say.
pub(super) fn pressure_below(root: &Path) -> Option<Pressure> {
    pressure_of(&root.join("proc/pressure/memory"))
}

/// What one of these files says.
pub(super) fn pressure_of(path: &Path) -> Option<Pressure> {
    parse(&text(path)?)
}

fn parse(text: &str) -> Option<Pressure> {
    let total = |name: &str| {
        let line = text.lines().find(|line| line.split(' ').next() == Some(name))?;
        let microseconds = line.split(' ').find_map(|field| field.strip_prefix("total="))?;
        Some(Duration::from_micros(microseconds.parse().ok()?))
    };
    Some(Pressure { some: total("some")?, full: total("full").unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_read_and_garbage_is_none() {
        let text = "some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=20\n";
        let expected = Pressure { some: Duration::from_millis(1_500), full: Duration::from_micros(20) };
        assert_eq!(parse(text), Some(expected));
        assert_eq!(parse("some total=x\n"), None);
        assert_eq!(parse(""), None);
    }
}
