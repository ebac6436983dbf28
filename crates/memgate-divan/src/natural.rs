//! The order in which divan shows names: numbers within them by their value.

use std::cmp::Ordering;

/// Compares two names, with the digits in them as numbers.
pub(crate) fn compare(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (one, other);
    while !(one.is_empty() || other.is_empty()) {
        let order = compare_words(next_word(&mut one), next_word(&mut other));
        if order.is_ne() {
            return order;
        }
    }
    one.len().cmp(&other.len())
}

/// Compares two names of arguments as divan does it: a whole number is equal to everything (so that the order in which arguments were made
/// decides), fractions are compared by their values, and the rest by name.
pub(crate) fn compare_arguments(one: &str, other: &str) -> Ordering {
    if is_whole(one) {
        return Ordering::Equal;
    }
    if let (Ok(one), Ok(other)) = (one.parse::<f64>(), other.parse::<f64>()) {
        if let Some(order) = one.partial_cmp(&other) {
            return order;
        }
    }
    compare(one, other)
}

/// Whether a text is a `u128` or an `i128`. By its digits, since reading it would be a large part of this package, once compiled.
fn is_whole(text: &str) -> bool {
    const MOST: &str = "340282366920938463463374607431768211455";
    const MOST_BELOW_ZERO: &str = "170141183460469231731687303715884105728";
    let (digits, most) = match text.strip_prefix('-') {
        Some(digits) => (digits, MOST_BELOW_ZERO),
        None => (text.strip_prefix('+').unwrap_or(text), MOST),
    };
    let value = digits.trim_start_matches('0');
    let fits = (value.len(), value) <= (most.len(), most);
    !digits.is_empty() && fits && digits.bytes().all(|digit| digit.is_ascii_digit())
}

/// The digits at the begin of a name, or what is before the first; the rest is left.
fn next_word<'a>(rest: &mut &'a str) -> &'a str {
    let bytes = rest.as_bytes();
    let mut end = 0;
    while end < bytes.len() && bytes[end].is_ascii_digit() == bytes[0].is_ascii_digit() {
        end += 1;
    }
    // A digit is one byte, so both parts are whole characters.
    let (word, behind) = rest.split_at(end);
    *rest = behind;
    word
}

fn compare_words(one: &str, other: &str) -> Ordering {
    if !(starts_with_digit(one) && starts_with_digit(other)) {
        return one.cmp(other);
    }
    let (one, other) = (one.trim_start_matches('0'), other.trim_start_matches('0'));
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

fn starts_with_digit(word: &str) -> bool {
    word.as_bytes().first().is_some_and(u8::is_ascii_digit)
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
    fn a_whole_number_is_what_128_bits_hold() {
        let edges = [u128::MAX.to_string(), i128::MIN.to_string(), i128::MAX.to_string()];
        let beyond = edges
            .iter()
            .map(|edge| edge.replace("5", "6"))
            .chain(edges.iter().map(|edge| format!("{edge}0")));
        let odd =
            ["", "-", "+", "+-1", "-0", "+7", "007", "1_0", "1.0", "0x1", " 1", "-1", "12"].map(String::from);
        for text in edges.iter().cloned().chain(beyond).chain(odd) {
            let is_one = text.parse::<u128>().is_ok() || text.parse::<i128>().is_ok();
            assert_eq!(is_whole(&text), is_one, "{text}");
        }
    }

    #[test]
    fn whole_numbers_stay_as_they_were_made() {
        assert_eq!(sorted(&["20", "-3", "100"], compare_arguments), ["20", "-3", "100"]);
        assert_eq!(sorted(&["2.5", "10.0", "1.5"], compare_arguments), ["1.5", "2.5", "10.0"]);
        assert_eq!(sorted(&["b", "a10", "a9"], compare_arguments), ["a9", "a10", "b"]);
    }
}
