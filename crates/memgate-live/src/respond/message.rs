//! Requests and responses, as far as anything here depends on them.

/// A request, without what no answer depends on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// `GET`, `HEAD` or `POST`.
    pub method: &'a str,
    /// As it was sent, without the query.
    pub path: &'a str,
    /// What is behind the question mark.
    pub query: &'a str,
    /// The header `Host`.
    pub host: Option<&'a str>,
    /// The header `Authorization`.
    pub authorization: Option<&'a [u8]>,
    /// The header `Accept`.
    pub accept: Option<&'a str>,
    /// Of a POST request.
    pub body: &'a [u8],
}

impl Request<'_> {
    /// The longest body that is worth reading: a question about some ten thousand symbols.
    pub const MAX_BODY_BYTES: usize = 1 << 20;

    /// A parameter of the query. Those that there are have numbers as values, which need no decoding.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.split('&').find_map(|pair| match pair.split_once('=') {
            Some((key, value)) => (key == name).then_some(value),
            None => (pair == name).then_some(""),
        })
    }
}

/// A response. To a `HEAD` request, its body is not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Names and values; `Content-Length` is not among them.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![
            ("Content-Type", content_type.to_owned()),
            // What is live now is not what was live a minute ago.
            ("Cache-Control", "no-store".to_owned()),
            ("X-Content-Type-Options", "nosniff".to_owned()),
        ];
        Self { status, headers, body: body.into() }
    }

    pub(super) fn text(status: u16, text: impl Into<String>) -> Self {
        Self::new(status, "text/plain; charset=utf-8", text.into())
    }

    /// An error that people are to read.
    pub(crate) fn error(status: u16, text: impl Into<String>) -> Self {
        let mut text = text.into();
        text.push('\n');
        // pprof shows the text only with this header, and the status alone without.
        Self::text(status, text).with("X-Go-Pprof", "1")
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    #[cfg(test)]
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }
}
