//! The name of a repository on GitHub.

use std::fmt;
use std::str::FromStr;

/// The name of a repository on GitHub: `owner/name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository(String);

/// Why a text is no name of a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a repository is named `owner/name`")]
pub struct InvalidRepository;

impl FromStr for Repository {
    type Err = InvalidRepository;

    fn from_str(text: &str) -> Result<Self, InvalidRepository> {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        // It becomes part of an address, in which dots alone would climb.
        let is_sound = |part: &str| {
            (1..=100).contains(&part.len()) && part.bytes().all(is_letter) && !matches!(part, "." | "..")
        };
        match text.split_once('/') {
            Some((owner, name)) if is_sound(owner) && is_sound(name) => Ok(Self(text.into())),
            _ => Err(InvalidRepository),
        }
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_an_owner_and_nothing_that_leads_elsewhere() {
        assert_eq!("memgate/memgate.rs".parse::<Repository>().unwrap().to_string(), "memgate/memgate.rs");
        for text in
            ["", "memgate", "a/b/c", "/b", "a/", "../b", "a/..", "a/b?c", "a b/c", "a/b#1", "https://x/y"]
        {
            assert_eq!(text.parse::<Repository>(), Err(InvalidRepository), "{text}");
        }
    }
}
