//! The secret that says who asks.

use http::HeaderValue;

use crate::comment::CommentError;

/// The secret that says who asks.
#[derive(Clone)]
pub(crate) struct Token {
    variable: TokenVariable,
    secret: String,
}

/// The environment variable that holds a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenVariable {
    /// `GITHUB_TOKEN`
    GithubToken,
    /// `GH_TOKEN`, as GitHub's own command line has it.
    GhToken,
}

impl TokenVariable {
    /// The variables, in the order in which they are looked at.
    pub(crate) const ALL: [Self; 2] = [Self::GithubToken, Self::GhToken];

    /// The variable's name.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::GithubToken => "GITHUB_TOKEN",
            Self::GhToken => "GH_TOKEN",
        }
    }
}

impl Token {
    /// The token of the first variable that is set and not empty.
    ///
    /// # Errors
    /// When none is, or its value can't stand in a request.
    pub(crate) fn from_variables(
        variable: impl Fn(&'static str) -> Option<String>,
    ) -> Result<Self, CommentError> {
        for name in TokenVariable::ALL {
            // Secrets that were pasted often end in a newline.
            let Some(secret) = variable(name.name()).map(|value| value.trim().to_owned()) else { continue };
            if secret.is_empty() {
                continue;
            }
            if !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(CommentError::UnsoundToken { variable: name.name() });
            }
            return Ok(Self { variable: name, secret });
        }
        Err(CommentError::NoToken)
    }

    /// The environment variable that holds it.
    pub(super) fn variable(&self) -> TokenVariable {
        self.variable
    }

    /// What nobody may see.
    pub(super) fn secret(&self) -> &str {
        &self.secret
    }

    /// What is sent.
    pub(super) fn header(&self) -> HeaderValue {
        let mut header = HeaderValue::from_str(&format!("Bearer {}", self.secret))
            .expect("a token that was read has graphic characters alone");
        header.set_sensitive(true);
        header
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Token").field("variable", &self.variable).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_taken_in_order_and_never_shown() {
        let token = |github: &'static str, gh: &'static str| {
            Token::from_variables(|name| Some(if name == "GITHUB_TOKEN" { github } else { gh }.to_owned()))
        };
        assert_eq!(token("ghs_one\n", "two").unwrap().secret, "ghs_one");
        let second = token(" ", "ghs_two").unwrap();
        assert_eq!(format!("{second:?}"), "Token { variable: GhToken, .. }");
        assert_eq!(token("", "").unwrap_err(), CommentError::NoToken);
        let error = token("ghs_one\r\nHost: elsewhere", "").unwrap_err();
        assert_eq!(error, CommentError::UnsoundToken { variable: "GITHUB_TOKEN" });
    }
}
