//! One request at a time, within time and size.

use std::time::{SystemTime, UNIX_EPOCH};

use http::uri::Scheme;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper_util::client::legacy;
use hyper_util::rt::TokioExecutor;
use octocrab::{AuthState, OctoBody, Octocrab, OctocrabBuilder};
use serde::Serialize;

use super::answer::{About, Fault, judge, parse};
use super::endpoint::Endpoint;
use super::patience::{Patience, Waiting};
use super::proxy::{Proxy, ProxyVariables};
use super::token::Token;
use super::unanswered::{Way, problem};
use super::{route, trust};
use crate::comment::CommentError;

/// The largest answer: a hundred comments of 65,536 characters, each as long as JSON can make it.
const MAXIMUM_ANSWER_BYTES: usize = 64 << 20;

/// How many redirects are followed. GitHub sends one for a repository that was renamed.
const MAXIMUM_REDIRECTS: usize = 3;

/// How many pages of a list are read; GitHub has at most 2,500 comments on a pull request.
const MAXIMUM_PAGES: usize = 100;

/// Sends requests, one after the other.
pub(super) struct Client {
    crab: Octocrab,
    endpoint: Endpoint,
    token: Token,
    proxy: Option<Proxy>,
    patience: Patience,
    waiting: Waiting,
}

