//! What is said where no bench target could be measured.

use std::collections::BTreeSet;

use memgate_report::model::LeftOut;

use crate::error::Error;

/// What there is where no bench target was built.
pub(super) struct Nothing<'a> {
    /// The packages that were looked at and depend on memgate.
    pub(super) candidates: Vec<String>,
    /// Their bench targets, with what they lack.
    pub(super) left_out: &'a [LeftOut],
    /// What memgate.toml excludes: packages, and bench targets as `package/bench_target`.
    pub(super) excluded: &'a [String],
    /// The packages and bench targets with committed baselines, of those that are asked for.
    pub(super) waiting: BTreeSet<(String, String)>,
    /// The same of whole commands.
    pub(super) waiting_commands: BTreeSet<(String, String)>,
    /// Whether memgate.toml has commands.
    pub(super) has_commands: bool,
}

impl Nothing<'_> {
    /// The error. What is there already is named with what it lacks; how to add one is only said where there is none.
    pub(super) fn error(&self) -> Error {
        let mut message = "no bench target of the selected packages uses memgate".to_owned();
        let mut is_coverage_gap = false;
        for left in self.left_out {
            match self.exclusion(left) {
                Some(name) => {
                    is_coverage_gap = true;
                    message += &format!(
                        "\n  {}/{} was not measured: `exclude = [\"{name}\"]` under [build] in memgate.toml leaves it out",
                        left.package, left.bench_target
                    );
                }
                None if left.needs.is_empty() => {
                    message += &format!(
                        "\n  {}/{} is none of memgate's: its source does not name it",
                        left.package, left.bench_target
                    );
                }
                None => {
                    is_coverage_gap = true;
                    message += &format!("\n  {left}");
                }
            }
        }
        let is_left_out = |(package, bench_target): &&(String, String)| {
            self.left_out.iter().any(|left| left.package == *package && left.bench_target == *bench_target)
        };
        for (package, bench_target) in self.waiting.iter().filter(|waiting| !is_left_out(waiting)) {
            message += &format!(
                "\n  {package}/{bench_target} has a baseline, and cargo knows no bench target of memgate's by that name: if its \
                 file or its [[bench]] in Cargo.toml is gone by mistake, bring it back; if it is renamed, rename the baseline with \
                 `update --rename OLD NEW`"
            );
        }
        for (package, program) in self.waiting_commands.iter().filter(|waiting| !is_left_out(waiting)) {
            message += &format!(
                "\n  {package}/{program} has a baseline, and memgate.toml has no [[command]] of it: if that is gone by mistake, bring it \
                 back; if it is renamed, rename the baseline with `update --rename OLD NEW`"
            );
        }
        is_coverage_gap |= !self.waiting.is_empty() || !self.waiting_commands.is_empty();
        if self.has_commands {
            message += "\n  the commands in memgate.toml are measured by `check`, `run` and `update`, where they are selected";
        } else if !is_coverage_gap {
            message += &self.beginning();
        }
        Error::NoBenchTarget { message, is_coverage_gap }
    }

    /// What in memgate.toml leaves a bench target out.
    fn exclusion(&self, left: &LeftOut) -> Option<&str> {
        let is_it = |name: &&String| match name.split_once('/') {
            Some((package, bench_target)) => package == left.package && bench_target == left.bench_target,
            None => **name == left.package,
        };
        // What lacks something is built as soon as it has that, so it is not excluded.
        self.excluded.iter().filter(|_| left.needs.is_empty()).find(is_it).map(String::as_str)
    }

    fn beginning(&self) -> String {
        let package = self.candidates.first().map_or("your package", String::as_str);
        format!(
            "\n  to add one to {package}: put `memgate` under [dev-dependencies],\n  \
             [[bench]]\n  name = \"memory\"\n  harness = false\n  \
             into its Cargo.toml, and into benches/memory.rs:\n\n  \
             fn example(bencher: memgate::Bencher) {{\n      bencher.bench(|| vec![1, 2, 3]);\n  }}\n  \
             memgate::main! {{ example }}"
        )
    }
}

#[cfg(test)]
mod tests {
    use memgate_report::model::Need;

    use super::*;

    fn said(needs: &[Need], excluded: &[&str], waiting: &[(&str, &str)]) -> (String, bool) {
        let left_out = LeftOut { package: "p".into(), bench_target: "memory".into(), needs: needs.to_vec() };
        let excluded: Vec<String> = excluded.iter().map(|name| (*name).to_owned()).collect();
        let nothing = Nothing {
            candidates: vec!["p".into()],
            left_out: &[left_out],
            excluded: &excluded,
            waiting: waiting.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect(),
            waiting_commands: BTreeSet::new(),
            has_commands: false,
        };
        match nothing.error() {
            Error::NoBenchTarget { message, is_coverage_gap } => (message, is_coverage_gap),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn how_to_add_one_is_said_where_there_is_none_alone() {
        let assert_gap = |(message, is_coverage_gap): (String, bool), words: &str| {
            assert!(
                is_coverage_gap && message.contains(words) && !message.contains("to add one"),
                "{message}"
            );
        };
        let platform = Need::Platform("cfg(windows)".into());
        assert_gap(
            said(&[platform], &[], &[]),
            "p/memory was not measured: it uses memgate under cfg(windows)",
        );
        let feature = Need::Feature("heap".into());
        assert_gap(said(&[feature], &[], &[]), "p/memory was not measured: it needs the feature heap");
        let package = "`exclude = [\"p\"]` under [build] in memgate.toml leaves it out";
        assert_gap(said(&[], &["q", "p"], &[]), package);
        assert_gap(said(&[], &["p/memory"], &[]), "`exclude = [\"p/memory\"]`");
        assert_gap(said(&[], &[], &[("p", "gone")]), "p/gone has a baseline");
        let (message, is_coverage_gap) = said(&[], &["q", "p/other"], &[]);
        assert!(!is_coverage_gap && message.contains("to add one to p"), "{message}");
        assert!(message.contains("p/memory is none of memgate's"), "{message}");
    }
}
