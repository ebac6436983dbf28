//! Texts in quotes, and the paths that sources make of them.

use std::path::{Path, PathBuf};

use proc_macro2::{Literal, TokenTree};

use super::list::split_at_commas;

/// The text of a literal in quotes; none for any other, and for escapes that are in no path.
pub(super) fn text_of(literal: &Literal) -> Option<String> {
    let source = literal.to_string();
    if let Some(raw) = source.strip_prefix('r') {
        return Some(raw.trim_matches('#').strip_prefix('"')?.strip_suffix('"')?.to_owned());
    }
    let inner = source.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = String::new();
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.push(characters.next().filter(|escaped| matches!(escaped, '\\' | '"' | '\''))?),
            other => text.push(other),
        }
    }
    Some(text)
}

/// The file that an `include!` names; none when that takes more than texts, `concat!` and the package's folder to say.
pub(super) fn included_path(arguments: &[TokenTree], file: &Path, package: &Path) -> Option<PathBuf> {
    let [argument] = split_at_commas(arguments)[..] else { return None };
    let text = constant(argument, package)?;
    Some(file.parent().unwrap_or(Path::new("")).join(text))
}

fn constant(trees: &[TokenTree], package: &Path) -> Option<String> {
    match trees {
        [TokenTree::Literal(literal)] => text_of(literal),
        [TokenTree::Ident(name), TokenTree::Punct(mark), TokenTree::Group(group)]
            if mark.as_char() == '!' =>
        {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            let parts = split_at_commas(&inner);
            match name.to_string().as_str() {
                "concat" => parts.into_iter().map(|part| constant(part, package)).collect(),
                "env" if constant(parts.first()?, package)? == "CARGO_MANIFEST_DIR" => {
                    Some(package.to_str()?.to_owned())
                }
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(arguments: &str) -> Option<PathBuf> {
        let trees: Vec<TokenTree> =
            arguments.parse::<proc_macro2::TokenStream>().unwrap().into_iter().collect();
        included_path(&trees, Path::new("/p/benches/a.rs"), Path::new("/p"))
    }

    #[test]
    fn paths_are_put_together_as_the_compiler_does() {
        for (arguments, expected) in [
            ("\"x.rs\"", "/p/benches/x.rs"),
            ("r#\"x.rs\"#,", "/p/benches/x.rs"),
            ("concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/shared/\", \"x.rs\")", "/p/shared/x.rs"),
            ("\"/else/x.rs\"", "/else/x.rs"),
        ] {
            assert_eq!(path(arguments).as_deref(), Some(Path::new(expected)), "{arguments}");
        }
        assert_eq!(path("concat!(env!(\"OUT_DIR\"), \"/x.rs\")"), None);
        assert_eq!(path("FILE"), None);
        assert_eq!(path(""), None);
    }
}
