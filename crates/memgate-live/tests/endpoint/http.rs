//! A client that does nothing by itself.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Mutex, MutexGuard, PoisonError};

use memgate_live::{Options, Server};

/// A process serves its heap once.
static ONCE: Mutex<()> = Mutex::new(());

/// The endpoint, while a test has it for itself.
pub(crate) struct Live {
    server: Server,
    _once: MutexGuard<'static, ()>,
}

impl Live {
    pub(crate) fn start() -> Self {
        Self::with(Options::new())
    }

    pub(crate) fn with(options: Options) -> Self {
        let once = once();
        Self { server: options.serve("127.0.0.1:0").unwrap(), _once: once }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address().unwrap()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address())
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "", b"")
    }

    /// `headers` are whole lines.
    pub(crate) fn ask(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> Answer {
        ask(&self.address().to_string(), method, path, headers, body)
    }
}

/// Asks whoever serves at an address; `headers` are whole lines.
pub(crate) fn ask(address: &str, method: &str, path: &str, headers: &str, body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    let host = if headers.contains("Host:") { String::new() } else { format!("Host: {address}\r\n") };
    let length = body.len();
    write!(stream, "{method} {path} HTTP/1.1\r\n{host}{headers}Content-Length: {length}\r\n\r\n").unwrap();
    stream.write_all(body).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head, body: bytes.split_off(end + 4) }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// Nobody else serves meanwhile.
pub(crate) fn once() -> MutexGuard<'static, ()> {
    ONCE.lock().unwrap_or_else(PoisonError::into_inner)
}
