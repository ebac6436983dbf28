//! A rename for people.

use anstyle::{AnsiColor, Style};

use super::{MovedBenchmark, RenamePlan};
use crate::model::BenchmarkId;
use crate::text::{BENCHMARKS, Noun};

/// So many benchmarks are shown one by one.
const MOST_SHOWN: usize = 20;

/// Says what a rename moves, or would move. `command` is how this tool is called.
#[must_use]
pub fn render_rename(plan: &RenamePlan, dry_run: bool, color: bool, command: &str) -> String {
    let paint = |text: &str| {
        let style = Style::new().fg_color(Some(AnsiColor::Green.into())).bold();
        if color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    };
    let mut text = String::new();
    // On each triple alike; which ones is said once.
    let mut targets: Vec<&str> = plan.moved.iter().map(|moved| &*moved.target).collect();
    targets.sort_unstable();
    targets.dedup();
    let mut pairs: Vec<(&BenchmarkId, &BenchmarkId)> =
        plan.moved.iter().map(|MovedBenchmark { from, to, .. }| (from, to)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    for (from, to) in pairs.iter().take(MOST_SHOWN) {
        text += &format!("{} {from} → {to}\n", paint("renamed"));
    }
    if pairs.len() > MOST_SHOWN {
        text += &format!("        and {} more\n", pairs.len() - MOST_SHOWN);
    }
    for rename in &plan.joined {
        text += &format!(
            "{} {} → {}: the baseline has the new name already; the history goes on under it\n",
            paint("renamed"),
            rename.from,
            rename.to
        );
    }
    if !pairs.is_empty() {
        text += &format!("{} on {}\n", BENCHMARKS.counted(pairs.len()), targets.join(", "));
    }
    if dry_run {
        let files = Noun("file", "files").counted(plan.baselines.len() + 1);
        text + &format!("{files} under baselines/ would change; nothing was written\n")
    } else {
        text + &format!(
            "review and commit baselines/, with renames.json, which the history follows; `{command} check` compares the code with it\n"
        )
    }
}
