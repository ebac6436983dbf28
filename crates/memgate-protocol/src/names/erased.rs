//! Names of functions without what changes from build to build: generic arguments and hashes.

/// How deep brackets may be nested. Deeper names are kept as they are, since each level is a call on the stack here.
const DEEPEST_BRACKETS: usize = 48;

/// The name without generic arguments and without rustc's hash, for telling functions apart over time.
///
/// Takes names as rustc-demangle prints them with `{:#}`, of both mangling schemes. An inherent method loses the
/// brackets around its type; a method of a trait keeps `<Type as Trait>`. Names of closures stay as they are. Names
/// that are not well-formed are returned as they are. Applying it twice is the same as applying it once.
///
/// # Example
/// ```
/// use memgate_protocol::names::erased_name;
/// assert_eq!(erased_name("<alloc::vec::Vec<u64>>::push"), "alloc::vec::Vec::push");
/// assert_eq!(erased_name("<a::A<T> as b::B<C>>::m::<u8>"), "<a::A as b::B>::m");
/// ```
#[must_use]
pub fn erased_name(name: &str) -> String {
    let mut name = without_hash(name).to_owned();
    // Until nothing changes, since removing a bracket may bring a hash to the end. Only ever shorter, so it ends.
    while let Some(erased) = erased_once(&name, 0) {
        let erased = without_hash(&erased);
        if erased.len() >= name.len() {
            break;
        }
        name = erased.to_owned();
    }
    name
}

/// The name as people say it: the type or module, and the function. A closure has that of the function around it in
/// front.
///
/// # Example
/// ```
/// use memgate_protocol::names::short_name;
/// assert_eq!(short_name("<formats::Parser as core::iter::traits::iterator::Iterator>::next"), "Parser::next");
/// assert_eq!(short_name("formats::json::parse::{closure#0}"), "json::parse::{closure#0}");
/// ```
#[must_use]
pub fn short_name(name: &str) -> String {
    let erased = public_name(erased_name(name));
    let (path, closures) = path_and_closures(&erased);
    let last_two = path.iter().skip(path.len().saturating_sub(2)).map(|segment| short_segment(segment));
    last_two.chain(closures.iter().map(|closure| (*closure).to_owned())).collect::<Vec<_>>().join("::")
}

/// Modules of the standard library that nobody can name, with those under whose names their functions are public.
const PRIVATE_MODULES: [(&str, &str); 14] = [
    ("std::thread::current::", "std::thread::"),
    ("std::thread::functions::", "std::thread::"),
    ("std::thread::scoped::", "std::thread::"),
    ("std::io::copy::", "std::io::"),
    ("std::io::pipe::", "std::io::"),
    ("std::io::stdio::", "std::io::"),
    ("std::io::util::", "std::io::"),
    ("core::future::pending::", "core::future::"),
    ("core::future::poll_fn::", "core::future::"),
    ("core::future::ready::", "core::future::"),
    ("core::iter::adapters::zip::", "core::iter::"),
    ("core::iter::sources::", "core::iter::"),
    ("core::slice::raw::", "core::slice::"),
    ("core::str::converts::", "core::str::"),
];

