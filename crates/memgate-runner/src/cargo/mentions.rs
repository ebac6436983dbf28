//! What the source of a bench target says of memgate, without compiling it.
//!
//! For what was not built, and so has no marker to be known by. Read as tokens, so that comments and texts are none.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// What the source of a bench target says of memgate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mentions {
    /// One of the names by which the package knows memgate, its facade, or what leads to them.
    pub(super) names: bool,
    /// A macro that defines `main` for a suite, through one of the names.
    pub(super) main: bool,
    /// The macro stands behind a `#[cfg]`.
    pub(super) guarded: bool,
    /// The features that the `#[cfg]` names.
    pub(super) guarding_features: Vec<String>,
    /// Another harness's `main`.
    pub(super) other_harness: bool,
}

/// The macros that define `main`.
const MAINS: [&str; 2] = ["main", "criterion_main"];
/// More files than this are not read of one bench target.
const MOST_FILES: usize = 1_000;

impl Mentions {
    /// Whether the bench target is one of memgate's, as far as its source tells.
    pub(super) fn is_suite(&self) -> bool {
        self.main || (self.names && !self.other_harness)
    }

    /// Reads the file of a target alone, in which its `main` mostly is.
    pub(super) fn read_file(root: &Path, names: &BTreeSet<String>) -> Self {
        let mut mentions = Self::default();
        mentions.add(&tokens_of(root).unwrap_or_default(), names);
        mentions
    }

    /// Reads the source of a bench target with its modules. What can't be read says nothing.
    pub(super) fn read(root: &Path, names: &BTreeSet<String>) -> Self {
        let mut mentions = Self::default();
        let mut waiting = vec![(root.to_owned(), true)];
        let mut seen = BTreeSet::new();
        while let Some((path, is_root)) = waiting.pop() {
            if seen.len() >= MOST_FILES || !seen.insert(path.clone()) {
                continue;
            }
            let Some(tokens) = tokens_of(&path) else { continue };
            mentions.add(&tokens, names);
            let folder = path.parent().unwrap_or(Path::new("")).to_owned();
            let is_folder = is_root || path.file_name().is_some_and(|name| name == "mod.rs");
            let modules = if is_folder { folder.clone() } else { path.with_extension("") };
            waiting.extend(files_named_by(&tokens, &folder, &modules).into_iter().map(|path| (path, false)));
        }
        mentions
    }

    fn add(&mut self, tokens: &[Token], names: &BTreeSet<String>) {
        let is_name = |token: &Token| matches!(token, Token::Word(word) if names.contains(word));
        self.names |= tokens.iter().any(is_name);
        for (at, pair) in tokens.windows(2).enumerate() {
            let [Token::Word(word), Token::Mark(mark)] = pair else { continue };
            let (start, first) = path_before(tokens, at);
            let is_through_name =
                if start == at { tokens.iter().any(is_name) } else { names.contains(first) };
            if MAINS.contains(&word.as_str()) && *mark == '!' && is_through_name {
                self.main = true;
                if let Some(guard) = guard_before(tokens, start) {
                    self.guarded = true;
                    let mut words = guard.iter();
                    while let Some(token) = words.next() {
                        if *token == Token::Word("feature".to_owned())
                            && let (Some(Token::Mark('=')), Some(Token::Text(feature))) =
                                (words.next(), words.next())
                        {
                            self.guarding_features.push(feature.clone());
                        }
                    }
                }
            } else if (MAINS.contains(&word.as_str()) && *mark == '!')
                || (word == "main" && *mark == '(' && start != at && !is_through_name)
            {
                self.other_harness = true;
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    /// A text in quotes, without them.
    Text(String),
    /// Punctuation, or one end of what is in brackets.
    Mark(char),
}

fn tokens_of(path: &Path) -> Option<Vec<Token>> {
    let text = std::fs::read_to_string(path).ok()?;
    let mut tokens = Vec::new();
    flatten(text.parse().ok()?, &mut tokens);
    Some(tokens)
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        match tree {
            TokenTree::Ident(word) => tokens.push(Token::Word(word.to_string())),
            TokenTree::Punct(mark) => tokens.push(Token::Mark(mark.as_char())),
            TokenTree::Literal(literal) => {
                tokens.push(Token::Text(literal.to_string().trim_matches(['r', '#', '"']).to_owned()));
            }
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ('(', ')'),
                    Delimiter::Brace => ('{', '}'),
                    Delimiter::Bracket => ('[', ']'),
                    Delimiter::None => (' ', ' '),
                };
                tokens.push(Token::Mark(open));
                flatten(group.stream(), tokens);
                tokens.push(Token::Mark(close));
            }
        }
    }
}

