//! What is drawn beyond ASCII, for terminals that show nothing else.

/// Text for people with the characters that memgate draws with in ASCII: `→` is `->`. What others wrote, such as names, stays as it is.
///
/// Where that takes a character more, a blank between two columns goes, so that what stood below each other still does.
#[must_use]
pub fn in_ascii(text: &str) -> String {
    let mut ascii = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let start = ascii.len();
        for character in line.chars() {
            let replacement = replacement(character);
            match replacement {
                None => ascii.push(character),
                Some(words) => {
                    if words.len() > 1 {
                        drop_blank(&mut ascii, start);
                    }
                    ascii.push_str(words);
                }
            }
        }
    }
    ascii
}

/// Takes one of the last blanks that stand side by side in the line that begins at `start`, other than its indentation.
fn drop_blank(text: &mut String, start: usize) {
    let line = text.get(start..).unwrap_or_default();
    let indentation = line.len() - line.trim_start_matches(' ').len();
    if let Some(at) = line.rfind("  ").filter(|at| *at >= indentation) {
        text.remove(start + at);
    }
}

fn replacement(character: char) -> Option<&'static str> {
    Some(match character {
        '→' => "->",
        '←' => "<-",
        '…' => "..",
        '±' => "+-",
        '↑' => "^",
        '↓' => "v",
        '·' | '│' | '├' => "|",
        '└' => "`",
        '—' | '–' | '─' => "-",
        '×' => "x",
        'µ' => "u",
        // The bars of a sparkline.
        '▁' => "_",
        '▂' => ".",
        '▃' => "-",
        '▄' => "~",
        '▅' => "=",
        '▆' => "+",
        '▇' => "*",
        '█' => "#",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stay_where_they_are_and_names_as_they_are() {
        let text = "  größe    1 → 20, +19     9 … 12\n  a      100 → 20, -80   new\n← in 3.1 µs\n  → x\n";
        assert_eq!(
            in_ascii(text),
            "  größe   1 -> 20, +19    9 .. 12\n  a     100 -> 20, -80   new\n<- in 3.1 us\n  -> x\n"
        );
        assert_eq!(in_ascii("plain, and ─│▁█"), "plain, and -|_#");
    }
}
