//! The proxy between here and GitHub, as environment variables name it: as for cargo, git and gh.
//!
//! What they have in their own files (`http.proxy` of git and cargo) is not read: gh does not either.

use http::uri::Scheme;
use http::{HeaderValue, Uri};
use hyper_util::client::proxy::matcher::Matcher;

use crate::comment::CommentError;

/// For `https` addresses, in the order in which they are looked at.
const FOR_HTTPS: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
/// For `http` addresses.
const FOR_HTTP: [&str; 4] = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
/// For which hosts there is none.
const FOR_NONE: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// The environment variables about proxies that are set.
#[derive(Clone, Default)]
pub(crate) struct ProxyVariables {
    values: Vec<(&'static str, String)>,
}

/// A proxy, and who said so.
#[derive(Clone, Debug)]
pub(super) struct Proxy {
    /// The environment variable that names it.
    pub(super) variable: &'static str,
    /// Where it is, without a password.
    pub(super) uri: Uri,
    /// What is sent as `Proxy-Authorization`.
    pub(super) authorization: Option<HeaderValue>,
}

impl ProxyVariables {
    /// Takes what is set and not empty.
    pub(crate) fn from_variables(variable: impl Fn(&'static str) -> Option<String>) -> Self {
        let names = FOR_HTTPS.iter().chain(&FOR_HTTP[..2]).chain(&FOR_NONE);
        let values = names.filter_map(|name| Some((*name, variable(name)?.trim().to_owned())));
        Self { values: values.filter(|(_, value)| !value.is_empty()).collect() }
    }

    /// The proxy on the way to an address, if there is one.
    ///
    /// # Errors
    /// When the variable that decides names no proxy that can be used. The value is not in the error: it may be a password.
    pub(super) fn proxy_for(&self, origin: &Uri) -> Result<Option<Proxy>, CommentError> {
        let names = if origin.scheme() == Some(&Scheme::HTTP) { FOR_HTTP } else { FOR_HTTPS };
        let Some((variable, value)) = self.first(&names) else { return Ok(None) };
        let without = self.first(&FOR_NONE).map_or_else(String::new, |(_, list)| hosts_without(list, origin));
        let host = origin.host().unwrap_or_default();
        // Before the value is looked at: what is not used need not be right.
        if is_without(host, &without) {
            return Ok(None);
        }
        let unusable = |problem| CommentError::UnusableProxy { variable, problem };
        let scheme = value.split_once("://").map_or("http", |(scheme, _)| scheme).to_ascii_lowercase();
        if !matches!(scheme.as_str(), "http" | "https") {
            return Err(unusable("it is no HTTP proxy; memgate speaks no SOCKS"));
        }
        let intercept = Matcher::builder().all(value).build().intercept(origin);
        let intercept = intercept.ok_or_else(|| unusable("it is no address such as `http://HOST:PORT`"))?;
        Ok(Some(Proxy {
            variable,
            uri: with_port(intercept.uri())
                .ok_or_else(|| unusable("it names no host, or a port that is no number"))?,
            authorization: intercept.basic_auth().cloned(),
        }))
    }

    fn first(&self, names: &[&'static str]) -> Option<(&'static str, &str)> {
        names.iter().find_map(|name| {
            self.values.iter().find(|(set, _)| set == name).map(|(name, value)| (*name, value.as_str()))
        })
    }
}

impl std::fmt::Debug for ProxyVariables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.values.iter().map(|(name, _)| name)).finish()
    }
}

impl Proxy {
    /// Host and port.
    pub(super) fn host(&self) -> &str {
        self.uri.authority().map_or("", |authority| authority.as_str())
    }
}

/// An address with the port that is meant where none is given: the scheme's, as for gh.
fn with_port(uri: &Uri) -> Option<Uri> {
    let (host, authority) = (uri.host()?, uri.authority()?.as_str());
    let port = match (uri.port_u16(), authority.strip_prefix(host)?) {
        (Some(port), _) => port,
        (None, "") if uri.scheme() == Some(&Scheme::HTTPS) => 443,
        (None, "") => 80,
        // Something else than a number.
        (None, _) => return None,
    };
    let scheme = uri.scheme_str().unwrap_or("http");
    Uri::builder().scheme(scheme).authority(format!("{host}:{port}")).path_and_query("/").build().ok()
}

