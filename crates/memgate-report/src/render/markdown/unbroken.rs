//! Numbers that stay in one piece when a cell is narrow.

/// A text in which a number and its unit, or a sign and its number, are never on two lines.
pub(super) fn unbroken(text: &str) -> String {
    const UNITS: [&str; 8] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "%"];
    let mut joined = String::with_capacity(text.len() + 8);
    let mut before = "";
    for word in text.split(' ') {
        let is_unit = UNITS.contains(&word.trim_end_matches([')', ',']));
        let follows_sign = matches!(before, ">" | "(×" | "×");
        if !joined.is_empty() {
            joined.push(if is_unit || follows_sign { '\u{A0}' } else { ' ' });
        }
        joined.push_str(word);
        before = word;
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::unbroken;

    #[test]
    fn numbers_stay_with_their_units() {
        for (text, expected) in [
            ("+81,920 B (+100.0 %)", "+81,920~B (+100.0~%)"),
            ("> 1 % and > 256 B", ">~1~% and >~256~B"),
            ("+3,998 (× 2000.0)", "+3,998 (×~2000.0)"),
            ("10,000 B … 19.53 KiB", "10,000~B … 19.53~KiB"),
            ("any rise", "any rise"),
            ("", ""),
        ] {
            assert_eq!(unbroken(text).replace('\u{A0}', "~"), expected);
        }
    }
}
