//! What a stranger's text becomes.

use super::inert::{code, code_lines, html_code, html_lines, prose};

#[test]
fn code_has_no_way_out() {
    for (text, expected) in [
        ("parser/memory/a b", "`parser/memory/a b`"),
        ("a`b``c", "```a`b``c```"),
        ("`a`", "`` `a` ``"),
        ("a|b", "`a`<code>&#124;</code>`b`"),
        ("a\\|b", "`a\\`<code>&#124;</code>`b`"),
        ("||", "<code>&#124;</code><code>&#124;</code>"),
        ("a\nb\0c\u{202E}d\u{200B}e", "`a b\\u{0}c\\u{202e}d\\u{200b}e`"),
        ("", ""),
    ] {
        assert_eq!(code(text), expected);
    }
    let long = code(&"x".repeat(10_000));
    assert_eq!(long.chars().count(), 162);
    assert!(long.contains('…'));
}

#[test]
fn long_ids_break_between_their_parts() {
    assert_eq!(code_lines("parser/memory/tokens"), "`parser/memory/tokens`");
    assert_eq!(
        code_lines("tokenizer/memory/dictionary/serialize_to_writer/4"),
        "`tokenizer/memory/`<br>`dictionary/`<br>`serialize_to_writer/4`"
    );
    let long = code_lines(&format!("a/{}", "x".repeat(40)));
    assert_eq!(long, format!("`a/`<br>`{}`<br>`{}`", "x".repeat(25), "x".repeat(15)));
}

#[test]
fn html_is_escaped_and_has_no_empty_line() {
    assert_eq!(html_code("<script>|`@a`"), "<code>&#60;script&#62;&#124;&#96;&#64;a&#96;</code>");
    assert_eq!(html_lines("a\n\n</pre>\n"), "<pre>a<br><br>&#60;/pre&#62;</pre>");
    assert!(html_lines(&"line\n".repeat(1_000)).len() < 200);
}

#[test]
fn prose_keeps_words_and_fences_the_rest() {
    for (text, expected) in [
        (
            "it panicked (exit code 101) before it was measured",
            "it panicked (exit code 101) before it was measured",
        ),
        (
            "the waiver for peak_bytes of `a/b/c` expired on 2026-01-31",
            "the waiver for `peak_bytes` of `a/b/c` expired on `2026-01-31`",
        ),
        ("it was in `parser::old`, once", "it was in `parser::old`, once"),
        ("see https://evil.com or ask @team about #1", "see `https://evil.com` or ask `@team` about `#1`"),
        ("GH-1 user/repo#1 deadbeef cafe :tada: www.", "`GH-1 user/repo#1 deadbeef` cafe `:tada: www`."),
        ("an `odd number of backticks", "``an `odd number of backticks``"),
        ("1. a list", "`1`. a list"),
        ("*a* _b_ ![x](y)", "`*a* _b_ ![x](y)`"),
    ] {
        assert_eq!(prose(text), expected);
    }
}
