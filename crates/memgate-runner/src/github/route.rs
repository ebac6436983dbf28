//! The way to GitHub: straight, or through a proxy.

use std::error::Error;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tower_service::Service;

use super::proxy::Proxy;

type BoxError = Box<dyn Error + Send + Sync>;

/// Connects with the server or with a proxy, which may speak TLS itself.
type Direct = HttpsConnector<HttpConnector>;

/// Makes connections with GitHub.
pub(super) type Connector = HttpsConnector<Route>;

/// The way of a connection, up to the server's own TLS.
#[derive(Clone)]
pub(super) enum Route {
    Straight(HttpConnector),
    /// To the proxy, which hands all bytes on: what is inside it can't read.
    Tunnel(Tunnel<Direct>),
    /// To the proxy, which gets the requests themselves.
    Forward {
        proxy: Uri,
        direct: Direct,
    },
}

/// A connection of any of these ways.
pub(super) struct Stream {
    inner: MaybeHttpsStream<TokioIo<TcpStream>>,
    /// Whether requests are for a proxy, and so name their whole address.
    is_forwarded: bool,
}

/// What went wrong on the way to the server, before its own TLS, when there is a proxy.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProxyError {
    /// It could not be reached.
    #[error("it can't be reached")]
    Unreachable(#[source] BoxError),
    /// It asks for a user and a password, or for others.
    #[error("it wants a user and a password that it knows")]
    Unauthorized,
    /// It would not connect.
    #[error("it does not connect us with the server")]
    Refused,
}

/// The connector for a server behind `proxy`.
pub(super) fn connector(
    proxy: Option<&Proxy>,
    is_tls: bool,
    configuration: ClientConfig,
    connect_timeout: Duration,
) -> Connector {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_connect_timeout(Some(connect_timeout));
    let configuration = Arc::new(configuration);
    let direct = || Direct::from((http.clone(), Arc::clone(&configuration)));
    let route = match proxy {
        None => Route::Straight(http.clone()),
        Some(proxy) if is_tls => {
            let tunnel = Tunnel::new(proxy.uri.clone(), direct());
            Route::Tunnel(match &proxy.authorization {
                Some(authorization) => tunnel.with_auth(authorization.clone()),
                None => tunnel,
            })
        }
        Some(proxy) => Route::Forward { proxy: proxy.uri.clone(), direct: direct() },
    };
    Connector::from((route, configuration))
}

impl Service<Uri> for Route {
    type Response = Stream;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        match self {
            Self::Straight(http) => http.poll_ready(context).map_err(Into::into),
            Self::Tunnel(tunnel) => tunnel.poll_ready(context).map_err(Into::into),
            Self::Forward { direct, .. } => direct.poll_ready(context),
        }
    }

    fn call(&mut self, server: Uri) -> Self::Future {
        match self {
            Self::Straight(http) => {
                let connecting = http.call(server);
                Box::pin(async move {
                    Ok(Stream { inner: MaybeHttpsStream::Http(connecting.await?), is_forwarded: false })
                })
            }
            Self::Tunnel(tunnel) => {
                let connecting = tunnel.call(server);
                Box::pin(async move {
                    let inner = connecting.await.map_err(tunnel_error)?;
                    Ok(Stream { inner, is_forwarded: false })
                })
            }
            Self::Forward { proxy, direct } => {
                let connecting = direct.call(proxy.clone());
                Box::pin(async move {
                    let inner = connecting.await.map_err(ProxyError::Unreachable)?;
                    Ok(Stream { inner, is_forwarded: true })
                })
            }
        }
    }
}

/// The tunnel's own error has no name that could be used here.
fn tunnel_error(error: impl Error + Send + Sync + 'static) -> ProxyError {
    let text = error.to_string();
    if error.source().is_some() {
        ProxyError::Unreachable(Box::new(error))
    } else if text.ends_with("authorization required") {
        ProxyError::Unauthorized
    } else {
        ProxyError::Refused
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        self.inner.connected().proxy(self.is_forwarded)
    }
}

impl Read for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_read(context, buffer)
    }
}

impl Write for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(context)
    }
}
