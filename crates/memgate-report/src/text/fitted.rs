//! Lines that are no wider than a terminal.

/// Breaks lines that are wider than `width` between words, which are never broken themselves: they are ids, paths and names of
/// functions, and somebody copies them. What follows stands two characters further in than the line, and less far where it would not
/// fit otherwise. Escape sequences take no room. Without a width, nothing changes.
///
/// # Example
/// ```
/// use memgate_report::text::fitted;
/// assert_eq!(fitted("  a line of words\n", Some(12)), "  a line of\n    words\n");
/// assert_eq!(fitted("  a line of words\n", None), "  a line of words\n");
/// ```
#[must_use]
pub fn fitted(text: &str, width: Option<usize>) -> String {
    let Some(width) = width.filter(|width| *width > 0) else { return text.to_owned() };
    text.split_inclusive('\n').map(|line| fitted_line(line, width)).collect()
}

fn fitted_line(line: &str, width: usize) -> String {
    let (content, end) = line.strip_suffix('\n').map_or((line, ""), |content| (content, "\n"));
    if shown_width(content) <= width {
        return line.to_owned();
    }
    // What stands far to the right, beside numbers, leaves its column rather than all of its room.
    let most = width / 3;
    let own_indent = content.chars().take_while(|character| *character == ' ').count().min(most);
    let next_indent = (own_indent + 2).min(most);
    let room = |indent: usize, word: &str| indent.min(width.saturating_sub(shown_width(word)));
    let (mut fitted, mut used, mut is_begun) = (String::new(), 0, false);
    let (mut gap, mut arrow) = (0, String::new());
    for word in content.trim_start_matches(' ').split(' ') {
        // Of a run of blanks, each but the last is an empty word.
        if word.is_empty() {
            gap += 1;
            continue;
        }
        // An arrow is of what it points from.
        if word.ends_with('←') {
            arrow = format!("{word} ");
            continue;
        }
        let word = &(std::mem::take(&mut arrow) + word);
        let wide = shown_width(word);
        if !is_begun {
            let indent = room(own_indent, word);
            fitted.extend(std::iter::repeat_n(' ', indent));
            used = indent;
            is_begun = true;
        } else if used + gap + 1 + wide > width {
            let indent = room(next_indent, word);
            fitted.push('\n');
            fitted.extend(std::iter::repeat_n(' ', indent));
            used = indent;
        } else {
            fitted.extend(std::iter::repeat_n(' ', gap + 1));
            used += gap + 1;
        }
        fitted.push_str(word);
        used += wide;
        gap = 0;
    }
    fitted + arrow.trim_end() + end
}

/// How many characters of a text are shown: all but escape sequences that set colours.
fn shown_width(text: &str) -> usize {
    let mut width = 0;
    let mut is_escape = false;
    for character in text.chars() {
        match character {
            '\u{1b}' => is_escape = true,
            'm' if is_escape => is_escape = false,
            _ if is_escape => {}
            _ => width += 1,
        }
    }
    width
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_long_line_is_broken_between_words_alone() {
        let name = "Formatter::write_fmt in <heck::AsKebabCase as core::fmt::Display>::fmt::{closure#0}";
        let line = format!("{}← {name}\n", " ".repeat(30));
        let shown = fitted(&line, Some(40));
        assert_eq!(
            shown,
            "             ← Formatter::write_fmt in\n             <heck::AsKebabCase as\n   core::fmt::Display>::fmt::{closure#0}\n"
        );
        assert_eq!(fitted(&line, Some(120)), line);
        assert_eq!(fitted("aaaa ← bbbb", Some(8)), "aaaa\n  ← bbbb");
    }

    #[test]
    fn colours_take_no_room() {
        let line = "\u{1b}[1m12345\u{1b}[0m 678\n";
        assert_eq!(fitted(line, Some(9)), line);
        assert_eq!(fitted(line, Some(8)), "\u{1b}[1m12345\u{1b}[0m\n  678\n");
    }

    proptest! {
        #[test]
        fn no_word_is_lost_and_none_too_wide(text in "[ a-c\n]{0,80}", width in 1_usize..40) {
            let shown = fitted(&text, Some(width));
            prop_assert!(shown.split_whitespace().eq(text.split_whitespace()));
            for line in shown.lines() {
                let is_one_word = line.split_whitespace().count() <= 1;
                prop_assert!(line.chars().count() <= width || is_one_word, "{line}");
            }
        }
    }
}
