//! The endpoint as a part of an axum server.

use std::sync::Arc;

use ::axum::Router;
use ::axum::body::{Body, to_bytes};
use ::axum::extract;
use ::axum::http::{HeaderValue, StatusCode, header, request::Parts};
use ::axum::response::{IntoResponse, Response as AxumResponse};

use super::options::Options;
use crate::listener::ServeError;
use crate::respond::{Request, Responder, Response};

impl Options {
    /// A router with every URL of the endpoint, to be merged into a server's own or served by itself. No layer may compress what it
    /// answers.
    ///
    /// # Errors
    /// When [`Heap`](crate::Heap) isn't the program's allocator, the token can't be had, or there is neither a token nor
    /// [`without_authentication`](Self::without_authentication): the router can't know from where requests come.
    ///
    /// # Example
    /// ```
    /// #[global_allocator]
    /// static HEAP: memgate_live::Heap = memgate_live::Heap::system();
    ///
    /// fn main() -> Result<(), memgate_live::ServeError> {
    ///     let live = memgate_live::Options::new().token("sesame").router()?;
    ///     let service: axum::Router = axum::Router::new().merge(live);
    ///     # drop(service);
    ///     Ok(())
    /// }
    /// ```
    pub fn router<S: Clone + Send + Sync + 'static>(self) -> Result<Router<S>, ServeError> {
        let responder = Arc::new(self.responder()?);
        let handle = move |request: extract::Request| answer(Arc::clone(&responder), request);
        let mut router = Router::new();
        for path in [
            "/debug/pprof",
            "/debug/pprof/",
            "/debug/pprof/{name}",
            "/metrics",
            "/livez",
            "/readyz",
            "/healthz",
        ] {
            router = router.route(path, ::axum::routing::any(handle.clone()));
        }
        Ok(router)
    }
}

async fn answer(responder: Arc<Responder>, request: extract::Request) -> AxumResponse {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, Request::MAX_BODY_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    // It blocks while it collects, and as long as `seconds=` says.
    match tokio::task::spawn_blocking(move || responder.respond(&as_request(&parts, &body))).await {
        Ok(response) => as_response(response),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
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

fn as_response(response: Response) -> AxumResponse {
    let mut builder = AxumResponse::builder().status(response.status);
    for (name, value) in response.headers {
        builder = builder.header(name, value);
    }
    builder
        .body(Body::from(response.body))
        .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}
