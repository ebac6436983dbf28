//! `--time`: what `check` and `update` have in common about wall-clock times.

use memgate_report::model::BenchmarkId;

use crate::session::TimesRequest;
use crate::times::DEFAULT_TIME_BASELINE;

/// Wall-clock times.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Wall clock")]
pub(super) struct TimeArguments {
    /// Run criterion's benchmarks by the clock too
    #[arg(long)]
    pub(super) time: bool,
    /// Criterion's baseline in which times are saved [default: memgate]
    #[arg(long, value_name = "NAME", requires = "time", value_parser = baseline_name)]
    time_baseline: Option<String>,
}

impl TimeArguments {
    /// The name of the saved baseline.
    pub(super) fn baseline(&self) -> &str {
        self.time_baseline.as_deref().unwrap_or(DEFAULT_TIME_BASELINE)
    }

    /// What is asked for about the times of benchmarks.
    pub(super) fn request<'a>(&'a self, ids: &'a [BenchmarkId], save: bool) -> TimesRequest<'a> {
        TimesRequest { ids, baseline: self.baseline(), save }
    }
}

/// Criterion makes a folder of it, beside those of its own.
fn baseline_name(name: &str) -> Result<String, String> {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "_-.".contains(character);
    match name {
        "new" | "change" | "report" => Err("criterion uses this name itself".to_owned()),
        name if name.is_empty() || name.starts_with(['.', '-']) || !name.chars().all(is_plain) => {
            Err("a name is letters, digits, `-`, `_` and `.`, and begins with a letter or digit".to_owned())
        }
        name => Ok(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_baseline_is_one_folder_and_not_criterions_own() {
        assert_eq!(baseline_name("v1.2-main"), Ok("v1.2-main".to_owned()));
        for name in ["", "new", "..", "a/b", "-x", "a b"] {
            assert!(baseline_name(name).is_err(), "{name}");
        }
    }
}
