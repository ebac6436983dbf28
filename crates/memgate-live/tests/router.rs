//! The endpoint within an axum server.
#![cfg(feature = "axum")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use memgate_live::{Options, ServeError};

#[global_allocator]
static HEAP: memgate_live::Heap = memgate_live::Heap::system();

fn ask(address: SocketAddr, head: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "{head}\r\nHost: service.example\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_service_serves_its_heap_behind_a_token() {
    assert!(matches!(Options::new().router::<()>(), Err(ServeError::NeedsToken(None))));
    let live = Options::new().token("sesame").router().unwrap();
    let service = axum::Router::new().route("/", axum::routing::get(|| async { "hello" })).merge(live);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(async { axum::serve(listener, service).await });

    let token = "Authorization: Bearer sesame";
    assert!(ask(address, "GET / HTTP/1.1").ends_with("hello"));
    for path in ["/debug/pprof/", "/debug/pprof/heap", "/debug/pprof/symbol", "/metrics"] {
        let refused = ask(address, &format!("GET {path} HTTP/1.1"));
        assert!(refused.starts_with("HTTP/1.1 401 ") && refused.contains("x-go-pprof: 1\r\n"), "{refused}");
        let answer = ask(address, &format!("GET {path} HTTP/1.1\r\n{token}"));
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
    assert!(ask(address, "GET /livez HTTP/1.1").ends_with("ok\n"));
    let missing = ask(address, &format!("GET /debug/pprof/trace HTTP/1.1\r\n{token}"));
    assert!(missing.starts_with("HTTP/1.1 404 ") && missing.contains("has no trace"), "{missing}");
    // The body of a POST, which no other request of this test has.
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "POST /debug/pprof/symbol HTTP/1.1\r\n{token}\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\n\r\n0x1")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    // Symbols are read of executables of 64 bits.
    let is_known = i32::from(cfg!(all(target_os = "linux", target_pointer_width = "64")));
    assert!(answer.ends_with(&format!("num_symbols: {is_known}\n")), "{answer}");
}
