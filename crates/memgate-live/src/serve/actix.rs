//! The endpoint as a part of an actix-web application.

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Bytes, PayloadConfig, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use super::options::Options;
use crate::listener::ServeError;
use crate::respond::{Request, Responder, Response};

impl Options {
    /// Every URL of the endpoint, for `App::configure`. No middleware may compress what it answers.
    ///
    /// # Errors
    /// When [`Heap`](crate::Heap) isn't the program's allocator, the token can't be had, or there is neither a token nor
    /// [`without_authentication`](Self::without_authentication): the application can't know from where requests come.
    ///
    /// # Example
    /// ```
    /// #[global_allocator]
    /// static HEAP: memgate_live::Heap = memgate_live::Heap::system();
    ///
    /// fn main() -> Result<(), memgate_live::ServeError> {
    ///     let live = memgate_live::Options::new().token("sesame").actix()?;
    ///     let server = actix_web::HttpServer::new(move || actix_web::App::new().configure(live.clone()));
    ///     # drop(server);
    ///     Ok(())
    /// }
    /// ```
    pub fn actix(self) -> Result<impl Fn(&mut ServiceConfig) + Clone + Send + 'static, ServeError> {
        let responder = Arc::new(self.responder()?);
        Ok(move |application: &mut ServiceConfig| {
            for path in Responder::ROUTES {
                let responder = Arc::clone(&responder);
                let handle = move |request, body| answer(Arc::clone(&responder), request, body);
                let resource = web::resource(path).app_data(PayloadConfig::new(Request::MAX_BODY_BYTES));
                application.service(resource.default_service(web::to(handle)));
            }
        })
    }
}

async fn answer(responder: Arc<Responder>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let (host, accept) = (text(header::HOST), text(header::ACCEPT));
    let authorization = request.headers().get(header::AUTHORIZATION).map(|value| value.as_bytes().to_vec());
    // It blocks while it collects, and as long as `seconds=` says.
    let answered = web::block(move || {
        responder.respond(&Request {
            method: method.as_str(),
            path: uri.path(),
            query: uri.query().unwrap_or_default(),
            host: host.as_deref(),
            authorization: authorization.as_deref(),
            accept: accept.as_deref(),
            body: &body,
        })
    });
    answered.await.map_or_else(|_| HttpResponse::InternalServerError().finish(), as_response)
}

fn as_response(response: Response) -> HttpResponse {
    let status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut builder = HttpResponse::build(status);
    for header in response.headers {
        builder.insert_header(header);
    }
    builder.body(response.body)
}
