//! Call sites as lines of text, for the report and for `explain`.

use std::collections::HashSet;

use anstyle::AnsiColor;

use super::sites::{ShownSite, WayStep, shown};
use crate::attribution::Explanation;
use crate::text::{BOLD, DIM, Paint, RED, colored};

/// What grew, worst first, a few lines for each site; then what else there is to say. `seen` has the sites that were shown
/// before, and gets those that are now.
pub(crate) fn difference_lines(
    explanation: &Explanation,
    callers: usize,
    full_names: bool,
    paint: Paint,
    seen: &mut HashSet<String>,
) -> Vec<String> {
    let shown = shown(explanation);
    let width = |length: fn(&ShownSite<'_>) -> usize| shown.sites.iter().map(length).max().unwrap_or(0);
    let deltas = width(|site| site.delta.chars().count());
    let values = width(|site| site.values.chars().count());
    let mut lines = Vec::new();
    for site in &shown.sites {
        let delta = format!("{:>deltas$}", site.delta);
        let values = if values == 0 { String::new() } else { format!("  {:<values$}", site.values) };
        let indent = " ".repeat(4 + delta.chars().count() + values.chars().count());
        let style = if site.delta.starts_with('-') { colored(AnsiColor::Green) } else { RED };
        let start = format!("  {}{values}  ", paint.with(style, &delta));
        let mut way = way_lines(&site.operation, &site.way, site.location.as_deref(), callers, full_names);
        let first = if way.is_empty() { String::new() } else { way.remove(0) };
        match &site.location {
            Some(location) => {
                lines.push(format!("{start}{}", paint.with(BOLD, location)));
                lines.push(format!("{indent}{first}"));
            }
            None => lines.push(format!("{start}{first}")),
        }
        // What has been shown with its callers, of another metric or another benchmark, needs them no more.
        if seen.insert(whole_way(site)) {
            lines.extend(way.iter().map(|line| format!("{indent}{}", paint.with(DIM, line))));
        } else if !way.is_empty() {
            lines.push(format!("{indent}{}", paint.with(DIM, "← as above")));
        }
        lines.extend(site.notes.iter().map(|note| format!("{indent}{}", paint.with(DIM, note))));
    }
    lines.extend(shown.remarks.iter().map(|remark| format!("  {}", paint.with(DIM, remark))));
    lines
}

/// What two sites have in common that have the same callers, whether these are shown or not. The lines of one function do.
fn whole_way(site: &ShownSite<'_>) -> String {
    let mut text = site.operation.clone();
    let mut is_own = true;
    for step in &site.way {
        for place in step.places() {
            let is_place = is_own && matches!(step, WayStep::Function(_));
            let line = if is_place { 0 } else { place.line };
            text += &format!("\n{} {:?}:{line}", place.function, place.file);
            is_own &= !is_place;
        }
    }
    text
}

/// The operation and the way to it, a line each: `Vec::push in serde_json::read  src/read.rs:1`, `← app::parse`.
pub(crate) fn way_lines(
    operation: &str,
    way: &[WayStep<'_>],
    shown_at: Option<&str>,
    callers: usize,
    full_names: bool,
) -> Vec<String> {
    // The innermost, what is hidden, and the place itself are no callers.
    let own = match way.iter().take_while(|step| !matches!(step, WayStep::Function(_))).count() {
        0 | 1 => way.len().min(1),
        through => through + 1,
    };
    let mut steps = way.iter().take(own + callers).map(|step| step.text(full_names, shown_at));
    let first = match steps.next() {
        Some(step) => format!("{operation} in {step}"),
        None => operation.to_owned(),
    };
    std::iter::once(first).chain(steps.map(|step| format!("← {step}"))).collect()
}

#[cfg(test)]
mod tests {
    use memgate_protocol::Metric;

    use super::*;
    use crate::attribution::{ChangeKind, ChangeSubject, SiteChange};
    use crate::model::MetricKey;
    use crate::sites::Place;

    fn place(function: &str, line: u32) -> Place {
        Place { function: function.to_owned(), file: Some("a.rs".to_owned()), line }
    }

    fn change(through: &[&str], callers: &[&str], base: i64, head: i64) -> SiteChange {
        let places = |names: &[&str]| names.iter().map(|name| place(name, 1)).collect();
        SiteChange {
            subject: ChangeSubject::Site,
            operation: "Vec::push".to_owned(),
            place: Some(place("f::g", 7)),
            through: places(through),
            callers: places(callers),
            base: Some(base),
            head,
            delta: head - base,
            kind: if head == 0 { ChangeKind::Gone } else { ChangeKind::Grew },
            notes: Vec::new(),
        }
    }

    fn lines(metric: Metric, changes: Vec<SiteChange>) -> String {
        let explanation =
            Explanation { metric: MetricKey::steady(metric), changes, unexplained: Vec::new(), peak: None };
        difference_lines(&explanation, 2, false, Paint::new(false), &mut HashSet::new()).join("\n")
    }

    #[test]
    fn rows_that_would_look_the_same_show_where_they_differ() {
        let changes = vec![
            change(&["d::add", "d::one", "d::run", "d::new"], &["f::main"], 1, 9),
            change(&["d::add", "d::two", "d::run", "d::new"], &["f::main"], 1, 5),
            change(&["d::put", "d::one", "d::run", "d::new"], &["f::main"], 1, 3),
        ];
        insta::assert_snapshot!(lines(Metric::Allocs, changes), @r"
        +8  1 → 9  a.rs:7
                   Vec::push in d::add  a.rs:1
                   ← d::one  a.rs:1
                   ← … more of other packages
                   ← f::g
                   ← f::main  a.rs:1
        +4  1 → 5  a.rs:7
                   Vec::push in d::add  a.rs:1
                   ← d::two  a.rs:1
                   ← … more of other packages
                   ← f::g
                   ← f::main  a.rs:1
        +2  1 → 3  a.rs:7
                   Vec::push in d::put  a.rs:1
                   ← … more of other packages
                   ← f::g
                   ← f::main  a.rs:1
        ");
    }

    #[test]
    fn as_above_is_said_of_the_same_callers_alone() {
        let changes = vec![
            change(&[], &["f::a", "f::b", "f::main"], 1, 9),
            change(&[], &["f::a", "f::b", "f::other"], 1, 5),
            change(&[], &["f::a", "f::b", "f::main"], 1, 3),
        ];
        let text = lines(Metric::Allocs, changes);
        assert_eq!(text.matches("← f::a").count(), 2, "{text}");
        assert_eq!(text.matches("← as above").count(), 1, "{text}");
    }

    #[test]
    fn what_shrank_by_the_growths_size_is_shown() {
        let changes = vec![
            change(&[], &[], 0, 100),
            change(&[], &["f::a"], 90, 0),
            change(&[], &["f::b"], 50, 1),
            change(&[], &["f::c"], 9, 2),
        ];
        insta::assert_snapshot!(lines(Metric::Allocs, changes), @r"
        +100  0 → 100  a.rs:7
                       Vec::push in f::g
         -90  gone     a.rs:7
                       Vec::push in f::g
                       ← f::a  a.rs:1
        -56 at 2 more call sites
        ");
    }

    #[test]
    fn the_largest_of_many_that_shrank_by_the_growths_size_is_shown() {
        let mut changes = vec![change(&[], &[], 0, 100)];
        changes.extend((0..30).map(|index| change(&["d::x"], &[], 30 - index, 28 - index)));
        let text = lines(Metric::Allocs, changes);
        assert!(text.contains("-2  30 → 28"), "{text}");
        assert!(text.ends_with("-58 at 29 more call sites"), "{text}");
    }

    #[test]
    fn a_leak_is_said_to_be_made_where_it_is_shown() {
        let text = lines(Metric::LeakedBytes, vec![change(&[], &[], 0, 24)]);
        assert!(text.ends_with("allocated here, never freed"), "{text}");
    }
}
