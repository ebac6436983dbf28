//! What a `use` or an `extern crate` gives a name to.

use proc_macro2::TokenTree;

/// A path, and the name by which it can be spoken of from there on. `*` is for all that is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Import {
    pub(super) path: Vec<String>,
    pub(super) name: String,
}

/// What is between `use` and `;`.
pub(super) fn imports_of_use(trees: &[TokenTree]) -> Vec<Import> {
    let mut imports = Vec::new();
    add_tree(trees, &[], &mut imports);
    imports
}

/// What is between `extern crate` and `;`. Its macros are imported too, where that is asked for.
pub(super) fn imports_of_extern_crate(trees: &[TokenTree]) -> Vec<Import> {
    let mut imports = imports_of_use(trees);
    let all = imports.first().map(|import| Import { path: import.path.clone(), name: "*".to_owned() });
    imports.extend(all);
    imports
}

fn add_tree(trees: &[TokenTree], before: &[String], imports: &mut Vec<Import>) {
    let mut path = before.to_vec();
    let mut trees = trees.iter();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Ident(word) if word == "as" => {
                if let Some(TokenTree::Ident(name)) = trees.next() {
                    imports.push(Import { path, name: name.to_string() });
                }
                return;
            }
            TokenTree::Ident(word) if word == "self" && !before.is_empty() => {}
            TokenTree::Ident(word) => path.push(word.to_string().trim_start_matches("r#").to_owned()),
            TokenTree::Punct(mark) if mark.as_char() == '*' => {
                imports.push(Import { path, name: "*".to_owned() });
                return;
            }
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                for part in super::list::split_at_commas(&inner) {
                    add_tree(part, &path, imports);
                }
                return;
            }
            _ => {}
        }
    }
    if let Some(name) = path.last().cloned() {
        imports.push(Import { path, name });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let trees: Vec<TokenTree> = text.parse::<proc_macro2::TokenStream>().unwrap().into_iter().collect();
        let imports = imports_of_use(&trees).into_iter();
        imports.map(|import| format!("{} = {}", import.name, import.path.join("::"))).collect()
    }

    #[test]
    fn every_leaf_of_a_tree_is_a_name() {
        assert_eq!(of("memgate"), ["memgate = memgate"]);
        assert_eq!(of("::memgate::main as suite"), ["suite = memgate::main"]);
        assert_eq!(
            of("memgate::{self as m, main, sub::{*, Bencher as B},}"),
            ["m = memgate", "main = memgate::main", "* = memgate::sub", "B = memgate::sub::Bencher"]
        );
        assert_eq!(of("{a, b::c}"), ["a = a", "c = b::c"]);
        assert_eq!(of("self::common"), ["common = self::common"]);
    }
}
