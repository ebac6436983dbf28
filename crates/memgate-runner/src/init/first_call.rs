//! What of a library a first benchmark can call: something public that takes nothing and gives something.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Names of what does something to the world, or does not come back.
const SHUNNED: [&str; 8] = ["exit", "install", "launch", "listen", "main", "run", "serve", "start"];

/// The path of what can be called in a library: `parser::keywords` or, where there is no such function, `parser::Table::new`.
///
/// `source` is the text of the library's root, `module` gives that of a module below it (`["shapes", "round"]`). What depends on a
/// `cfg`, is generic, unsafe, asynchronous or deprecated is left alone: the first benchmark is to compile.
pub(super) fn first_call(
    library: &str,
    source: &str,
    module: &dyn Fn(&[String]) -> Option<String>,
) -> Option<String> {
    let mut found = Found { module, functions: Vec::new(), constructors: Vec::new() };
    found.look(source.parse().ok()?, &[]);
    let path = found.functions.into_iter().chain(found.constructors).next()?;
    Some(format!("{library}::{}", path.join("::")))
}

/// A benchmark's name for a path: `table_new` for `parser::Table::new`.
pub(super) fn name_of(path: &str) -> String {
    let names: Vec<&str> = path.split("::").skip(1).collect();
    names.join("_").to_lowercase()
}

struct Found<'a> {
    module: &'a dyn Fn(&[String]) -> Option<String>,
    functions: Vec<Vec<String>>,
    constructors: Vec<Vec<String>>,
}

/// One item, up to and without its body.
#[derive(Default)]
struct Item {
    is_public: bool,
    /// Whether an attribute or a qualifier may keep it from being called from anywhere.
    is_special: bool,
    words: Vec<TokenTree>,
}

impl Found<'_> {
    fn look(&mut self, tokens: TokenStream, place: &[String]) {
        let (mut types, mut implementations) = (Vec::new(), Vec::new());
        for (item, body) in items(tokens) {
            let names: Vec<String> = item.words.iter().map(ToString::to_string).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let at = |name: &str| [place, &[name.to_owned()]].concat();
            if item.is_special {
                continue;
            }
            match (names.as_slice(), body) {
                (["mod", name], Some(body)) if item.is_public => self.look(body, &at(name)),
                (["mod", name], None) if item.is_public => {
                    let text = (self.module)(&at(name));
                    if let Some(tokens) = text.and_then(|text| text.parse().ok()) {
                        self.look(tokens, &at(name));
                    }
                }
                (["struct" | "enum", name, ..], _) if item.is_public => types.push((*name).to_owned()),
                (["impl", name], Some(body)) => implementations.push(((*name).to_owned(), body)),
                _ => self.functions.extend(callable(&item).map(|name| at(&name))),
            }
        }
        for (name, body) in implementations.into_iter().filter(|(name, _)| types.contains(name)) {
            let functions = items(body).into_iter().filter(|(item, _)| !item.is_special);
            let callable = functions.filter_map(|(item, _)| callable(&item));
            self.constructors.extend(callable.map(|function| [place, &[name.clone(), function]].concat()));
        }
    }
}

/// The name of a public function without arguments that gives something.
fn callable(item: &Item) -> Option<String> {
    let words = match item.words.split_first() {
        Some((first, rest)) if first.to_string() == "const" => rest,
        _ => item.words.as_slice(),
    };
    let [function, name, TokenTree::Group(arguments), result @ ..] = words else { return None };
    let gives = result.iter().map(ToString::to_string).collect::<String>();
    let gives_something = gives.strip_prefix("->").is_some_and(|given| !["!", "()"].contains(&given));
    let takes_nothing = arguments.delimiter() == Delimiter::Parenthesis && arguments.stream().is_empty();
    let name = name.to_string();
    let is_callable = function.to_string() == "fn"
        && item.is_public
        && takes_nothing
        && gives_something
        && !gives.contains("impl")
        && !name.starts_with("r#")
        && !SHUNNED.contains(&name.as_str());
    is_callable.then_some(name)
}

