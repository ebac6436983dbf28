//! What a site is known by over time.

use memgate_protocol::{NameError, check_name};

use super::Origin;
use super::path::Path;

/// How many of the innermost frames a key has.
pub(super) const MAXIMUM_FRAMES: usize = 12;

/// How many callers of the first workspace frame a key has when that frame lies beyond the innermost ones.
pub(super) const CALLERS_BEYOND: usize = 3;

/// Stands for frames that were left out.
pub(super) const LEFT_OUT: &str = "…";

const SEPARATOR: &str = " <- ";

/// What a site is known by over time: what the user's code called, and from where.
///
/// It has no line, no address and no file, so moving lines, renaming a file and inlining leave it as it is. Its text
/// form is `operation <- frame <- frame`, innermost frame first.
///
/// # Example
/// ```
/// use memgate_report::sites::SiteKey;
/// let key: SiteKey = "Vec::push <- formats::parse <- formats::read".parse()?;
/// assert_eq!(key.operation, "Vec::push");
/// assert_eq!(key.frames, ["formats::parse", "formats::read"]);
/// # Ok::<(), memgate_report::sites::SiteKeyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SiteKey {
    /// What the user's code called of the standard library, as people say it, such as `Vec::push`; `alloc` when it
    /// called the allocator itself.
    pub operation: String,
    /// The erased names of the functions that are not the standard library's, innermost first, without recursion. `…`
    /// stands for functions that were left out.
    pub frames: Vec<String>,
}

impl SiteKey {
    pub(super) fn of(path: &Path<'_>) -> Self {
        let frame = |index: usize| path.steps.get(index).map(|step| key_part(&step.name));
        let mut frames: Vec<String> = (0..MAXIMUM_FRAMES).map_while(frame).collect();
        let first_workspace = path.steps.iter().position(|step| step.function.origin == Origin::Workspace);
        if let Some(first) = first_workspace.filter(|first| *first >= MAXIMUM_FRAMES) {
            frames.push(LEFT_OUT.to_owned());
            frames.extend((first..=first + CALLERS_BEYOND).map_while(frame));
        }
        Self { operation: key_part(&path.operation), frames }
    }
}

/// A name that can be part of a key's text. Names come from the symbols of any library, so they may be anything.
fn key_part(name: &str) -> String {
    // Between letters, since white space is refused only at the ends.
    let is_invisible = |character: char| {
        !(character == ' ' || character.is_ascii_graphic()) && check_name(&format!("a{character}a")).is_err()
    };
    let mut part: String = name
        .chars()
        .map(|character| if is_invisible(character) { char::REPLACEMENT_CHARACTER } else { character })
        .collect();
    while part.contains("<-") {
        part = part.replace("<-", "<");
    }
    match part.trim() {
        "" => "?".to_owned(),
        trimmed => trimmed.to_owned(),
    }
}

impl std::fmt::Display for SiteKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.operation)?;
        self.frames.iter().try_for_each(|frame| write!(f, "{SEPARATOR}{frame}"))
    }
}

/// Why a text is no key of a site.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SiteKeyError {
    /// The operation or a frame is no name.
    #[error("failed to read the site {text:?}: a part of it is no name: {problem}")]
    Part {
        /// The whole text.
        text: String,
        /// What is wrong with the part.
        #[source]
        problem: NameError,
    },
    /// An arrow lacks the space around it.
    #[error("failed to read the site {text:?}: it has `<-` without a space on either side")]
    Arrow {
        /// The whole text.
        text: String,
    },
}

impl std::str::FromStr for SiteKey {
    type Err = SiteKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = Vec::new();
        for part in text.split(SEPARATOR) {
            if part.contains("<-") {
                return Err(SiteKeyError::Arrow { text: text.to_owned() });
            }
            check_name(part).map_err(|problem| SiteKeyError::Part { text: text.to_owned(), problem })?;
            parts.push(part.to_owned());
        }
        let frames = parts.split_off(parts.len().min(1));
        Ok(Self { operation: parts.pop().unwrap_or_default(), frames })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::path::ErasedNames;
    use super::super::samples::stack;
    use super::*;

    fn key(text: &str) -> String {
        SiteKey::of(&Path::of(&stack(text, &[]), &mut ErasedNames::default())).to_string()
    }

