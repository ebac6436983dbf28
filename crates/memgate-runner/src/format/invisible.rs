//! Which characters nobody sees, or that change what others look like.

/// Whether a character is a control, changes the direction of text, or has no glyph of its own.
///
/// Wider than what the runtime forbids in names: two names that look the same must be the same once they come from
/// somewhere else. These are the categories Cc, Zl and Zp, `Bidi_Control`, `Default_Ignorable_Code_Point`, and the
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

#[cfg(test)]
mod tests {
    use super::is_invisible;

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
