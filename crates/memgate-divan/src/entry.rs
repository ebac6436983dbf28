//! What an attribute registers before `main`: one benchmark, instances of one that is generic, or a group.

use std::any::{Any, type_name};
use std::cmp::Ordering;

use divan::__private::{BenchEntryRunner, BenchOptions, EntryConst, EntryList, EntryType};

use crate::Bencher;
use crate::args::ArgsRunner;

/// Every entry of the process, the last one first, and at the root one that is none: a root without an entry is divan's own
/// secret.
pub static ENTRIES: EntryList<Entry> = EntryList::new(&NONE);

static NONE: Entry = Entry {
    meta: Meta {
        raw_name: "",
        display_name: "",
        options: None,
        module_path: "",
        file: "",
        line: 0,
        column: 0,
    },
    benches: Benches::None,
};

/// What one attribute registers.
#[derive(Debug)]
pub struct Entry {
    /// Names, place and options.
    pub meta: Meta,
    /// What can be run.
    pub benches: Benches,
}

/// What is known of an entry without running it.
#[derive(Debug)]
pub struct Meta {
    /// As the source has it, `r#` included.
    pub raw_name: &'static str,
    /// As it is shown.
    pub display_name: &'static str,
    /// Gives the attribute's options, if there are any. Asked once at most, as by divan.
    pub options: Option<fn() -> BenchOptions<'static>>,
    /// Of the module that it stands in, the crate included.
    pub module_path: &'static str,
    /// Where the attribute stands.
    pub file: &'static str,
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1.
    pub column: u32,
}

/// What of an entry can be run.
#[derive(Debug)]
pub enum Benches {
    /// A function that is not generic.
    One(Runner),
    /// The instances of a generic one, a slice for each type.
    Generic(&'static [&'static [Instance]]),
    /// Nothing: it is a module's.
    Group,
    /// Nothing: it is no entry at all.
    None,
}

/// A generic function for one type, one constant, or both.
#[derive(Debug)]
pub struct Instance {
    /// The type.
    pub ty: Option<TypeOf>,
    /// The constant.
    pub constant: Option<ConstOf>,
    /// The function.
    pub runner: Runner,
}

/// A function, for the gate and for divan.
#[derive(Clone, Copy)]
pub struct Runner {
    /// Under the gate.
    pub gate: GateRunner,
    /// Outside of it.
    pub divan: BenchEntryRunner,
}

/// What the gate runs.
#[derive(Clone, Copy, Debug)]
pub enum GateRunner {
    /// Without arguments.
    Plain(fn(Bencher<'_, '_>)),
    /// With arguments, which are made by the call.
    Args(fn() -> ArgsRunner),
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runner").field("gate", &self.gate).finish_non_exhaustive()
    }
}

/// A type, by what is asked of it.
#[derive(Debug)]
pub struct TypeOf {
    /// Gives its name, with the modules that it is in.
    pub(crate) name: fn() -> &'static str,
    /// Gives divan's own.
    pub(crate) divan: fn() -> EntryType,
}

impl TypeOf {
    /// Takes a type.
    #[must_use]
    pub const fn new<T: Any>() -> Self {
        Self { name: type_name::<T>, divan: EntryType::new::<T> }
    }

    /// The name as divan shows it: without modules, but for those of its parameters.
    pub(crate) fn display_name(&self) -> &'static str {
        let mut name = (self.name)();
        while let Some((before, after)) = name.split_once(':') {
            // As bytes: a look for a character is compiled as one for any text.
            if before.as_bytes().contains(&b'<') {
                break;
            }
            name = after.trim_start_matches(':');
        }
        name
    }
}

/// A constant, by what is asked of it.
#[derive(Debug)]
pub struct ConstOf {
    /// Its place among the constants of its function.
    pub index: usize,
    /// Gives it as text.
    pub name: fn() -> String,
    /// Compares two of the constants, by their places.
    pub compare: fn(usize, usize) -> Option<Ordering>,
    /// Gives divan's own.
    pub divan: fn() -> EntryConst,
}

/// Every entry, the last one that was registered first, as divan has its own.
pub(crate) fn all() -> Vec<&'static Entry> {
    let mut entries = Vec::new();
    for entry in ENTRIES.iter() {
        if !matches!(entry.benches, Benches::None) {
            entries.push(entry);
        }
    }
    entries
}
