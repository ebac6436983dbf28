//! Names of snapshots: they sort by time, and say how much was live, whose it is and why it is there.

use std::fmt;
use std::time::SystemTime;

const FIRST: &str = "heap";
const ENDING: &str = ".pb.gz";
/// As in `20261130T081146123Z`: no dots, no colons.
const STAMP_LENGTH: usize = 19;
/// The last millisecond of the year 9999.
const LAST_MILLISECOND: u64 = 253_402_300_799_999;

/// `heap.<utc>.<live bytes>.<process>.<reason>.pb.gz`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SnapshotName {
    /// In UTC, to the millisecond.
    pub(super) stamp: String,
    pub(super) live_bytes: u64,
    pub(super) process_id: u32,
    /// A word; of another version, maybe one that is not known here.
    pub(super) reason: String,
}

impl SnapshotName {
    /// Reads a file's name; none when it is no snapshot's.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let mut parts = name.strip_suffix(ENDING)?.split('.');
        let (first, stamp) = (parts.next()?, parts.next()?);
        let (live_bytes, process_id, reason) = (parts.next()?, parts.next()?, parts.next()?);
        let is_stamp = stamp.len() == STAMP_LENGTH
            && stamp.bytes().enumerate().all(|(place, byte)| match place {
                8 => byte == b'T',
                18 => byte == b'Z',
                _ => byte.is_ascii_digit(),
            });
        let is_word =
            !reason.is_empty() && reason.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if first != FIRST
            || !is_stamp
            || !is_word
            || !is_number(live_bytes)
            || !is_number(process_id)
            || parts.next().is_some()
        {
            return None;
        }
        Some(Self {
            stamp: stamp.to_owned(),
            live_bytes: live_bytes.parse().ok()?,
            process_id: process_id.parse().ok()?,
            reason: reason.to_owned(),
        })
    }
}

impl fmt::Display for SnapshotName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stamp, live_bytes, process_id, reason } = self;
        write!(formatter, "{FIRST}.{stamp}.{live_bytes}.{process_id}.{reason}{ENDING}")
    }
}

/// A time in milliseconds since 1970, as far as a stamp can have it.
pub(super) fn milliseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX).min(LAST_MILLISECOND)
}

/// Milliseconds since 1970 as a stamp.
pub(super) fn stamp(milliseconds: u64) -> String {
    let milliseconds = milliseconds.min(LAST_MILLISECOND);
    let seconds = milliseconds / 1_000;
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}{:03}Z", milliseconds % 1_000)
}

/// Days since 1970 as year, month and day. Years begin in March, so that the day that is not always there is their last:
/// <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>.
const fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year_of_era + next, month, day)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn stamps_are_those_of_date() {
        // From `date -u -d @… +%Y%m%dT%H%M%S`.
        for (milliseconds, expected) in [
            (0, "19700101T000000000Z"),
            (951_782_400_000, "20000229T000000000Z"),
            (951_868_799_999, "20000229T235959999Z"),
            (1_709_164_800_001, "20240229T000000001Z"),
            (1_796_026_306_123, "20261130T081146123Z"),
            (4_107_542_400_000, "21000301T000000000Z"),
            (u64::MAX, "99991231T235959999Z"),
        ] {
            assert_eq!(stamp(milliseconds), expected);
        }
        assert_eq!(milliseconds(SystemTime::UNIX_EPOCH - Duration::from_secs(1)), 0);
    }

    #[test]
    fn a_name_is_read_as_it_was_written_and_others_are_nobodys() {
        let name = SnapshotName {
            stamp: stamp(1_796_026_306_123),
            live_bytes: 800 << 20,
            process_id: 17,
            reason: "level".to_owned(),
        };
        assert_eq!(name.to_string(), "heap.20261130T081146123Z.838860800.17.level.pb.gz");
        assert_eq!(SnapshotName::parse(&name.to_string()), Some(name));
        for other in [
            "",
            "heap.pb.gz",
            "heap.20261130T081146123Z.1.1.level.pb",
            "heap.20261130T081146123Z.1.1..pb.gz",
            "heap.20261130T081146123Z.+1.1.level.pb.gz",
            "heap.20261130T081146123Z.1.99999999999.level.pb.gz",
            "heap.20261130T081146123Z.1.1.level.old.pb.gz",
            "heap.20261130T08:1146123.1.1.level.pb.gz",
            "core.20261130T081146123Z.1.1.level.pb.gz",
            "heap.20261130T081146123Z.1.1.Level.pb.gz",
        ] {
            assert_eq!(SnapshotName::parse(other), None, "{other}");
        }
    }
}
