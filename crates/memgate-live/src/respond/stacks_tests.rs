//! The profiles of what threads do, over values by hand.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::by_hand::{ByHand, settings};
use super::gate::Gate;
use super::{Refused, Request, Responder, Response, Source, Stop};
use crate::memory::MemoryFigures;
use crate::pprof::StackKind;
use crate::process::LoadedObject;
use crate::profile::{Counters, HeapProfile, StackProfile, StackRow};

/// A process in which threads wait, and whose processor time is asked for.
#[derive(Clone, Debug, Default)]
struct Busy {
    heap: ByHand,
    /// For how long it was asked about.
    times: Arc<Mutex<Vec<Duration>>>,
    /// How often a profile of waits was collected.
    waits: Arc<Mutex<u64>>,
}

impl Source for Busy {
    fn profile(&self) -> Result<HeapProfile, String> {
        self.heap.profile()
    }

    fn counters(&self) -> Option<Counters> {
        self.heap.counters()
    }

    fn sampling_interval_bytes(&self) -> u64 {
        self.heap.sampling_interval_bytes()
    }

    fn figures(&self) -> MemoryFigures {
        self.heap.figures()
    }

    fn objects(&self) -> Vec<LoadedObject> {
        self.heap.objects()
    }

    fn arguments(&self) -> Vec<u8> {
        self.heap.arguments()
    }

    fn stacks(&self, kind: StackKind) -> Option<Result<StackProfile, Refused>> {
        if kind == StackKind::Threads {
            return Some(Err(Refused::Busy { what: "threads are being asked", retry_after_seconds: 3 }));
        }
        let mut waits = self.waits.lock().unwrap();
        *waits += 1;
        let row =
            StackRow { return_addresses: vec![0x11], values: [*waits, 100 * *waits], ..StackRow::default() };
        Some(Ok(StackProfile { rows: vec![row], ..StackProfile::now() }))
    }

    fn cpu(&self, time: Duration, _: &Stop) -> Option<Result<StackProfile, Refused>> {
        self.times.lock().unwrap().push(time);
        Some(Ok(StackProfile { time, ..StackProfile::now() }))
    }
}

fn get(responder: &Responder, target: &str) -> Response {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    responder.respond(&Request { method: "GET", path, query, ..Request::default() })
}

#[test]
fn the_time_of_a_cpu_profile_is_read_by_gos_rules() {
    let source = Busy::default();
    let responder = Responder::new(settings(None), Box::new(source.clone()));
    for (query, seconds) in [
        ("", Some(30)),
        ("?seconds=14", Some(14)),
        ("?seconds=0", Some(30)),
        ("?seconds=-5", Some(30)),
        ("?seconds=1e9", Some(30)),
        ("?seconds=x&debug=1", Some(30)),
        // As long as the settings allow, and no longer.
        ("?seconds=60", Some(60)),
        ("?seconds=61", None),
        ("?seconds=1000000000", None),
        ("?seconds=18446744073709551615", None),
    ] {
        let response = get(&responder, &format!("/debug/pprof/profile{query}"));
        let asked = source.times.lock().unwrap().pop().map(|time| time.as_secs());
        assert_eq!((response.status, asked), (if seconds.is_some() { 200 } else { 400 }, seconds), "{query}");
    }
    let response = get(&responder, "/debug/pprof/profile?seconds=1");
    assert_eq!(response.header("Content-Disposition"), Some("attachment; filename=\"profile.pb\""));
    assert_eq!(response.body[0], 0x0a);
}

#[test]
fn waits_are_a_difference_where_it_is_asked_for_and_threads_are_none() {
    let responder = Responder::new(settings(None), Box::new(Busy::default()));
    let text = |target| String::from_utf8(get(&responder, target).body).unwrap();
    assert!(text("/debug/pprof/mutex?debug=1").contains("\n100 1 @ 0x11\n"));
    assert!(text("/debug/pprof/block?debug=1").contains("\n200 2 @ 0x11\n"));
    let part = get(&responder, "/debug/pprof/mutex?seconds=1");
    // What came between the third and the fourth: one wait of 100 ns.
    let values = [0x12, 2, 0x01, 0x64];
    assert!(part.body.windows(values.len()).any(|window| window == values), "{:?}", part.body);
    for target in [
        "/debug/pprof/goroutine?seconds=1",
        "/debug/pprof/mutex?seconds=1&debug=1",
        "/debug/pprof/block?seconds=0",
    ] {
        assert_eq!(get(&responder, target).status, 400, "{target}");
    }
}

#[test]
fn who_is_sent_away_knows_when_to_come_again() {
    let responder = Responder::new(settings(None), Box::new(Busy::default()));
    let response = get(&responder, "/debug/pprof/threads?debug=2");
    assert_eq!((response.status, response.header("Retry-After")), (503, Some("3")));
    let metrics = String::from_utf8(get(&responder, "/metrics").body).unwrap();
    assert!(metrics.contains("memgate_live_refused_requests_total{reason=\"busy\"} 1\n"), "{metrics}");
}

#[test]
fn what_has_taken_its_time_is_not_thrown_away_for_a_busy_moment() {
    for target in
        ["/debug/pprof/profile?seconds=1", "/debug/pprof/mutex?seconds=1", "/debug/pprof/heap?seconds=1"]
    {
        let source = Busy::default();
        let mut responder = Responder::new(settings(None), Box::new(source.clone()));
        responder.collecting = Gate::new(1, 0, Duration::ZERO);
        let responder = &responder;
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| get(responder, target));
            let metrics = || String::from_utf8(get(responder, "/metrics").body).unwrap();
            while !metrics().contains("memgate_live_collections_total 1\n")
                && source.times.lock().unwrap().is_empty()
            {
                std::thread::yield_now();
            }
            let pass = loop {
                if let Ok(pass) = responder.pass() {
                    break pass;
                }
            };
            std::thread::sleep(Duration::from_millis(1_300));
            drop(pass);
            assert_eq!(waiting.join().unwrap().status, 200, "{target}");
        });
    }
}
