//! A TOML table whose mistakes can be named with their lines.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Problem;
use crate::format::brief;
use crate::text::nearest;

/// A table, with where it stands and the text that it was read from.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    text: &'a str,
    /// For messages: `[limits]`, `[[benchmark]]`, …
    name: &'a str,
    entries: &'a DeTable<'a>,
}

/// A value, with where it stands and the text that it was read from.
#[derive(Clone, Copy)]
pub(super) struct Item<'a> {
    text: &'a str,
    key: &'a str,
    value: &'a Spanned<DeValue<'a>>,
}

impl<'a> Table<'a> {
    pub(super) fn new(text: &'a str, name: &'a str, entries: &'a DeTable<'a>) -> Self {
        Self { text, name, entries }
    }

    /// Every entry, after a check that its key is one of `known`.
    pub(super) fn entries(self, known: &[&str]) -> Result<Vec<(&'a str, Item<'a>)>, Problem> {
        let mut entries = Vec::new();
        for (key, value) in self.entries {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let hint = match nearest(name, known.iter().copied()) {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => format!("the keys are {}", known.join(", ")),
                };
                let message = format!("unknown key `{name}` in {}; {hint}", self.name);
                return Err(Problem { line: line_of(self.text, key.span().start), message: brief(&message) });
            }
            entries.push((name, Item { text: self.text, key: name, value }));
        }
        Ok(entries)
    }
}

impl<'a> Item<'a> {
    /// A mistake in this value.
    pub(super) fn problem(self, message: impl std::fmt::Display) -> Problem {
        Problem {
            line: line_of(self.text, self.value.span().start),
            message: brief(&format!("`{}`: {message}", self.key)),
        }
    }

    pub(super) fn table(self, name: &'a str) -> Result<Table<'a>, Problem> {
        match self.value.get_ref() {
            DeValue::Table(entries) => Ok(Table::new(self.text, name, entries)),
            _ => Err(self.problem("it must be a table")),
        }
    }

    /// The tables of `[[name]]`.
    pub(super) fn tables(self, name: &'a str) -> Result<Vec<(Item<'a>, Table<'a>)>, Problem> {
        self.items()?.into_iter().map(|item| Ok((item, item.table(name)?))).collect()
    }

    pub(super) fn items(self) -> Result<Vec<Item<'a>>, Problem> {
        match self.value.get_ref() {
            DeValue::Array(items) => Ok(items.iter().map(|value| Item { value, ..self }).collect()),
            _ => Err(self.problem("it must be an array")),
        }
    }

    pub(super) fn string(self) -> Result<&'a str, Problem> {
        self.as_string().ok_or_else(|| self.problem("it must be a string"))
    }

    /// The text of a string. Where something else is no mistake: looking for the line of one takes a walk over all lines
    /// before it.
    pub(super) fn as_string(self) -> Option<&'a str> {
        match self.value.get_ref() {
            DeValue::String(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn boolean(self) -> Result<bool, Problem> {
        match self.value.get_ref() {
            DeValue::Boolean(value) => Ok(*value),
            _ => Err(self.problem("it must be true or false")),
        }
    }

    /// The strings of an array.
    pub(super) fn strings(self) -> Result<Vec<String>, Problem> {
        self.items()?.into_iter().map(|item| Ok(item.string()?.to_owned())).collect()
    }

    /// The line on which it stands.
    pub(super) fn line(self) -> usize {
        line_of(self.text, self.value.span().start)
    }

    /// The strings of a table with any keys.
    pub(super) fn named_strings(self) -> Result<BTreeMap<String, String>, Problem> {
        let DeValue::Table(entries) = self.value.get_ref() else {
            return Err(self.problem("it must be a table"));
        };
        let entry = |(key, value): (&'a Spanned<std::borrow::Cow<'a, str>>, &'a Spanned<DeValue<'a>>)| {
            let key: &str = key.get_ref();
            let value = Item { key, value, ..self }.string()?;
            Ok((key.to_owned(), value.to_owned()))
        };
        entries.iter().map(entry).collect()
    }

    /// A number, whole or not; none when the value is something else.
    pub(super) fn number(self) -> Option<f64> {
        match self.value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
            DeValue::Float(number) => number.as_str().parse().ok(),
            _ => None,
        }
    }

    /// A whole number, or none when the value is something else.
    pub(super) fn integer(self) -> Result<Option<i64>, Problem> {
        match self.value.get_ref() {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map(Some)
                .map_err(|_| self.problem(format!("{} is too large", number.as_str()))),
            _ => Ok(None),
        }
    }
}

/// The line of a place in a text, counted from 1.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())].iter().filter(|&&byte| byte == b'\n').count() + 1
}