/// The items of a module or an implementation, each with its body in braces.
fn items(tokens: TokenStream) -> Vec<(Item, Option<TokenStream>)> {
    let (mut items, mut item) = (Vec::new(), Item::default());
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Punct(mark) if mark.as_char() == '#' && item.words.is_empty() => {
                // `#[…]` is about the item, `#![…]` about the module.
                let of_module = tokens.next_if(|next| next.to_string() == "!").is_some();
                let attribute = tokens.next().map(|token| token.to_string()).unwrap_or_default();
                let is_harmless = ["[doc", "[must_use", "[inline", "[derive", "[allow", "[expect"]
                    .iter()
                    .any(|start| attribute.replace(' ', "").starts_with(start));
                item.is_special |= !of_module && (!is_harmless || attribute.contains("hidden"));
            }
            TokenTree::Punct(mark) if mark.as_char() == ';' => items.push((std::mem::take(&mut item), None)),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                items.push((std::mem::take(&mut item), Some(group.stream())));
            }
            TokenTree::Ident(word) if item.words.is_empty() && word == "pub" => {
                // `pub(crate)` is not for benches.
                let is_limited = tokens.next_if(|next| matches!(next, TokenTree::Group(_))).is_some();
                item.is_public = !is_limited;
            }
            TokenTree::Ident(word)
                if item.words.is_empty() && ["async", "unsafe", "extern"].iter().any(|one| word == one) =>
            {
                item.is_special = true;
            }
            _ => item.words.push(token),
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> Option<String> {
        let module = |place: &[String]| {
            (place == ["shapes", "round"]).then(|| "pub fn circles() -> Vec<u8> { vec![] }".to_owned())
        };
        first_call("parser", source, &module)
    }

    #[test]
    fn a_function_that_takes_nothing_is_called() {
        let documented = "#![warn(missing_docs)]\n//! Words.\n/// All.\n#[must_use]\npub fn keywords() -> Vec<&'static str> { vec![] }";
        assert_eq!(found(documented).as_deref(), Some("parser::keywords"));
        assert_eq!(found("pub const fn sizes() -> [u8; 2] { [1, 2] }").as_deref(), Some("parser::sizes"));
        assert_eq!(
            found("mod a { pub fn x() -> u8 {1} } pub mod b { pub fn y() -> u8 {1} }").as_deref(),
            Some("parser::b::y")
        );
        assert_eq!(
            found("pub mod shapes { pub mod round; }").as_deref(),
            Some("parser::shapes::round::circles")
        );
    }

    #[test]
    fn else_a_constructor_is() {
        let source = "pub struct Table { rows: Vec<u8> }\nimpl Table { pub fn new() -> Self { Self { rows: Vec::new() } } fn own() -> u8 { 1 } }";
        assert_eq!(found(source).as_deref(), Some("parser::Table::new"));
        assert_eq!(
            found(&format!("{source} pub fn table() -> Table {{ Table::new() }}")).as_deref(),
            Some("parser::table")
        );
        assert_eq!(found("struct Own; impl Own { pub fn new() -> Self { Own } }"), None);
        assert_eq!(name_of("parser::Table::new"), "table_new");
        assert_eq!(name_of("parser::keywords"), "keywords");
    }

    #[test]
    fn what_may_not_compile_or_come_back_is_left_alone() {
        for source in [
            "pub fn run() -> u8 { 1 }",
            "pub fn silent() {}",
            "pub fn never() -> ! { loop {} }",
            "pub fn takes(one: u8) -> u8 { one }",
            "pub fn generic<T>() -> Vec<T> { vec![] }",
            "pub fn hidden() -> impl Fn() { || () }",
            "pub(crate) fn own() -> u8 { 1 }",
            "fn own() -> u8 { 1 }",
            "pub unsafe fn raw() -> u8 { 1 }",
            "pub const unsafe fn raw() -> u8 { 1 }",
            "pub fn r#type() -> u8 { 1 }",
            "pub async fn later() -> u8 { 1 }",
            "#[cfg(feature = \"x\")] pub fn sometimes() -> u8 { 1 }",
            "#[doc(hidden)] pub fn internal() -> u8 { 1 }",
            "#[deprecated] pub fn old() -> u8 { 1 }",
            "#[cfg(test)] mod tests { pub fn x() -> u8 { 1 } }",
            "pub struct Vector<T>(Vec<T>); impl<T> Vector<T> { pub fn new() -> Self { Self(Vec::new()) } }",
            "macro_rules! make { () => { pub fn made() -> u8 { 1 } } }",
            "pub trait Shape { fn area() -> u8; }",
            "pub fn broken( -> u8",
            "",
        ] {
            assert_eq!(found(source), None, "{source}");
        }
    }
}
