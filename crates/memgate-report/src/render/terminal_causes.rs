//! The causes of what is red, at a terminal.

use super::RenderOptions;
use super::cause_text::{
    Names, ONE_WINDOW, contradiction, dependency, effects, enumerated, headline, how, largest, metrics,
    more_sites, never_freed, not_explained_headline, other_dependencies, part, place, shrunk, what,
};
use super::peak_text::{MOST_MOVED, MOST_SITES, moments, moved_headline};
use super::sites::{location, shown_function};
use super::terminal_table::ended;
use super::wrapped::{Piece, indented, wrapped, wrapped_words};
use crate::causes::{Cause, Causes};
use crate::report::Report;
use crate::text::{BENCHMARKS, BOLD, DIM, Paint, RED};

/// So many causes are shown unless all are asked for.
const MOST_CAUSES: usize = 5;
/// Of more causes than this, the callers are not shown.
const MOST_WITH_CALLERS: usize = 3;
/// How many callers are shown.
const CALLERS: usize = 2;
/// So many metrics whose call sites do not add up are named.
const MOST_CONTRADICTIONS: usize = 2;
/// Longer places do not decide where the next column begins.
const WIDEST_PLACE: usize = 32;

pub(super) fn render(report: &Report, causes: &Causes, options: &RenderOptions, paint: Paint) -> String {
    if causes.is_empty() {
        return String::new();
    }
    let names = Names::of(report);
    let mut lines = Vec::new();
    let end = if causes.causes.is_empty() { "." } else { ":" };
    lines.push(paint.with(BOLD, &format!("{}{end}", headline(causes, report))));
    let most = if options.verbose { usize::MAX } else { MOST_CAUSES };
    let shown = causes.causes.get(..most).unwrap_or(&causes.causes);
    let places = shown.iter().filter_map(place).map(|place| place.chars().count());
    let column = places.filter(|width| *width <= WIDEST_PLACE).max().unwrap_or(0);
    for (index, cause) in shown.iter().enumerate() {
        if index == 0 || shown.len() <= MOST_WITH_CALLERS || options.verbose {
            lines.push(String::new());
        }
        let number = Number { text: (index + 1).to_string(), digits: shown.len().to_string().len() };
        let has_callers = options.verbose || shown.len() <= MOST_WITH_CALLERS;
        lines.extend(cause_lines(cause, causes, &number, column, has_callers, &names, options, paint));
    }
    let hidden = &causes.causes[shown.len()..];
    if !hidden.is_empty() {
        let share: u64 = hidden.iter().map(|cause| cause.share_thousandths).sum();
        let text = format!("and {} more, which explain {} %; -v shows all", hidden.len(), share.div_ceil(10));
        lines.push(format!("   {}", paint.with(DIM, &text)));
    }
    lines.extend(rest(causes, &names, options, paint));
    ended(lines)
}

struct Number {
    text: String,
    digits: usize,
}

#[expect(clippy::too_many_arguments, reason = "one block of lines, and all that decides it")]
fn cause_lines(
    cause: &Cause,
    causes: &Causes,
    number: &Number,
    column: usize,
    has_callers: bool,
    names: &Names<'_>,
    options: &RenderOptions,
    paint: Paint,
) -> Vec<String> {
    let indent = number.digits + 2;
    let start = format!("{:>1$}  ", number.text, number.digits);
    let mut pieces = Vec::new();
    pieces.extend(part(cause, causes).map(|text| Piece::plain(format!("{text:>6}"))));
    if let Some(place) = place(cause) {
        let padding = " ".repeat(column.saturating_sub(place.chars().count()));
        pieces
            .push(Piece::new(&format!("{place}{padding}"), format!("{}{padding}", paint.with(BOLD, &place))));
    }
    let what = what(cause);
    let is_too_long = options.width.is_some_and(|width| indent + 2 + what.chars().count() > width);
    match what.split_once(" ← ").filter(|_| is_too_long) {
        Some((inner, outer)) => pieces.extend([Piece::plain(inner), Piece::plain(format!("← {outer}"))]),
        None => pieces.push(Piece::plain(what)),
    }
    pieces.extend(dependency(cause).map(|text| Piece::new(&text, paint.with(BOLD, &text))));
    for text in [more_sites(cause), Some(how(cause)), never_freed(cause)].into_iter().flatten() {
        pieces.push(Piece::new(&text, paint.with(DIM, &text)));
    }
    let mut lines = wrapped(pieces, "  ", indent, indent + 2, options.width);
    if let Some(first) = lines.first_mut() {
        first.insert_str(0, &paint.with(BOLD, &start));
    }
    if has_callers {
        let callers = cause.callers.iter().take(if options.verbose { usize::MAX } else { CALLERS });
        let pieces: Vec<Piece> = callers
            .map(|caller| {
                let at = location(caller).map(|at| format!(" {at}")).unwrap_or_default();
                let text = format!("← {}{at}", shown_function(&caller.function, false));
                Piece::new(&text, paint.with(DIM, &text))
            })
            .collect();
        lines.extend(indented(wrapped(pieces, "  ", indent + 2, indent + 2, options.width), indent + 2));
    }
    lines.extend(effect_lines(cause, indent + 2, names, options, paint));
    for text in shrunk(cause, options.verbose) {
        let words = text.split(' ').map(|word| Piece::new(word, paint.with(DIM, word))).collect();
        lines.extend(indented(wrapped(words, " ", indent + 2, indent + 4, options.width), indent + 2));
    }
    lines
}

