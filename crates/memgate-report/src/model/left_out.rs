//! Bench targets that were not measured, and why.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A bench target that was not measured: it lacks something, or is excluded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// The package's name.
    pub package: String,
    /// The bench target's name.
    pub bench_target: String,
    /// What it lacks; empty when it is excluded, or none of memgate's.
    pub needs: Vec<Need>,
}

/// What a bench target lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Need {
    /// A feature that is not enabled.
    Feature(String),
    /// `harness = false` in the manifest: libtest's `main` takes the place of the suite's.
    NoHarness,
    /// A `main` that runs the suite.
    Main,
    /// An entry in the manifest: it is a file that cargo does not know.
    Listing,
    /// To be a bench target: it is one of another kind.
    BenchKind,
    /// Another platform.
    Platform(String),
    /// Another platform than this one, for what is a whole command.
    CommandPlatform,
    /// What a `#[cfg(…)]` asks for that is neither a feature nor a platform.
    Condition(String),
}

const NO_HARNESS: &str = "harness = false";
const MAIN: &str = "fn main()";
const LISTING: &str = "[[bench]]";
const BENCH_KIND: &str = "kind = bench";
const COMMAND_PLATFORM: &str = "platform of commands";
const PLATFORM: &str = "platform: ";
const CONDITION: &str = "condition: ";

impl From<String> for Need {
    fn from(text: String) -> Self {
        match text.as_str() {
            NO_HARNESS => Self::NoHarness,
            MAIN => Self::Main,
            LISTING => Self::Listing,
            BENCH_KIND => Self::BenchKind,
            COMMAND_PLATFORM => Self::CommandPlatform,
            _ => match (text.strip_prefix(PLATFORM), text.strip_prefix(CONDITION)) {
                (Some(platform), _) => Self::Platform(platform.to_owned()),
                (None, Some(condition)) => Self::Condition(condition.to_owned()),
                (None, None) => Self::Feature(text),
            },
        }
    }
}

impl From<Need> for String {
    /// As in a file: the name of a feature, or what can't be one.
    fn from(need: Need) -> Self {
        match need {
            Need::Feature(feature) => feature,
            Need::NoHarness => NO_HARNESS.to_owned(),
            Need::Main => MAIN.to_owned(),
            Need::Listing => LISTING.to_owned(),
            Need::BenchKind => BENCH_KIND.to_owned(),
            Need::CommandPlatform => COMMAND_PLATFORM.to_owned(),
            Need::Platform(platform) => format!("{PLATFORM}{platform}"),
            Need::Condition(condition) => format!("{CONDITION}{condition}"),
        }
    }
}

impl Need {
    /// What must hold besides features.
    fn condition(&self) -> Option<&str> {
        match self {
            Self::Platform(text) | Self::Condition(text) => Some(text),
            _ => None,
        }
    }
}

impl LeftOut {
    /// Whether it should have been measured. What can't be measured on this platform, or was never a bench target, is only
    /// said; and what is excluded is meant to be.
    #[must_use]
    pub fn is_gap(&self) -> bool {
        let is_lack =
            |need: &Need| !matches!(need, Need::Platform(_) | Need::CommandPlatform | Need::BenchKind);
        !self.needs.is_empty() && self.needs.iter().all(is_lack)
    }

    /// What it lacks and how it gets that, as a sentence that begins with "it"; none when nothing.
    #[must_use]
    pub fn why(&self) -> Option<String> {
        let features: Vec<&str> = self
            .needs
            .iter()
            .filter_map(|need| match need {
                Need::Feature(feature) => Some(feature.as_str()),
                _ => None,
            })
            .collect();
        if !features.is_empty() {
            let word = if features.len() == 1 { "feature" } else { "features" };
            let conditions: String =
                self.needs.iter().filter_map(Need::condition).map(|text| format!(", and {text}")).collect();
            return Some(format!(
                "it needs the {word} {} (--features {}){conditions}",
                features.join(", "),
                features.join(",")
            ));
        }
        self.needs.first().map(|need| match need {
            Need::NoHarness => "it needs `harness = false` under its [[bench]] in Cargo.toml".to_owned(),
            Need::Main => "it has memgate's allocator or macro, and no `main` that runs a suite".to_owned(),
            Need::Listing => {
                "no [[bench]] in Cargo.toml names its file, and cargo does not look for others (`autobenches`)".to_owned()
            }
            Need::BenchKind => "it is no bench target, and only those are measured".to_owned(),
            Need::CommandPlatform => {
                "whole commands are measured on Linux alone, for the processors of the tool, which needs glibc itself".to_owned()
            }
            Need::Platform(platform) => format!("it uses memgate under {platform} alone"),
            Need::Condition(condition) => {
                format!("it uses memgate under {condition} alone, which does not hold")
            }
            Need::Feature(_) => String::new(),
        })
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = self
            .why()
            .unwrap_or_else(|| "it is excluded in memgate.toml, or does not name memgate".to_owned());
        write!(f, "{}/{} was not measured: {why}", self.package, self.bench_target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lacking_is_read_as_it_was_written() {
        let needs = vec![
            Need::Feature("heap".into()),
            Need::NoHarness,
            Need::Main,
            Need::Listing,
            Need::BenchKind,
            Need::Platform("cfg(windows)".into()),
            Need::Condition("cfg(heap_benches)".into()),
            Need::CommandPlatform,
        ];
        let text = serde_json::to_string(&needs).unwrap();
        assert!(text.starts_with(r#"["heap","harness = false""#), "{text}");
        assert_eq!(serde_json::from_str::<Vec<Need>>(&text).unwrap(), needs);
    }

    #[test]
    fn what_can_be_mended_is_a_gap() {
        let of =
            |needs: &[Need]| LeftOut { package: "p".into(), bench_target: "b".into(), needs: needs.to_vec() };
        assert!(of(&[Need::Feature("heap".into())]).is_gap() && of(&[Need::NoHarness]).is_gap());
        assert!(!of(&[]).is_gap() && !of(&[Need::Platform("cfg(windows)".into())]).is_gap());
        assert_eq!(
            of(&[Need::Feature("a".into()), Need::Feature("b/c".into())]).to_string(),
            "p/b was not measured: it needs the features a, b/c (--features a,b/c)"
        );
        let condition = of(&[Need::Condition("cfg(x)".into())]);
        assert!(condition.is_gap());
        assert_eq!(
            condition.to_string(),
            "p/b was not measured: it uses memgate under cfg(x) alone, which does not hold"
        );
        let both = of(&[Need::Condition("cfg(x)".into()), Need::Feature("a".into())]);
        assert_eq!(both.why().unwrap(), "it needs the feature a (--features a), and cfg(x)");
    }
}
