//! Lists in sources.

use proc_macro2::TokenTree;

/// The parts of a list, of which the last may end in a comma too.
pub(super) fn split_at_commas(trees: &[TokenTree]) -> Vec<&[TokenTree]> {
    let is_comma = |tree: &TokenTree| matches!(tree, TokenTree::Punct(mark) if mark.as_char() == ',');
    let mut parts: Vec<&[TokenTree]> = trees.split(is_comma).collect();
    if parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_at_the_end_begins_no_part() {
        for (list, expected) in [("", 0), ("a", 1), ("a, (b, c),", 2), ("a, b", 2), (",", 1)] {
            let trees: Vec<TokenTree> =
                list.parse::<proc_macro2::TokenStream>().unwrap().into_iter().collect();
            assert_eq!(split_at_commas(&trees).len(), expected, "{list}");
        }
    }
}
