//! A program that has a use of its own for the signal.

use std::ffi::c_int;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::sync::mpsc::channel;
use std::time::Duration;

use crate::asked::{block, get, install, send_to_myself, text, wait_for_all_signals};
use crate::emulated::is_emulated;
use crate::process::in_a_fork;
use crate::runner::cases;

cases! {
    a_handler_of_the_programs_own_stays_where_it_is,
    a_handler_that_comes_later_is_found,
    a_handler_that_comes_meanwhile_is_said,
    a_program_that_becomes_another_is_not_ended_by_a_signal_on_its_way,
    a_signal_from_elsewhere_is_passed_over,
    a_thread_that_blocks_the_signal_says_so,
    a_thread_that_waits_for_all_signals_is_not_told_of_ours,
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

fn a_handler_that_comes_meanwhile_is_said() {
    assert_eq!(get("/debug/pprof/threads").status, 200);
    let profile = std::thread::spawn(|| get("/debug/pprof/profile?seconds=1"));
    std::thread::sleep(Duration::from_millis(300));
    install(handle);
    let profile = profile.join().unwrap();
    assert_eq!(profile.status, 200);
    assert!(text(&profile).contains("a handler of its own for SIGPROF meanwhile"), "{}", text(&profile));
}

fn a_program_that_becomes_another_is_not_ended_by_a_signal_on_its_way() {
    for _ in 0..30 {
        in_a_fork(|| {
            std::thread::spawn(|| {
                loop {
                    get("/debug/pprof/threads");
                }
            });
            std::thread::sleep(Duration::from_millis(30));
            let failed = Command::new("true").exec();
            panic!("{failed}");
        });
    }
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

fn a_thread_that_waits_for_all_signals_is_not_told_of_ours() {
    if is_emulated() {
        // What a thread waits for can't be told.
        return;
    }
    static IS_OVER: AtomicBool = AtomicBool::new(false);
    let (begin, begun) = channel();
    let thread = std::thread::Builder::new().name("waits".to_owned()).spawn(move || {
        block();
        begin.send(()).unwrap();
        wait_for_all_signals(|| IS_OVER.load(Relaxed))
    });
    begun.recv().unwrap();
    let (mut blocked, mut awaited) = (false, false);
    while !blocked || !awaited {
        let threads = text(&get("/debug/pprof/threads?debug=2"));
        let waiting = threads.split("\n\n").find(|thread| thread.contains("\"waits\"")).unwrap();
        blocked |= waiting.contains("[no stack: the thread blocks SIGPROF]");
        awaited |= waiting.contains("[no stack: the thread waits for SIGPROF itself]");
    }
    let profile = get("/debug/pprof/profile?seconds=1");
    assert_eq!(profile.status, 200);
    assert!(text(&profile).contains("1 threads were not sampled"), "{}", text(&profile));
    IS_OVER.store(true, Relaxed);
    assert_eq!(thread.unwrap().join().unwrap(), Vec::<c_int>::new());
}