/// What a cause did to each metric, and in which benchmarks: behind the last metric where there is room, else below.
fn effect_lines(
    cause: &Cause,
    indent: usize,
    names: &Names<'_>,
    options: &RenderOptions,
    paint: Paint,
) -> Vec<String> {
    let changes = effects(cause, options.verbose);
    let pieces = changes.iter().map(|text| Piece::new(text, paint.with(RED, text))).collect();
    let mut lines = indented(wrapped(pieces, " · ", indent, indent, options.width), indent);
    let all = names.of_all(&cause.benchmarks);
    let benchmarks = format!("in {}", if options.verbose { all.join(", ") } else { enumerated(&all) });
    let used = changes.iter().map(|text| text.chars().count() + 3).sum::<usize>() + indent;
    let fits = options.width.is_none_or(|width| used + benchmarks.chars().count() <= width);
    match lines.last_mut() {
        Some(line) if fits => line.push_str(&format!("   {benchmarks}")),
        _ => {
            let words = benchmarks.split(' ').map(Piece::plain).collect();
            lines.extend(indented(wrapped(words, " ", indent, indent, options.width), indent));
        }
    }
    lines
}

/// What is not explained, and what is odd.
fn rest(causes: &Causes, names: &Names<'_>, options: &RenderOptions, paint: Paint) -> Vec<String> {
    let mut lines = Vec::new();
    if !causes.not_explained.is_empty() {
        lines.push(String::new());
        lines.push(paint.with(RED, &format!("{}:", not_explained_headline(causes))));
    }
    for one in &causes.not_explained {
        let all = metrics(&one.metrics, names);
        let all = if options.verbose { all.join(", ") } else { enumerated(&all) };
        lines.extend(sentence(&format!("{}: {all}", one.reason), options));
        lines.extend(largest(one).iter().flat_map(|text| sentence(&format!("  {text}"), options)));
    }
    let most = if options.verbose { usize::MAX } else { MOST_CONTRADICTIONS };
    if !causes.contradictions.is_empty() {
        lines.push(String::new());
        lines.push(paint.with(BOLD, "The call sites do not add up to the numbers:"));
    }
    let shown = causes.contradictions.iter().take(most).filter_map(|one| contradiction(one, names));
    lines.extend(shown.flat_map(|text| sentence(&text, options)));
    if let more @ 1.. = causes.contradictions.len().saturating_sub(most) {
        lines.push(format!("  and {more} more"));
    }
    if !causes.varying.is_empty() {
        let all = metrics(&causes.varying, names);
        let all = if options.verbose { all.join(", ") } else { enumerated(&all) };
        lines.push(String::new());
        lines.extend(sentence(&format!("{ONE_WINDOW}: {all}"), options));
    }
    let (most, most_names, most_sites) =
        if options.verbose { (usize::MAX, usize::MAX, MOST_SITES) } else { (MOST_MOVED, 2, 1) };
    for moved in causes.moved_peaks.iter().take(most) {
        lines.push(String::new());
        let headline = format!("{}:", moved_headline(moved, names, most_names));
        let words = headline.split(' ').map(|word| Piece::new(word, paint.with(BOLD, word)));
        lines.extend(wrapped(words.collect(), " ", 0, 2, options.width));
        lines.extend(moments(&moved.peak, most_sites).iter().flat_map(|text| sentence(text, options)));
    }
    if let more @ 1.. = causes.moved_peaks.len().saturating_sub(most) {
        lines.push(format!("  and {more} more moments"));
    }
    let others = other_dependencies(causes);
    if !others.is_empty() {
        lines.push(String::new());
        lines.extend(sentence(
            &format!("Other packages of new versions that allocate here: {}", enumerated(&others)),
            options,
        ));
    }
    if !causes.notes.is_empty() {
        lines.push(String::new());
    }
    for (note, count) in &causes.notes {
        let of = if *count > 1 { format!(" (in {})", BENCHMARKS.counted(*count)) } else { String::new() };
        lines.extend(sentence(&format!("note: {note}{of}"), options));
    }
    lines
}

fn sentence(text: &str, options: &RenderOptions) -> Vec<String> {
    wrapped_words(text, 2, options.width)
}
