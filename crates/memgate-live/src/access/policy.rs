//! The rules of access.

use super::host::is_local;
use super::token::Token;

/// What a request has to have.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    /// Without one, nothing is asked for.
    pub(crate) token: Option<Token>,
    /// Whether requests have to be for this machine by its own name.
    pub(crate) is_host_checked: bool,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    ForeignHost,
    NoToken,
    WrongToken,
}

impl Access {
    /// Whether a request may have an answer; with its headers `Host` and `Authorization`.
    pub(crate) fn check(&self, host: Option<&str>, authorization: Option<&[u8]>) -> Result<(), Refusal> {
        self.check_host(host)?;
        let Some(token) = &self.token else {
            return Ok(());
        };
        let given = authorization.ok_or(Refusal::NoToken)?;
        let is_it = match scheme(given) {
            Some((scheme, value)) if scheme.eq_ignore_ascii_case(b"bearer") => token.is(value),
            // Clients that know only names and passwords: the token is the password, whatever the name.
            Some((scheme, value)) if scheme.eq_ignore_ascii_case(b"basic") => decode_base64(value)
                .is_some_and(|pair| {
                    let password = pair.iter().position(|byte| *byte == b':').map(|colon| &pair[colon + 1..]);
                    password.is_some_and(|password| token.is(password))
                }),
            _ => false,
        };
        if is_it { Ok(()) } else { Err(Refusal::WrongToken) }
    }

    /// The half of the rules that is for everybody. A request without the header is from no browser.
    pub(crate) fn check_host(&self, host: Option<&str>) -> Result<(), Refusal> {
        if self.is_host_checked && host.is_some_and(|host| !is_local(host)) {
            Err(Refusal::ForeignHost)
        } else {
            Ok(())
        }
    }
}

fn scheme(header: &[u8]) -> Option<(&[u8], &[u8])> {
    let space = header.iter().position(|byte| *byte == b' ')?;
    Some((&header[..space], header[space..].trim_ascii()))
}

/// Base64 in its usual alphabet, with its padding or without.
fn decode_base64(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.iter().rposition(|byte| *byte != b'=').map_or(0, |last| last + 1);
    let mut bytes = Vec::with_capacity(end * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in &text[..end] {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    (count < 6 && bits == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access() -> Access {
        Access { token: Some(Token::new("s3cr:et").unwrap()), is_host_checked: true }
    }

    #[test]
    fn both_schemes_are_taken() {
        // user:s3cr:et, and :s3cr:et without padding.
        for header in ["Bearer s3cr:et", "bearer  s3cr:et ", "Basic dXNlcjpzM2NyOmV0", "BASIC OnMzY3I6ZXQ"] {
            assert_eq!(access().check(Some("localhost"), Some(header.as_bytes())), Ok(()), "{header}");
        }
        // user:other, no colon, garbage.
        for header in [
            "Bearer s3cr",
            "Bearer",
            "s3cr:et",
            "Basic dXNlcjpvdGhlcg==",
            "Basic czNjcmV0",
            "Basic §",
            "Digest s3cr:et",
            "",
        ] {
            assert_eq!(access().check(None, Some(header.as_bytes())), Err(Refusal::WrongToken), "{header}");
        }
        assert_eq!(access().check(None, None), Err(Refusal::NoToken));
    }

    #[test]
    fn a_foreign_host_is_refused_even_with_the_token() {
        let found = access().check(Some("evil.example:6060"), Some(b"Bearer s3cr:et"));
        assert_eq!(found, Err(Refusal::ForeignHost));
        let open = Access { token: None, is_host_checked: false };
        assert_eq!(open.check(Some("evil.example"), None), Ok(()));
    }

    #[test]
    fn base64_is_decoded_or_refused() {
        assert_eq!(decode_base64(b"").unwrap(), b"");
        assert_eq!(decode_base64(b"YQ==").unwrap(), b"a");
        assert_eq!(decode_base64(b"YWI=").unwrap(), b"ab");
        assert_eq!(decode_base64(b"YWJj").unwrap(), b"abc");
        assert_eq!(decode_base64(b"+/+/").unwrap(), [0xfb, 0xff, 0xbf]);
        for text in [&b"Y"[..], b"Y=Q=", b"YQ=\n", b"YR=="] {
            assert_eq!(decode_base64(text), None, "{text:?}");
        }
    }
}
