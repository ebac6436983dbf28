//! One of several values that have names, as an argument.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// A parser of one of `choices`: values with their names and what they are. Not `ValueEnum`, which would have to be derived where
/// the type is, and `memgate-report` knows no command line.
pub(super) fn one_of<T: Clone + Send + Sync + 'static>(
    choices: &'static [(T, &'static str, &'static str)],
) -> impl TypedValueParser<Value = T> {
    let values = choices.iter().map(|(_, name, help)| PossibleValue::new(*name).help(*help));
    PossibleValuesParser::new(values)
        .try_map(|said| named(choices, &said).ok_or_else(|| format!("`{said}` is none of them")))
}

/// The value that has a name.
pub(super) fn named<T: Clone>(choices: &[(T, &str, &str)], said: &str) -> Option<T> {
    choices.iter().find(|(_, name, _)| *name == said).map(|(value, ..)| value.clone())
}
