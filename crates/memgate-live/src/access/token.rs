//! The token, where it comes from, and how it is compared.

use std::fmt;
use std::fs::{File, Metadata};
use std::hint::black_box;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Longer ones fit into no header that is taken.
const MAX_BYTES: u64 = 1_024;

/// A secret that requests have to have. Nothing shows it.
#[derive(Clone)]
pub(crate) struct Token(Box<[u8]>);

/// Why something is no token.
#[derive(Debug)]
#[non_exhaustive]
pub enum TokenError {
    /// The file can't be read.
    Unreadable(PathBuf, std::io::Error),
    /// Anybody can read or change the file.
    Exposed(PathBuf, u32),
    /// The environment variable is not there, or no text.
    NoVariable(String),
    /// It is empty, or longer than 1,024 bytes.
    Length,
    /// It has something in it that no header can have: only what is printed in ASCII, without spaces.
    Characters,
}

impl fmt::Display for TokenError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(path, error) => {
                write!(formatter, "failed to read the token from {}: {error}", path.display())
            }
            Self::Exposed(path, mode) => write!(
                formatter,
                "failed to take the token from {}: its mode is {mode:04o}, so that others can read or change it; `chmod o= {}`",
                path.display(),
                path.display()
            ),
            Self::NoVariable(name) => {
                write!(
                    formatter,
                    "failed to take the token from the environment variable {name}: it is not set"
                )
            }
            Self::Length => {
                write!(formatter, "failed to take the token: it has to be 1 to {MAX_BYTES} bytes long")
            }
            Self::Characters => formatter.write_str(
                "failed to take the token: only printable ASCII without spaces fits into a header",
            ),
        }
    }
}

impl std::error::Error for TokenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable(_, error) => Some(error),
            _ => None,
        }
    }
}

impl Token {
    /// Takes a text, without the spaces and line ends around it.
    pub(crate) fn new(text: &str) -> Result<Self, TokenError> {
        let text = text.trim().as_bytes();
        if text.is_empty() || text.len() as u64 > MAX_BYTES {
            return Err(TokenError::Length);
        }
        if !text.iter().all(u8::is_ascii_graphic) {
            return Err(TokenError::Characters);
        }
        Ok(Self(text.into()))
    }

    /// Reads a file that nobody else can read or write. Its group may: that is how volumes of secrets are mounted. Where files have no modes,
    /// as on Windows, any is taken.
    pub(crate) fn from_file(path: &Path) -> Result<Self, TokenError> {
        let unreadable = |error| TokenError::Unreadable(path.to_owned(), error);
        let file = File::open(path).map_err(unreadable)?;
        // Of what was opened, whatever the path leads to by now.
        if let Some(mode) = mode_for_others(&file.metadata().map_err(unreadable)?) {
            return Err(TokenError::Exposed(path.to_owned(), mode));
        }
        let mut text = String::new();
        file.take(MAX_BYTES + 64).read_to_string(&mut text).map_err(unreadable)?;
        Self::new(&text)
    }

    /// Reads an environment variable.
    pub(crate) fn from_variable(name: &str) -> Result<Self, TokenError> {
        Self::new(&std::env::var(name).map_err(|_| TokenError::NoVariable(name.to_owned()))?)
    }

    /// Whether it is this token. How long it takes says how long what was given is, and nothing of the token.
    pub(super) fn is(&self, given: &[u8]) -> bool {
        let mut difference = self.0.len() ^ given.len();
        for (index, byte) in given.iter().enumerate() {
            difference |= usize::from(byte ^ self.0[index % self.0.len()]);
            // Otherwise a compiler may see that nothing changes any more after the first.
            difference = black_box(difference);
        }
        difference == 0
    }
}

/// The mode of a file that others may read or change.
#[cfg(unix)]
fn mode_for_others(file: &Metadata) -> Option<u32> {
    let mode = std::os::unix::fs::MetadataExt::mode(file) & 0o7777;
    (mode & 0o007 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn mode_for_others(_: &Metadata) -> Option<u32> {
    None
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_token_is_the_token() {
        let token = Token::new(" abcabc\n").unwrap();
        assert!(token.is(b"abcabc"));
        for other in [&b""[..], b"abcab", b"abcabcabc", b"abcabcabcabc", b"abcabd", b"Abcabc"] {
            assert!(!token.is(other), "{other:?}");
        }
        assert_eq!(format!("{token:?}"), "Token(…)");
    }

    #[test]
    fn what_fits_into_no_header_is_no_token() {
        assert!(matches!(Token::new(" \n"), Err(TokenError::Length)));
        assert!(matches!(Token::new(&"a".repeat(1_025)), Err(TokenError::Length)));
        for text in ["a b", "ä", "a\0b"] {
            assert!(matches!(Token::new(text), Err(TokenError::Characters)), "{text}");
        }
        assert!(matches!(Token::from_variable("MEMGATE_NO_SUCH_VARIABLE"), Err(TokenError::NoVariable(_))));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "secret\n").unwrap();
        for (mode, is_taken) in [(0o600, true), (0o400, true), (0o640, true), (0o644, false), (0o602, false)]
        {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let found = Token::from_file(&path);
            assert_eq!(found.is_ok(), is_taken, "{mode:o}: {found:?}");
        }
        let said = Token::from_file(&path).unwrap_err().to_string();
        assert!(said.contains("0602") && said.contains("chmod o="), "{said}");
        assert!(matches!(Token::from_file(&folder.path().join("none")), Err(TokenError::Unreadable(..))));
    }
}
