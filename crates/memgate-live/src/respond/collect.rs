//! Which profile is asked for.

use std::time::Duration;

use super::message::{Request, Response};
use crate::pprof::Taken;

/// A question for a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) is_text: bool,
    pub(super) taken: Taken,
}

impl Question {
    /// Reads the query: Go's rules, and `gc`, which means nothing here, is nobody's error.
    pub(super) fn read(request: &Request<'_>, longest: Duration) -> Result<Self, Response> {
        let debug = request.parameter("debug").unwrap_or_default();
        // As in Go, what is no number is zero.
        let is_text = debug.parse::<i64>().is_ok_and(|debug| debug > 0);
        let Some(seconds) = request.parameter("seconds").filter(|seconds| !seconds.is_empty()) else {
            return Ok(Self { is_text, taken: Taken::SinceStart });
        };
        let seconds = match seconds.parse::<u64>() {
            Ok(seconds) if seconds > 0 => seconds,
            _ => return Err(Response::error(400, "seconds has to be a whole number above 0")),
        };
        if is_text {
            return Err(Response::error(400, "seconds and debug can't be asked for together"));
        }
        if seconds > longest.as_secs() {
            let longest = longest.as_secs();
            return Err(Response::error(
                400,
                format!("seconds may be {longest} at most: two scrapes and -diff_base show more"),
            ));
        }
        Ok(Self { is_text, taken: Taken::Within(Duration::from_secs(seconds)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_read_by_gos_rules() {
        let read = |query: &str| {
            Question::read(&Request { query, ..Request::default() }, Duration::from_secs(300))
                .map_err(|response| response.status)
        };
        let question = |is_text, taken| Ok(Question { is_text, taken });
        for query in ["", "debug=0", "gc=1", "gc=yes&debug=", "debug=x", "seconds="] {
            assert_eq!(read(query), question(false, Taken::SinceStart), "{query}");
        }
        assert_eq!(read("debug=2"), question(true, Taken::SinceStart));
        assert_eq!(read("gc=1&seconds=300"), question(false, Taken::Within(Duration::from_secs(300))));
        for query in
            ["seconds=0", "seconds=-1", "seconds=1e9", "seconds=x", "seconds=301", "seconds=5&debug=1"]
        {
            assert_eq!(read(query), Err(400), "{query}");
        }
    }
}
