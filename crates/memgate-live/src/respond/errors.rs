//! Answers to what is not there or not allowed, in words that help.

use super::message::Response;
use crate::access::Refusal;

/// Profiles of Go's: what they are, and how Alloy and Parca call those that they scrape by default.
const ELSEWHERE: [(&str, &str, Option<&str>); 6] = [
    ("profile", "CPU profile", Some("process_cpu")),
    ("goroutine", "profile of threads or tasks", Some("goroutine")),
    ("mutex", "profile of contended locks", Some("mutex")),
    ("block", "profile of blocked threads", Some("block")),
    ("threadcreate", "profile of created threads", None),
    ("trace", "trace", None),
];

/// Not found, with the way to what is there.
pub(super) fn not_found(path: &str) -> Response {
    let name = path.strip_prefix("/debug/pprof/").unwrap_or_default();
    let Some((_, what, setting)) = ELSEWHERE.iter().find(|(known, ..)| *known == name) else {
        return Response::error(
            404,
            "not found. There are /debug/pprof/, /debug/pprof/heap, /debug/pprof/allocs, /debug/pprof/symbol, /metrics, \
             /livez and /readyz.",
        );
    };
    let mut text = format!(
        "memgate-live has no {what}: it serves the heap, at /debug/pprof/heap and /debug/pprof/allocs."
    );
    if let Some(setting) = setting {
        text.push_str(&format!(
            "\nScrapers ask for it until they are told not to: `profile.{setting} {{ enabled = false }}` in Alloy, \
             `{setting}: {{ enabled: false }}` under `pprof_config` in Parca."
        ));
    }
    Response::error(404, text)
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
