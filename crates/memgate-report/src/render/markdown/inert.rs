//! Text of a stranger in Markdown, so that it means nothing: no markup, no link, no mention.
//!
//! Escaping is not enough. GitHub looks for `@team`, `#1`, `user/repo#1`, commit ids and `:emoji:` in the finished HTML,
//! where `&#64;team` is a mention like any other, and cmark-gfm makes links of mail addresses there, even within a `<code>`
//! element that Markdown does not know. It does neither within code: so everything that is not plain words goes into a code
//! span, or where Markdown is not read, into `<code>` or `<pre>`.

use std::borrow::Cow;

use crate::render::shown::shorten_middle;

/// Longer ids and the like lose their middle.
const LONGEST_CODE: usize = 160;
/// Longer sentences lose their middle.
const LONGEST_PROSE: usize = 1_000;

/// A text as a code span of Markdown, within a paragraph, an item or a cell.
pub(super) fn code(text: &str) -> String {
    code_of(text, LONGEST_CODE)
}

/// A text as a code span, of at most `longest` characters.
pub(super) fn code_of(text: &str, longest: usize) -> String {
    whole_code(&shorten_middle(text, longest))
}

/// A text in a cell, as code spans of at most a few characters, one below the other: a table would rather be wider than the
/// page than break a word.
pub(super) fn code_lines(text: &str) -> String {
    const WIDTH: usize = 25;
    let text = shorten_middle(text, LONGEST_CODE);
    let (mut lines, mut line): (Vec<String>, String) = (Vec::new(), String::new());
    for part in text.split_inclusive('/') {
        if !line.is_empty() && line.chars().count() + part.chars().count() > WIDTH {
            lines.push(std::mem::take(&mut line));
        }
        for character in part.chars() {
            if line.chars().count() == WIDTH {
                lines.push(std::mem::take(&mut line));
            }
            line.push(character);
        }
    }
    lines.push(line);
    let lines: Vec<String> = lines.iter().map(|line| whole_code(line)).collect();
    lines.join("<br>")
}

/// A text as a code span, however long it is.
pub(super) fn whole_code(text: &str) -> String {
    // A pipe would end a cell, and outside of tables nothing can be escaped within a code span.
    let parts: Vec<String> = visible(text).split('|').map(span).collect();
    parts.join("<code>&#124;</code>")
}

fn span(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let longest_run = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest_run + 1);
    // Next to the fence a backtick would be part of it.
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A text in a `<code>` element, within a block of HTML, where Markdown is not read.
pub(super) fn html_code(text: &str) -> String {
    format!("<code>{}</code>", escaped(&shorten_middle(text, LONGEST_CODE)))
}

/// Lines in a `<pre>` element, within a block of HTML. The last lines when there are many.
pub(super) fn html_lines(text: &str) -> String {
    const MOST_LINES: usize = 20;
    const LONGEST_LINE: usize = 200;
    let lines: Vec<&str> = text.lines().collect();
    let last = lines.get(lines.len().saturating_sub(MOST_LINES)..).unwrap_or(&[]);
    let last: Vec<String> = last.iter().map(|line| escaped(&shorten_middle(line, LONGEST_LINE))).collect();
    // An empty line would end the block.
    format!("<pre>{}</pre>", last.join("<br>"))
}

/// A sentence: its plain words as they are, and the rest in code spans.
///
/// Sentences in a report are written by this tool, and quote names within backticks; nobody can tell by looking at a file.
pub(super) fn prose(text: &str) -> String {
    let text = shorten_middle(&visible(text), LONGEST_PROSE);
    let (mut done, mut quoted): (Vec<String>, Vec<&str>) = (Vec::new(), Vec::new());
    let mut pieces = text.split('`').enumerate().peekable();
    let is_balanced = text.matches('`').count().is_multiple_of(2);
    if !is_balanced {
        return whole_code(&text);
    }
    while let Some((index, piece)) = pieces.next() {
        if index % 2 == 1 {
            let after = pieces.peek().and_then(|(_, next)| leading_punctuation(next)).unwrap_or("");
            done.push(format!("{}{after}", whole_code(piece)));
            continue;
        }
        let piece = if index > 0 { piece.trim_start_matches(CLOSING) } else { piece };
        for word in piece.split_whitespace() {
            if is_plain(word, done.is_empty() && quoted.is_empty()) {
                flush(&mut quoted, &mut done);
                done.push(word.to_owned());
            } else {
                quoted.push(word);
            }
        }
        flush(&mut quoted, &mut done);
    }
    done.retain(|word| !word.is_empty());
    done.join(" ")
}

/// What may follow a word.
const CLOSING: [char; 5] = [',', ';', '.', ':', ')'];

fn leading_punctuation(text: &str) -> Option<&str> {
    text.get(..text.len() - text.trim_start_matches(CLOSING).len())
}

/// Several words in a row that are not plain are one code span.
fn flush(quoted: &mut Vec<&str>, done: &mut Vec<String>) {
    if quoted.is_empty() {
        return;
    }
    let words = quoted.join(" ");
    quoted.clear();
    let text = words.trim_end_matches(CLOSING);
    let after = words.get(text.len()..).unwrap_or("");
    // Of `name)`, the bracket may belong to the name.
    let (text, after) = if after.contains(')') { (words.as_str(), "") } else { (text, after) };
    done.push(format!("{}{after}", whole_code(text)));
}

/// Whether a word means nothing to Markdown, HTML or GitHub: letters alone, or a short number, with a comma or the like.
fn is_plain(word: &str, is_first: bool) -> bool {
    // What GitHub may take for the id of a commit.
    const SHORTEST_COMMIT: usize = 7;
    let inner = word.strip_prefix('(').unwrap_or(word).trim_end_matches(CLOSING);
    let is_hexadecimal = inner.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_number = !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit());
    let is_word =
        !inner.is_empty() && inner.chars().all(|character| character.is_alphabetic() || character == '\'');
    // A full stop after it makes a link of it.
    let is_web = inner.eq_ignore_ascii_case("www");
    // `1.` and `1)` begin a list.
    let begins_list = is_first && is_number && word.ends_with(['.', ')']);
    matches!(inner, "→" | "–" | "—")
        || ((is_word || is_number)
            && !is_web
            && !begins_list
            && !(is_hexadecimal && inner.len() >= SHORTEST_COMMIT))
}

/// Text in which nothing means anything to Markdown or HTML, on one line. What GitHub finds in finished HTML it still finds.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in visible(text).chars() {
        match character {
            '&' | '<' | '>' | '"' | '\'' | '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '~' | '#' | '@'
            | '!' | '$' => {
                escaped += &format!("&#{};", u32::from(character));
            }
            other => escaped.push(other),
        }
    }
    escaped
}

/// The text on one line, with an escape for each character that can't be seen.
fn visible(text: &str) -> Cow<'_, str> {
    let is_blank = |character| matches!(character, '\n' | '\r' | '\t');
    if text.contains(is_blank) {
        Cow::Owned(crate::format::visible(&text.replace(is_blank, " "), false).into_owned())
    } else {
        crate::format::visible(text, false)
    }
}
