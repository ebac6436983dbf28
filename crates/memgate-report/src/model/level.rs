//! The levels of a benchmark's name: `group/benchmark/argument` of memgate and criterion, `module::function::argument` of divan.

/// A name without its last level, what is between the two, and that level. None when it has one level.
///
/// What is between angle brackets is one word: a type's path has no levels.
pub(crate) fn split_last_level(name: &str) -> Option<(&str, &str, &str)> {
    let mut end = name.len();
    loop {
        let head = name.get(..end)?;
        let separators = ["/", "::"].map(|separator| head.rfind(separator).map(|at| (at, separator.len())));
        let (at, length) = separators.into_iter().flatten().max()?;
        let (group, rest) = name.split_at(at);
        let (separator, last) = rest.split_at(length);
        if !group.is_empty() && group.matches('<').count() <= group.matches('>').count() {
            return Some((group, separator, last));
        }
        end = at;
    }
}

/// What of a name lies below a group, with the separator; none when it is not in the group.
pub(crate) fn below_group<'a>(name: &'a str, group: &str) -> Option<&'a str> {
    name.strip_prefix(group).filter(|rest| rest.starts_with('/') || rest.starts_with("::"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_between_slashes_and_pairs_of_colons() {
        assert_eq!(split_last_level("sort/10"), Some(("sort", "/", "10")));
        assert_eq!(split_last_level("suite::all::10"), Some(("suite::all", "::", "10")));
        assert_eq!(split_last_level("suite::all::a/b"), Some(("suite::all::a", "/", "b")));
        assert_eq!(split_last_level("suite::all::Vec<x::Y>"), Some(("suite::all", "::", "Vec<x::Y>")));
        assert_eq!(split_last_level("Vec<x::Y>"), None);
        assert_eq!((split_last_level("sort"), split_last_level("::a")), (None, None));
    }

    #[test]
    fn a_group_is_whole_levels() {
        assert_eq!(below_group("sort/10", "sort"), Some("/10"));
        assert_eq!(below_group("suite::all::10", "suite::all"), Some("::10"));
        assert_eq!((below_group("sorted/10", "sort"), below_group("sort", "sort")), (None, None));
    }
}