/// The erased name under which everybody can call a free function. A method is known by its type, wherever that is.
fn public_name(erased: String) -> String {
    let in_private =
        |(private, public): &(&str, &'static str)| Some((erased.strip_prefix(*private)?, *public));
    let Some((rest, public)) = PRIVATE_MODULES.iter().find_map(in_private) else { return erased };
    let (path, closures) = path_and_closures(rest);
    let Some((function, modules)) = path.split_last() else { return erased };
    let is_module = |segment: &&str| segment.starts_with(|first: char| first.is_lowercase());
    if !modules.iter().all(is_module) {
        return erased;
    }
    let names = std::iter::once(function).chain(&closures).copied().collect::<Vec<_>>();
    format!("{public}{}", names.join("::"))
}

/// What stays of an erased name when the function is moved to another module: the function, its type when it is a
/// method, and the closures within it.
#[must_use]
pub fn name_without_modules(erased: &str) -> String {
    let (path, closures) = path_and_closures(erased);
    let is_type = |segment: &str| {
        segment.chars().next().is_some_and(|first| first.is_uppercase() || matches!(first, '<' | '['))
    };
    let count = match path.len().checked_sub(2).and_then(|index| path.get(index)) {
        Some(segment) if is_type(segment) => 2,
        _ => 1,
    };
    let last = path.iter().skip(path.len().saturating_sub(count)).map(|segment| short_segment(segment));
    last.chain(closures.iter().map(|closure| (*closure).to_owned())).collect::<Vec<_>>().join("::")
}

/// The crates that an erased name mentions where it says whose the function is: that of a path, or those of the type
/// and of the trait.
#[must_use]
pub fn crates_of(erased: &str) -> Vec<&str> {
    let segments = segments(erased);
    match segments.first() {
        Some(first) if first.starts_with('<') => first
            .split(|character: char| !is_path_character(character))
            .filter(|path| !path.starts_with(':'))
            .filter_map(|path| path.split_once("::"))
            .map(|(name, _)| name)
            .collect(),
        Some(first) if segments.len() > 1 => vec![first],
        _ => Vec::new(),
    }
}

fn without_hash(mut name: &str) -> &str {
    while let Some((rest, hash)) = name.rsplit_once("::h") {
        let is_hash = hash.len() == 16 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !is_hash {
            break;
        }
        name = rest;
    }
    name
}

/// None when the brackets do not match.
fn erased_once(text: &str, depth: usize) -> Option<String> {
    if depth > DEEPEST_BRACKETS {
        return None;
    }
    let mut erased = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(token) = Token::first(rest) {
        let (read, after) = rest.split_at_checked(token.length)?;
        rest = after;
        match token.kind {
            TokenKind::Close => return None,
            TokenKind::Other => erased.push_str(read),
            TokenKind::Open => {
                let length = length_up_to_close(rest)?;
                let (inside, after) = rest.split_at_checked(length)?;
                rest = after.strip_prefix('>')?;
                let follows_path = erased.ends_with("::");
                let follows_name = erased
                    .ends_with(|last: char| last.is_alphanumeric() || matches!(last, '_' | '}' | ']' | ')'));
                if follows_path && !inside.starts_with("impl ") {
                    erased.truncate(erased.len() - 2);
                } else if follows_name && !follows_path {
                    // Generic arguments.
                } else {
                    let inside = erased_once(inside, depth + 1)?;
                    if !follows_path && rest.starts_with("::") && is_plain_path(&inside) {
                        erased.push_str(&inside);
                    } else {
                        erased.push('<');
                        erased.push_str(&inside);
                        erased.push('>');
                    }
                }
            }
        }
    }
    Some(erased)
}

/// A piece of a name that is read as a whole.
struct Token {
    kind: TokenKind,
    length: usize,
}

#[derive(Clone, Copy)]
enum TokenKind {
    Open,
    Close,
    Other,
}

impl Token {
    /// The first piece of a text, which is none only when the text is empty. Arrows and literals are pieces, so that no
    /// bracket in them counts: a constant argument may be `'<'`.
    fn first(text: &str) -> Option<Self> {
        let first = text.chars().next()?;
        let other = |length| Self { kind: TokenKind::Other, length };
        Some(match first {
            '<' => Self { kind: TokenKind::Open, length: 1 },
            '>' => Self { kind: TokenKind::Close, length: 1 },
            '-' | '=' if text.get(1..).is_some_and(|rest| rest.starts_with('>')) => other(2),
            '\'' | '"' => other(literal_length(text, first).unwrap_or(1)),
            _ => other(first.len_utf8()),
        })
    }
}

/// The length of a character or string literal at the beginning of a text; none for a lifetime.
fn literal_length(text: &str, quote: char) -> Option<usize> {
    let mut characters = text.char_indices().skip(1);
    let mut count = 0;
    while let Some((index, character)) = characters.next() {
        match character {
            _ if character == quote && count > 0 => return Some(index + 1),
            '"' if quote == '"' => return Some(index + 1),
            '\\' => {
                // A character's escape may be long, as in `'\u{202e}'`.
                characters.next()?;
                count += 1;
                if quote == '\'' {
                    let (index, _) = characters.find(|(_, character)| *character == quote)?;
                    return Some(index + 1);
                }
            }
            _ => {
                count += 1;
                if quote == '\'' && count > 1 {
                    return None;
                }
            }
        }
    }
    None
}

/// The length of what is before the bracket that closes one that is open already.
fn length_up_to_close(text: &str) -> Option<usize> {
    let (mut depth, mut offset) = (0_usize, 0);
    while let Some(token) = text.get(offset..).and_then(Token::first) {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close if depth == 0 => return Some(offset),
            TokenKind::Close => depth -= 1,
            TokenKind::Other => {}
        }
        offset += token.length;
    }
    None
}

