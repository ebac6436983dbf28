//! What it means that there is no answer: whether trying again may help, and whose fault it is.

use std::error::Error;
use std::io;

use http::StatusCode;
use rustls::Error as TlsError;

use super::answer::Fault;
use super::excerpt::excerpt;
use super::proxy::Proxy;
use super::route::ProxyError;
use super::trust;
use crate::comment::CommentError;

/// The way on which there was no answer.
pub(super) struct Way<'a> {
    /// The host of the server.
    pub(super) server: &'a str,
    /// The proxy before it.
    pub(super) proxy: Option<&'a Proxy>,
    /// The token, so that it is not shown.
    pub(super) secret: &'a str,
}

impl Way<'_> {
    /// What an error of the client's means.
    pub(super) fn fault(&self, error: &(dyn Error + 'static)) -> Fault {
        let causes = causes(error);
        let of_proxy = causes.iter().find_map(|cause| cause.downcast_ref::<ProxyError>());
        let of_tls = causes.iter().find_map(|cause| cause.downcast_ref::<TlsError>());
        let problem = problem(error, self.secret);
        if let Some(TlsError::InvalidCertificate(certificate)) = of_tls {
            let host = self.proxy.filter(|_| of_proxy.is_some()).map_or(self.server, Proxy::host);
            return Fault::Lasting(CommentError::Certificate {
                host: host.to_owned(),
                problem: trust::problem(certificate),
                advice: trust::advice(certificate),
            });
        }
        if let (Some(error), Some(proxy)) = (of_proxy, self.proxy) {
            let problem = match error {
                ProxyError::Unreachable(_) => format!("{error}: {problem}"),
                ProxyError::Unauthorized | ProxyError::Refused => error.to_string(),
            };
            let is_lasting = matches!(error, ProxyError::Unauthorized) || of_tls.is_some_and(is_lasting);
            let error = proxy_error(proxy, problem);
            return if is_lasting { Fault::Lasting(error) } else { Fault::Passing { error, wait: None } };
        }
        match self.passing(&problem) {
            Fault::Passing { error, .. } if of_tls.is_some_and(is_lasting) => Fault::Lasting(error),
            fault => fault,
        }
    }

    /// What may be better the next time.
    pub(super) fn passing(&self, problem: &str) -> Fault {
        let through = self.proxy.map_or_else(String::new, |proxy| {
            format!(", through the proxy {} of {}", proxy.host(), proxy.variable)
        });
        let error = CommentError::Unreachable { problem: format!("{problem}{through}") };
        Fault::Passing { error, wait: None }
    }

    /// Checks that an answer is not the proxy's own that it does not know us.
    pub(super) fn check_status(&self, status: StatusCode) -> Result<(), Fault> {
        match self.proxy {
            Some(proxy) if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                Err(Fault::Lasting(proxy_error(proxy, ProxyError::Unauthorized.to_string())))
            }
            _ => Ok(()),
        }
    }
}

fn proxy_error(proxy: &Proxy, problem: String) -> CommentError {
    CommentError::Proxy { variable: proxy.variable, proxy: proxy.host().to_owned(), problem }
}

/// Whether two that want to speak TLS with each other never will.
fn is_lasting(error: &TlsError) -> bool {
    matches!(
        error,
        TlsError::InvalidMessage(_) | TlsError::PeerIncompatible(_) | TlsError::NoCertificatesPresented
    )
}

/// The innermost cause of an error: what is around it says only that there was one.
pub(super) fn problem(error: &(dyn Error + 'static), secret: &str) -> String {
    let innermost = causes(error).pop().unwrap_or(error);
    excerpt(&innermost.to_string(), secret)
}

/// An error and its causes, the innermost last.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    let mut causes = vec![error];
    let mut cause = error;
    loop {
        // What is inside such an error is not its source; only the source of that is.
        let inside = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let inside = inside.map(|inside| -> &'a (dyn Error + 'static) { inside });
        let Some(next) = inside.or_else(|| cause.source()) else { return causes };
        causes.push(next);
        cause = next;
    }
}
