//! Times in Markdown.

use super::Report;
use super::markdown::{escaped, shown_id};
use super::time_text::{self, Trend, timed};

/// Every time that was taken, in a fold; nothing when none was. What is limited and red stands before, in a list.
pub(super) fn render(report: &Report) -> String {
    let several_triples = report.has_several_triples();
    let (mut red, mut rows) = (String::new(), String::new());
    for (benchmark, report) in timed(report) {
        let id = shown_id(benchmark, several_triples);
        let trend = Trend::of(report);
        let Some(time) = &report.time else {
            let problem = report.problem.as_deref().unwrap_or_default();
            rows += &format!("| {} | {id} | {} | – | – |\n", trend.word(), escaped(problem));
            continue;
        };
        if trend == Trend::Regressed {
            red += &format!(
                "- **regressed** time of {id}: {} (limit: {})\n",
                time_text::change(time),
                time_text::limit(report)
            );
        }
        let saved = time.saved.map_or_else(|| "–".to_owned(), |saved| time_text::span(saved.picoseconds));
        let (mean, change) = (time_text::mean(&time.mean), time_text::change(time));
        rows += &format!("| {} | {id} | {mean} | {saved} | {change} |\n", trend.word());
    }
    if rows.is_empty() {
        return String::new();
    }
    let header = "| time | benchmark | mean [confidence] | saved | change |\n|---|---|--:|--:|--:|\n";
    format!("{red}\n<details><summary>wall-clock times</summary>\n\n{header}{rows}\n</details>\n")
        .trim_start()
        .to_owned()
}
