//! The examples in which the endpoint is a part of somebody else's server, built and asked.
#![cfg(any(feature = "tower", feature = "actix"))]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// An example that runs until this is dropped.
struct Running {
    child: Child,
    address: String,
}

impl Running {
    /// Cargo builds examples with the tests, unless it is asked for this one alone.
    fn start(example: &str) -> Self {
        let tests = std::env::current_exe().unwrap();
        let folder = tests.parent().and_then(|folder| folder.parent()).unwrap();
        let program = folder.join("examples").join(example);
        let child = Command::new(&program)
            .envs([("LIVE_TOKEN", "sesame"), ("LIVE_ADDRESS", "127.0.0.1:0")])
            .stdout(Stdio::piped())
            .spawn();
        let mut child = child.unwrap_or_else(|error| {
            panic!("failed to start {}: {error}; cargo builds it with all tests", program.display())
        });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.next().unwrap().unwrap();
        Self { child, address }
    }

    fn ask(&self, request: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        // A server that has heard enough may close the connection before all is written, and what it answered may be lost by that.
        let head = format!(
            "{request}\r\nHost: service.example\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
        );
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

const TOKEN: &str = "Authorization: Bearer sesame";

fn serves_everything_behind_its_token(service: &Running) {
    for path in [
        "/debug/pprof/",
        "/debug/pprof/heap",
        "/debug/pprof/allocs?seconds=1",
        "/metrics",
        "/debug/pprof/symbol",
    ] {
        let refused = service.ask(&format!("GET {path} HTTP/1.1"), "");
        assert!(refused.starts_with("HTTP/1.1 401 ") && refused.contains("x-go-pprof: 1\r\n"), "{refused}");
        let answer = service.ask(&format!("GET {path} HTTP/1.1\r\n{TOKEN}"), "");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
    let profile = service.ask(&format!("GET /debug/pprof/heap HTTP/1.1\r\n{TOKEN}"), "");
    assert!(profile.contains("content-type: application/octet-stream\r\n"), "{profile}");
    assert!(service.ask("GET /livez HTTP/1.1", "").ends_with("ok\n"));
    let page = service.ask(&format!("GET /debug/pprof HTTP/1.1\r\n{TOKEN}"), "");
    assert!(page.contains("location: pprof/\r\n"), "{page}");
    let missing = service.ask(&format!("GET /debug/pprof/trace HTTP/1.1\r\n{TOKEN}"), "");
    assert!(missing.starts_with("HTTP/1.1 404 ") && missing.contains("has no trace"), "{missing}");
    let symbols = format!("POST /debug/pprof/symbol HTTP/1.1\r\n{TOKEN}");
    // A question that is longer than frameworks take unless they are told to.
    let answer = service.ask(&symbols, &"0x1+".repeat(100_000));
    assert!(answer.ends_with("num_symbols: 1\n"), "{answer}");
    let refused = service.ask(&symbols, &"0x1+".repeat(300_000));
    assert!(refused.is_empty() || refused.starts_with("HTTP/1.1 413 "), "{refused}");
    let refused = service.ask(&format!("DELETE /debug/pprof/heap HTTP/1.1\r\n{TOKEN}"), "");
    assert!(refused.starts_with("HTTP/1.1 405 "), "{refused}");
}

#[cfg(feature = "tower")]
#[test]
fn a_server_of_hypers_serves_its_heap() {
    serves_everything_behind_its_token(&Running::start("hyper_service"));
}

#[cfg(feature = "actix")]
#[test]
fn an_application_of_actix_serves_its_heap() {
    let service = Running::start("actix_service");
    serves_everything_behind_its_token(&service);
    assert!(service.ask("GET / HTTP/1.1", "").ends_with("hello"));
}
