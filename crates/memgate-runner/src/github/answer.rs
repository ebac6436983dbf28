//! What an answer of GitHub's means: whether it is one, and if not, whether trying again may help.

use std::time::Duration;

use http::{HeaderMap, StatusCode, header};

use super::excerpt::{excerpt, message};
use super::token::TokenVariable;
use crate::comment::CommentError;

/// How long is waited when GitHub limits the rate and does not say for how long. Its documentation: "at least one minute".
const UNSTATED_LIMIT: Duration = Duration::from_secs(60);

/// Why a request has no answer that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Trying again would give the same.
    Lasting(CommentError),
    /// Trying again may help.
    Passing {
        /// What went wrong.
        error: CommentError,
        /// How long to wait before; none when it is not said.
        wait: Option<Duration>,
    },
}

/// What a request was about, for errors.
#[derive(Clone, Copy, Debug)]
pub(super) struct About<'a> {
    /// What it does, after "to".
    pub(super) action: &'static str,
    /// The environment variable that holds the token.
    pub(super) variable: TokenVariable,
    /// The token, so that it is not shown.
    pub(super) secret: &'a str,
}

/// Judges an answer by its status.
///
/// `now_seconds` are since 1970, as in GitHub's headers.
pub(super) fn judge(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    about: About<'_>,
    now_seconds: u64,
) -> Result<(), Fault> {
    if status.is_success() {
        return Ok(());
    }
    let About { action, variable, secret } = about;
    let message = message(body, secret);
    let (variable, status) = (variable.name(), status.as_u16());
    let error = match status {
        // 502 from GitHub's own front is a page, too.
        500 | 502 | 503 | 504 | 408 => {
            let wait = number(headers, header::RETRY_AFTER.as_str()).map(Duration::from_secs);
            return Err(Fault::Passing { error: CommentError::Server { action, status, message }, wait });
        }
        403 | 429 if status == 429 || is_limit(headers, &message) => {
            let wait_seconds = asked_seconds(headers, now_seconds);
            let wait = wait_seconds.map_or(UNSTATED_LIMIT, Duration::from_secs);
            return Err(Fault::Passing {
                error: CommentError::RateLimited { wait_seconds, message },
                wait: Some(wait),
            });
        }
        _ if is_page(body) => CommentError::NotApi { first_line: message },
        401 => CommentError::Unauthorized { variable, message },
        403 => CommentError::Forbidden { variable, action, message },
        404 => CommentError::NotFound { action, message },
        _ => CommentError::Rejected { action, status, message },
    };
    Err(Fault::Lasting(error))
}

/// Reads the JSON of an answer.
pub(super) fn parse<T: serde::de::DeserializeOwned>(body: &[u8], secret: &str) -> Result<T, Fault> {
    serde_json::from_slice(body).map_err(|error| {
        if is_page(body) {
            let first_line = excerpt(&String::from_utf8_lossy(body), secret);
            return Fault::Lasting(CommentError::NotApi { first_line });
        }
        let problem = excerpt(&error.to_string(), secret);
        if error.is_eof() {
            let error = CommentError::Unreachable { problem: format!("it is cut short: {problem}") };
            return Fault::Passing { error, wait: None };
        }
        Fault::Lasting(CommentError::Answer { problem })
    })
}

/// Whether something is HTML rather than JSON.
fn is_page(body: &[u8]) -> bool {
    body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
}

/// Whether a 403 is about the rate. Source: "Troubleshooting the REST API", section "Rate limit errors".
fn is_limit(headers: &HeaderMap, message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    headers.contains_key(header::RETRY_AFTER)
        || number(headers, "x-ratelimit-remaining") == Some(0)
        || message.contains("rate limit")
        || message.contains("abuse detection")
}

/// For how many seconds GitHub asks to wait.
fn asked_seconds(headers: &HeaderMap, now_seconds: u64) -> Option<u64> {
    let reset = || {
        let is_used_up = number(headers, "x-ratelimit-remaining") == Some(0);
        // A second more, since clocks differ.
        let reset = number(headers, "x-ratelimit-reset").filter(|_| is_used_up)?;
        Some(reset.saturating_sub(now_seconds).saturating_add(1))
    };
    number(headers, header::RETRY_AFTER.as_str()).or_else(reset)
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABOUT: About<'_> =
        About { action: "read", variable: TokenVariable::GithubToken, secret: "ghs_secret" };

    fn judged(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Result<(), Fault> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        judge(StatusCode::from_u16(status).unwrap(), &map, body.as_bytes(), ABOUT, 1_000)
    }

    fn wait(fault: Result<(), Fault>) -> Option<Option<u64>> {
        match fault {
            Err(Fault::Passing { wait, .. }) => Some(wait.map(|wait| wait.as_secs())),
            _ => None,
        }
    }

    #[test]
    fn limits_say_how_long_to_wait() {
        let limit = r#"{"message": "You have exceeded a secondary rate limit"}"#;
        assert_eq!(wait(judged(429, &[("retry-after", "7")], "")), Some(Some(7)));
        assert_eq!(wait(judged(429, &[], "{}")), Some(Some(60)));
        assert_eq!(wait(judged(403, &[("retry-after", "7")], "")), Some(Some(7)));
        assert_eq!(wait(judged(403, &[], limit)), Some(Some(60)));
        let used_up = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1030")];
        assert_eq!(wait(judged(403, &used_up, "")), Some(Some(31)));
        assert_eq!(
            wait(judged(403, &[("x-ratelimit-remaining", "9"), ("x-ratelimit-reset", "1030")], "")),
            None
        );
        // As a date, which GitHub does not send.
        assert_eq!(
            wait(judged(429, &[("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT")], "")),
            Some(Some(60))
        );
    }

    #[test]
    fn trouble_of_the_server_s_passes_and_refusals_last() {
        for status in [500, 502, 503, 504] {
            assert_eq!(wait(judged(status, &[], "<html>")), Some(None), "{status}");
        }
        assert_eq!(wait(judged(503, &[("retry-after", "3")], "")), Some(Some(3)));
        let lasting = |status, body: &str| match judged(status, &[], body) {
            Err(Fault::Lasting(error)) => error.to_string(),
            other => panic!("{other:?}"),
        };
        assert!(
            lasting(401, r#"{"message": "Bad credentials"}"#)
                .contains("the token in GITHUB_TOKEN: Bad credentials")
        );
        assert!(
            lasting(403, r#"{"message": "Resource not accessible by integration"}"#).contains("may not read")
        );
        assert!(lasting(404, "<html>\nmore").contains("not GitHub's API: <html>."));
        assert!(lasting(410, "ghs_secret").ends_with("(status 410): ***"));
        assert_eq!(judged(204, &[], ""), Ok(()));
    }

    #[test]
    fn half_an_answer_is_asked_for_again() {
        assert!(matches!(parse::<Vec<u64>>(b"[1, 2", ""), Err(Fault::Passing { .. })));
        assert!(matches!(parse::<Vec<u64>>(b"{}", ""), Err(Fault::Lasting(CommentError::Answer { .. }))));
        assert!(matches!(
            parse::<Vec<u64>>(b" <html>", ""),
            Err(Fault::Lasting(CommentError::NotApi { .. }))
        ));
        assert_eq!(parse::<Vec<u64>>(b"[1]", ""), Ok(vec![1]));
    }
}
