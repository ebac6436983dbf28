//! Flame graphs: SVG with widths by a metric, to be looked at, zoomed and searched in a browser.

use inferno::flamegraph::color::{BackgroundColor, BasicPalette};
use inferno::flamegraph::{Options, Palette, from_lines};
use memgate_protocol::units::exact;
use memgate_protocol::{Metric, Unit};
use quick_xml::escape::escape;

use super::ExportError;
use super::folded::{ByStack, by_stack, difference, difference_line, line, named_stacks};
use crate::sites::Profile;

/// Up to here, a floating-point number is exact, which widths are computed with; inferno's colours overflow somewhat
/// above. It is 8 PiB.
const LARGEST_SUM: u64 = 1 << 53;

/// Draws one metric of a profile as a flame graph.
///
/// It is an SVG with inferno's script, which zooms on a click and searches with Ctrl-F. The outermost functions are at
/// the bottom; a frame is as wide as its part of the metric. Rows below zero have no width; the subtitle says what
/// they sum to. Where nothing is above zero, the picture says so. Of the same profile, it is the same text.
///
/// # Errors
/// When the values add up to more than 2^53.
pub fn flame_graph(profile: &Profile, metric: Metric, title: &str) -> Result<String, ExportError> {
    let stacks = by_stack(named_stacks(profile, metric));
    let total = sum(stacks.values().copied());
    let below_zero = sum(stacks.values().copied().filter(|value| *value < 0));
    let mut subtitle = format!("{metric}: {}", amount(total, metric));
    if below_zero < 0 {
        subtitle += &format!(
            " ({} shown, without {} of blocks from before the window)",
            amount(total - below_zero, metric),
            amount(below_zero, metric)
        );
    }
    let drawn: ByStack<i64> = stacks.into_iter().filter(|(_, value)| *value > 0).collect();
    if drawn.is_empty() {
        return Ok(nothing(title, &subtitle));
    }
    check_size(total - below_zero, metric)?;
    let lines = drawn.iter().map(|(stack, value)| line(stack, value));
    draw(lines, options(metric, title, subtitle, BackgroundColor::Green))
}

/// Draws how one metric changed from base to head as a flame graph.
///
/// A frame is as wide as its part of head. The innermost frame of a stack has the colour of its change: red grew, blue
/// shrank, the stronger the more; frames that only call others stay white. What only base has is not drawn, since it
/// has no width; the subtitle says how much that is.
/// The stacks are as for [`folded_difference`](super::folded_difference).
///
/// # Errors
/// When the values of a side add up to more than 2^53.
pub fn difference_flame_graph(
    base: &[(Vec<String>, i64)],
    head: &[(Vec<String>, i64)],
    metric: Metric,
    title: &str,
) -> Result<String, ExportError> {
    let stacks = difference(base, head);
    let base_total = sum(stacks.values().map(|(base, _)| *base));
    let head_total = sum(stacks.values().map(|(_, head)| *head));
    let gone = sum(stacks.values().filter(|(_, head)| *head == 0).map(|(base, _)| *base));
    let number = |value| exact(clamp(value), Unit::Count);
    let mut subtitle = format!(
        "{metric}: {} → {}. Width: head. Innermost frames: red grew, blue shrank",
        number(base_total),
        amount(head_total, metric)
    );
    if gone > 0 {
        subtitle += &format!(". Not shown: {} that head does not have", amount(gone, metric));
    }
    if head_total == 0 {
        return Ok(nothing(title, &subtitle));
    }
    check_size(base_total.max(head_total), metric)?;
    let lines = stacks.iter().map(|(stack, sides)| difference_line(stack, sides));
    // On a coloured background, what has not changed would look as if it had.
    draw(lines, options(metric, title, subtitle, BackgroundColor::Grey))
}

fn options(metric: Metric, title: &str, subtitle: String, background: BackgroundColor) -> Options<'static> {
    let mut options = Options::default();
    options.title = without_control_characters(title);
    options.subtitle = Some(subtitle);
    options.count_name = unit(metric).to_owned();
    options.colors = Palette::Basic(BasicPalette::Mem);
    options.bgcolors = Some(background);
    // By the name rather than at random.
    options.deterministic = true;
    // The lines are sorted by frame. As text they would not be, and functions would be drawn in several pieces.
    options.flame_chart = true;
    options
}

fn draw(
    lines: impl DoubleEndedIterator<Item = String>,
    mut options: Options<'_>,
) -> Result<String, ExportError> {
    // inferno reverses the lines of a flame chart.
    let lines: Vec<String> = lines.rev().collect();
    let mut svg = Vec::new();
    from_lines(&mut options, lines.iter().map(String::as_str), &mut svg).map_err(ExportError::Drawing)?;
    String::from_utf8(svg)
        .map_err(|error| ExportError::Drawing(std::io::Error::new(std::io::ErrorKind::InvalidData, error)))
}

fn check_size(sum: i128, metric: Metric) -> Result<(), ExportError> {
    if sum > i128::from(LARGEST_SUM) {
        return Err(ExportError::TooLarge { metric, limit: LARGEST_SUM });
    }
    Ok(())
}

