//! A request as it comes in. httparse reads the header: it is what hyper reads it with, has no dependency and no state, and takes
//! bytes rather than sockets.

use std::io::{ErrorKind, Result};
use std::time::Instant;

use super::connection::Connection;
use crate::respond::{Request, Response};

const MAX_HEADER_BYTES: usize = 16 << 10;
const MAX_HEADERS: usize = 64;

/// A request, as far as it was read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Incoming {
    pub(super) method: String,
    path: String,
    query: String,
    host: Option<String>,
    authorization: Option<Vec<u8>>,
    accept: Option<String>,
    body_bytes: usize,
    is_continue_expected: bool,
    body: Vec<u8>,
}

/// What came in.
#[derive(Debug)]
pub(super) enum Read {
    Request(Incoming),
    /// Nothing that could be answered as it was meant to be.
    Wrong(Response),
    /// Nothing at all.
    Nothing,
}

impl Incoming {
    /// Reads a request, until `deadline` at most.
    pub(super) fn read(connection: &mut Connection, deadline: Instant) -> Result<Read> {
        let mut bytes = Vec::with_capacity(1_024);
        let mut incoming = loop {
            let mut buffer = [0; 2_048];
            let count = match connection.read_until(&mut buffer, deadline) {
                Ok(0) if bytes.is_empty() => return Ok(Read::Nothing),
                Ok(0) => return Ok(wrong(400, "the request ends within its header")),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if is_timeout(error.kind()) => return Ok(wrong(408, "the request took too long")),
                Err(error) => return Err(error),
            };
            bytes.extend_from_slice(&buffer[..count]);
            match parse(&bytes) {
                Err(response) => return Ok(Read::Wrong(response)),
                Ok(Some((incoming, header_bytes))) => {
                    bytes.drain(..header_bytes);
                    break incoming;
                }
                Ok(None) if bytes.len() > MAX_HEADER_BYTES => {
                    return Ok(wrong(431, "the header is too large"));
                }
                Ok(None) => {}
            }
        };
        if incoming.is_continue_expected && bytes.len() < incoming.body_bytes {
            connection.write_until(b"HTTP/1.1 100 Continue\r\n\r\n", deadline)?;
        }
        while bytes.len() < incoming.body_bytes {
            let mut buffer = [0; 8_192];
            match connection.read_until(&mut buffer, deadline) {
                Ok(0) => return Ok(wrong(400, "the request ends within its body")),
                Ok(count) => bytes.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if is_timeout(error.kind()) => return Ok(wrong(408, "the request took too long")),
                Err(error) => return Err(error),
            }
        }
        bytes.truncate(incoming.body_bytes);
        incoming.body = bytes;
        Ok(Read::Request(incoming))
    }

    pub(super) fn as_request(&self) -> Request<'_> {
        Request {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            host: self.host.as_deref(),
            authorization: self.authorization.as_deref(),
            accept: self.accept.as_deref(),
            body: &self.body,
        }
    }
}

/// The header of a request and its length; none while it isn't there as a whole.
fn parse(bytes: &[u8]) -> std::result::Result<Option<(Incoming, usize)>, Response> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let length = match request.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => {
            return Err(Response::error(431, "there are too many headers"));
        }
        Err(_) => return Err(Response::error(400, "this is no HTTP request")),
    };
    let target = request.path.unwrap_or_default();
    // As it is sent to a proxy; what is behind it may be sent the same.
    let target = match target.strip_prefix("http://") {
        Some(rest) => rest.find('/').map_or("/", |slash| &rest[slash..]),
        None => target,
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut incoming = Incoming {
        method: request.method.unwrap_or_default().to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        ..Incoming::default()
    };
    let mut length_said = None;
    for header in request.headers.iter() {
        let text = || String::from_utf8_lossy(header.value).trim().to_owned();
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        if is("host") {
            // Of two, each reader would believe another.
            if incoming.host.replace(text()).is_some() {
                return Err(Response::error(400, "there are two hosts"));
            }
        } else if is("authorization") {
            incoming.authorization = Some(header.value.to_vec());
        } else if is("accept") {
            // Several lines are one list.
            let all = incoming.accept.get_or_insert_default();
            all.push_str(if all.is_empty() { "" } else { "," });
            all.push_str(&text());
        } else if is("expect") {
            incoming.is_continue_expected = text().eq_ignore_ascii_case("100-continue");
        } else if is("transfer-encoding") {
            return Err(Response::error(411, "the body needs a Content-Length"));
        } else if is("content-length") {
            let said = text();
            let count =
                said.bytes().all(|byte| byte.is_ascii_digit()).then(|| said.parse::<usize>().ok()).flatten();
            let Some(count) = count.filter(|count| length_said.is_none_or(|before| before == *count)) else {
                return Err(Response::error(400, "the Content-Length makes no sense"));
            };
            length_said = Some(count);
        }
    }
    incoming.body_bytes = length_said.unwrap_or(0);
    if incoming.body_bytes > Request::MAX_BODY_BYTES {
        return Err(Response::error(413, "the body is too large"));
    }
    Ok(Some((incoming, length)))
}

const fn is_timeout(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::TimedOut | ErrorKind::WouldBlock)
}

fn wrong(status: u16, text: &str) -> Read {
    Read::Wrong(Response::error(status, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(text: &str) -> u16 {
        parse(text.as_bytes()).unwrap_err().status
    }

    #[test]
    fn a_header_is_read_whole() {
        let text = "POST /debug/pprof/symbol?a=b HTTP/1.1\r\nhost: localhost:1\r\nACCEPT: a\r\nAccept: b;q=0.1\r\n\
                    Authorization: Bearer x\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n0x1";
        let (incoming, length) = parse(text.as_bytes()).unwrap().unwrap();
        assert_eq!(&text[length..], "0x1");
        let request = incoming.as_request();
        assert_eq!((request.method, request.path, request.query), ("POST", "/debug/pprof/symbol", "a=b"));
        assert_eq!((request.host, request.accept), (Some("localhost:1"), Some("a,b;q=0.1")));
        assert_eq!(request.authorization, Some(&b"Bearer x"[..]));
        assert!(incoming.is_continue_expected && incoming.body_bytes == 3);
        assert!(parse(&text.as_bytes()[..length - 1]).unwrap().is_none());
        let (incoming, _) = parse(b"GET http://a.b/c?d HTTP/1.0\r\n\r\n").unwrap().unwrap();
        assert_eq!((incoming.path.as_str(), incoming.query.as_str(), incoming.host), ("/c", "d", None));
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        assert_eq!(status("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
        assert_eq!(status("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"), 411);
        for length in ["-1", "+1", "x", "1, 2", "99999999999999999999999"] {
            assert_eq!(
                status(&format!("POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n")),
                400,
                "{length}"
            );
        }
        assert_eq!(status("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"), 400);
        assert_eq!(status("POST / HTTP/1.1\r\nContent-Length: 1048577\r\n\r\n"), 413);
        assert_eq!(status("\x16\x03\x01 hello\r\n\r\n"), 400);
        let many: String = (0..65).map(|index| format!("a{index}: b\r\n")).collect();
        assert_eq!(status(&format!("GET / HTTP/1.1\r\n{many}\r\n")), 431);
    }
}
