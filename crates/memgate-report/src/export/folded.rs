//! Folded stacks: a line for each stack, as flame graph tools read them.
//!
//! The format: <https://github.com/brendangregg/FlameGraph#2-fold-stacks>; with two values in a line, that of
//! <https://www.brendangregg.com/blog/2014-11-09/differential-flame-graphs.html>.

use std::collections::BTreeMap;

use memgate_protocol::Metric;

use super::row::{Frame, UNKNOWN, rows};
use crate::sites::Profile;

/// A metric by stack. The names are outermost first and clean, so that stacks with the same outer frames are
/// neighbours; lines of text are not sorted so: `run::{closure}` comes between `run` and `run;inner`.
pub(super) type ByStack<T> = BTreeMap<Vec<String>, T>;

/// Writes one metric of a profile as folded stacks.
///
/// A line is the names of a stack's functions, outermost first, inlined ones included, with `;` between them, and the
/// value after a space. The lines are sorted; no two have the same stack. `;` inside of a name is written as `:`.
///
/// Lines of zero are left out, and lines below zero too, since readers of the format take no negative numbers. So the
/// sum can be above the metric, by what was freed of blocks from before the window.
///
/// # Example
/// ```
/// use memgate_protocol::{Metric, StackNumbers};
/// use memgate_report::export::folded;
/// use memgate_report::sites::Profile;
///
/// let beyond_limit = StackNumbers { allocs: 3, ..StackNumbers::default() };
/// let profile = Profile { beyond_limit, ..Profile::default() };
/// assert_eq!(folded(&profile, Metric::Allocs), "[stacks beyond the limit] 3\n");
/// ```
#[must_use]
pub fn folded(profile: &Profile, metric: Metric) -> String {
    let stacks = by_stack(named_stacks(profile, metric));
    lines(stacks.iter().filter(|(_, value)| **value > 0).map(|(stack, value)| line(stack, value)))
}

/// Writes the difference of one metric between two sides as folded stacks with two values: base, then head.
///
/// Each stack has its names outermost first; those that are the same are added up. A value below zero is written as
/// zero, and a stack with nothing on either side is left out. The lines are sorted.
///
/// # Example
/// ```
/// use memgate_report::export::folded_difference;
///
/// let base = [(vec!["main".to_owned(), "parse".to_owned()], 100)];
/// let head = [(vec!["main".to_owned(), "parse".to_owned()], 150)];
/// assert_eq!(folded_difference(&base, &head), "main;parse 100 150\n");
/// ```
#[must_use]
pub fn folded_difference(base: &[(Vec<String>, i64)], head: &[(Vec<String>, i64)]) -> String {
    lines(difference(base, head).iter().map(|(stack, sides)| difference_line(stack, sides)))
}

/// One metric of every row of a profile, by the names of its functions, outermost first, inlined ones included.
///
/// It is what [`folded_difference`] and [`difference_flame_graph`](super::difference_flame_graph) take. Rows of zero
/// are left out; those below zero are not.
#[must_use]
pub fn named_stacks(profile: &Profile, metric: Metric) -> Vec<(Vec<String>, i64)> {
    rows(profile)
        .map(|row| (row.frames.into_iter().flat_map(Frame::names), row.numbers.value(metric)))
        .filter(|(_, value)| *value != 0)
        .map(|(names, value)| {
            let mut stack: Vec<String> = names.map(str::to_owned).collect();
            stack.reverse();
            (stack, value)
        })
        .collect()
}

/// Adds up what has the same names.
pub(super) fn by_stack(stacks: impl IntoIterator<Item = (Vec<String>, i64)>) -> ByStack<i64> {
    let mut sums = ByStack::new();
    for (stack, value) in stacks {
        let stack = if stack.is_empty() { vec![UNKNOWN.to_owned()] } else { stack };
        let sum: &mut i64 = sums.entry(stack.iter().map(|name| clean(name)).collect()).or_default();
        *sum = sum.saturating_add(value);
    }
    sums
}

/// Base and head by stack: neither below zero, and not both zero.
pub(super) fn difference(base: &[(Vec<String>, i64)], head: &[(Vec<String>, i64)]) -> ByStack<(i64, i64)> {
    let mut sides: ByStack<(i64, i64)> = ByStack::new();
    for (stack, value) in by_stack(base.iter().cloned()) {
        sides.entry(stack).or_default().0 = value.max(0);
    }
    for (stack, value) in by_stack(head.iter().cloned()) {
        sides.entry(stack).or_default().1 = value.max(0);
    }
    sides.retain(|_, values| *values != (0, 0));
    sides
}

