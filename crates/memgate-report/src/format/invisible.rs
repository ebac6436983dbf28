//! Which characters nobody sees, or that change what others look like.

use std::borrow::Cow;

/// Whether a character is a control, changes the direction of text, or has no glyph of its own.
///
/// Wider than what the runtime forbids in names: two names that look the same are the same, wherever people read them. These are the categories Cc, Zl and Zp, `Bidi_Control`, `Default_Ignorable_Code_Point`, and the
/// noncharacters of Unicode 16, besides the blanks of Braille and of Hangul.
pub(crate) fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{AD}'
                | '\u{34F}'
                | '\u{61C}'
                | '\u{115F}'..='\u{1160}'
                | '\u{17B4}'..='\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{FDD0}'..='\u{FDEF}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF0}'..='\u{FFFB}'
                | '\u{1BCA0}'..='\u{1BCA3}'
                | '\u{1D173}'..='\u{1D17A}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
        || u32::from(character) & 0xFFFE == 0xFFFE
}

/// A text from outside, for a terminal and for every place where people read: what is not seen, or changes what else is, stands
/// there as `\u{202e}`. Line ends and tabs stay; with `colors`, so do the sequences of this tool's own colours.
pub fn visible(text: &str, colors: bool) -> Cow<'_, str> {
    let is_hidden = |character: char| {
        is_invisible(character) && !matches!(character, '\n' | '\t') && !(colors && character == '\u{1B}')
    };
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_hidden(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// JSON in which nothing is invisible: the same data, with escapes. Outside of its texts there is nothing but ASCII.
pub fn visible_json(text: String) -> String {
    let is_hidden = |character: char| character >= ' ' && is_invisible(character);
    if !text.contains(is_hidden) {
        return text;
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_hidden(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                shown += &format!("\\u{unit:04x}");
            }
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_shown_and_data_stays_data() {
        let text = "a\u{202E}b\tß\n\u{1B}[1m\u{9B}";
        assert_eq!(visible(text, true), "a\\u{202e}b\tß\n\u{1B}[1m\\u{9b}");
        assert_eq!(visible(text, false), "a\\u{202e}b\tß\n\\u{1b}[1m\\u{9b}");
        let value = serde_json::json!({ "\u{2066}x": ["\u{E0041}\u{7F}\u{202E}é"] });
        let json = visible_json(format!("{value:#}"));
        assert!(!json.contains(|character| character >= ' ' && is_invisible(character)), "{json}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap(), value);
    }

    #[test]
    fn what_is_not_seen_is_invisible() {
        for character in
            ['\0', '\n', '\u{7F}', '\u{202E}', '\u{2066}', '\u{200D}', '\u{AD}', '\u{E0041}', '\u{1FFFE}']
        {
            assert!(is_invisible(character), "{character:?}");
        }
        for character in ['a', ' ', 'ß', '→', '語', '🎉', '\u{301}'] {
            assert!(!is_invisible(character), "{character:?}");
        }
    }
}