/// Where the path begins that a word ends, and its first word.
fn path_before(tokens: &[Token], mut at: usize) -> (usize, &str) {
    while let Some([Token::Word(_), Token::Mark(':'), Token::Mark(':')]) =
        at.checked_sub(3).and_then(|start| tokens.get(start..at))
    {
        at -= 3;
    }
    match &tokens[at] {
        Token::Word(word) => (at, word),
        _ => (at, ""),
    }
}

/// What is in the `#[cfg(…)]` that ends where a path begins.
fn guard_before(tokens: &[Token], start: usize) -> Option<&[Token]> {
    // `::memgate::main!` begins with two marks.
    let colons = tokens[..start].iter().rev().take_while(|token| **token == Token::Mark(':')).count();
    let before = &tokens[..start - colons];
    let (Token::Mark(']'), inside) = before.split_last()? else { return None };
    let open = inside.iter().rposition(|token| *token == Token::Mark('['))?;
    let is_cfg = inside.get(open + 1) == Some(&Token::Word("cfg".to_owned()));
    is_cfg.then(|| &inside[open + 1..])
}

/// The files of a file's modules and of its `include!`s. `folder` is the file's own, `modules` that of its modules.
fn files_named_by(tokens: &[Token], folder: &Path, modules: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for (at, window) in tokens.windows(3).enumerate() {
        match window {
            [Token::Word(keyword), Token::Word(name), Token::Mark(';')] if keyword == "mod" => {
                files.push(modules.join(format!("{name}.rs")));
                files.push(modules.join(name).join("mod.rs"));
            }
            [Token::Word(attribute), Token::Mark('='), Token::Text(path)] if attribute == "path" => {
                files.push(folder.join(path));
            }
            [Token::Word(name), Token::Mark('!'), Token::Mark(_)] if name == "include" => {
                if let Some(Token::Text(path)) = tokens.get(at + 3) {
                    files.push(folder.join(path));
                }
            }
            _ => {}
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(source: &str) -> Mentions {
        let mut tokens = Vec::new();
        flatten(source.parse().unwrap(), &mut tokens);
        let mut mentions = Mentions::default();
        mentions.add(&tokens, &["memgate", "heap", "criterion"].map(str::to_owned).into());
        mentions
    }

    #[test]
    fn a_suite_is_known_by_the_name_of_what_makes_it() {
        for source in [
            "memgate::main! { a }",
            "::memgate::main!(a);",
            "heap::main![a];",
            "use memgate::main; main! { a }",
            "use heap::*; main! { a }",
            "criterion::criterion_main!(a);",
            "use criterion::criterion_main; criterion_main!(a);",
        ] {
            let mentions = of(source);
            assert!(mentions.main && mentions.is_suite() && !mentions.guarded, "{source}: {mentions:?}");
        }
        assert!(of("fn main() { memgate::Suite::new(\"p\", \"t\").main(); }").is_suite());
        for source in [
            "// memgate::main! { a }",
            "const SOURCE: &str = \"memgate::main! { a }\"; fn main() {}",
            "iai::main!(a);",
            "fn main() { divan::main(); }",
            "use heap::Fixture; divan::main!(); ",
            "fn main() {}",
        ] {
            assert!(!of(source).is_suite(), "{source}");
        }
    }

    #[test]
    fn a_guard_is_seen() {
        let guarded =
            of("#[cfg(all(unix, feature = \"heap\"))] memgate::main! { a } #[cfg(not(unix))] fn main() {}");
        assert!(guarded.guarded);
        assert_eq!(guarded.guarding_features, ["heap"]);
        assert!(of("#[cfg(unix)] ::memgate::main! { a }").guarded);
        assert!(!of("#[allow(missing_docs)] memgate::main! { a }").guarded);
    }

    #[test]
    fn modules_and_inclusions_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("a.rs", "mod first;");
        write("first.rs", "mod second;");
        write("first/second.rs", "#[path = \"../other.rs\"] mod third;");
        write("other.rs", "include!(\"shared/suite.rs\");");
        write("shared/suite.rs", "memgate::main! { a }");
        let names = ["memgate".to_owned()].into();
        assert!(Mentions::read(&folder.path().join("a.rs"), &names).main);
        assert_eq!(Mentions::read(&folder.path().join("none.rs"), &names), Mentions::default());
    }
}
