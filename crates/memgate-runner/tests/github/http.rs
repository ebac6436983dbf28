//! As much of HTTP/1.1 as it takes, with the ways in which a connection can go wrong.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use rustls::{ServerConnection, StreamOwned};

/// A request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) authorization: Option<String>,
    pub(crate) proxy_authorization: Option<String>,
    pub(crate) body: String,
}

/// What is sent back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) ending: Ending,
}

/// How the answer ends.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Ending {
    #[default]
    Whole,
    /// After half of the body.
    Half,
    /// After half of the body, with a reset.
    Reset,
    /// Before its first byte.
    Nothing,
    /// Never, as far as the client can tell.
    Silence,
}

/// A connection, whatever is around the bytes.
pub(crate) trait Connection: Read + Write {
    fn socket(&self) -> &TcpStream;
}

impl Connection for TcpStream {
    fn socket(&self) -> &TcpStream {
        self
    }
}

impl Connection for StreamOwned<ServerConnection, TcpStream> {
    fn socket(&self) -> &TcpStream {
        &self.sock
    }
}

/// Serves until the process ends, one thread a connection, and gives the address.
pub(crate) fn serve(answer: impl Fn(Request) -> Response + Send + Sync + 'static) -> String {
    let address = listen(move |stream| converse(stream, &answer));
    format!("http://{address}")
}

/// Has a thread for each connection until the process ends, and gives the address.
pub(crate) fn listen(serve: impl Fn(TcpStream) -> std::io::Result<()> + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = Arc::new(serve);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let serve = Arc::clone(&serve);
            // A client that goes away is the client's affair.
            std::thread::spawn(move || drop(serve(stream.unwrap())));
        }
    });
    address
}

pub(crate) fn converse(stream: impl Connection, answer: &dyn Fn(Request) -> Response) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    while let Some(request) = read_request(&mut reader)? {
        let response = answer(request);
        let Response { status, headers, body, ending } = &response;
        let mut head = format!("HTTP/1.1 {status} Status\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        let text = format!("{head}\r\n{body}");
        let stream = reader.get_mut();
        match ending {
            Ending::Whole => stream.write_all(text.as_bytes())?,
            Ending::Half => return stream.write_all(&text.as_bytes()[..text.len() - body.len() / 2]),
            Ending::Reset => {
                stream.write_all(&text.as_bytes()[..text.len() - body.len() / 2])?;
                let socket = socket2::SockRef::from(stream.socket());
                return socket.set_linger(Some(std::time::Duration::ZERO));
            }
            Ending::Nothing => return Ok(()),
            // Until the client hangs up.
            Ending::Silence => return stream.read(&mut [0]).map(drop),
        }
    }
    Ok(())
}

fn read_request(reader: &mut impl BufRead) -> std::io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let (mut length, mut authorization, mut proxy_authorization) = (0, None, None);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "authorization" => authorization = Some(value.to_owned()),
            "proxy-authorization" => proxy_authorization = Some(value.to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8(body).unwrap();
    Ok(Some(Request { method, target, authorization, proxy_authorization, body }))
}
