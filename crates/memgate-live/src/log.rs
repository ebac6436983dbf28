//! Where it is said what nobody asked for.

use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Takes a line of text: to standard error, or wherever the service's own log is.
#[derive(Clone)]
pub(crate) struct Log(Arc<dyn Fn(&str) + Send + Sync>);

impl Log {
    pub(crate) fn new(write: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(write))
    }

    pub(crate) fn say(&self, line: &str) {
        (self.0)(line);
    }
}

impl Default for Log {
    /// To standard error. Who has closed it doesn't want to hear anything, and `eprintln!` would panic.
    fn default() -> Self {
        Self::new(|line| {
            // In one piece, so that it stays together.
            let _ = std::io::stderr().write_all(format!("memgate-live: {line}\n").as_bytes());
        })
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Log(…)")
    }
}

/// Something that may be wrong for a while. It is said once a minute at most: what fails at once fails twenty times in a second.
#[derive(Debug, Default)]
pub(crate) struct Fault {
    said: Mutex<Option<Instant>>,
}

impl Fault {
    const PAUSE: Duration = Duration::from_secs(60);

    /// Says it at a moment, unless it has just been said.
    pub(crate) fn say(&self, now: Instant, log: &Log, line: impl FnOnce() -> String) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.is_none_or(|said| now.saturating_duration_since(said) >= Self::PAUSE) {
            *said = Some(now);
            drop(said);
            log.say(&line());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_said_once_a_minute() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let written = Arc::clone(&lines);
        let log = Log::new(move |line| written.lock().unwrap().push(line.to_owned()));
        let fault = Fault::default();
        let begin = Instant::now();
        for second in [0, 1, 59, 60, 61, 500] {
            fault.say(begin + Duration::from_secs(second), &log, || format!("{second}"));
        }
        assert_eq!(*lines.lock().unwrap(), ["0", "60", "500"]);
    }
}
