//! Answers to what is not there or not allowed, in words that help.

use super::message::Response;
use crate::access::Refusal;

/// Profiles of Go's that scrapers ask for by default: what they are, and how Alloy and Parca call them.
const ELSEWHERE: [(&str, &str, &str); 6] = [
    ("profile", "CPU profile", "process_cpu"),
    ("goroutine", "profile of threads or tasks", "goroutine"),
    ("mutex", "profile of contended locks", "mutex"),
    ("block", "profile of blocked threads", "block"),
    ("threadcreate", "profile of created threads", "threadcreate"),
    ("trace", "trace", "trace"),
];

/// Not found, with the way to what is there.
pub(super) fn not_found(path: &str) -> Response {
    let name = path.strip_prefix("/debug/pprof/").unwrap_or_default();
    match ELSEWHERE.iter().find(|(known, ..)| *known == name) {
        Some((_, what, setting)) => Response::error(
            404,
            format!(
                "memgate-live has no {what}: it serves the heap, at /debug/pprof/heap and /debug/pprof/allocs.\n\
                 Scrapers ask for it until they are told not to: `profile.{setting} {{ enabled = false }}` in Alloy, \
                 `{setting}: {{ enabled: false }}` under `pprof_config` in Parca."
            ),
        ),
        None => Response::error(
            404,
            "not found. There are /debug/pprof/, /debug/pprof/heap, /debug/pprof/allocs, /debug/pprof/symbol, /metrics, \
             /livez and /readyz.",
        ),
    }
}

pub(super) fn no_cmdline() -> Response {
    Response::error(
        404,
        "the command line is not served, since arguments may hold secrets: `Options::serve_command_line()`",
    )
}

pub(super) fn refused(refusal: Refusal) -> Response {
    match refusal {
        Refusal::ForeignHost => Response::error(
            403,
            "refused: the request is for another host. At a loopback address, ask for localhost, 127.0.0.1 or [::1].",
        ),
        Refusal::NoToken => challenge("a token is needed"),
        Refusal::WrongToken => challenge("this is not the token"),
    }
}

fn challenge(why: &str) -> Response {
    let text =
        format!("{why}: `Authorization: Bearer TOKEN`, or the token as password: http://any:TOKEN@host/…");
    Response::error(401, text).with("WWW-Authenticate", "Basic realm=\"memgate-live\", charset=\"UTF-8\"")
}

pub(super) fn wrong_method(allowed: &str) -> Response {
    Response::error(405, format!("only {allowed} here")).with("Allow", allowed)
}

/// Others are asking already.
pub(super) fn busy(what: &str, retry_after_seconds: u64) -> Response {
    Response::error(503, format!("{what} already; try again in {retry_after_seconds} s"))
        .with("Retry-After", retry_after_seconds.to_string())
}