/// A picture for where there is nothing to draw, which inferno takes for an error.
fn nothing(title: &str, subtitle: &str) -> String {
    format!(
        r##"<?xml version="1.0" encoding="UTF-8"?>
<svg version="1.1" width="1200" height="96" viewBox="0 0 1200 96" xmlns="http://www.w3.org/2000/svg">
<rect width="100%" height="100%" fill="#f8f8f8"/>
<g font-family="monospace" font-size="12" text-anchor="middle">
<text id="title" x="50%" y="24" font-size="17">{}</text>
<text id="subtitle" x="50%" y="48">{}</text>
<text id="details" x="50%" y="80">There is nothing to show.</text>
</g>
</svg>
"##,
        escape(without_control_characters(title)),
        escape(subtitle)
    )
}

/// XML can't have them, not even escaped.
fn without_control_characters(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

fn sum(values: impl Iterator<Item = i64>) -> i128 {
    values.map(i128::from).sum()
}

fn amount(value: i128, metric: Metric) -> String {
    let unit = unit(metric);
    let word = if value.abs() == 1 { unit.trim_end_matches('s') } else { unit };
    format!("{} {word}", exact(clamp(value), Unit::Count))
}

fn clamp(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

/// What a metric counts, in a word for the numbers in the picture.
fn unit(metric: Metric) -> &'static str {
    match metric {
        Metric::Allocs => "allocations",
        Metric::Reallocs => "reallocations",
        Metric::PeakBytes | Metric::TotalBytes | Metric::RetainedBytes | Metric::LeakedBytes => "bytes",
    }
}

#[cfg(test)]
mod tests {
    use memgate_protocol::StackNumbers;
    use proptest::prelude::*;

    use super::*;

    fn named(stack: &str, value: i64) -> (Vec<String>, i64) {
        (stack.split('>').map(str::to_owned).collect(), value)
    }

    /// What a reader is told of the frames, in the order in which they are drawn.
    fn titles(svg: &str) -> Vec<&str> {
        svg.split("<title>").skip(1).filter_map(|rest| rest.split("</title>").next()).collect()
    }

    #[test]
    fn a_function_is_drawn_in_one_piece() {
        let head = [named("run", 5), named("run::{closure#0}>x", 3), named("run>y", 2)];
        let svg = difference_flame_graph(&[], &head, Metric::PeakBytes, "title").unwrap();
        let run: Vec<&str> = titles(&svg).into_iter().filter(|title| title.starts_with("run (")).collect();
        assert_eq!(run, ["run (7 bytes, 70.00%; +50.00%)"]);
    }

    #[test]
    fn names_that_end_with_a_number_keep_it() {
        let head = [named("a>clone 12", 4)];
        let svg = difference_flame_graph(&[], &head, Metric::Allocs, "title").unwrap();
        assert!(titles(&svg).contains(&"clone\u{a0}12 (4 allocations, 100.00%; +100.00%)"), "{svg}");
    }

    #[test]
    fn nothing_is_a_picture_too() {
        let profile = Profile {
            older: StackNumbers { retained_bytes: -512, ..StackNumbers::default() },
            ..Profile::default()
        };
        let svg = flame_graph(&profile, Metric::RetainedBytes, "a < b & c").unwrap();
        assert!(svg.contains(">a &lt; b &amp; c<"), "{svg}");
        assert!(svg.contains("retained_bytes: -512 bytes (0 bytes shown, without -512 bytes of"), "{svg}");
        assert!(svg.contains("There is nothing to show."), "{svg}");

        let svg = difference_flame_graph(&[named("a", 7)], &[], Metric::Allocs, "all gone").unwrap();
        assert!(svg.contains("allocs: 7 → 0 allocations"), "{svg}");
        assert!(svg.contains("Not shown: 7 allocations that head does not have"), "{svg}");
    }

    #[test]
    fn values_that_can_not_be_drawn_are_an_error() {
        let error = |value| {
            difference_flame_graph(&[], &[named("a", value)], Metric::PeakBytes, "large")
                .err()
                .map(|error| error.to_string())
        };
        assert_eq!(error(1 << 53), None);
        let expected =
            "failed to draw the flame graph: the values of peak_bytes add up to more than 9007199254740992";
        assert_eq!(error((1 << 53) + 1).as_deref(), Some(expected));
        assert_eq!(error(i64::MAX).as_deref(), Some(expected));
    }

    proptest! {
        /// Whatever names look like, no stack is lost and no name is read as a number.
        #[test]
        fn every_stack_is_drawn(
            stacks in prop::collection::vec((prop::collection::vec(any::<String>(), 0..4), 1_i64..1_000), 1..8),
        ) {
            let total: i64 = stacks.iter().map(|(_, value)| value).sum();
            let svg = difference_flame_graph(&stacks, &stacks, Metric::PeakBytes, "title").unwrap();
            let expected = format!("all ({}, 100%)", amount(total.into(), Metric::PeakBytes));
            // inferno says `bytes` of one byte too.
            let expected = expected.replace("(1 byte,", "(1 bytes,");
            prop_assert!(titles(&svg).contains(&&*expected), "{}", svg);
        }
    }
}
