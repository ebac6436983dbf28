//! The endpoint as a service of tower's, and so of hyper's.

use std::convert::Infallible;
use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use ::http::{HeaderValue, StatusCode, header, request::Parts};
use ::http_body::Body;
use ::http_body_util::{BodyExt, Full, Limited};
use bytes::Bytes;
use tower_service::Service;

use super::options::Options;
use crate::listener::ServeError;
use crate::respond::{Request, Responder, Response};

/// Answers requests of tower's and hyper's; made by [`Options::service`].
#[derive(Clone, Debug)]
pub struct LiveService {
    responder: Arc<Responder>,
}

impl Options {
    /// A service with every URL of the endpoint, for any server that takes one of tower's; it needs a runtime of tokio's, whose threads for
    /// what blocks collect. No layer may compress what it answers.
    ///
    /// # Errors
    /// When [`Heap`](crate::Heap) isn't the program's allocator, the token can't be had, or there is neither a token nor
    /// [`without_authentication`](Self::without_authentication): the service can't know from where requests come.
    ///
    /// # Example
    /// ```
    /// #[global_allocator]
    /// static HEAP: memgate_live::Heap = memgate_live::Heap::system();
    ///
    /// fn main() -> Result<(), memgate_live::ServeError> {
    ///     let live = memgate_live::Options::new().token("sesame").service()?;
    ///     // hyper_util::service::TowerToHyperService::new(live), or wherever a tower::Service goes.
    ///     # drop(live);
    ///     Ok(())
    /// }
    /// ```
    pub fn service(self) -> Result<LiveService, ServeError> {
        Ok(LiveService { responder: Arc::new(self.responder()?) })
    }
}

impl<B> Service<::http::Request<B>> for LiveService
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Response = ::http::Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: ::http::Request<B>) -> Self::Future {
        let responder = Arc::clone(&self.responder);
        Box::pin(async move { Ok(answer(responder, request).await) })
    }
}

async fn answer<B>(responder: Arc<Responder>, request: ::http::Request<B>) -> ::http::Response<Full<Bytes>>
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, Request::MAX_BODY_BYTES).collect().await else {
        return empty(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let body = body.to_bytes();
    // It blocks while it collects, and as long as `seconds=` says.
    match tokio::task::spawn_blocking(move || responder.respond(&as_request(&parts, &body))).await {
        Ok(response) => as_response(response),
        Err(_) => empty(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

fn as_request<'a>(parts: &'a Parts, body: &'a [u8]) -> Request<'a> {
    let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    Request {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        host: text(header::HOST),
        authorization: parts.headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes),
        accept: text(header::ACCEPT),
        body,
    }
}

fn as_response(response: Response) -> ::http::Response<Full<Bytes>> {
    let mut builder = ::http::Response::builder().status(response.status);
    for (name, value) in response.headers {
        builder = builder.header(name, value);
    }
    builder.body(response.body.into()).unwrap_or_else(|_| empty(StatusCode::INTERNAL_SERVER_ERROR))
}

fn empty(status: StatusCode) -> ::http::Response<Full<Bytes>> {
    let mut response = ::http::Response::new(Full::default());
    *response.status_mut() = status;
    response
}
