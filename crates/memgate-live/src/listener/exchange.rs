//! One request and its response. A connection has no second: probes and scrapers come every few seconds at most.

use std::io::Result;
use std::net::Shutdown;
use std::time::{Duration, Instant};

use super::connection::Connection;
use super::incoming::{Incoming, Read};
use crate::respond::{Gate, Responder, Response};

/// How long what may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    pub(super) reading: Duration,
    pub(super) writing: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self { reading: Duration::from_secs(10), writing: Duration::from_secs(30) }
    }
}

/// A body from here on counts as a large one.
const LARGE_BYTES: usize = 64 << 10;

/// Answers the one request of a connection. `large` bounds how many large bodies slow readers can keep here.
pub(super) fn exchange(
    connection: &mut Connection,
    responder: &Responder,
    large: &Gate,
    times: Times,
) -> Result<()> {
    let (response, is_whole, is_head) = match Incoming::read(connection, Instant::now() + times.reading)? {
        Read::Nothing => return Ok(()),
        Read::Wrong(response) => (response, false, false),
        Read::Request(incoming) => {
            (responder.respond(&incoming.as_request()), true, incoming.method == "HEAD")
        }
    };
    let place = if response.body.len() > LARGE_BYTES { large.enter().map(Some) } else { Some(None) };
    let response = match place {
        Some(_) => response,
        None => Response::error(503, "others are reading large profiles already").with("Retry-After", "5"),
    };
    let result = send(connection, &response, is_head, Instant::now() + times.writing);
    connection.shut_down(Shutdown::Write);
    if !is_whole {
        // With something unread, closing would take the response away from the client.
        drain(connection, Instant::now() + Duration::from_millis(500));
    }
    drop(place);
    result
}

/// Sends a response, until `deadline` at most.
pub(super) fn send(
    connection: &mut Connection,
    response: &Response,
    is_head: bool,
    deadline: Instant,
) -> Result<()> {
    let mut head = format!("HTTP/1.1 {} {}\r\n", response.status, reason(response.status));
    for (name, value) in &response.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\nConnection: close\r\n\r\n", response.body.len()));
    connection.write_until(head.as_bytes(), deadline)?;
    if is_head { Ok(()) } else { connection.write_until(&response.body, deadline) }
}

/// Reads what is still coming, within bounds.
fn drain(connection: &mut Connection, deadline: Instant) {
    let mut buffer = [0; 4_096];
    for _ in 0..512 {
        if !matches!(connection.read_until(&mut buffer, deadline), Ok(1..)) {
            break;
        }
    }
}

const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        411 => "Length Required",
        413 => "Content Too Large",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        _ => "",
    }
}
