//! Servers with certificates, and proxies before them.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::github::{GitHub, response};
use crate::http::{converse, listen, serve};

/// A certificate that nobody has issued but itself.
pub(crate) struct Certificate {
    /// For those who trust it.
    pub(crate) pem: String,
    configuration: Arc<ServerConfig>,
}

impl Certificate {
    pub(crate) fn of(name: &str) -> Self {
        Self::until(name, 2999)
    }

    pub(crate) fn until(name: &str, year: i32) -> Self {
        let mut parameters = CertificateParams::new([name.to_owned()]).unwrap();
        parameters.not_before = date_time_ymd(2001, 1, 1);
        parameters.not_after = date_time_ymd(year, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = parameters.self_signed(&key).unwrap();
        let provider = rustls::crypto::ring::default_provider();
        let configuration = ServerConfig::builder_with_provider(provider.into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            );
        Self { pem: certificate.pem(), configuration: Arc::new(configuration.unwrap()) }
    }
}

/// GitHub behind a certificate.
pub(crate) struct TlsServer {
    pub(crate) address: SocketAddr,
    /// How many connections there were, whatever became of them.
    pub(crate) connections: Arc<AtomicUsize>,
}

impl TlsServer {
    pub(crate) fn new(github: &GitHub, certificate: &Certificate) -> Self {
        let (github, configuration) = (github.clone(), Arc::clone(&certificate.configuration));
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        let address = listen(move |stream| {
            counted.fetch_add(1, Ordering::SeqCst);
            let connection = ServerConnection::new(Arc::clone(&configuration)).unwrap();
            converse(StreamOwned::new(connection, stream), &|request| github.state().answer(request))
        });
        Self { address, connections }
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// A proxy that hands bytes on to one server, whatever it is asked for.
pub(crate) struct ConnectProxy {
    pub(crate) address: SocketAddr,
    /// What stood before the bytes.
    heads: Arc<Mutex<Vec<String>>>,
}

impl ConnectProxy {
    /// `refusal` is what it says instead.
    pub(crate) fn new(server: SocketAddr, refusal: Option<&'static str>) -> Self {
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&heads);
        let address = listen(move |client| {
            let mut reader = BufReader::new(client.try_clone()?);
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                if reader.read_line(&mut head)? == 0 {
                    return Ok(());
                }
            }
            seen.lock().unwrap().push(head);
            let mut client = client;
            if let Some(refusal) = refusal {
                return client
                    .write_all(format!("HTTP/1.1 {refusal}\r\nContent-Length: 0\r\n\r\n").as_bytes());
            }
            client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
            let mut server = TcpStream::connect(server)?;
            let (mut from_server, mut to_client) = (server.try_clone()?, client);
            std::thread::spawn(move || std::io::copy(&mut from_server, &mut to_client));
            std::io::copy(&mut reader, &mut server).map(drop)
        });
        Self { address, heads }
    }

    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

/// A proxy that reads the requests themselves and hands them on to GitHub, if they are sent as to a proxy.
pub(crate) fn forwarding_proxy(
    github: &GitHub,
    server: &'static str,
    credentials: Option<&'static str>,
) -> String {
    let github = github.clone();
    serve(move |mut request| {
        if request.proxy_authorization.as_deref() != credentials {
            return response(407, "<html>who are you?");
        }
        match request.target.strip_prefix(server) {
            Some(path) => {
                request.target = path.to_owned();
                github.state().answer(request)
            }
            None => response(400, "<html>for whom?"),
        }
    })
}
