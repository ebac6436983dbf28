//! How long a facade's harness may take when the tool asks it for times.

use std::time::Duration;

/// The environment variable that holds [`TimeSettings`], for processes that the tool starts to take times.
pub const TIMES_VARIABLE: &str = "MEMGATE_TIMES";

/// How much time criterion takes for one benchmark. What a suite asks for is cut down to this, and never raised to it: a
/// suite that asks for ten samples has its reasons.
///
/// # Example
/// ```
/// use memgate_protocol::TimeSettings;
/// let settings = TimeSettings::default();
/// assert_eq!(settings.to_string(), "warm_up_ms=300,measurement_ms=1000,samples=50");
/// assert_eq!(settings.to_string().parse(), Ok(settings));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeSettings {
    /// How long a routine is run before it is timed, in milliseconds.
    pub warm_up_ms: u64,
    /// How long it is timed, about, in milliseconds.
    pub measurement_ms: u64,
    /// How many samples are taken.
    pub samples: u32,
}

impl TimeSettings {
    /// The fewest samples that criterion takes.
    pub const FEWEST_SAMPLES: u32 = 10;

    /// [`warm_up_ms`](Self::warm_up_ms) as a duration.
    #[must_use]
    pub const fn warm_up(self) -> Duration {
        Duration::from_millis(self.warm_up_ms)
    }

    /// [`measurement_ms`](Self::measurement_ms) as a duration.
    #[must_use]
    pub const fn measurement(self) -> Duration {
        Duration::from_millis(self.measurement_ms)
    }
}

impl Default for TimeSettings {
    /// Less than a tenth of criterion's own time, and half of its samples.
    fn default() -> Self {
        Self { warm_up_ms: 300, measurement_ms: 1_000, samples: 50 }
    }
}

#[cfg(any(feature = "asking", test))]
impl std::fmt::Display for TimeSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { warm_up_ms, measurement_ms, samples } = self;
        write!(f, "warm_up_ms={warm_up_ms},measurement_ms={measurement_ms},samples={samples}")
    }
}

/// The error of [`TimeSettings`]' `FromStr`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeSettingsError(String);

impl std::fmt::Display for TimeSettingsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "failed to read {TIMES_VARIABLE}: `{}` is no part of it", self.0)
    }
}

impl std::error::Error for TimeSettingsError {}

impl std::str::FromStr for TimeSettings {
    type Err = TimeSettingsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut settings = Self::default();
        for part in text.split(',') {
            let invalid = || TimeSettingsError(part.to_owned());
            let (name, value) = part.split_once('=').ok_or_else(invalid)?;
            let value: u32 = value.parse().map_err(|_| invalid())?;
            match name {
                "warm_up_ms" if value > 0 => settings.warm_up_ms = value.into(),
                "measurement_ms" if value > 0 => settings.measurement_ms = value.into(),
                "samples" if value >= Self::FEWEST_SAMPLES => settings.samples = value,
                _ => return Err(invalid()),
            }
        }
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_criterion_would_refuse_is_refused_here() {
        for text in ["", "samples", "samples=9", "measurement_ms=0", "warm_up_ms=-1", "speed=1"] {
            assert!(text.parse::<TimeSettings>().is_err(), "{text}");
        }
    }
}
