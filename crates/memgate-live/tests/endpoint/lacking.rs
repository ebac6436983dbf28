//! A program that lacks what most have.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::built::HAS_STACKS;
use crate::program::{PROGRAM, Running};
use crate::programs::program;

/// Of the server that is at the address: the status line and all that follows.
fn get(address: &str, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    Some(String::from_utf8_lossy(&answer).into_owned())
}

#[test]
fn without_file_descriptors_it_says_so_once_and_goes_on_later() {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 10; exec \"$0\""]).arg(&*PROGRAM).stderr(Stdio::piped());
    let mut running = Running::start_as(&mut command);
    let mut lines = BufReader::new(running.take_stderr()).lines();
    if !HAS_STACKS {
        assert!(lines.next().unwrap().unwrap().contains("samples have no stacks"));
    }
    let idle: Vec<TcpStream> = (0..20).map(|_| TcpStream::connect(running.address()).unwrap()).collect();
    let line = lines.next().unwrap().unwrap();
    assert!(line.starts_with("memgate-live: failed to accept a connection"), "{line}");
    drop(idle);
    let answer = (0..50).find_map(|_| get(running.address(), "/livez")).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    drop(running);
    let rest: Vec<String> = lines.map_while(Result::ok).collect();
    assert_eq!(rest, [""; 0]);
}

#[expect(clippy::print_stderr, reason = "says what is skipped")]
#[test]
fn without_proc_it_serves_what_it_knows() {
    let Some(unshare) = program(&["unshare"]) else { return };
    let hidden = ["--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs none /proc && exec \"$0\""];
    if !Command::new(&unshare).args(hidden).arg("true").status().unwrap().success() {
        eprintln!("skipped: no mounts of its own for this user");
        return;
    }
    let running = Running::start_as(Command::new(&unshare).args(hidden).arg(&*PROGRAM));
    let ask = |path: &str| {
        let answer = get(running.address(), path).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{path}: {answer}");
        answer
    };
    for path in ["/debug/pprof/heap", "/debug/pprof/allocs", "/livez"] {
        ask(path);
    }
    let metrics = ask("/metrics");
    assert!(metrics.contains("memgate_heap_live_bytes ") && !metrics.contains("resident_bytes"), "{metrics}");
    assert!(ask("/debug/pprof/").contains("<h1>Heap of process"));
    assert!(ask("/debug/pprof/heap?debug=1").contains("heap profile:"));
    assert!(ask("/debug/pprof/symbol?0x1").contains("num_symbols: "));
    // Nothing is known, and so nothing is wrong.
    let ready = ask("/readyz");
    assert!(ready.contains("\r\n\r\nok"), "{ready}");
}