    #[test]
    fn the_operators_of_another_language_are_operations_unless_they_are_the_users() {
        let of = |text| {
            let stack = stack(text, &[]);
            let path = Path::of(&stack, &mut ErasedNames::default());
            (path.operation.clone(), path.steps.len())
        };
        let is = |operation: &str, steps| (operation.to_owned(), steps);
        assert_eq!(of("u operator new; u operator new[]; w app::f"), is("operator new[]", 1));
        assert_eq!(of("u operator new; u std::vector::push_back; w app::f"), is("operator new", 2));
        assert_eq!(of("w operator new; w app::f"), is("alloc", 2), "this one is the user's own");
    }

    #[test]
    fn the_operation_is_what_the_users_code_called() {
        assert_eq!(
            key(
                "s alloc::raw_vec::finish_grow; s <alloc::vec::Vec<u64>>::push; w f::g::<u8>; s core::x::y; w f::main"
            ),
            "Vec::push <- f::g <- f::main"
        );
        assert_eq!(key("w f::g; s std::rt::lang_start"), "alloc <- f::g");
        assert_eq!(
            key("u 0x7f; s a::Vec::push; u [unknown]; s a::Vec::extend; w f::g"),
            "Vec::extend <- f::g"
        );
        assert_eq!(key("s alloc::vec::from_elem"), "vec::from_elem");
        assert_eq!(key(""), "alloc");
    }

    #[test]
    fn lines_files_and_inlining_do_not_matter() {
        let before = key("s a::Vec::push @ vec.rs:1; w f::g @ src/lib.rs:10; w f::h @ src/lib.rs:20");
        let after = key("s a::Vec::push @ vec.rs:7;+ w f::g @ src/lib/mod.rs:99;+ w f::h @ src/lib/mod.rs:3");
        assert_eq!(before, after);
        assert_eq!(before, "Vec::push <- f::g <- f::h");
    }

    #[test]
    fn recursion_is_collapsed_from_the_outer_end() {
        assert_eq!(
            key("w f::leaf; w f::a; w f::b; w f::a; w f::b; w f::main"),
            "alloc <- f::leaf <- f::a <- f::b <- f::main"
        );
        assert_eq!(key("w f::a; w f::a; w f::a; w f::main"), "alloc <- f::a <- f::main");
        assert_eq!(
            key("w f::c; w f::a::<u8>; w f::b; w f::a::<u16>; w f::main"),
            "alloc <- f::c <- f::a <- f::main"
        );
    }

    #[test]
    fn functions_without_a_name_and_those_that_start_the_process_are_left_out() {
        assert_eq!(
            key(
                "u 0x55d0; u sqlite_malloc; u [unknown]; w f::g; u start; w f::main; s std::rt::lang_start; u main; \
                 u __libc_start_main@@GLIBC_2.34; u _start"
            ),
            "alloc <- sqlite_malloc <- f::g <- start <- f::main"
        );
    }

    #[test]
    fn a_workspace_frame_beyond_the_limit_is_kept_with_its_callers() {
        let deep: Vec<String> = (0..14).map(|index| format!("d dep::f{index}")).collect();
        let text = format!("{}; w f::a; w f::b; w f::c; w f::d; w f::e", deep.join("; "));
        let key: SiteKey = key(&text).parse().unwrap();
        assert_eq!(key.frames.len(), 17);
        assert_eq!(key.frames[11..], ["dep::f11", "…", "f::a", "f::b", "f::c", "f::d"]);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let problem = |text: &str| text.parse::<SiteKey>().unwrap_err().to_string();
        assert_eq!(problem(""), "failed to read the site \"\": a part of it is no name: it is empty");
        assert_eq!(
            problem("a <-  b"),
            "failed to read the site \"a <-  b\": a part of it is no name: it starts or ends with white space"
        );
        assert_eq!(
            problem("a<- b"),
            "failed to read the site \"a<- b\": it has `<-` without a space on either side"
        );
    }

    proptest! {
        #[test]
        fn every_key_reads_back(names in proptest::collection::vec("[ <\\-a\\n\u{202E}]{0,6}|\\PC{0,8}", 1..5)) {
            let mut parts = names.iter().map(|name| key_part(name));
            let key = SiteKey { operation: parts.next().unwrap_or_default(), frames: parts.collect() };
            prop_assert_eq!(key.to_string().parse(), Ok(key));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "( <- |<|-|a| ){0,8}") {
            if let Ok(key) = text.parse::<SiteKey>() {
                prop_assert_eq!(key.to_string(), text);
            }
        }
    }
}
