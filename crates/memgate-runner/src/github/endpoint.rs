//! Where GitHub's API is.

use http::Uri;
use http::uri::{Authority, Scheme};

use crate::comment::CommentError;

/// Where GitHub's API is: on `api.github.com`, or under a path of an Enterprise server.
#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    scheme: Scheme,
    authority: Authority,
    /// What REST's paths begin with, without a slash at the end.
    rest: String,
    /// The path of GraphQL.
    graphql: String,
}

impl Endpoint {
    /// Reads what stands in `GITHUB_API_URL`.
    pub(super) fn parse(url: &str) -> Result<Self, CommentError> {
        // Before an `@` may stand a password.
        let shown = url.rsplit('@').next().unwrap_or_default();
        let wrong = |problem| CommentError::ApiUrl { url: shown.chars().take(200).collect(), problem };
        let uri: Uri = url.parse().map_err(|_| wrong("it is no URL"))?;
        let parts = uri.into_parts();
        let scheme = parts.scheme.filter(|scheme| *scheme == Scheme::HTTPS || *scheme == Scheme::HTTP);
        let scheme = scheme.ok_or_else(|| wrong("it does not begin with https://"))?;
        let authority = parts.authority.ok_or_else(|| wrong("it names no host"))?;
        if authority.as_str().contains('@') {
            return Err(wrong("the token does not belong in it"));
        }
        let path =
            parts.path_and_query.as_ref().map_or("", |path| path.path()).trim_end_matches('/').to_owned();
        // On an Enterprise server, the two lie side by side: `/api/v3` and `/api/graphql`.
        let graphql = format!("{}/graphql", path.strip_suffix("/v3").unwrap_or(&path));
        Ok(Self { scheme, authority, rest: path, graphql })
    }

    /// Scheme and host.
    pub(super) fn origin(&self) -> Uri {
        let origin = Uri::builder().scheme(self.scheme.clone()).authority(self.authority.clone());
        origin.path_and_query("/").build().expect("a scheme, an authority and a path make an address")
    }

    /// Host and port.
    pub(super) fn host(&self) -> &str {
        self.authority.as_str()
    }

    /// Whether the server has a certificate.
    pub(super) fn is_tls(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// The path of a REST resource.
    pub(super) fn rest_path(&self, resource: &str) -> String {
        format!("{}{resource}", self.rest)
    }

    /// The path of GraphQL.
    pub(super) fn graphql_path(&self) -> &str {
        &self.graphql
    }

    /// The path and query of an address that GitHub gave, if it is on the same server: the token goes to no other.
    pub(super) fn path_of(&self, address: &str) -> Option<String> {
        let parts = address.parse::<Uri>().ok()?.into_parts();
        let is_same = match (&parts.scheme, &parts.authority) {
            (None, None) => true,
            (Some(scheme), Some(authority)) => *scheme == self.scheme && *authority == self.authority,
            _ => false,
        };
        Some(parts.path_and_query?.to_string()).filter(|path| is_same && path.starts_with('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rest_and_graphql_on_all_kinds_of_servers() {
        for (url, rest, graphql) in [
            ("https://api.github.com", "/user", "/graphql"),
            ("https://api.github.com/", "/user", "/graphql"),
            ("https://api.corporation.ghe.com", "/user", "/graphql"),
            ("https://git.corporation.example/api/v3", "/api/v3/user", "/api/graphql"),
            ("http://localhost:8080/api/v3/", "/api/v3/user", "/api/graphql"),
        ] {
            let endpoint = Endpoint::parse(url).unwrap();
            assert_eq!(endpoint.rest_path("/user"), rest, "{url}");
            assert_eq!(endpoint.graphql_path(), graphql, "{url}");
        }
        for url in ["", "api.github.com", "ftp://a/", "/api/v3", "https://secret@api.github.com"] {
            let error = Endpoint::parse(url).unwrap_err();
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn no_address_leads_to_another_server() {
        let endpoint = Endpoint::parse("https://api.github.com").unwrap();
        let path =
            endpoint.path_of("https://api.github.com/repositories/7/issues/5/comments?per_page=100&page=2");
        assert_eq!(path.as_deref(), Some("/repositories/7/issues/5/comments?per_page=100&page=2"));
        for address in [
            "https://api.github.com.example/x",
            "http://api.github.com/x",
            "https://mallory@api.github.com/x",
            "x",
        ] {
            assert_eq!(endpoint.path_of(address), None, "{address}");
        }
    }
}
