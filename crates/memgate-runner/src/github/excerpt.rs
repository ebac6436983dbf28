//! What of an answer is shown to people.

use serde::Deserialize;

/// The longest text of GitHub's that is shown, in characters.
const MAXIMUM_CHARACTERS: usize = 200;

/// The first line of a text, cut, with nothing in it that does something to a terminal or that nobody may see.
pub(super) fn excerpt(text: &str, secret: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it says nothing");
    let line: String = line.chars().filter(|character| !character.is_control()).collect();
    // A proxy's page may well show the request; so this comes before anything is cut.
    let line = if secret.is_empty() { line } else { line.replace(secret, "***") };
    match line.char_indices().nth(MAXIMUM_CHARACTERS) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// What an answer says went wrong: GitHub's message if it is one of GitHub's, its first line otherwise.
pub(super) fn message(body: &[u8], secret: &str) -> String {
    #[derive(Deserialize)]
    struct Problem {
        message: String,
        #[serde(default)]
        errors: Vec<Detail>,
    }

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Detail {
        Text(String),
        Object { message: String },
        Other(serde::de::IgnoredAny),
    }

    let Ok(problem) = serde_json::from_slice::<Problem>(body) else {
        return excerpt(&String::from_utf8_lossy(body), secret);
    };
    let details = problem.errors.into_iter().filter_map(|detail| match detail {
        Detail::Text(message) | Detail::Object { message } => Some(message),
        Detail::Other(_) => None,
    });
    let texts: Vec<String> = std::iter::once(problem.message).chain(details).collect();
    excerpt(&texts.join(": ").replace(['\r', '\n'], " "), secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_shown_cut_and_without_the_token() {
        assert_eq!(excerpt("\n  <html>\u{1b}[31m \nmore", "ghs_1"), "<html>[31m");
        assert_eq!(excerpt("", "ghs_1"), "it says nothing");
        assert_eq!(excerpt("Bearer ghs_1!", "ghs_1"), "Bearer ***!");
        let cut = excerpt(&"é".repeat(500), "ghs_1");
        assert_eq!((cut.chars().count(), cut.ends_with('…')), (201, true));
        // Cut in the middle of the token.
        assert!(!excerpt(&format!("{}ghs_123456789", "x".repeat(195)), "ghs_123456789").contains("ghs_"));
    }

    #[test]
    fn messages_are_github_s_own() {
        let body = br#"{"message": "Validation Failed", "errors": [{"code": "custom", "message": "body is too long"}, {"code": 1}, "odd"], "status": "422"}"#;
        assert_eq!(message(body, ""), "Validation Failed: body is too long: odd");
        assert_eq!(message(b"<h1>502</h1>\n<p>", ""), "<h1>502</h1>");
        assert_eq!(message(b"\xff", ""), "\u{fffd}");
    }
}
