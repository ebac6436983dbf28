//! Tokens to modules: imports in nested groups, paths within code and within macros, and what is a test.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::module::{Module, Reference};

/// The modules in one file, by their paths, and the modules that are in other files.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) modules: BTreeMap<Vec<String>, Module>,
    pub(crate) elsewhere: Vec<Vec<String>>,
}

/// Reads the text of the module `path`.
pub(crate) fn read(stream: TokenStream, path: &[String], file: &str, found: &mut Found) {
    found.modules.insert(path.to_vec(), Module { file: file.to_owned(), ..Module::default() });
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    let mut at = 0;
    while at < trees.len() {
        let (attributes_end, is_test) = attributes(&trees, at);
        let end = item_end(&trees, attributes_end);
        if !is_test {
            // An attribute may name a function.
            references(&trees[at..attributes_end], path, found);
            item(&trees[attributes_end..end], path, file, found);
        }
        at = end.max(at + 1);
    }
}

/// Where the attributes end that begin at `at`, and whether they say that what follows is for tests alone.
fn attributes(trees: &[TokenTree], mut at: usize) -> (usize, bool) {
    let mut is_test = false;
    while is_punct(trees.get(at), '#') {
        let bracket = if is_punct(trees.get(at + 1), '!') { at + 2 } else { at + 1 };
        let Some(TokenTree::Group(group)) = trees.get(bracket) else { break };
        let text: String = group.stream().to_string().split_whitespace().collect();
        is_test |= text.starts_with("cfg(test)")
            || text.starts_with("cfg(all(test")
            || text.starts_with("cfg(any(test");
        at = bracket + 1;
    }
    (at, is_test)
}

/// Where the item ends that begins at `at`: after its braces or its semicolon.
fn item_end(trees: &[TokenTree], at: usize) -> usize {
    let ends_with_semicolon = (at..trees.len().min(at + 4)).any(|index| {
        matches!(trees.get(index), Some(TokenTree::Ident(word)) if ["use", "const", "static", "type"].contains(&word.to_string().as_str()))
            && !matches!(trees.get(index + 1), Some(TokenTree::Ident(word)) if ["fn", "unsafe", "extern"].contains(&word.to_string().as_str()))
    });
    let is_end = |tree: &TokenTree| match tree {
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace && !ends_with_semicolon,
        _ => false,
    };
    trees.iter().skip(at).position(is_end).map_or(trees.len(), |length| at + length + 1)
}

fn item(trees: &[TokenTree], path: &[String], file: &str, found: &mut Found) {
    let mut at = 0;
    if is_word(trees.first(), "pub") {
        at = 1
            + usize::from(
                matches!(trees.get(1), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis),
            );
    }
    let line = trees.get(at).map_or(0, |tree| tree.span().start().line);
    let name = |index: usize| match trees.get(index) {
        Some(TokenTree::Ident(name)) => Some(name.to_string()),
        _ => None,
    };
    match name(at).as_deref() {
        Some("use") => {
            let mut leaves = Vec::new();
            use_tree(&trees[at + 1..], Vec::new(), &mut leaves);
            module(path, found).references.extend(leaves);
        }
        Some("mod") => {
            let Some(child) = name(at + 1) else { return };
            module(path, found).children.insert(child.clone());
            let inner = [path, &[child]].concat();
            match trees.get(at + 2) {
                Some(TokenTree::Group(group)) => read(group.stream(), &inner, file, found),
                _ => found.elsewhere.push(inner),
            }
        }
        None => references(trees, path, found),
        Some(_) => {
            let words = ["fn", "struct", "enum", "trait", "type", "const", "static", "union", "macro_rules"];
            let keyword = trees.iter().position(|tree| words.iter().any(|word| is_word(Some(tree), word)));
            let defined = keyword.and_then(|index| name(index + 1).or_else(|| name(index + 2)));
            let is_block = is_word(trees.get(at), "impl");
            if let Some(defined) = defined.filter(|_| !is_block) {
                module(path, found).items.insert(defined);
            }
            let what: Vec<String> = trees[at..].iter().take(3).map(ToString::to_string).collect();
            module(path, found).definitions.push((what.join(" "), line));
            references(trees, path, found);
        }
    }
}

fn module<'f>(path: &[String], found: &'f mut Found) -> &'f mut Module {
    found.modules.entry(path.to_vec()).or_default()
}

/// The leaves of the tree of an import.
fn use_tree(trees: &[TokenTree], mut prefix: Vec<String>, leaves: &mut Vec<Reference>) {
    let mut at = 0;
    while let Some(tree) = trees.get(at) {
        match tree {
            TokenTree::Ident(word) => {
                let line = word.span().start().line;
                if is_word(trees.get(at + 1), "as") {
                    let alias = trees.get(at + 2).map(ToString::to_string);
                    prefix.push(word.to_string());
                    leaves.push(Reference { path: std::mem::take(&mut prefix), line, imported_as: alias });
                    return;
                }
                if word != "self" || prefix.is_empty() {
                    prefix.push(word.to_string());
                }
                if !is_punct(trees.get(at + 1), ':') {
                    let imported_as = prefix.last().cloned();
                    leaves.push(Reference { path: prefix, line, imported_as });
                    return;
                }
            }
            TokenTree::Punct(punct) if punct.as_char() == '*' => {
                prefix.push("*".to_owned());
                let line = punct.span().start().line;
                leaves.push(Reference { path: prefix, line, imported_as: Some("*".to_owned()) });
                return;
            }
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                for part in inner.split(|tree| is_punct(Some(tree), ',')).filter(|part| !part.is_empty()) {
                    use_tree(part, prefix.clone(), leaves);
                }
                return;
            }
            _ => {}
        }
        at += 1;
    }
}

/// Paths of two segments and more, wherever they stand: in code, types, attributes, and in what macros are given. Imports and
/// modules within a function count as those of its module.
fn references(trees: &[TokenTree], path: &[String], found: &mut Found) {
    let mut at = 0;
    while let Some(tree) = trees.get(at) {
        match tree {
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                references(&inner, path, found);
            }
            TokenTree::Ident(word) if word == "use" => {
                let end = item_end(trees, at);
                let mut leaves = Vec::new();
                use_tree(&trees[at + 1..end], Vec::new(), &mut leaves);
                module(path, found).references.extend(leaves);
                at = end;
                continue;
            }
            TokenTree::Ident(first) => {
                let mut segments = vec![first.to_string()];
                let mut next = at + 1;
                while is_punct(trees.get(next), ':') && is_punct(trees.get(next + 1), ':') {
                    let Some(TokenTree::Ident(segment)) = trees.get(next + 2) else { break };
                    segments.push(segment.to_string());
                    next += 3;
                }
                let follows_path =
                    at >= 2 && is_punct(trees.get(at - 1), ':') && is_punct(trees.get(at - 2), ':');
                // `$crate::…` is what a macro becomes at its users', and not an import of where it is written.
                let is_of_a_macro = at >= 1 && is_punct(trees.get(at - 1), '$');
                if segments.len() > 1 && !follows_path && !is_of_a_macro {
                    let line = first.span().start().line;
                    module(path, found).references.push(Reference {
                        path: segments,
                        line,
                        imported_as: None,
                    });
                }
                at = next;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
}

fn is_punct(tree: Option<&TokenTree>, character: char) -> bool {
    matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == character)
}

fn is_word(tree: Option<&TokenTree>, word: &str) -> bool {
    matches!(tree, Some(TokenTree::Ident(ident)) if ident == word)
}
