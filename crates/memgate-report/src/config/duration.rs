//! Spans of time as people write them, in the configuration and on the command line.

use std::time::Duration;

/// A span of time: `"90s"`, `"500ms"`, `"2m"`, `"3us"`, `"10ns"`; a bare number is seconds.
///
/// # Errors
/// What is wrong with it.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let trimmed = text.trim();
    let end = trimmed
        .find(|character: char| !character.is_ascii_digit() && character != '.')
        .unwrap_or(trimmed.len());
    let invalid = || format!("`{text}` is no span of time; write it like \"90s\", \"500ms\" or \"2m\"");
    let number: f64 = trimmed[..end].parse().map_err(|_| invalid())?;
    let seconds = match trimmed[end..].trim() {
        "" | "s" => number,
        "ms" => number / 1e3,
        "us" | "µs" => number / 1e6,
        "ns" => number / 1e9,
        "m" => number * 60.0,
        _ => return Err(invalid()),
    };
    let duration = Duration::try_from_secs_f64(seconds).map_err(|_| invalid())?;
    if duration.is_zero() { Err(format!("`{text}` is no time at all")) } else { Ok(duration) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_units() {
        assert_eq!(parse_duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(parse_duration("1.5 m"), Ok(Duration::from_secs(90)));
        assert_eq!(parse_duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse_duration("50ns"), Ok(Duration::from_nanos(50)));
        assert_eq!(parse_duration("2.5 µs"), Ok(Duration::from_nanos(2_500)));
        assert_eq!(parse_duration("2"), Ok(Duration::from_secs(2)));
        for text in ["", "-1s", "1h", "0s", "s", "1e400"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