fn is_path_character(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | ':' | '{' | '}' | '#')
}

fn is_plain_path(text: &str) -> bool {
    !text.is_empty() && !text.starts_with(':') && text.chars().all(is_path_character)
}

/// Splits a name at a separator, where no bracket is open.
fn split_outside_brackets<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    let (mut parts, mut depth, mut start, mut offset) = (Vec::new(), 0_usize, 0, 0);
    while let Some((rest, token)) = text.get(offset..).and_then(|rest| Some((rest, Token::first(rest)?))) {
        if depth == 0 && rest.starts_with(separator) {
            parts.extend(text.get(start..offset));
            offset += separator.len();
            start = offset;
            continue;
        }
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.saturating_sub(1),
            TokenKind::Other if rest.starts_with(['(', '[', '{']) => depth += 1,
            TokenKind::Other if rest.starts_with([')', ']', '}']) => depth = depth.saturating_sub(1),
            TokenKind::Other => {}
        }
        offset += token.length;
    }
    parts.extend(text.get(start..));
    parts
}

fn segments(erased: &str) -> Vec<&str> {
    split_outside_brackets(erased, "::")
}

/// The segments up to the function, and those of the closures and shims within it.
fn path_and_closures(erased: &str) -> (Vec<&str>, Vec<&str>) {
    let mut path = segments(erased);
    let closures = path.iter().rev().take_while(|segment| segment.starts_with('{')).count();
    let closures = path.split_off(path.len() - closures);
    (path, closures)
}

fn short_segment(segment: &str) -> String {
    let Some(inside) = segment.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) else {
        return segment.to_owned();
    };
    let own_type = match inside.strip_prefix("impl ") {
        Some(implementation) => split_outside_brackets(implementation, " for ").last().copied(),
        None => split_outside_brackets(inside, " as ").first().copied(),
    };
    short_type(own_type.unwrap_or(inside))
}

