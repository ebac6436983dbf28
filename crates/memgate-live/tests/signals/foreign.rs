//! A program that has a use of its own for the signal.

use std::ffi::c_int;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::mpsc::channel;

use crate::asked::{block, get, install, send_to_myself, text};
use crate::runner::cases;

cases! {
    a_handler_of_the_programs_own_stays_where_it_is,
    a_handler_that_comes_later_is_found,
    a_signal_from_elsewhere_is_passed_over,
    a_thread_that_blocks_the_signal_says_so,
}

static HANDLED: AtomicU32 = AtomicU32::new(0);

extern "C" fn handle(_: c_int) {
    HANDLED.fetch_add(1, Relaxed);
}

fn a_handler_of_the_programs_own_stays_where_it_is() {
    install(handle);
    refuses();
}

fn a_handler_that_comes_later_is_found() {
    assert_eq!(get("/debug/pprof/profile?seconds=1").status, 200);
    install(handle);
    refuses();
}

fn refuses() {
    let refused = get("/debug/pprof/profile?seconds=1");
    assert_eq!(refused.status, 503);
    assert!(text(&refused).contains("a handler of its own for SIGPROF"), "{}", text(&refused));
    assert!(refused.headers.contains(&("X-Go-Pprof", "1".to_owned())), "{:?}", refused.headers);
    // All that needs no signal is there.
    let threads = text(&get("/debug/pprof/threads?debug=2"));
    assert!(threads.contains("[no stack: the program handles SIGPROF itself]"), "{threads}");
    assert_eq!(HANDLED.load(Relaxed), 0);
    send_to_myself();
    assert_eq!(HANDLED.load(Relaxed), 1);
}

fn a_signal_from_elsewhere_is_passed_over() {
    assert_eq!(get("/debug/pprof/threads").status, 200);
    // Without a handler, this would be the end.
    send_to_myself();
    assert_eq!(get("/debug/pprof/profile?seconds=1").status, 200);
    send_to_myself();
}

fn a_thread_that_blocks_the_signal_says_so() {
    let (begin, begun) = channel();
    let (end, ended) = channel::<()>();
    let thread = std::thread::Builder::new().name("blocks".to_owned()).spawn(move || {
        block();
        begin.send(()).unwrap();
        ended.recv().is_err()
    });
    begun.recv().unwrap();
    let threads = text(&get("/debug/pprof/threads?debug=2"));
    let blocking = threads.split("\n\n").find(|thread| thread.contains("\"blocks\"")).unwrap();
    assert!(blocking.contains("[no stack: the thread blocks SIGPROF]"), "{threads}");
    drop(end);
    assert!(thread.unwrap().join().unwrap());
}
