//! Words of commands that somebody pastes, into a shell that nobody knows.

/// What is its own character in every shell, wherever in a word it stands. Not `,`, which makes a list in PowerShell, and not
/// `%`, which `cmd` fills in.
const PLAIN: &str = "_-./:=+@~";

/// What double quotes do not keep: variables and history of POSIX shells and PowerShell, variables of `cmd`, what ends a quote,
/// and the typographic quotes, which are quotes to PowerShell.
const LIVE_IN_DOUBLE_QUOTES: &str = "\"$`\\!%“”„";

/// The quotes that end a single quote in PowerShell; the first does so everywhere.
const SINGLE_QUOTES: &str = "'‘’‚‛";

/// A word as POSIX shells and PowerShell read it, and `cmd` too as long as double quotes are enough: in quotes only where
/// one of them would read something else.
///
/// What has both kinds of quotes is made of pieces, which only a word that begins with a plain character can be in PowerShell.
/// Every id does.
#[must_use]
pub fn shell_quoted(word: &str) -> String {
    if is_plain(word) {
        return word.to_owned();
    }
    if !word.contains(|character: char| LIVE_IN_DOUBLE_QUOTES.contains(character) || character.is_control()) {
        return format!("\"{word}\"");
    }
    if !word.contains(|character| SINGLE_QUOTES.contains(character)) {
        return format!("'{word}'");
    }
    let plain_length = word.find(|character| !is_plain_character(character)).unwrap_or(word.len());
    let (plain, rest) = word.split_at(plain_length);
    let mut quoted = plain.to_owned();
    let mut rest = rest;
    while let Some(first) = rest.chars().next() {
        let is_single = |character: char| SINGLE_QUOTES.contains(character);
        let length = rest.find(|character| is_single(character) != is_single(first)).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(length);
        let quote = if is_single(first) { '"' } else { '\'' };
        quoted.extend([quote].into_iter().chain(piece.chars()).chain([quote]));
        rest = after;
    }
    quoted
}

fn is_plain_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || PLAIN.contains(character)
}

fn is_plain(word: &str) -> bool {
    // At the beginning, PowerShell takes `@` for a splatted variable, and every shell `~` for a home; of `-a.b`, PowerShell
    // makes two words.
    let is_split = word.starts_with('-') && word.contains(['.', ':']);
    let is_home = word.starts_with('~') || word.contains("=~") || word.contains(":~");
    !word.is_empty()
        && word.chars().all(is_plain_character)
        && !word.starts_with('@')
        && !is_split
        && !is_home
}

#[cfg(test)]
mod tests {
    use super::*;

    const ODD: [&str; 25] = [
        "p/t/build/1000",
        "p/t/a b",
        "p/t/it's",
        "p/t/it's $HOME",
        "p/t/\"quoted\" and 'quoted'",
        "p/t/a\\b",
        "p/t/a\\",
        "p/t/`id`",
        "p/t/$(id)",
        "p/t/100%",
        "p/t/%PATH%",
        "p/t/hey!",
        "p/t/hey! it's",
        "p/t/Vec<u8>, &str; (a|b)",
        "p/t/a,b",
        "p/t/{x}#[y]*?~^",
        "p/t/“curly” and ‘curly’",
        "p/t/ü – ✓",
        "--config=a.b",
        "@splat",
        "HEAD~3",
        "~/a",
        "a=~/b",
        "",
        "a'b\"c$d",
    ];

    /// How PowerShell reads an argument, as `about_Parsing` and `about_Quoting_Rules` have it: a quote at the beginning of a
    /// word is the whole word, and one within it is a part; nothing is filled in within single quotes.
    fn read_by_powershell(text: &str) -> Vec<String> {
        let is_double = |character: char| "\"“”„".contains(character);
        let is_single = |character: char| SINGLE_QUOTES.contains(character);
        let (mut words, mut word): (Vec<String>, Option<String>) = (Vec::new(), None);
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            if is_double(character) || is_single(character) {
                let is_whole = word.is_none();
                let mut piece = String::new();
                loop {
                    let next = characters.next().expect("a quote that ends");
                    if (is_single(character) && is_single(next)) || (is_double(character) && is_double(next))
                    {
                        break;
                    }
                    assert!(!(is_double(character) && "$`".contains(next)), "it would be filled in: {text}");
                    piece.push(next);
                }
                word.get_or_insert_default().push_str(&piece);
                if is_whole {
                    words.extend(word.take());
                }
            } else if character == ' ' {
                words.extend(word.take());
            } else {
                assert!(
                    !"$`,;(){}|&<>#@".contains(character) || word.is_some() && character == '@',
                    "{text}"
                );
                word.get_or_insert_default().push(character);
            }
        }
        words.extend(word);
        words
    }

    #[test]
    fn words_are_quoted_where_a_shell_would_read_them() {
        assert_eq!(shell_quoted("p/t/build/1000"), "p/t/build/1000");
        assert_eq!(shell_quoted("p/t/a b"), "\"p/t/a b\"");
        assert_eq!(shell_quoted("p/t/it's"), "\"p/t/it's\"");
        assert_eq!(shell_quoted("p/t/$HOME"), "'p/t/$HOME'");
        assert_eq!(shell_quoted("p/t/it's $HOME"), r#"p/t/it"'"'s $HOME'"#);
        assert_eq!(shell_quoted(""), "\"\"");
    }

    #[test]
    fn powershell_reads_the_word() {
        for word in ODD {
            assert_eq!(read_by_powershell(&shell_quoted(word)), [word], "{}", shell_quoted(word));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_posix_shell_reads_the_word() {
        let words = ODD.map(shell_quoted).join(" ");
        let script = format!("printf '%s\\n' {words}");
        let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{}\n", ODD.join("\n")));
    }
}
