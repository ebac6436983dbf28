//! Which names a benchmark may have.

/// Why a name can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameError {
    /// The name has no characters.
    Empty,
    /// The name starts or ends with white space, which no filter and no table would show.
    OuterSpace,
    /// The name has this control or direction-changing character, which would break lines and tables.
    Control(char),
    /// The name has this character, which a source has to write with an escape, where it is searched for as it is.
    Escaped(char),
}

impl std::fmt::Display for NameError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NameError::Empty => f.write_str("it is empty"),
            NameError::OuterSpace => f.write_str("it starts or ends with white space"),
            NameError::Control(character) => {
                write!(f, "it has the invisible character U+{:04X}", u32::from(*character))
            }
            NameError::Escaped(character) => {
                write!(f, "it has `{character}`, which does not stand in a source as it is")
            }
        }
    }
}

impl std::error::Error for NameError {}

/// Checks a benchmark's name (`name[/argument]`), which becomes part of its id.
///
/// Names are keys, never paths: spaces, slashes, `..`, Unicode and any length are fine.
///
/// # Errors
/// When the name is empty, starts or ends with white space, or has characters that can't be seen.
///
/// # Example
/// ```
/// use memgate_protocol::{NameError, check_name};
/// assert_eq!(check_name("größe/../a b"), Ok(()));
/// assert_eq!(check_name("two\nlines"), Err(NameError::Control('\n')));
/// ```
pub fn check_name(name: &str) -> Result<(), NameError> {
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    if name.trim() != name {
        return Err(NameError::OuterSpace);
    }
    for character in name.chars() {
        if is_invisible(character) {
            return Err(NameError::Control(character));
        }
    }
    Ok(())
}

/// Whether a character can't be seen: control characters, line and paragraph separators, and the bidirectional controls of Unicode's UAX #9.
#[must_use]
pub fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{200E}' | '\u{200F}' | '\u{061C}')
        || matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        || matches!(character, '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_cannot_be_seen_are_refused() {
        assert_eq!(check_name(""), Err(NameError::Empty));
        assert_eq!(check_name(" a"), Err(NameError::OuterSpace));
        assert_eq!(check_name("a\u{202E}b"), Err(NameError::Control('\u{202E}')));
        assert_eq!(check_name("a\0b"), Err(NameError::Control('\0')));
        assert_eq!(NameError::Control('\0').to_string(), "it has the invisible character U+0000");
    }

    #[test]
    fn long_and_odd_names_are_fine() {
        assert_eq!(check_name(&"x".repeat(300)), Ok(()));
        assert_eq!(check_name("../../etc/passwd"), Ok(()));
    }
}
