//! `baselines/renames.json`: what benchmarks were called before.

use serde::Deserialize;

use super::error::unsound;
use super::{FormatError, check_benchmark, check_envelope, check_part, text_of};
use crate::model::{Named, Rename};

/// The newest schema version of the file of renames.
///
/// # Changelog
/// - 1: first version.
pub const RENAMES_SCHEMA: u32 = 1;

/// What the file of renames says it is.
pub const RENAMES_KIND: &str = "memgate renames";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RenamesFile {
    #[serde(rename = "kind")]
    _kind: String,
    renames: Vec<Rename>,
    #[serde(rename = "schema")]
    _schema: u32,
}

/// Reads the file of renames, the oldest first.
///
/// # Errors
/// When the file is none of renames, has a newer schema, or names that can't be.
pub fn parse_renames(bytes: &[u8]) -> Result<Vec<Rename>, FormatError> {
    let text = text_of(bytes)?;
    check_envelope(text, RENAMES_KIND, RENAMES_SCHEMA)?;
    let RenamesFile { renames, .. } = serde_json::from_str(text)?;
    for Rename { from, to } in &renames {
        check_named(from)?;
        check_named(to)?;
        Rename::new(from.clone(), to.clone()).map_err(|error| unsound(error.to_string()))?;
    }
    Ok(renames)
}

fn check_named(named: &Named) -> Result<(), FormatError> {
    match named {
        Named::Package(package) => check_part(package),
        Named::BenchTarget { package, bench_target } => {
            check_part(package)?;
            check_part(bench_target)
        }
        Named::Benchmark(id) => {
            check_part(&id.package)?;
            check_part(&id.bench_target)?;
            check_benchmark(&id.name)
        }
    }
}

/// Prints the file of renames: one on a line, in their order, so that a new one is one line at the end.
#[must_use]
pub fn print_renames(renames: &[Rename]) -> String {
    let quoted = |named: &Named| serde_json::Value::String(named.to_string()).to_string();
    let lines: Vec<String> = renames
        .iter()
        .map(|rename| format!("    {{ \"from\": {}, \"to\": {} }}", quoted(&rename.from), quoted(&rename.to)))
        .collect();
    let lines = if lines.is_empty() { String::new() } else { format!("\n{}\n  ", lines.join(",\n")) };
    format!(
        "{{\n  \"kind\": \"{RENAMES_KIND}\",\n  \"renames\": [{lines}],\n  \"schema\": {RENAMES_SCHEMA}\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rename(from: &str, to: &str) -> Rename {
        Rename::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_file_reads_back_and_prints_the_same() {
        let renames = [rename("a/b/größe \"x\"", "a/b/size"), rename("a", "z"), rename("a/b", "a/c")];
        for renames in [&renames[..], &[]] {
            let text = print_renames(renames);
            assert_eq!(parse_renames(text.as_bytes()).unwrap(), renames);
            assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let good = print_renames(&[rename("a/b/c", "a/b/d")]);
        let problem = |text: String| parse_renames(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(
            problem(good.replace("a/b/d", "a/b")),
            "the benchmark `a/b/c` can't become the bench target `a/b`"
        );
        assert_eq!(problem(good.replace("a/b/d", "a/b/c")), "`a/b/c` is both the old and the new name");
        assert!(problem(good.replace("a/b/d", "../b/c")).contains("is no name of a target triple"));
        assert!(
            problem(good.replace("\"schema\": 1", "\"schema\": 2")).contains("written by a newer memgate")
        );
        assert_eq!(problem(good.replace(RENAMES_KIND, "memgate run")), "it is not a memgate renames");
        assert!(
            problem(
                good.replace("    {", ">>>>>>> b\n    {").replace("  \"renames", "<<<<<<< a\n  \"renames")
            )
            .contains("merge conflict")
        );
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let _ = parse_renames(&bytes);
        }
    }
}
