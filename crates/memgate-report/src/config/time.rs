//! What `memgate.toml` says of wall-clock times.

use memgate_protocol::TimeSettings;

use super::Problem;
use super::duration::parse_duration;
use super::table::{Item, Table};

/// `[time]`: how long criterion may take.
pub(super) fn time_settings(table: Table<'_>) -> Result<TimeSettings, Problem> {
    let mut settings = TimeSettings::default();
    for (name, item) in table.entries(&["warm-up", "measurement", "samples"])? {
        match name {
            "warm-up" => settings.warm_up_ms = milliseconds(item)?,
            "measurement" => settings.measurement_ms = milliseconds(item)?,
            _ => settings.samples = samples(item)?,
        }
    }
    Ok(settings)
}

/// A span of time in picoseconds.
pub(super) fn picoseconds(item: Item<'_>) -> Result<i64, Problem> {
    let duration = parse_duration(item.string()?).map_err(|problem| item.problem(problem))?;
    i64::try_from(duration.as_nanos().saturating_mul(1_000)).map_err(|_| item.problem("it is too long"))
}

fn milliseconds(item: Item<'_>) -> Result<u64, Problem> {
    const LONGEST: u64 = 3_600_000;
    let duration = parse_duration(item.string()?).map_err(|problem| item.problem(problem))?;
    match u64::try_from(duration.as_millis()) {
        Ok(milliseconds @ 1..=LONGEST) => Ok(milliseconds),
        _ => Err(item.problem("it must be from 1ms to 60m")),
    }
}

fn samples(item: Item<'_>) -> Result<u32, Problem> {
    const MOST: u32 = 10_000;
    match item.integer()?.map(u32::try_from) {
        Some(Ok(number)) if (TimeSettings::FEWEST_SAMPLES..=MOST).contains(&number) => Ok(number),
        _ => Err(item.problem("it must be a whole number from 10 to 10000")),
    }
}
