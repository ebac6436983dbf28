//! What the file of a program says about whether it can be seen.

use std::ffi::OsString;
use std::fmt;

/// What is known of a program's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutableFacts {
    /// What it is.
    pub kind: ExecutableKind,
    /// The path by which the system knows the program that runs: of a script, its interpreter's. None where nothing of it was read.
    pub file: Option<OsString>,
    /// The function of an allocator in it that is called directly rather than through `malloc`, and whose it is.
    pub direct_allocator: Option<(&'static str, &'static str)>,
    /// Whether it is a program of Rust's with a `#[global_allocator]`, which may hand on to `malloc` or not.
    pub has_global_allocator: bool,
}

/// What a file is to whoever starts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExecutableKind {
    /// There is none.
    Missing,
    /// It is a folder, or nobody may execute it.
    NotExecutable,
    /// It is neither an executable of this system nor a script.
    UnknownFormat,
    /// It is a script, without a first line that names who reads it.
    ScriptWithoutInterpreter,
    /// It is a script, and who is to read it is not there.
    ScriptOfMissingInterpreter(String),
    /// It is for other processors.
    OtherArchitecture,
    /// It needs no loader, which is what brings the library in.
    Static,
    /// The loader that it asks for is not there.
    MissingLoader(String),
    /// It asks for the loader of musl, which can't load a library of glibc's.
    Musl,
    /// It has rights of its own, and the loader listens to nobody then.
    Privileged(&'static str),
    /// The system is one on which nothing is preloaded into programs.
    NothingPreloaded,
    /// It can be seen.
    Dynamic,
}

impl ExecutableKind {
    /// Whether a program that can be started is not seen for that.
    #[must_use]
    pub(super) fn hides(&self) -> bool {
        self.always_hides() || matches!(self, Self::Privileged(_))
    }

    /// The same, whoever starts it: what is seen of its process is a program that it has become.
    #[must_use]
    pub(super) fn always_hides(&self) -> bool {
        matches!(self, Self::OtherArchitecture | Self::Static | Self::Musl)
    }
}

impl fmt::Display for ExecutableKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("there is no such program"),
            Self::NotExecutable => f.write_str("it is not executable"),
            Self::UnknownFormat => f.write_str("it is no program of this system"),
            Self::ScriptWithoutInterpreter => {
                f.write_str("it is a script whose first line does not say who reads it (`#!`)")
            }
            Self::ScriptOfMissingInterpreter(interpreter) => {
                write!(f, "it is a script for {interpreter}, which is not there")
            }
            Self::OtherArchitecture => f.write_str("it is for other processors than the tool"),
            Self::Static => {
                f.write_str("it is linked statically, so that no library can be put in front of its malloc")
            }
            Self::MissingLoader(loader) => write!(f, "it needs the loader {loader}, which is not there"),
            Self::Musl => f.write_str("it has the C library musl, which can't load a library of glibc's"),
            Self::Privileged(how) => {
                write!(f, "it has rights of its own ({how}), so the loader puts no library in front of it")
            }
            Self::NothingPreloaded => f.write_str(
                "only on Linux a library can be put in front of a program's malloc, and it does not count by itself",
            ),
            Self::Dynamic => f.write_str(
                "the library was not loaded into it; perhaps its environment is cleared before it starts",
            ),
        }
    }
}

/// Functions of allocators that are called directly, and whose they are. Each is what the others of its allocator come with.
pub const DIRECT_ALLOCATORS: [(&str, &str); 18] = [
    ("mi_malloc", "mimalloc"),
    ("mi_malloc_aligned", "mimalloc"),
    ("mi_heap_malloc", "mimalloc"),
    ("je_malloc", "jemalloc"),
    ("je_mallocx", "jemalloc"),
    ("_rjem_malloc", "jemalloc"),
    ("_rjem_mallocx", "jemalloc"),
    ("_rjem_je_malloc_default", "jemalloc"),
    ("tc_malloc", "tcmalloc"),
    ("TCMallocInternalMalloc", "tcmalloc"),
    ("rpmalloc", "rpmalloc"),
    ("rpaligned_alloc", "rpmalloc"),
    ("sn_malloc", "snmalloc"),
    ("sn_rust_alloc", "snmalloc"),
    ("rust_sn_malloc", "snmalloc"),
    ("snmalloc_alloc", "snmalloc"),
    ("hoard_malloc", "Hoard"),
    ("runtime.mallocgc", "Go"),
];

/// The allocator that has a function of this name.
#[must_use]
pub fn direct_allocator(symbol: &str) -> Option<(&'static str, &'static str)> {
    // A version, as in `tc_malloc@VERSION`.
    let symbol = symbol.split('@').next().unwrap_or(symbol);
    DIRECT_ALLOCATORS.into_iter().find(|(name, _)| *name == symbol)
}
