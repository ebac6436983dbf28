//! Strings: escapes, read and written.

use std::borrow::Cow;

use super::{DecodeError, DecodeProblem, Reader, Writer};

/// Whether a byte within a string stands for something else than itself, or may not stand there.
fn has_meaning(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | ..0x20)
}

impl<'a> Reader<'a> {
    /// Reads a string; borrowed unless it has escapes.
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>, DecodeError> {
        self.take(b'"', "a string")?;
        let start = self.position;
        let first = self.unescaped()?;
        if self.byte() == Some(b'"') {
            self.position += 1;
            return Ok(Cow::Borrowed(first));
        }
        self.position = start;
        let mut string = String::with_capacity(2 * first.len());
        self.pieces(&mut |piece| string.push_str(piece))?;
        Ok(Cow::Owned(string))
    }

    /// Reads a string that nobody wants, without putting it together.
    pub(super) fn skip_string(&mut self) -> Result<(), DecodeError> {
        self.take(b'"', "a string")?;
        self.pieces(&mut |_| {})
    }

    /// Reads up to the end of a string: what stands for itself, and the characters of escapes.
    fn pieces(&mut self, piece: &mut dyn FnMut(&str)) -> Result<(), DecodeError> {
        loop {
            piece(self.unescaped()?);
            let is_end = self.byte() == Some(b'"');
            self.position += 1;
            if is_end {
                return Ok(());
            }
            piece(self.escape()?.encode_utf8(&mut [0; 4]));
        }
    }

    /// What there is before the next `"` or `\`, at which it stops.
    fn unescaped(&mut self) -> Result<&'a str, DecodeError> {
        let start = self.position;
        while self.byte().is_some_and(|byte| !has_meaning(byte)) {
            self.position += 1;
        }
        match self.byte() {
            Some(b'"' | b'\\') => Ok(&self.text[start..self.position]),
            _ => Err(self.expected("the end of the string, or an escape in place of a control character")),
        }
    }

    /// The character of an escape, after its `\`.
    fn escape(&mut self) -> Result<char, DecodeError> {
        let character = match self.byte() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{C}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.position += 1;
                return self.unicode_escape();
            }
            _ => return Err(self.expected("an escape")),
        };
        self.position += 1;
        Ok(character)
    }

    /// The character of one `\u` with its four digits, or of the two that make up a surrogate pair, after the first `\u`.
    fn unicode_escape(&mut self) -> Result<char, DecodeError> {
        const HALF: &str = "both halves of a surrogate pair";
        let start = self.position;
        let first = self.hexadecimal()?;
        let code = match first {
            0xD800..=0xDBFF => {
                if !self.text.as_bytes()[self.position..].starts_with(b"\\u") {
                    return Err(self.expected(HALF));
                }
                self.position += 2;
                let second_start = self.position;
                match self.hexadecimal()? {
                    second @ 0xDC00..=0xDFFF => 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00),
                    _ => return Err(DecodeError::new(second_start, DecodeProblem::Expected(HALF))),
                }
            }
            code => code,
        };
        // What is no character is the second half of a pair that stands alone.
        char::from_u32(code).ok_or(DecodeError::new(start, DecodeProblem::Expected(HALF)))
    }

    fn hexadecimal(&mut self) -> Result<u32, DecodeError> {
        let mut number = 0;
        for _ in 0..4 {
            let digit = self.byte().and_then(|byte| char::from(byte).to_digit(16));
            number = number * 16 + digit.ok_or_else(|| self.expected("four hexadecimal digits"))?;
            self.position += 1;
        }
        Ok(number)
    }
}

impl Writer {
    /// Writes a string, with an escape for what needs one.
    pub(crate) fn string(&mut self, string: &str) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        self.bytes.push(b'"');
        let mut written = 0;
        for (index, byte) in string.bytes().enumerate() {
            if !has_meaning(byte) {
                continue;
            }
            let short = match byte {
                b'"' | b'\\' => byte,
                0x08 => b'b',
                0x0C => b'f',
                b'\n' => b'n',
                b'\r' => b'r',
                b'\t' => b't',
                _ => b'u',
            };
            self.bytes.extend_from_slice(&string.as_bytes()[written..index]);
            written = index + 1;
            self.bytes.extend_from_slice(&[b'\\', short]);
            if short == b'u' {
                let digit = |half: u8| DIGITS[usize::from(half)];
                self.bytes.extend_from_slice(&[b'0', b'0', digit(byte >> 4), digit(byte & 0xF)]);
            }
        }
        self.bytes.extend_from_slice(&string.as_bytes()[written..]);
        self.bytes.push(b'"');
    }
}