/// A type with the last segment of each path in it.
fn short_type(text: &str) -> String {
    let mut short = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = rest.find(|character| !is_path_character(character)).unwrap_or(rest.len());
        let (read, after) = rest.split_at(length.max(first.len_utf8()));
        rest = after;
        if read.starts_with("::") {
            short.push_str("::");
        }
        short.push_str(read.rsplit("::").next().unwrap_or(read));
    }
    short
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn generic_arguments_and_hashes_go_and_closures_stay() {
        for (name, erased) in [
            ("<alloc::vec::Vec<u64>>::push", "alloc::vec::Vec::push"),
            ("alloc::vec::Vec<T,A>::push", "alloc::vec::Vec::push"),
            ("push<u64, alloc::alloc::Global>", "push"),
            ("<a::A<T> as b::B<C>>::m", "<a::A as b::B>::m"),
            (
                "<formats::Parser as core::iter::traits::iterator::Iterator>::next",
                "<formats::Parser as core::iter::traits::iterator::Iterator>::next",
            ),
            ("formats::build::<u64>", "formats::build"),
            ("formats::build::<u64>::{closure#0}", "formats::build::{closure#0}"),
            ("formats::parse::{{closure}}::h0123456789abcdef", "formats::parse::{{closure}}"),
            ("f::<fn(u8) -> alloc::vec::Vec<u8>>::g", "f::g"),
            ("<fn(u8) -> u8 as a::T<u8>>::call", "<fn(u8) -> u8 as a::T>::call"),
            ("<<a::A<u8> as b::B>::C as d::D>::m", "<<a::A as b::B>::C as d::D>::m"),
            ("<a::A<{ '>' }, '<', '\\u{3e}'> as b::B>::m", "<a::A as b::B>::m"),
            ("<a::A<'a, \">\">>::m", "a::A::m"),
            ("<[u8]>::to_vec", "<[u8]>::to_vec"),
            ("alloc::slice::<impl [T]>::to_vec", "alloc::slice::<impl [T]>::to_vec"),
            ("a::<impl b::B<u8> for a::A<T>>::m", "a::<impl b::B for a::A>::m"),
            (
                "core::ops::function::FnOnce::call_once::{shim:vtable#0}",
                "core::ops::function::FnOnce::call_once::{shim:vtable#0}",
            ),
            ("f::h0123456789abcdef::<u8>", "f"),
            ("f::horizontal", "f::horizontal"),
            ("<unknown>", "<unknown>"),
            ("operator>>", "operator>>"),
        ] {
            assert_eq!(erased_name(name), erased);
        }
    }

    #[test]
    fn short_names_are_the_type_and_the_function() {
        for (name, short) in [
            ("<alloc::vec::Vec<u64>>::push", "Vec::push"),
            ("<alloc::string::String as core::convert::From<&str>>::from", "String::from"),
            ("<[u8]>::to_vec", "[u8]::to_vec"),
            ("alloc::slice::<impl [T]>::to_vec", "[T]::to_vec"),
            ("<&mut formats::Parser as core::iter::traits::iterator::Iterator>::next", "&mut Parser::next"),
            ("<<a::A as b::B>::C as d::D>::m", "<A as B>::C::m"),
            ("formats::build", "formats::build"),
            ("main", "main"),
            ("std::thread::functions::spawn::<app::work, ()>", "thread::spawn"),
            (
                "std::thread::scoped::scope::<app::work::{closure#0}, ()>::{closure#0}",
                "thread::scope::{closure#0}",
            ),
            ("std::thread::spawn::<app::work>", "thread::spawn"),
            ("std::io::stdio::_print", "io::_print"),
            ("std::io::copy::copy::<a::R, a::W>", "io::copy"),
            ("core::iter::sources::from_fn::from_fn::<u8, app::f>", "iter::from_fn"),
            ("<core::iter::sources::once::Once<u8> as core::iter::Iterator>::next", "Once::next"),
            ("<std::thread::scoped::Scope>::spawn", "Scope::spawn"),
            ("app::thread::functions::spawn", "functions::spawn"),
            ("<formats::Parser>::parse::{closure#0}::{closure#1}", "Parser::parse::{closure#0}::{closure#1}"),
            ("", ""),
        ] {
            assert_eq!(short_name(name), short);
        }
    }

    #[test]
    fn a_name_without_modules_keeps_the_type_and_the_closure() {
        assert_eq!(name_without_modules("a::b::parse::{closure#1}"), "parse::{closure#1}");
        assert_eq!(name_without_modules("a::b::Parser::new"), "Parser::new");
        assert_eq!(name_without_modules("<a::b::Parser as c::D>::m"), "Parser::m");
    }

    #[test]
    fn a_function_is_of_the_crates_of_its_type_and_trait() {
        assert_eq!(crates_of("a::b::f"), ["a"]);
        assert_eq!(crates_of("<a::A as c::D>::m"), ["a", "c"]);
        assert_eq!(crates_of("<&mut [u8] as c::D>::m"), ["c"]);
        assert_eq!(crates_of("main"), [""; 0]);
    }

    #[test]
    fn very_deep_names_stay_as_they_are() {
        let deep = format!("{}a{}::m", "<".repeat(100_000), ">".repeat(100_000));
        assert_eq!(erased_name(&deep), deep);
    }

    proptest! {
        #[test]
        fn erasing_twice_is_erasing_once(
            name in "(<|>|::|->|=>|'|\"|\\\\|\\{closure#0\\}| as |impl |a|B|\\(|\\)|\\[|\\]|,|é|h0123456789abcdef){0,24}",
        ) {
            let erased = erased_name(&name);
            prop_assert_eq!(erased_name(&erased), erased.as_str());
            prop_assert!(erased.len() <= name.len());
            let _ = (short_name(&name), name_without_modules(&name), crates_of(&name));
        }

        #[test]
        fn no_name_makes_it_panic(name in any::<String>()) {
            prop_assert_eq!(erased_name(&erased_name(&name)), erased_name(&name));
            let _ = short_name(&name);
        }
    }
}