/// What came back and is no failure.
struct Answer {
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Client {
    /// Must be called within tokio's runtime.
    pub(super) fn new(
        api_url: &str,
        token: Token,
        proxies: &ProxyVariables,
        patience: Patience,
    ) -> Result<Self, CommentError> {
        let endpoint = Endpoint::parse(api_url)?;
        let proxy = proxies.proxy_for(&endpoint.origin())?;
        let proxy_has_tls = proxy.as_ref().is_some_and(|proxy| proxy.uri.scheme() == Some(&Scheme::HTTPS));
        // Where no certificate is looked at, none needs to be there.
        let configuration =
            if endpoint.is_tls() || proxy_has_tls { trust::configuration() } else { trust::none() };
        let connect_timeout = patience.connect_timeout;
        let connector = route::connector(proxy.as_ref(), endpoint.is_tls(), configuration?, connect_timeout);
        let service = legacy::Client::builder(TokioExecutor::new()).build::<_, OctoBody>(connector);
        let Ok(crab) = OctocrabBuilder::new_empty().with_service(service).with_auth(AuthState::None).build();
        Ok(Self { crab, endpoint, token, proxy, patience, waiting: Waiting::new(patience) })
    }

    /// Reads a resource, trying again where that may help.
    pub(super) async fn get<T: serde::de::DeserializeOwned>(
        &mut self,
        resource: &str,
        action: &'static str,
    ) -> Result<T, CommentError> {
        let path = self.endpoint.rest_path(resource);
        Ok(self.read(Method::GET, &path, None::<&()>, action).await?.0)
    }

    /// Reads all pages of a list, and keeps of each what `keep` gives.
    pub(super) async fn list<T: serde::de::DeserializeOwned, K>(
        &mut self,
        resource: &str,
        action: &'static str,
        keep: impl Fn(T) -> Option<K>,
    ) -> Result<Vec<K>, CommentError> {
        let mut kept = Vec::new();
        let mut path = self.endpoint.rest_path(resource);
        for _ in 0..MAXIMUM_PAGES {
            let (rows, headers): (Vec<T>, HeaderMap) =
                self.read(Method::GET, &path, None::<&()>, action).await?;
            kept.extend(rows.into_iter().filter_map(&keep));
            let Some(next) = next_page(&headers) else { return Ok(kept) };
            let problem = || "a list goes on at another server".to_owned();
            path = self.endpoint.path_of(&next).ok_or_else(|| CommentError::Answer { problem: problem() })?;
        }
        Err(CommentError::Answer { problem: format!("a list has more than {MAXIMUM_PAGES} pages") })
    }

    /// Asks GraphQL, which changes nothing, and so may be asked again.
    pub(super) async fn graphql<T: serde::de::DeserializeOwned>(
        &mut self,
        query: &str,
        action: &'static str,
    ) -> Result<T, CommentError> {
        let path = self.endpoint.graphql_path().to_owned();
        let query = serde_json::json!({ "query": query });
        Ok(self.read(Method::POST, &path, Some(&query), action).await?.0)
    }

    /// Sends what changes something, once: whether to send it again is not to be known without looking. What comes back may be
    /// nothing.
    pub(super) async fn write(
        &self,
        method: Method,
        resource: &str,
        body: Option<&(impl Serialize + ?Sized)>,
        action: &'static str,
    ) -> Result<Vec<u8>, Fault> {
        let answer = self.send(method, &self.endpoint.rest_path(resource), body, action).await?;
        Ok(answer.body)
    }

    /// Whether the server has Gitea's API, as Gitea and Forgejo do.
    pub(super) fn is_gitea(&self) -> bool {
        self.endpoint.rest_path("").ends_with("/api/v1")
    }

    /// Waits before another try.
    ///
    /// # Errors
    /// The failure, when there is to be no other try.
    pub(super) async fn pause(&mut self, fault: Fault, tries: u32) -> Result<(), CommentError> {
        tokio::time::sleep(self.waiting.after(fault, tries)?).await;
        Ok(())
    }

    async fn read<T: serde::de::DeserializeOwned>(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&(impl Serialize + ?Sized)>,
        action: &'static str,
    ) -> Result<(T, HeaderMap), CommentError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let answer = self.send(method.clone(), path, body, action).await;
            let parsed =
                answer.and_then(|answer| Ok((parse(&answer.body, self.token.secret())?, answer.headers)));
            match parsed {
                Ok(answer) => return Ok(answer),
                Err(fault) => self.pause(fault, tries).await?,
            }
        }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&(impl Serialize + ?Sized)>,
        action: &'static str,
    ) -> Result<Answer, Fault> {
        let about = About { action, variable: self.token.variable(), secret: self.token.secret() };
        let mut path = path.to_owned();
        for _ in 0..=MAXIMUM_REDIRECTS {
            let (status, answer) = self.exchange(method.clone(), &path, body).await?;
            // Only what keeps the method: after the others, a write would become a read.
            let is_followed = matches!(status.as_u16(), 307 | 308)
                || (matches!(status.as_u16(), 301 | 302) && method == Method::GET);
            if !is_followed {
                let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
                judge(status, &answer.headers, &answer.body, about, now)?;
                return Ok(answer);
            }
            let location = answer.headers.get(header::LOCATION).and_then(|location| location.to_str().ok());
            path = location.and_then(|location| self.endpoint.path_of(location)).ok_or_else(|| {
                let problem = format!("to {action}, it sends us to another server");
                Fault::Lasting(CommentError::Answer { problem })
            })?;
        }
        Err(Fault::Lasting(CommentError::Answer { problem: "it sends us round in circles".into() }))
    }

    /// One request and its whole answer.
    async fn exchange(
        &self,
        method: Method,
        path: &str,
        body: Option<&(impl Serialize + ?Sized)>,
    ) -> Result<(StatusCode, Answer), Fault> {
        let way =
            Way { server: self.endpoint.host(), proxy: self.proxy.as_ref(), secret: self.token.secret() };
        let request = self.request(method, path);
        let request = self.crab.build_request(request, body).map_err(|error| {
            Fault::Lasting(CommentError::Setup { problem: problem(&error, self.token.secret()) })
        })?;
        let exchange = async {
            let response = self.crab.execute(request).await;
            let (parts, body) = response.map_err(|error| way.fault(&error))?.into_parts();
            let body = Limited::new(body, MAXIMUM_ANSWER_BYTES).collect().await.map_err(|error| {
                if error.is::<LengthLimitError>() {
                    let problem = format!("it has more than {MAXIMUM_ANSWER_BYTES} bytes");
                    return Fault::Lasting(CommentError::Answer { problem });
                }
                way.fault(error.as_ref())
            })?;
            way.check_status(parts.status)?;
            Ok((parts.status, Answer { headers: parts.headers, body: body.to_bytes().into() }))
        };
        let limit = self.patience.answer_timeout;
        // The client's own time-outs begin anew with every byte.
        tokio::time::timeout(limit, exchange)
            .await
            .unwrap_or_else(|_| Err(way.passing(&format!("it took longer than {limit:?}"))))
    }

    fn request(&self, method: Method, path: &str) -> http::request::Builder {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.endpoint.origin().to_string().trim_end_matches('/')))
            .header(header::USER_AGENT, concat!("memgate/", env!("CARGO_PKG_VERSION")))
            .header(header::AUTHORIZATION, self.token.header());
        // Within a tunnel the proxy reads nothing, and the server is not to read what is for the proxy.
        match self.proxy.as_ref().and_then(|proxy| proxy.authorization.clone()) {
            Some(authorization) if !self.endpoint.is_tls() => {
                request.header(header::PROXY_AUTHORIZATION, authorization)
            }
            _ => request,
        }
    }
}

/// The address of the page that follows. Source of the format: RFC 8288.
fn next_page(headers: &HeaderMap) -> Option<String> {
    let links = headers.get(header::LINK)?.to_str().ok()?;
    links.split(',').find_map(|link| {
        let (address, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let is_next = parameters.split(';').any(|parameter| parameter.trim() == "rel=\"next\"");
        is_next.then(|| address.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_the_one_that_is_called_so() {
        let next = |link: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::LINK, link.parse().unwrap());
            next_page(&headers)
        };
        let links = r#"<https://a/x?page=1>; rel="prev", <https://a/x?page=3>; rel="next", <https://a/x?page=9>; rel="last""#;
        assert_eq!(next(links).as_deref(), Some("https://a/x?page=3"));
        assert_eq!(next(r#"<https://a/x?page=1>; rel="prev""#), None);
        assert_eq!(next("nonsense"), None);
    }
}
