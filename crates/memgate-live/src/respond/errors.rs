//! Answers to what is not there or not allowed, in words that help.

use super::message::Response;
use crate::access::Refusal;

/// A profile that is not of the heap.
struct Elsewhere {
    name: &'static str,
    what: &'static str,
    /// As Alloy and Parca call it, which scrape it by default.
    setting: Option<&'static str>,
    /// What memgate-live is built with to have it.
    feature: Option<&'static str>,
}

const ELSEWHERE: [Elsewhere; 7] = [
    Elsewhere { name: "profile", what: "CPU profile", setting: Some("process_cpu"), feature: Some("cpu") },
    Elsewhere {
        name: "goroutine",
        what: "profile of threads",
        setting: Some("goroutine"),
        feature: Some("threads"),
    },
    Elsewhere { name: "threads", what: "profile of threads", setting: None, feature: Some("threads") },
    Elsewhere {
        name: "mutex",
        what: "profile of contended locks",
        setting: Some("mutex"),
        feature: Some("sync"),
    },
    Elsewhere {
        name: "block",
        what: "profile of blocked threads",
        setting: Some("block"),
        feature: Some("sync"),
    },
    Elsewhere { name: "threadcreate", what: "profile of created threads", setting: None, feature: None },
    Elsewhere { name: "trace", what: "trace", setting: None, feature: None },
];

/// Not found, with the way to what is there.
pub(super) fn not_found(path: &str) -> Response {
    let name = path.strip_prefix("/debug/pprof/").unwrap_or_default();
    let Some(Elsewhere { what, setting, feature, .. }) = ELSEWHERE.iter().find(|known| known.name == name)
    else {
        return Response::error(
            404,
            "not found. There are /debug/pprof/, /debug/pprof/heap, /debug/pprof/allocs, /debug/pprof/symbol, /metrics, \
             /livez and /readyz.",
        );
    };
    let mut text = match feature {
        Some(feature) => {
            format!(
                "there is no {what}: on Linux, it comes with memgate-live's feature `{feature}`, which this was built without."
            )
        }
        None => format!("memgate-live has no {what}."),
    };
    text.push_str(" The heap is at /debug/pprof/heap and /debug/pprof/allocs.");
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
