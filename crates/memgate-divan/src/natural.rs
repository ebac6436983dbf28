//! The order in which divan shows names: numbers within them by their value.

use std::cmp::Ordering;
use std::str::FromStr;

/// Compares two names, with the digits in them as numbers.
pub(crate) fn compare(one: &str, other: &str) -> Ordering {
    Iterator::cmp(Words(one), Words(other))
}

/// Compares two names of arguments as divan does it: a whole number is equal to everything (so that the order in which arguments were made
/// decides), fractions are compared by their values, and the rest by name.
pub(crate) fn compare_arguments(one: &str, other: &str) -> Ordering {
    if is::<u128>(one) || is::<i128>(one) {
        return Ordering::Equal;
    }
    let fractions = one.parse::<f64>().ok().zip(other.parse::<f64>().ok());
    fractions.and_then(|(one, other)| one.partial_cmp(&other)).unwrap_or_else(|| compare(one, other))
}

fn is<N: FromStr>(text: &str) -> bool {
    text.parse::<N>().is_ok()
}

/// The digits and the rest of a name, in turns.
struct Words<'a>(&'a str);

#[derive(PartialEq, Eq)]
struct Word<'a> {
    is_number: bool,
    text: &'a str,
}

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        let is_number = self.0.bytes().next()?.is_ascii_digit();
        let end = self.0.bytes().position(|byte| byte.is_ascii_digit() != is_number);
        // A digit is one byte, so both parts are whole characters.
        let (text, rest) = self.0.split_at(end.unwrap_or(self.0.len()));
        self.0 = rest;
        Some(Word { is_number, text })
    }
}

impl Ord for Word<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        if !(self.is_number && other.is_number) {
            return self.text.cmp(other.text);
        }
        let digits = |word: &Self| word.text.trim_start_matches('0');
        digits(self).len().cmp(&digits(other).len()).then_with(|| digits(self).cmp(digits(other)))
    }
}

impl PartialOrd for Word<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted<'a>(names: &[&'a str], compare: fn(&str, &str) -> Ordering) -> Vec<&'a str> {
        let mut names = names.to_vec();
        names.sort_by(|one, other| compare(one, other));
        names
    }

    #[test]
    fn numbers_within_names_are_compared_by_their_values() {
        assert_eq!(
            sorted(&["A<16>", "A<8>", "A<08>", "B", "A"], compare),
            ["A", "A<8>", "A<08>", "A<16>", "B"]
        );
        assert_eq!(sorted(&["0", "10", "9", "00"], compare), ["0", "00", "9", "10"]);
    }

    #[test]
    fn whole_numbers_stay_as_they_were_made() {
        assert_eq!(sorted(&["20", "-3", "100"], compare_arguments), ["20", "-3", "100"]);
        assert_eq!(sorted(&["2.5", "10.0", "1.5"], compare_arguments), ["1.5", "2.5", "10.0"]);
        assert_eq!(sorted(&["b", "a10", "a9"], compare_arguments), ["a9", "a10", "b"]);
    }
}
