//! Lines of pieces that are never broken.

/// A piece of a line: what is measured, and what is written.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    width: usize,
    text: String,
}

impl Piece {
    /// A piece in colours, or without: the plain text says how wide it is.
    pub(super) fn new(plain: &str, painted: String) -> Self {
        Self { width: plain.chars().count(), text: painted }
    }

    /// The piece without its last character, which has no colour.
    pub(super) fn without_end(mut self) -> Self {
        self.text.pop();
        self.width = self.width.saturating_sub(1);
        self
    }

    pub(super) fn plain(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { width: text.chars().count(), text }
    }
}

/// Pieces with `separator` between them, in as many lines as they need; a line of one piece may be longer than `width`.
/// Lines after the first begin with `indent` spaces. The first begins at `start`.
pub(super) fn wrapped(
    pieces: Vec<Piece>,
    separator: &str,
    start: usize,
    indent: usize,
    width: Option<usize>,
) -> Vec<String> {
    let gap = separator.chars().count();
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), start);
    let mut is_empty = true;
    for piece in pieces {
        let needed = if is_empty { piece.width } else { gap + piece.width };
        if !is_empty && width.is_some_and(|width| used + needed > width) {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)).trim_end().to_owned());
            line.push_str(&piece.text);
            used = indent + piece.width;
            continue;
        }
        if !is_empty {
            line.push_str(separator);
        }
        line.push_str(&piece.text);
        used += needed;
        is_empty = false;
    }
    if !is_empty {
        lines.push(line);
    }
    lines
}

/// Lines of which the first has no indent yet.
pub(super) fn indented(mut lines: Vec<String>, indent: usize) -> Vec<String> {
    if let Some(first) = lines.first_mut() {
        first.insert_str(0, &" ".repeat(indent));
    }
    lines
}

/// A sentence, broken between its words; lines after the first stand two characters further in.
pub(super) fn wrapped_words(text: &str, indent: usize, width: Option<usize>) -> Vec<String> {
    let words = text.split(' ').map(Piece::plain).collect();
    indented(wrapped(words, " ", indent, indent + 2, width), indent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_piece_is_broken() {
        let pieces = ["ab", "cdefghijkl", "m", "n", "op"].map(Piece::plain).to_vec();
        assert_eq!(wrapped(pieces.clone(), ", ", 1, 2, Some(8)), ["ab", "  cdefghijkl", "  m, n", "  op"]);
        assert_eq!(wrapped(pieces, ", ", 1, 2, None), ["ab, cdefghijkl, m, n, op"]);
        assert_eq!(wrapped(Vec::new(), ", ", 1, 2, None), Vec::<String>::new());
    }
}
