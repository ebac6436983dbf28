//! Over real sockets.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
#[cfg(unix)]
use std::os::unix::{
    fs::PermissionsExt,
    net::{UnixListener, UnixStream},
};
#[cfg(unix)]
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::exchange::Times;
use super::{Server, Socket};
use crate::log::Log;
#[cfg(unix)]
use crate::profile::samples::{estimate, profile, stack};
use crate::respond::Responder;
use crate::respond::by_hand::{ByHand, settings};

const ANY: &str = "127.0.0.1:0";

fn start(source: &ByHand, times: Times) -> (Server, SocketAddr) {
    let responder = Responder::new(settings(None), Box::new(source.clone()));
    let server = Server::start_with(
        Socket::tcp(&[ANY.parse().unwrap()]).unwrap(),
        responder,
        times,
        Log::default(),
        None,
    )
    .unwrap();
    let address = server.address().unwrap();
    (server, address)
}

fn quick() -> Times {
    Times { reading: Duration::from_millis(300), writing: Duration::from_millis(300) }
}

/// What comes back for bytes that are sent.
fn ask(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    // Whoever is turned away at once may not take all of it.
    let _ = stream.write_all(bytes);
    answer(&mut stream)
}

fn answer(stream: &mut impl Read) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").into_bytes()
}

/// A source whose profile is a megabyte.
#[cfg(unix)]
fn large() -> ByHand {
    let source = ByHand::default();
    let stacks = (0..2_000_usize)
        .map(|index| {
            let addresses: Vec<usize> = (0..30).map(|depth| index * 64 + depth + 1).collect();
            stack(&addresses, estimate(1, 1.0), estimate(1, 1.0))
        })
        .collect();
    *source.profile.lock().unwrap() = profile(stacks);
    source
}

