//! What a `#[cfg(…)]` asks for, and what of it does not hold.

use std::fmt;

use proc_macro2::{TokenStream, TokenTree};

use super::list::split_at_commas;
use super::literal::text_of;
use memgate_report::model::Need;

/// A `cfg` predicate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// `name`, or `name = "value"`.
    Is(String, Option<String>),
}

/// What holds in a build.
pub(super) trait Facts {
    fn has_feature(&self, feature: &str) -> bool;
    /// Whether what is no feature holds: a platform, or what is given to the compiler by `--cfg`.
    fn holds(&self, name: &str, value: Option<&str>) -> bool;
}

/// What the compiler sets by itself, for a platform or a purpose that no flag of the user's brings. `target_…` are too.
const PLATFORMS: [&str; 7] = ["unix", "windows", "panic", "miri", "sanitize", "doc", "proc_macro"];

impl Condition {
    /// Reads what is between the parentheses of `cfg(…)`; none for what is no predicate.
    pub(super) fn parse(stream: TokenStream) -> Option<Self> {
        let trees: Vec<TokenTree> = stream.into_iter().collect();
        Self::parse_trees(&trees)
    }

    fn parse_trees(trees: &[TokenTree]) -> Option<Self> {
        match trees {
            [TokenTree::Ident(name)] => Some(Self::Is(name.to_string(), None)),
            [TokenTree::Ident(name), TokenTree::Punct(mark), TokenTree::Literal(value)]
                if mark.as_char() == '=' =>
            {
                Some(Self::Is(name.to_string(), Some(text_of(value)?)))
            }
            [TokenTree::Ident(name), TokenTree::Group(group)] => {
                let inner = group.stream().into_iter().collect::<Vec<_>>();
                let parts = split_at_commas(&inner).into_iter().map(Self::parse_trees);
                let mut parts = parts.collect::<Option<Vec<_>>>()?;
                match name.to_string().as_str() {
                    "all" => Some(Self::All(parts)),
                    "any" => Some(Self::Any(parts)),
                    "not" if parts.len() == 1 => Some(Self::Not(Box::new(parts.remove(0)))),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    pub(super) fn is_true(&self, facts: &dyn Facts) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.is_true(facts)),
            Self::Any(parts) => parts.iter().any(|part| part.is_true(facts)),
            Self::Not(part) => !part.is_true(facts),
            Self::Is(name, None) if name == "true" => true,
            Self::Is(name, None) if name == "false" => false,
            Self::Is(name, Some(feature)) if name == "feature" => facts.has_feature(feature),
            Self::Is(name, value) => facts.holds(name, value.as_deref()),
        }
    }

    /// What is missing for it to be true; nothing when it is.
    pub(super) fn needs(&self, facts: &dyn Facts) -> Vec<Need> {
        if self.is_true(facts) {
            return Vec::new();
        }
        match self {
            Self::All(parts) => parts.iter().flat_map(|part| part.needs(facts)).collect(),
            Self::Any(parts) => {
                let ways = parts.iter().map(|part| part.needs(facts));
                ways.min_by_key(|needs| effort(needs)).unwrap_or_else(|| vec![self.as_need()])
            }
            Self::Is(name, Some(feature)) if name == "feature" => vec![Need::Feature(feature.clone())],
            Self::Is(..) | Self::Not(_) => vec![self.as_need()],
        }
    }

    fn as_need(&self) -> Need {
        let text = format!("cfg({self})");
        if self.is_platform() { Need::Platform(text) } else { Need::Condition(text) }
    }

    /// Whether it is about the platform alone, which is as it is.
    pub(super) fn is_platform(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => !parts.is_empty() && parts.iter().all(Self::is_platform),
            Self::Not(part) => part.is_platform(),
            Self::Is(name, _) => name.starts_with("target_") || PLATFORMS.contains(&name.as_str()),
        }
    }
}

/// By how little it takes to have what is missing.
pub(super) fn effort(needs: &[Need]) -> (usize, usize) {
    let hard = |need: &&Need| match need {
        Need::Feature(_) => 0,
        Need::Platform(_) => 2,
        _ => 1,
    };
    (needs.iter().map(|need| hard(&need)).max().unwrap_or(0), needs.len())
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, name: &str, parts: &[Self]| {
            let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
            write!(f, "{name}({})", parts.join(", "))
        };
        match self {
            Self::All(parts) => list(f, "all", parts),
            Self::Any(parts) => list(f, "any", parts),
            Self::Not(part) => write!(f, "not({part})"),
            Self::Is(name, None) => f.write_str(name),
            Self::Is(name, Some(value)) => write!(f, "{name} = \"{value}\""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Known;

    impl Facts for Known {
        fn has_feature(&self, feature: &str) -> bool {
            feature == "std"
        }

        fn holds(&self, name: &str, _: Option<&str>) -> bool {
            name == "unix"
        }
    }

    fn needs(text: &str) -> Vec<Need> {
        let condition = Condition::parse(text.parse().unwrap()).unwrap();
        assert_eq!(condition.to_string(), text);
        condition.needs(&Known)
    }

    #[test]
    fn what_holds_lacks_nothing() {
        for text in
            ["unix", "all()", "feature = \"std\"", "all(unix, not(windows))", "any(windows, unix)", "true"]
        {
            assert_eq!(needs(text), [], "{text}");
        }
    }

    #[test]
    fn what_does_not_hold_is_told_apart() {
        let feature = |name: &str| Need::Feature(name.to_owned());
        let condition = |text: &str| Need::Condition(text.to_owned());
        let platform = |text: &str| Need::Platform(text.to_owned());
        assert_eq!(needs("all(unix, feature = \"heap\")"), [feature("heap")]);
        assert_eq!(needs("any(windows, heap_benches, feature = \"heap\")"), [feature("heap")]);
        assert_eq!(needs("heap_benches"), [condition("cfg(heap_benches)")]);
        assert_eq!(needs("not(feature = \"std\")"), [condition("cfg(not(feature = \"std\"))")]);
        assert_eq!(needs("false"), [condition("cfg(false)")]);
        assert_eq!(
            needs("all(target_os = \"none\", feature = \"heap\")"),
            [platform("cfg(target_os = \"none\")"), feature("heap")]
        );
        assert_eq!(needs("not(unix)"), [platform("cfg(not(unix))")]);
    }

    #[test]
    fn what_is_no_predicate_is_none() {
        for text in ["", "a b", "not(a, b)", "version(\"1.0\")"] {
            assert_eq!(Condition::parse(text.parse().unwrap()), None, "{text}");
        }
    }
}