/// The entries of a list that may be about an address, without their ports: those of other ports are left out.
///
/// Ports and `*.` are gh's, blanks between entries curl's.
fn hosts_without(list: &str, origin: &Uri) -> String {
    let is_https = origin.scheme() == Some(&Scheme::HTTPS);
    let port = origin.port_u16().unwrap_or(if is_https { 443 } else { 80 });
    let entries = list.split([',', ' ', '\t']).filter(|entry| !entry.is_empty()).filter_map(|entry| {
        let entry = entry.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(entry);
        let (host, of_port) = match entry.rsplit_once(':') {
            // More than one colon is an IPv6 address, which has a port only behind brackets.
            Some((host, digits)) if !host.contains(':') || host.ends_with(']') => {
                (host, digits.parse::<u16>().ok())
            }
            _ => (entry, None),
        };
        let is_meant = of_port.is_none_or(|of_port| of_port == port);
        is_meant.then(|| host.trim_matches(['[', ']']).to_owned())
    });
    entries.collect::<Vec<_>>().join(",")
}

fn is_without(host: &str, list: &str) -> bool {
    let Ok(address) = format!("http://{host}/").parse::<Uri>() else { return false };
    Matcher::builder().all("http://proxy").no(list).build().intercept(&address).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy_for(origin: &str, variables: &[(&'static str, &str)]) -> Result<Option<String>, String> {
        let variables = ProxyVariables::from_variables(|name| {
            variables.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned())
        });
        let proxy = variables.proxy_for(&origin.parse().unwrap()).map_err(|error| error.to_string())?;
        Ok(proxy.map(|proxy| format!("{} {} {}", proxy.variable, proxy.uri, proxy.authorization.is_some())))
    }

    #[test]
    fn the_variable_is_that_of_the_scheme_or_of_all() {
        let set =
            [("HTTP_PROXY", "http://one:1"), ("https_proxy", "two:2"), ("ALL_PROXY", "https://u:p@three")];
        let of = |origin: &str, from: usize| proxy_for(origin, &set[from..]).unwrap();
        assert_eq!(of("https://api.github.com", 0).as_deref(), Some("https_proxy http://two:2/ false"));
        assert_eq!(of("http://git.example", 0).as_deref(), Some("HTTP_PROXY http://one:1/ false"));
        assert_eq!(of("http://git.example", 1).as_deref(), Some("ALL_PROXY https://three:443/ true"));
        assert_eq!(proxy_for("https://api.github.com", &[("HTTPS_PROXY", " ")]), Ok(None));
        assert_eq!(proxy_for("https://api.github.com", &set[..1]), Ok(None));
    }

    #[test]
    fn hosts_without_a_proxy_are_named_as_elsewhere() {
        for (list, origin, is_without) in [
            ("*", "https://api.github.com", true),
            ("github.com", "https://api.github.com", true),
            (".github.com, example.org", "https://api.github.com", true),
            ("*.github.com", "https://api.github.com", true),
            ("example.org api.github.com", "https://api.github.com", true),
            ("API.GitHub.com:443", "https://api.github.com", true),
            ("api.github.com:8443", "https://api.github.com", false),
            ("hub.com,*hub.com", "https://api.github.com", false),
            ("10.0.0.0/8", "https://10.1.2.3:8443", true),
            ("10.1.2.3:8443", "https://10.1.2.3:8443", true),
            ("10.1.2.3:443", "https://10.1.2.3:8443", false),
            ("::1", "https://[::1]:8443", true),
            ("[::1]:8443", "https://[::1]:8443", true),
            ("", "https://api.github.com", false),
        ] {
            for name in FOR_NONE {
                let proxy = proxy_for(origin, &[("HTTPS_PROXY", "http://proxy:1"), (name, list)]);
                assert_eq!(proxy.unwrap().is_none(), is_without, "{list} and {origin}");
            }
        }
    }

    #[test]
    fn what_is_no_proxy_is_said_without_what_may_be_a_password() {
        for value in
            ["socks5://user:secret@h:1", "http://user:secret", "user:secret@", "http://", "a b secret"]
        {
            let error = proxy_for("https://api.github.com", &[("HTTPS_PROXY", value)]).unwrap_err();
            assert!(error.contains("HTTPS_PROXY") && !error.contains("secret"), "{error}");
            let unused = [("HTTPS_PROXY", value), ("NO_PROXY", "github.com")];
            assert_eq!(proxy_for("https://api.github.com", &unused), Ok(None));
        }
    }
}
