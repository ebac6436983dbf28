//! Who gets an answer, and what `serve` refuses to begin with.

#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};

use memgate_live::{Options, ServeError};

use crate::built::HAS_STACKS;
use crate::http::{Live, once};

#[test]
fn another_address_needs_a_word_about_who_may() {
    let _once = once();
    for address in ["0.0.0.0:0", "[::]:0"] {
        let error = Options::new().serve(address).unwrap_err();
        assert!(matches!(error, ServeError::NeedsToken(Some(_))), "{error}");
        assert!(error.to_string().contains("without_authentication"), "{error}");
    }
    drop(Options::new().token("secret").serve("0.0.0.0:0").unwrap());
    drop(Options::new().without_authentication().serve("0.0.0.0:0").unwrap());
    assert!(matches!(Options::new().responder(), Err(ServeError::NeedsToken(None))));
}

#[test]
fn a_process_serves_its_heap_once_at_a_time() {
    let live = Live::start();
    assert!(matches!(memgate_live::serve("127.0.0.1:0"), Err(ServeError::AlreadyServing)));
    assert_eq!(live.get("/livez").status, 200);
    drop(live);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let _once = once();
    let error = memgate_live::serve(taken.local_addr().unwrap()).unwrap_err();
    assert!(matches!(error, ServeError::Bind(..)), "{error}");
    assert!(error.to_string().contains(&taken.local_addr().unwrap().to_string()), "{error}");
    // A failure leaves nothing behind.
    drop(memgate_live::serve("localhost:0").unwrap());
}

#[test]
fn a_token_from_a_file_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, "sesame\n").unwrap();
    #[cfg(unix)]
    {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let _once = once();
        let error = Options::new().token_file(&path).serve("127.0.0.1:0").unwrap_err();
        assert!(matches!(error, ServeError::Token(_)), "{error}");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let live = Live::with(Options::new().token_file(&path));
    for (headers, status) in [
        ("", 401),
        ("Authorization: Bearer open\r\n", 401),
        ("Authorization: Bearer sesame\r\n", 200),
        // any:sesame
        ("Authorization: Basic YW55OnNlc2FtZQ==\r\n", 200),
        ("Authorization: Bearer sesame\r\nHost: evil.example\r\n", 403),
    ] {
        assert_eq!(live.ask("GET", "/debug/pprof/heap", headers, b"").status, status, "{headers}");
        assert_eq!(live.ask("POST", "/debug/pprof/symbol", headers, b"0x1").status, status, "{headers}");
    }
    assert_eq!(live.get("/readyz").text(), "ok\n");
}

#[test]
fn the_log_is_told_that_there_are_no_stacks() {
    let _once = once();
    let lines = Arc::new(Mutex::new(Vec::new()));
    let written = Arc::clone(&lines);
    let options = Options::new().log(move |line| written.lock().unwrap().push(line.to_owned()));
    let _live = options.serve("127.0.0.1:0").unwrap();
    let has_frame_pointers = memgate_live::profile().unwrap().has_frame_pointers;
    let lines = lines.lock().unwrap();
    assert_eq!(lines.is_empty(), has_frame_pointers);
    assert!(
        lines.iter().all(|line| line.contains(if HAS_STACKS {
            "force-frame-pointers"
        } else {
            "this platform"
        })),
        "{lines:?}"
    );
}

#[test]
fn nothing_is_promised_that_would_take_for_ever() {
    let live = Live::start();
    for query in ["seconds=1e9", "seconds=1000000000", "seconds=0", "seconds=-3", "seconds=5&debug=1"] {
        let answer = live.get(&format!("/debug/pprof/heap?{query}"));
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.header("X-Go-Pprof"), Some("1"));
    }
    assert_eq!(live.ask("OPTIONS", "/debug/pprof/heap", "Origin: http://evil.example\r\n", b"").status, 405);
    assert_eq!(live.get("/debug/pprof/heap").header("Access-Control-Allow-Origin"), None);
}
