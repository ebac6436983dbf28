//! Names that somebody else wrote.

use memgate_protocol::check_name;

use super::FormatError;

/// Checks the name of a benchmark: it is one that a bench process could have declared, since what was measured has to be read everywhere.
///
/// Rejected for files of strangers: to refuse all that nobody sees, the half of many emoji among it, and what is long. It is shown as an
/// escape, and loses its middle, where people read.
pub(crate) fn check_benchmark(name: &str) -> Result<(), FormatError> {
    check_name(name)
        .map_err(|error| FormatError::Unsound(format!("{name:?} is no name of a benchmark: {error}")))
}

/// Checks the name of a target triple, of a package or of a bench target, which becomes a folder or a word of a command.
pub(crate) fn check_part(name: &str) -> Result<(), FormatError> {
    if check_name(name).is_ok() && is_file_name(name) && !name.starts_with('-') {
        return Ok(());
    }
    Err(FormatError::Unsound(format!("{name:?} is no name of a target triple, package or bench target")))
}

/// Whether a name is that of one file or folder, on every system.
pub fn is_file_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', ':', '\0'])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::compare::{ComparisonInput, compare};
    use crate::format::{
        parse_baseline, parse_history_line, parse_renames, parse_report, parse_run, parse_sites,
        print_baseline, print_history_line, print_renames, print_report, print_run, print_sites,
    };
    use crate::model::{BaselineKey, BenchmarkId, HistoryRecord, Named, Rename};
    use crate::render::{Format, RenderOptions, render};
    use crate::rules::Policy;
    use crate::samples::{TRIPLE, baselines_of, measured, metrics, part, run_of, steady};
    use crate::sites::{BenchTargetSites, StoredSites};

    /// Every name that can be measured is read in every file.
    #[test]
    fn what_the_runtime_lets_through_is_read_everywhere() {
        let long = "x".repeat(5_000);
        for name in ["❤\u{FE0F}", "👩\u{200D}🔬", "a\u{AD}b", "a\u{115F}b", "a\u{E0041}b", &long] {
            check_name(name).unwrap();
            let run = run_of(vec![part(
                "memory",
                BTreeMap::from([(name.to_owned(), measured(metrics(&[96], 3)))]),
            )]);
            assert_eq!(parse_run(print_run(&run).as_bytes()).unwrap(), run);
            let record = HistoryRecord::of_run(&run);
            assert_eq!(parse_history_line(print_history_line(&record).as_bytes()).unwrap(), record);
            let committed = BTreeMap::from([(name.to_owned(), steady(&metrics(&[64], 2)))]);
            let baselines = baselines_of("memory", committed);
            let baseline = &baselines[&BaselineKey::new(TRIPLE, "parser", "memory")];
            assert_eq!(parse_baseline(print_baseline(baseline).as_bytes()).unwrap(), *baseline);
            let sites = [(name.to_owned(), StoredSites::default())].into();
            let sites = BenchTargetSites { benchmarks: sites, features: None };
            assert_eq!(parse_sites(print_sites(&sites).as_bytes()).unwrap(), sites);
            let id = Named::Benchmark(BenchmarkId::new("parser", "memory", name));
            let rename = [Rename::new("parser/memory/a".parse().unwrap(), id).unwrap()];
            assert_eq!(parse_renames(print_renames(&rename).as_bytes()).unwrap(), rename);
            let report = compare(ComparisonInput {
                runs: &[run],
                baselines: &baselines,
                policy: &Policy::default(),
                today: jiff::civil::date(2027, 1, 15),
                strict: false,
            });
            assert_eq!(parse_report(print_report(&report).as_bytes()).unwrap(), report);
            for format in [Format::Terminal, Format::Markdown, Format::Junit, Format::Json] {
                let options = RenderOptions {
                    verbose: true,
                    cold: false,
                    color: false,
                    width: None,
                    command: "memgate".to_owned(),
                    cargo_flags: Vec::new(),
                    filters: Vec::new(),
                };
                let shown = render(&report, format, &options);
                let hidden = |character| character != '\n' && crate::format::is_invisible(character);
                assert!(!shown.contains(hidden), "{shown:?}");
            }
        }
    }
}
