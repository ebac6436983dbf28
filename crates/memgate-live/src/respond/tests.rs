//! Every URL, over values by hand.

use std::time::Duration;

use super::by_hand::{ByHand, settings};
use super::{Request, Responder, Response};
use crate::memory::MemoryFigures;
use crate::profile::samples::{estimate, profile, stack};

fn responder(source: &ByHand) -> Responder {
    Responder::new(settings(None), Box::new(source.clone()))
}

fn get(responder: &Responder, target: &str) -> Response {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    responder.respond(&Request { method: "GET", path, query, ..Request::default() })
}

fn text(response: &Response) -> String {
    String::from_utf8_lossy(&response.body).into_owned()
}

#[test]
fn heap_and_allocs_are_profiles_for_scrapers() {
    let source = ByHand::default();
    *source.profile.lock().unwrap() = profile(vec![stack(&[1, 2], estimate(1, 5.0), estimate(1, 5.0))]);
    let responder = responder(&source);
    for name in ["heap", "allocs"] {
        let response = get(&responder, &format!("/debug/pprof/{name}?gc=1&debug=0"));
        assert_eq!(response.status, 200);
        assert!(response.header("Content-Type").unwrap().starts_with("application/octet-stream"));
        assert_eq!(
            response.header("Content-Disposition").unwrap(),
            format!("attachment; filename=\"{name}.pb\"")
        );
        // The first field of a profile, and nothing that is taken for HTML, JSON or gzip.
        assert_eq!(response.body[0], 0x0a);
    }
    let response = get(&responder, "/debug/pprof/heap?debug=1");
    assert!(text(&response).starts_with("heap profile: 5: 5 [5: 5] @ heap_v2/1\n"), "{}", text(&response));
    assert!(response.header("Content-Type").unwrap().starts_with("text/plain"));
}

#[test]
fn what_is_not_there_says_what_is() {
    let responder = responder(&ByHand::default());
    for name in [
        "profile?seconds=14",
        "goroutine",
        "mutex",
        "block",
        "trace",
        "delta_heap",
        "threadcreate?debug=1",
        "threads",
    ] {
        let response = get(&responder, &format!("/debug/pprof/{name}"));
        assert_eq!(response.status, 404, "{name}");
        assert_eq!(response.header("X-Go-Pprof"), Some("1"));
        assert!(text(&response).contains("/debug/pprof/heap"), "{}", text(&response));
    }
    assert!(
        text(&get(&responder, "/debug/pprof/profile")).contains("profile.process_cpu { enabled = false }")
    );
    assert_eq!(get(&responder, "/debug/pprof").header("Location"), Some("pprof/"));
    assert_eq!(get(&responder, "/").header("Location"), Some("debug/pprof/"));
}

#[test]
fn the_command_line_is_a_secret_until_somebody_says_otherwise() {
    let response = get(&responder(&ByHand::default()), "/debug/pprof/cmdline");
    assert_eq!(response.status, 404);
    assert!(!text(&response).contains("password"), "{}", text(&response));
    let mut open = settings(None);
    open.is_cmdline_served = true;
    let open = Responder::new(open, Box::new(ByHand::default()));
    assert_eq!(text(&get(&open, "/debug/pprof/cmdline")), "service\0--password=1");
}

#[test]
fn nothing_but_a_word_is_to_be_had_without_the_token() {
    let responder = Responder::new(settings(Some("secret")), Box::new(ByHand::default()));
    for path in ["/", "/debug/pprof/", "/debug/pprof/heap", "/debug/pprof/symbol", "/metrics", "/none"] {
        let response = get(&responder, path);
        assert_eq!(response.status, 401, "{path}");
        assert_eq!(response.header("X-Go-Pprof"), Some("1"));
        assert!(response.header("WWW-Authenticate").unwrap().starts_with("Basic"));
        let request =
            Request { method: "POST", path, authorization: Some(b"Bearer wrong"), ..Request::default() };
        assert_eq!(responder.respond(&request).status, 401, "{path}");
    }
    assert_eq!(text(&get(&responder, "/livez")), "ok\n");
    assert_eq!(text(&get(&responder, "/readyz")), "ok\n");
    let request = Request {
        method: "GET",
        path: "/metrics",
        authorization: Some(b"Bearer secret"),
        ..Request::default()
    };
    let response = responder.respond(&request);
    assert_eq!(response.status, 200);
    assert!(
        text(&response).contains("memgate_live_refused_requests_total{reason=\"access\"} 12\n"),
        "{}",
        text(&response)
    );
}

#[test]
fn a_foreign_host_gets_nothing_at_all() {
    let responder = responder(&ByHand::default());
    for path in ["/", "/debug/pprof/heap", "/livez", "/metrics"] {
        let request = Request { method: "GET", path, host: Some("evil.example"), ..Request::default() };
        assert_eq!(responder.respond(&request).status, 403, "{path}");
    }
    let request =
        Request { method: "GET", path: "/livez", host: Some("localhost:6060"), ..Request::default() };
    assert_eq!(responder.respond(&request).status, 200);
}

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[test]
fn only_symbols_may_be_posted_for() {
    let responder = responder(&ByHand::default());
    let here = only_symbols_may_be_posted_for as *const () as u64;
    let body = format!("{here:#x}+0x1");
    let request =
        Request { method: "POST", path: "/debug/pprof/symbol", body: body.as_bytes(), ..Request::default() };
    let posted = text(&responder.respond(&request));
    assert!(posted.starts_with(&format!("num_symbols: 1\n{here:#x} ")), "{posted}");
    assert!(posted.contains("only_symbols_may_be_posted_for"), "{posted}");
    assert_eq!(text(&get(&responder, &format!("/debug/pprof/symbol?{body}"))), posted);
    assert_eq!(text(&get(&responder, "/debug/pprof/symbol")), "num_symbols: 1\n");
    for (method, path) in
        [("POST", "/debug/pprof/heap"), ("POST", "/livez"), ("DELETE", "/debug/pprof/symbol")]
    {
        let response = responder.respond(&Request { method, path, ..Request::default() });
        assert_eq!(response.status, 405, "{method} {path}");
        assert!(response.header("Allow").unwrap().starts_with("GET, HEAD"));
    }
}

