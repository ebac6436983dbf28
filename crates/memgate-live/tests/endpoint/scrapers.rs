//! The requests of Grafana Alloy and of Parca, and what they check of the answers, as their sources have it.

use std::collections::HashMap;

use crate::decode::Decoded;
use crate::http::{Answer, Live, ask};
use crate::leak::{BLOCK_BYTES, BLOCKS, blocks_that_stay};
use crate::program::{BUSY_PROGRAM, Running};

/// Alloy's `validate.go`: the type, something in it, neither HTML nor JSON, gzip or a first key of a known wire type.
fn check_as_alloy(answer: &Answer) {
    assert!((200..300).contains(&answer.status), "{}", answer.head);
    assert!(
        answer.header("Content-Type").unwrap().starts_with("application/octet-stream"),
        "{}",
        answer.head
    );
    let first = answer.body[0];
    assert!(first != b'<' && first != b'{' && first != b'[');
    assert!(answer.body.starts_with(&[0x1f, 0x8b]) || matches!(first & 7, 0 | 1 | 2 | 5));
    // Compressed once more on the way, some clients would keep it so.
    assert_eq!(answer.header("Content-Encoding"), None);
}

/// Parca's `scrape.go` and `normalizer/validate.go`.
fn check_as_parca(answer: &Answer) -> Decoded {
    assert_eq!(answer.status, 200, "{}", answer.head);
    let profile = Decoded::of(&answer.body);
    assert_eq!(profile.strings.first().map(String::as_str), Some(""));
    let in_order = |ids: Vec<u64>| assert!(ids.iter().copied().eq(1..=ids.len() as u64), "{ids:?}");
    in_order(profile.mapping_ids.clone());
    in_order(profile.locations.iter().map(|(id, ..)| *id).collect());
    in_order(profile.function_ids.clone());
    assert!(profile.locations.iter().all(|(_, mapping, _)| *mapping <= profile.mapping_ids.len() as u64));
    for (locations, values) in &profile.samples {
        assert_eq!(values.len(), profile.sample_types);
        assert!(!locations.is_empty());
        assert!(locations.iter().all(|id| (1..=profile.locations.len() as u64).contains(id)));
    }
    assert!(profile.time_nanoseconds > 0 && profile.period > 0);
    profile
}

/// Whether threads are asked by signals on this platform.
const HAS_SIGNALS: bool =
    cfg!(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")));

#[test]
fn default_scrapes_get_a_profile_or_a_404() {
    let live = Live::start();
    let _kept = blocks_that_stay();
    let headers = "User-Agent: conprof/0.24\r\nAccept-Encoding: gzip\r\n";
    for path in ["allocs", "heap"] {
        let answer = live.ask("GET", &format!("/debug/pprof/{path}"), headers, b"");
        check_as_alloy(&answer);
        check_as_parca(&answer);
    }
    for (path, is_built_in) in [
        ("block", cfg!(feature = "sync")),
        ("goroutine", cfg!(feature = "threads") && HAS_SIGNALS),
        ("mutex", cfg!(feature = "sync")),
        ("profile?seconds=1", cfg!(feature = "cpu") && HAS_SIGNALS),
    ] {
        let answer = live.ask("GET", &format!("/debug/pprof/{path}"), headers, b"");
        if is_built_in {
            check_as_alloy(&answer);
            check_as_parca(&answer);
        } else {
            assert_eq!(answer.status, 404, "{path}");
            assert_eq!(answer.header("X-Go-Pprof"), Some("1"));
            assert!(answer.text().contains("feature `"), "{}", answer.text());
        }
    }
}

#[test]
fn all_five_default_scrapes_at_once_have_something_to_say() {
    if !HAS_SIGNALS {
        return;
    }
    let program = Running::start(&BUSY_PROGRAM);
    let headers = "User-Agent: conprof/0.24\r\nAccept-Encoding: gzip\r\n";
    std::thread::scope(|scope| {
        let get = |path: &'static str| {
            let address = program.address();
            scope.spawn(move || ask(address, "GET", &format!("/debug/pprof/{path}"), headers, b""))
        };
        // At first, nobody has waited, and nothing has been sampled.
        std::thread::sleep(std::time::Duration::from_secs(1));
        for scrape in ["profile?seconds=2", "allocs", "goroutine", "mutex", "block"].map(get) {
            let answer = scrape.join().unwrap();
            check_as_alloy(&answer);
            assert!(!check_as_parca(&answer).samples.is_empty(), "{}", answer.head);
        }
    });
}

#[test]
fn what_was_allocated_never_falls_from_scrape_to_scrape() {
    let live = Live::start();
    let mut before: HashMap<Vec<u64>, Vec<i64>> = HashMap::new();
    for _ in 0..10 {
        drop(blocks_that_stay());
        let profile = check_as_parca(&live.get("/debug/pprof/allocs"));
        let now: HashMap<Vec<u64>, Vec<i64>> = profile.stacks().into_iter().collect();
        assert_eq!(now.len(), profile.samples.len(), "each stack is there once");
        for (stack, values) in &before {
            let later = &now[stack];
            assert!(later[0] >= values[0] && later[1] >= values[1], "{values:?} {later:?}");
        }
        before = now;
    }
}

#[test]
fn the_sums_are_what_was_allocated() {
    let live = Live::start();
    let before = Decoded::of(&live.get("/debug/pprof/heap").body);
    let kept = blocks_that_stay();
    let after = Decoded::of(&live.get("/debug/pprof/heap").body);
    let expected = (BLOCKS * BLOCK_BYTES) as i64;
    // 24 blocks of eight intervals: a standard deviation of half a per mille of one block each.
    for index in [1, 3] {
        let found = after.sum(index) - before.sum(index);
        assert!((found - expected).abs() < expected / 10, "{index}: {found} of {expected}");
    }
    drop(kept);
    let freed = Decoded::of(&live.get("/debug/pprof/heap").body);
    assert!(freed.sum(3) < after.sum(3) - expected / 2);
    assert!(freed.sum(1) >= after.sum(1));
}

#[test]
fn a_difference_has_what_came_within_it() {
    let live = Live::start();
    let early = blocks_that_stay();
    let profile = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| live.get("/debug/pprof/allocs?seconds=2"));
        std::thread::sleep(std::time::Duration::from_millis(700));
        drop(blocks_that_stay());
        check_as_parca(&waiting.join().unwrap())
    });
    let expected = (BLOCKS * BLOCK_BYTES) as i64;
    // Other tests allocate little; what lives is not a difference.
    assert!((profile.sum(1) - expected).abs() < expected / 5, "{} of {expected}", profile.sum(1));
    assert!(profile.sum(3) >= expected * 9 / 10);
    assert_eq!(profile.duration_nanoseconds, 2_000_000_000);
    drop(early);
}
