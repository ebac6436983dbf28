//! Bounds on JSON that somebody else wrote, checked before anything is made of it: how much there is, and that no text in
//! it does anything to a terminal.

use std::cell::Cell;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::FormatError;

/// What a file may hold at most.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How deep arrays and objects may lie within each other.
    pub depth: usize,
    /// How many values there may be in all, which bounds what they take in memory.
    pub values: usize,
    /// How many texts there may be in all, without keys. Each takes far more memory than it has bytes.
    pub texts: usize,
    /// How many items an array, and how many entries an object may have.
    pub items: usize,
    /// The length of a text, in bytes.
    pub text_bytes: usize,
}

/// How much there is in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// Keys and values.
    pub values: usize,
    /// Texts, without keys.
    pub texts: usize,
}

impl Bounds {
    /// What is left when so much has been read; nothing when it is more than there may be.
    #[must_use]
    pub fn without(self, read: Amount) -> Option<Self> {
        let (values, texts) = (self.values.checked_sub(read.values)?, self.texts.checked_sub(read.texts)?);
        Some(Self { values, texts, ..self })
    }
}

/// Walks over JSON once, and keeps nothing. Gives how much there is.
///
/// # Errors
/// When the text is no JSON, exceeds a bound, or has control characters.
pub(crate) fn check_bounds(text: &str, bounds: Bounds) -> Result<Amount, FormatError> {
    let (left, texts) = (Cell::new(bounds.values), Cell::new(0));
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Walk { bounds, depth: 0, is_key: false, left: &left, texts: &texts }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(Amount { values: bounds.values - left.get(), texts: texts.get() })
}

#[derive(Clone, Copy)]
struct Walk<'a> {
    bounds: Bounds,
    depth: usize,
    is_key: bool,
    left: &'a Cell<usize>,
    texts: &'a Cell<usize>,
}

impl Walk<'_> {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth >= self.bounds.depth {
            return Err(E::custom(format_args!("it is nested more than {} deep", self.bounds.depth)));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }

    fn check_items<E: Error>(self, count: usize) -> Result<(), E> {
        if count > self.bounds.items {
            return Err(E::custom(format_args!("a list has more than {} items", self.bounds.items)));
        }
        Ok(())
    }

    fn check_text<E: Error>(self, text: &str) -> Result<(), E> {
        if text.len() > self.bounds.text_bytes {
            return Err(E::custom(format_args!("a text is longer than {} bytes", self.bounds.text_bytes)));
        }
        if text.contains(is_harmful) {
            return Err(E::custom(format_args!("a text has control characters: {text:?}")));
        }
        Ok(())
    }
}

/// What does something to a terminal.
fn is_harmful(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\t')
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.left.get().checked_sub(1) {
            Some(left) => self.left.set(left),
            None => {
                return Err(D::Error::custom(format_args!("it has more than {} values", self.bounds.values)));
            }
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        if !self.is_key {
            self.texts.set(self.texts.get() + 1);
            if self.texts.get() > self.bounds.texts {
                return Err(E::custom(format_args!("it has more than {} texts", self.bounds.texts)));
            }
        }
        self.check_text(text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        let mut count = 0;
        while items.next_element_seed(inner)?.is_some() {
            count += 1;
            self.check_items(count)?;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        let mut count = 0;
        while entries.next_key_seed(Self { is_key: true, ..inner })?.is_some() {
            entries.next_value_seed(inner)?;
            count += 1;
            self.check_items(count)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { depth: 3, values: 12, texts: 3, items: 4, text_bytes: 5 };

    fn problem(text: &str) -> String {
        let problem = check_bounds(text, BOUNDS).err().map(|error| error.to_string()).unwrap_or_default();
        problem.split(" at line ").next().unwrap_or_default().to_owned()
    }

    #[test]
    fn every_bound_is_held() {
        assert_eq!(problem(r#"{"a": [1, -1, 1.5, null], "b": {"c": [true]}}"#), "");
        assert_eq!(problem("[[[[1]]]]"), "it is nested more than 3 deep");
        assert_eq!(problem("[1,2,3,4,5]"), "a list has more than 4 items");
        assert_eq!(problem(r#"["123456"]"#), "a text is longer than 5 bytes");
        assert_eq!(problem(r#"{"123456": 1}"#), "a text is longer than 5 bytes");
        assert_eq!(problem(r#"{"a": "1", "b": "2", "c": ["3"]}"#), "");
        assert_eq!(problem(r#"["1", "2", "3", "4"]"#), "it has more than 3 texts");
        assert_eq!(problem("[[1,2,3,4],[1,2,3,4],[1]]"), "it has more than 12 values");
    }

    #[test]
    fn depth_and_length_are_no_danger() {
        let bounds =
            Bounds { depth: 64, values: 1_000_000, texts: 1_000_000, items: 1_000_000, text_bytes: 10 };
        assert!(check_bounds(&"[".repeat(10_000_000), bounds).is_err());
        assert!(check_bounds(&"{\"a\":".repeat(1_000_000), bounds).is_err());
        assert!(check_bounds(&format!("[{}1]", "1,".repeat(10_000_000)), bounds).is_err());
    }
}