#[test]
fn a_request_is_answered_and_the_connection_closed() {
    let (_server, address) = start(&ByHand::default(), Times::default());
    let whole = ask(address, &get("/livez"));
    assert!(whole.starts_with("HTTP/1.1 200 OK\r\n"), "{whole}");
    assert!(whole.contains("Content-Length: 3\r\nConnection: close\r\n\r\nok\n"), "{whole}");
    let head = ask(address, b"HEAD /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert!(head.contains("Content-Length: 3\r\n") && head.ends_with("\r\n\r\n"), "{head}");
    let foreign = ask(address, b"GET /debug/pprof/heap HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    assert!(foreign.starts_with("HTTP/1.1 403 "), "{foreign}");
}

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[test]
fn a_body_may_come_in_pieces() {
    let (_server, address) = start(&ByHand::default(), Times::default());
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    for part in [
        "POST /debug/pprof/symbol HT",
        "TP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n",
        "Content-Length: 4\r\n\r\n",
    ] {
        stream.write_all(part.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut buffer = [0; 25];
    stream.read_exact(&mut buffer).unwrap();
    assert_eq!(&buffer, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"0x10").unwrap();
    let rest = answer(&mut stream);
    assert!(rest.ends_with("\r\n\r\nnum_symbols: 1\n"), "{rest}");
}

#[test]
fn what_is_no_request_is_refused_and_harms_nobody() {
    let (_server, address) = start(&ByHand::default(), quick());
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(100_000));
    let many = format!(
        "POST /debug/pprof/symbol HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n{}",
        "a".repeat(500_000)
    );
    for (bytes, status) in [
        (&b"\x16\x03\x01\x02\x00hello\r\n\r\n"[..], "400"),
        (b"GET / HTTP/1.1\r\nHost: a", "408"),
        (b"POST /debug/pprof/symbol HTTP/1.1\r\nContent-Length: 9\r\n\r\n0x1", "408"),
        (long.as_bytes(), "431"),
        (many.as_bytes(), "413"),
    ] {
        let answer = ask(address, bytes);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{status}: {answer}");
    }
    drop(TcpStream::connect(address).unwrap());
    assert!(ask(address, &get("/livez")).ends_with("ok\n"));
}

#[cfg(unix)]
#[test]
fn readers_that_do_not_read_are_given_up() {
    // A Unix socket, whose buffers do not grow: one of TCP takes megabytes by itself.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("heap.sock");
    let responder = Responder::new(settings(None), Box::new(large()));
    let server =
        Server::start_with(Socket::unix(&path).unwrap(), responder, quick(), Log::default(), None).unwrap();
    let slow: Vec<UnixStream> = (0..12)
        .map(|_| {
            let mut stream = UnixStream::connect(&path).unwrap();
            stream.write_all(&get("/debug/pprof/heap?debug=1")).unwrap();
            stream
        })
        .collect();
    // Nobody else notices.
    let ask = |target: &str| {
        let mut stream = UnixStream::connect(&path).unwrap();
        stream.write_all(&get(target)).unwrap();
        answer(&mut stream)
    };
    assert!(ask("/livez").ends_with("ok\n"));
    while server.open_connections() > 0 {
        std::thread::sleep(Duration::from_millis(10));
    }
    for mut stream in slow {
        let answer = answer(&mut stream);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let length: usize =
            head.split("Content-Length: ").nth(1).unwrap().split('\r').next().unwrap().parse().unwrap();
        assert!(head.starts_with("HTTP/1.1 503 ") || body.len() < length, "{head}");
    }
    assert!(ask("/debug/pprof/heap").starts_with("HTTP/1.1 200 OK"));
}

#[test]
fn a_hundred_at_once_are_all_told_something() {
    let source = ByHand::default();
    let (server, address) = start(&source, Times::default());
    let delay = source.delay.lock().unwrap();
    let mut streams: Vec<TcpStream> = (0..100)
        .map(|_| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(&get("/debug/pprof/heap")).unwrap();
            stream
        })
        .collect();
    assert!(server.open_connections() <= 64);
    std::thread::sleep(Duration::from_millis(1_200));
    assert!(ask(address, &get("/livez")).ends_with("ok\n"));
    drop(delay);
    let answers: Vec<String> = streams.iter_mut().map(answer).collect();
    let count = |status: &str| answers.iter().filter(|answer| answer.starts_with(status)).count();
    assert_eq!(count("HTTP/1.1 200 ") + count("HTTP/1.1 503 "), 100, "{answers:?}");
    assert!(count("HTTP/1.1 200 ") >= 1);
    assert!(
        answers.iter().all(|answer| answer.starts_with("HTTP/1.1 200") || answer.contains("Retry-After: 1"))
    );
}

#[cfg(unix)]
#[test]
fn dropping_ends_everything() {
    // A port would be anybody's as soon as it is closed, and so another test's.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("live");
    let responder = Responder::new(settings(None), Box::new(ByHand::default()));
    let socket = Socket::unix(&path).unwrap();
    let server = Server::start_with(socket, responder, Times::default(), Log::default(), None).unwrap();
    let mut waiting = UnixStream::connect(&path).unwrap();
    waiting.write_all(&get("/debug/pprof/heap?seconds=60")).unwrap();
    let mut silent = UnixStream::connect(&path).unwrap();
    while server.open_connections() < 2 {
        std::thread::sleep(Duration::from_millis(1));
    }
    drop(server);
    answer(&mut waiting);
    assert_eq!(answer(&mut silent), "");
    assert!(UnixStream::connect(&path).is_err());
}

#[test]
fn a_port_in_use_is_an_error() {
    let (_server, address) = start(&ByHand::default(), Times::default());
    assert_eq!(Socket::tcp(&[address]).unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
}

#[cfg(unix)]
#[test]
fn a_unix_socket_is_for_its_user_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("heap.sock");
    // Of a process that is gone.
    drop(UnixListener::bind(&path).unwrap());
    let responder = Responder::new(settings(None), Box::new(ByHand::default()));
    let server =
        Server::start_with(Socket::unix(&path).unwrap(), responder, Times::default(), Log::default(), None)
            .unwrap();
    assert_eq!(server.address(), None);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let mut stream = UnixStream::connect(&path).unwrap();
    stream.write_all(&get("/livez")).unwrap();
    assert!(answer(&mut stream).ends_with("ok\n"));
    assert_eq!(Socket::unix(&path).unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
    drop(server);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    std::fs::write(&path, "somebody's file").unwrap();
    assert_eq!(Socket::unix(&path).unwrap_err().kind(), std::io::ErrorKind::AlreadyExists);
}

#[cfg(unix)]
#[test]
fn a_unix_socket_may_have_any_path_that_the_system_takes() {
    let folder = tempfile::tempdir().unwrap();
    let is_listened_at = |path: &Path| {
        let is_taken = UnixListener::bind(path).is_ok();
        let _ = std::fs::remove_file(path);
        assert_eq!(Socket::unix(path).is_ok(), is_taken, "{} bytes", path.as_os_str().len());
        is_taken
    };
    assert!(is_listened_at(&folder.path().join("s")));
    let longest = |names: &dyn Fn(usize) -> PathBuf| {
        let longest = (1..120).rev().map(names).find(|path| is_listened_at(path)).unwrap();
        assert!(longest.as_os_str().len() > 100, "{}", longest.display());
    };
    longest(&|length| folder.path().join("s".repeat(length)));
    // A long folder leaves room for a name of one letter.
    longest(&|length| {
        let folder = folder.path().join("f".repeat(length));
        std::fs::create_dir(&folder).unwrap();
        folder.join("s")
    });
}