/// The line of a stack, without its end.
pub(super) fn line(stack: &[String], value: &i64) -> String {
    format!("{} {value}", stack.join(";"))
}

/// The line of a stack with both sides, without its end.
pub(super) fn difference_line(stack: &[String], (base, head): &(i64, i64)) -> String {
    format!("{} {base} {head}", stack.join(";"))
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    let mut lines: Vec<String> = lines.map(|line| line + "\n").collect();
    lines.sort_unstable();
    lines.concat()
}

/// A name that readers of the format take for one name.
fn clean(name: &str) -> String {
    let name = name.trim();
    if name.is_empty() {
        return UNKNOWN.to_owned();
    }
    let mut clean: String = name
        .chars()
        .map(|c| match c {
            ';' => ':',
            // Control characters are nowhere allowed in XML.
            c if c.is_control() => char::REPLACEMENT_CHARACTER,
            c => c,
        })
        .collect();
    // A number at the end would be read as the first of two values.
    let last = clean.rsplit(' ').next().unwrap_or_default();
    if last.len() < clean.len() && last.chars().all(|c| c.is_ascii_digit() || c == '.') {
        let space = clean.len() - last.len() - 1;
        clean.replace_range(space..=space, "\u{a0}");
    }
    // inferno takes a line that begins with `# ` for a comment.
    if clean == "#" || clean.starts_with("# ") {
        clean.replace_range(..1, "\u{ff03}");
    }
    clean
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use memgate_protocol::StackNumbers;

    use super::*;
    use crate::sites::{Function, Origin, PhysicalFrame, RecordedStack};

    fn stack(frames: &[&[&str]], allocs: i64) -> RecordedStack {
        let function =
            |name: &&str| Function { name: Arc::from(*name), file: None, line: 0, origin: Origin::Unknown };
        let frame = |names: &&[&str]| {
            let functions = names.iter().map(function).collect();
            Arc::new(PhysicalFrame { address: 1, module: None, functions })
        };
        RecordedStack {
            frames: frames.iter().map(frame).collect(),
            is_cut: false,
            numbers: StackNumbers { allocs, ..StackNumbers::default() },
        }
    }

    fn named(names: &[&str], value: i64) -> (Vec<String>, i64) {
        (names.iter().map(|name| (*name).to_owned()).collect(), value)
    }

    #[test]
    fn stacks_are_folded_from_outermost_to_innermost() {
        let profile = Profile {
            stacks: vec![
                stack(&[&["Vec<[u8; 8]>::push", "grow"], &["main"]], 2),
                // The same names at another address, or with other places in between.
                stack(&[&["Vec<[u8; 8]>::push"], &["grow"], &["main"]], 3),
                stack(&[&["never"], &["main"]], 0),
                RecordedStack { is_cut: true, ..stack(&[&["fall"], &["fall"]], 7) },
            ],
            older: StackNumbers { allocs: -4, ..StackNumbers::default() },
            ..Profile::default()
        };
        assert_eq!(
            folded(&profile, Metric::Allocs),
            "[outer frames cut off];fall;fall 7\nmain;grow;Vec<[u8: 8]>::push 5\n"
        );
        assert_eq!(folded(&profile, Metric::PeakBytes), "");
    }

    #[test]
    fn a_difference_has_both_sides_of_every_stack() {
        let base = [named(&["a", "gone"], 5), named(&["a", "same"], 7), named(&["older"], -9)];
        let head = [named(&["a", "same"], 3), named(&["a", "same"], 4), named(&["a"], 1)];
        assert_eq!(folded_difference(&base, &head), "a 0 1\na;gone 5 0\na;same 7 7\n");
    }

    #[test]
    fn names_can_not_be_taken_for_something_else() {
        for (name, expected) in [
            ("f::<[u8; 2]>", "f::<[u8: 2]>"),
            ("two\nlines\r", "two\u{fffd}lines"),
            ("", UNKNOWN),
            ("clone 12", "clone\u{a0}12"),
            ("clone 1.5", "clone\u{a0}1.5"),
            ("12", "12"),
            ("# x", "\u{ff03} x"),
            ("#", "\u{ff03}"),
            ("#x", "#x"),
        ] {
            assert_eq!(clean(name), expected);
        }
    }
}
