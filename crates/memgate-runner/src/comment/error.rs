//! What can go wrong between the tool and GitHub.

/// What can go wrong between the tool and GitHub. Texts from GitHub in it are one line, cut, and without the token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommentError {
    /// There is no token.
    #[error(
        "there is no token: set GITHUB_TOKEN, in a workflow with `env: GITHUB_TOKEN: ${{{{ github.token }}}}`. It needs \
         the permission `pull-requests: write`"
    )]
    NoToken,
    /// The token can't be sent.
    #[error("{variable} holds characters that no token has")]
    UnsoundToken {
        /// The environment variable that holds it.
        variable: &'static str,
    },
    /// The address of the API is none.
    #[error("GITHUB_API_URL is no address of an API: {url}: {problem}")]
    ApiUrl {
        /// What it is.
        url: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// There is no connection to be made with anybody.
    #[error("the HTTP client can't be set up: {problem}")]
    Setup {
        /// What is wrong.
        problem: String,
    },
    /// An environment variable names no proxy that can be used.
    #[error(
        "{variable} names no proxy that can be used: {problem}. Set it right, or name the host in NO_PROXY"
    )]
    UnusableProxy {
        /// The environment variable.
        variable: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The proxy on the way does not let us through.
    #[error("the proxy {proxy} of {variable} can't be used: {problem}")]
    Proxy {
        /// The environment variable that names it.
        variable: &'static str,
        /// Its host and port.
        proxy: String,
        /// What is wrong.
        problem: String,
    },
    /// A server's certificate is not one to trust.
    #[error("the certificate of {host} is not trusted: {problem}. {advice}")]
    Certificate {
        /// Whose it is: host and port.
        host: String,
        /// What is wrong with it.
        problem: String,
        /// What to do about it.
        advice: String,
    },
    /// There is no authority whose certificates are trusted.
    #[error(
        "no certificate can be trusted, since no authority was found{problem}. Install the system's (`ca-certificates`), or \
         name a file of them (PEM) in SSL_CERT_FILE"
    )]
    NoAuthorities {
        /// Why, as far as is known.
        problem: String,
    },
    /// 401: GitHub does not know the token.
    #[error(
        "GitHub does not accept the token in {variable}: {message}. It has to be a valid token with the permission \
         `pull-requests: write`"
    )]
    Unauthorized {
        /// The environment variable that holds it.
        variable: &'static str,
        /// What GitHub says.
        message: String,
    },
    /// 403: the token may not do this.
    #[error(
        "the token in {variable} may not {action}: {message}. Give the job `permissions: pull-requests: write`; in a \
         `pull_request` workflow for a fork the token can only read, whatever the permissions say: comment from a \
         `workflow_run` workflow, as docs/GITHUB.md shows"
    )]
    Forbidden {
        /// The environment variable that holds it.
        variable: &'static str,
        /// What was attempted.
        action: &'static str,
        /// What GitHub says.
        message: String,
    },
    /// 404: there is no such thing, or the token may not see it.
    #[error(
        "GitHub finds nothing to {action}: {message}. Check the repository and the number of the pull request; to a token \
         without the permission `pull-requests`, a private repository is not there either"
    )]
    NotFound {
        /// What was attempted.
        action: &'static str,
        /// What GitHub says.
        message: String,
    },
    /// GitHub takes the request for wrong.
    #[error("GitHub refuses to {action} (status {status}): {message}")]
    Rejected {
        /// What was attempted.
        action: &'static str,
        /// The HTTP status.
        status: u16,
        /// What GitHub says.
        message: String,
    },
    /// There were too many requests, from this token or this address.
    #[error("GitHub limits the rate of requests{asked}: {message}", asked = asked(*wait_seconds))]
    RateLimited {
        /// How long GitHub asks to wait; none when it does not say.
        wait_seconds: Option<u64>,
        /// What GitHub says.
        message: String,
    },
    /// GitHub has trouble of its own.
    #[error("GitHub failed to {action} (status {status}): {message}")]
    Server {
        /// What was attempted.
        action: &'static str,
        /// The HTTP status.
        status: u16,
        /// What it says.
        message: String,
    },
    /// There was no answer, or only a part of one.
    #[error("no answer from GitHub: {problem}")]
    Unreachable {
        /// What is known of it.
        problem: String,
    },
    /// Something answered that is not GitHub's API.
    #[error(
        "what answers is not GitHub's API: {first_line}. Is GITHUB_API_URL right, and no proxy in between?"
    )]
    NotApi {
        /// The first line of the answer.
        first_line: String,
    },
    /// An answer is not what GitHub documents.
    #[error("GitHub's answer is not what it should be: {problem}")]
    Answer {
        /// What is wrong with it.
        problem: String,
    },
}

fn asked(wait_seconds: Option<u64>) -> String {
    wait_seconds.map(|seconds| format!(" and asks to wait {seconds} s")).unwrap_or_default()
}
