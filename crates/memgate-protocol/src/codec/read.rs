//! The text as it is read: white space, punctuation, objects, arrays, and values that nobody wants.

use std::borrow::Cow;

use super::{DecodeError, DecodeProblem};

/// What can be read.
pub(crate) trait Decode: Sized {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// What a field is that is not there, unless that is an error.
    fn absent() -> Option<Self> {
        None
    }
}

/// How deep objects and arrays may be within each other; `serde_json`'s own limit.
pub(super) const MAXIMUM_DEPTH: u32 = 128;

/// Reads a text once, from its beginning to its end.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) position: usize,
    depth: u32,
}

/// An object or an array of which something may be left to read.
#[derive(Debug)]
pub(crate) struct Items {
    is_first: bool,
    close: u8,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| DecodeError::new(error.valid_up_to(), DecodeProblem::NotUtf8(error)))?;
        Ok(Self { text, position: 0, depth: 0 })
    }

    /// The offset of what is read next.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// The byte that is next, whatever it is.
    pub(super) fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    /// The next byte that is no white space.
    #[inline(never)]
    pub(super) fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.byte() {
            self.position += 1;
        }
        self.byte()
    }

    /// The error that something else is expected here.
    #[inline(never)]
    pub(super) fn expected(&self, expected: &'static str) -> DecodeError {
        let is_end = self.position >= self.text.len();
        let problem = if is_end { DecodeProblem::Ends } else { DecodeProblem::Expected };
        DecodeError::new(self.position, problem(expected))
    }

    /// Takes one byte of punctuation.
    #[inline(never)]
    pub(super) fn take(&mut self, byte: u8, expected: &'static str) -> Result<(), DecodeError> {
        if self.peek() != Some(byte) {
            return Err(self.expected(expected));
        }
        self.position += 1;
        Ok(())
    }

    /// Takes a word such as `null`, if it is there.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        self.peek();
        let is_there = self.text.as_bytes()[self.position..].starts_with(word.as_bytes());
        if is_there {
            self.position += word.len();
        }
        is_there
    }

    /// Begins an object.
    pub(crate) fn object(&mut self) -> Result<Items, DecodeError> {
        self.open(b'{', b'}', "an object")
    }

    /// Begins an array.
    pub(super) fn array(&mut self) -> Result<Items, DecodeError> {
        self.open(b'[', b']', "an array")
    }

    fn open(&mut self, open: u8, close: u8, expected: &'static str) -> Result<Items, DecodeError> {
        self.take(open, expected)?;
        if self.depth == MAXIMUM_DEPTH {
            return Err(DecodeError::new(self.position, DecodeProblem::TooDeep));
        }
        self.depth += 1;
        Ok(Items { is_first: true, close })
    }

    /// The end of the text, with nothing but white space before it.
    pub(crate) fn end(&mut self) -> Result<(), DecodeError> {
        if self.peek().is_none() { Ok(()) } else { Err(self.expected("nothing more")) }
    }

    /// Reads a value that nobody wants, as strictly as any other. What is in it may be there twice.
    pub(crate) fn skip(&mut self) -> Result<(), DecodeError> {
        match self.peek() {
            Some(b'{') => {
                let mut members = self.object()?;
                while members.key(self)?.is_some() {
                    self.skip()?;
                }
                Ok(())
            }
            Some(b'[') => {
                let mut elements = self.array()?;
                while elements.element(self)? {
                    self.skip()?;
                }
                Ok(())
            }
            Some(b'"') => self.skip_string(),
            Some(b'-' | b'0'..=b'9') => self.number("a number").map(drop),
            _ if self.take_word("null") || self.take_word("true") || self.take_word("false") => Ok(()),
            _ => Err(self.expected("a value")),
        }
    }
}

impl Items {
    /// The key of an object's next member; none at its end.
    pub(crate) fn key<'a>(&mut self, reader: &mut Reader<'a>) -> Result<Option<Cow<'a, str>>, DecodeError> {
        if !self.element(reader)? {
            return Ok(None);
        }
        let key = reader.string()?;
        reader.take(b':', "`:`")?;
        Ok(Some(key))
    }

    /// Whether an array has another element.
    pub(super) fn element(&mut self, reader: &mut Reader<'_>) -> Result<bool, DecodeError> {
        let next = reader.peek();
        if next == Some(self.close) {
            reader.position += 1;
            reader.depth -= 1;
            return Ok(false);
        }
        if !std::mem::take(&mut self.is_first) {
            reader.take(b',', if self.close == b'}' { "`,` or `}`" } else { "`,` or `]`" })?;
            // What follows is read by someone who does not know the bracket for a value.
            reader.peek();
        }
        Ok(true)
    }

    /// Ends an object or an array in which nothing may follow.
    pub(super) fn end(self, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        reader.take(self.close, if self.close == b'}' { "`}`" } else { "`]`" })?;
        reader.depth -= 1;
        Ok(())
    }
}
