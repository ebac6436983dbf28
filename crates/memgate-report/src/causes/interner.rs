//! Names as numbers: there are far fewer names than call sites, and each is looked into once.

use std::collections::HashMap;

use crate::sites::erased_name;

/// A name's number; zero is that of nothing.
pub(super) type Name = u32;

#[derive(Debug, Default)]
pub(super) struct Interner<'a> {
    /// Texts as they are.
    texts: HashMap<&'a str, Name>,
    /// Functions, by their full names.
    functions: HashMap<&'a str, Name>,
    erased: HashMap<String, Name>,
    next: Name,
}

impl<'a> Interner<'a> {
    pub(super) fn text(&mut self, text: &'a str) -> Name {
        if let Some(name) = self.texts.get(text) {
            return *name;
        }
        self.next += 1;
        self.texts.insert(text, self.next);
        self.next
    }

    /// The function that is written there, whatever its generic arguments, and whichever of its closures it is.
    pub(super) fn function(&mut self, full: &'a str) -> Name {
        if let Some(name) = self.functions.get(full) {
            return *name;
        }
        let mut erased = erased_name(full);
        while let Some((around, _)) =
            erased.rsplit_once("::{closure#").filter(|(_, number)| number.ends_with('}'))
        {
            erased.truncate(around.len());
        }
        let next = self.next + 1;
        let name = *self.erased.entry(erased).or_insert(next);
        self.next = self.next.max(name);
        self.functions.insert(full, name);
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_one_whatever_its_arguments_and_closures() {
        let mut names = Interner::default();
        let function = names.function("app::f::<u8>::{closure#0}::{closure#12}");
        assert_eq!(names.function("app::f"), function);
        assert_ne!(names.function("app::g"), function);
        assert_ne!(names.text("app::f"), function);
    }
}