#[test]
fn one_profile_is_collected_at_a_time() {
    let source = ByHand::default();
    let responder = responder(&source);
    let delay = source.delay.lock().unwrap();
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..20).map(|_| scope.spawn(|| get(&responder, "/debug/pprof/heap"))).collect();
        // One is collecting, four wait, and fifteen are sent away at once; the four after a while.
        while all.iter().filter(|thread| thread.is_finished()).count() < 19 {
            std::thread::sleep(Duration::from_millis(1));
        }
        drop(delay);
        let mut busy = 0;
        for thread in all {
            let response = thread.join().unwrap();
            if response.status == 503 {
                busy += 1;
                assert_eq!(response.header("Retry-After"), Some("1"));
                assert_eq!(response.header("X-Go-Pprof"), Some("1"));
            }
        }
        assert_eq!(busy, 19);
    });
    assert_eq!(get(&responder, "/debug/pprof/heap").status, 200);
    assert!(
        text(&get(&responder, "/metrics"))
            .contains("memgate_live_refused_requests_total{reason=\"busy\"} 19\n")
    );
}

#[test]
fn a_difference_keeps_nobody_from_a_profile_and_ends_with_the_service() {
    let source = ByHand::default();
    let responder = responder(&source);
    std::thread::scope(|scope| {
        let waiting: Vec<_> =
            (0..2).map(|_| scope.spawn(|| get(&responder, "/debug/pprof/allocs?seconds=60"))).collect();
        while !text(&get(&responder, "/metrics")).contains("memgate_live_collections_total 2\n") {
            std::thread::yield_now();
        }
        let third = get(&responder, "/debug/pprof/heap?seconds=1");
        assert_eq!(third.status, 503);
        assert_eq!(third.header("Retry-After"), Some("1"));
        assert_eq!(get(&responder, "/debug/pprof/heap").status, 200);
        responder.stop().stop();
        for thread in waiting {
            let response = thread.join().unwrap();
            assert_eq!(response.status, 503);
            assert!(text(&response).contains("stopping"));
        }
    });
}

#[test]
fn a_difference_has_what_came_meanwhile() {
    let source = ByHand::default();
    *source.profile.lock().unwrap() = profile(vec![stack(&[1], estimate(5, 500.0), estimate(5, 500.0))]);
    let responder = responder(&source);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| get(&responder, "/debug/pprof/heap?seconds=1"));
        std::thread::sleep(Duration::from_millis(200));
        *source.profile.lock().unwrap() = profile(vec![stack(&[1], estimate(7, 700.0), estimate(6, 600.0))]);
        let response = waiting.join().unwrap();
        assert_eq!(response.status, 200);
        // A sample of the location 1: 200 allocated (0xc8 0x01), 600 live (0xd8 0x04).
        let values = [0x12, 8, 0xc8, 0x01, 0xc8, 0x01, 0xd8, 0x04, 0xd8, 0x04];
        assert!(response.body.windows(values.len()).any(|window| window == values), "{:?}", response.body);
    });
}

#[test]
fn readiness_falls_with_memory_and_liveness_does_not() {
    let source = ByHand::default();
    let responder = responder(&source);
    let used = |percent: u64| {
        *source.figures.lock().unwrap() = MemoryFigures {
            anonymous_bytes: Some(percent << 20),
            host_bytes: Some(100 << 20),
            ..MemoryFigures::default()
        };
        let response = get(&responder, "/readyz");
        assert_eq!(text(&get(&responder, "/livez")), "ok\n");
        assert_eq!(get(&responder, "/healthz").status, 200);
        (response.status, text(&response).split(':').next().unwrap().to_owned())
    };
    let seen = [50, 85, 95, 85, 70].map(used);
    let expected = [(200, "ok"), (200, "high"), (503, "critical"), (503, "critical"), (200, "ok")];
    assert_eq!(seen, expected.map(|(status, word)| (status, word.to_owned())));
}

#[test]
fn metrics_come_in_the_text_that_is_asked_for() {
    let responder = responder(&ByHand::default());
    let of = |accept| {
        responder.respond(&Request { method: "GET", path: "/metrics", accept, ..Request::default() })
    };
    let open = of(Some("application/openmetrics-text;version=1.0.0,text/plain;q=0.5"));
    assert!(open.header("Content-Type").unwrap().starts_with("application/openmetrics-text"));
    assert!(text(&open).ends_with("# EOF\n"));
    let plain = of(None);
    assert!(plain.header("Content-Type").unwrap().starts_with("text/plain; version=0.0.4"));
    assert!(text(&plain).contains("\nmemgate_heap_live_bytes 4000\n"), "{}", text(&plain));
}

#[test]
fn the_page_runs_nothing_and_loads_nothing() {
    let response = get(&responder(&ByHand::default()), "/debug/pprof/");
    assert!(response.header("Content-Security-Policy").unwrap().starts_with("default-src 'none'"));
    let page = text(&response);
    assert!(page.contains("<html lang=\"en\">") && page.contains("<h1>Heap of process"), "{page}");
    assert!(!page.contains("<script") && !page.contains("src="), "{page}");
}
