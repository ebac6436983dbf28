//! The clock, for waivers that expire.

use jiff::civil::Date;

/// Today in UTC, so that one commit means the same in every time zone.
pub(crate) fn today() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}
