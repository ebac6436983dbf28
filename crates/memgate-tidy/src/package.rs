//! The modules of a package.

use std::collections::BTreeMap;
use std::path::Path;

use proc_macro2::TokenStream;

use crate::module::Module;
use crate::tokens::{Found, read};

/// The modules of a package by their paths, as far as they are not for tests alone, and the texts of its files.
#[derive(Debug, Default)]
pub struct Package {
    pub(crate) modules: BTreeMap<Vec<String>, Module>,
    pub(crate) texts: BTreeMap<String, String>,
}

/// Why sources can't be read.
#[derive(Debug, PartialEq, Eq)]
pub struct ParseError(pub String);

impl std::fmt::Display for ParseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ParseError {}

impl Package {
    /// Reads the sources below a folder, from its `lib.rs`.
    ///
    /// # Errors
    /// When a file can't be read, is no Rust, or is not there though it is a module.
    pub fn read(folder: &Path) -> Result<Self, ParseError> {
        Self::of(|file| std::fs::read_to_string(folder.join(file)).ok())
    }

    /// Reads the sources that `text_of` gives, from `lib.rs`.
    ///
    /// # Errors
    /// When a file is no Rust, or is not there though it is a module.
    pub fn of(text_of: impl Fn(&str) -> Option<String>) -> Result<Self, ParseError> {
        let mut package = Self::default();
        let mut wanted = vec![Vec::new()];
        while let Some(path) = wanted.pop() {
            let (file, text) = candidates(&path)
                .into_iter()
                .find_map(|file| text_of(&file).map(|text| (file, text)))
                .ok_or_else(|| ParseError(format!("there is no file of the module `{}`", path.join("::"))))?;
            let stream: TokenStream =
                text.parse().map_err(|problem| ParseError(format!("{file} is no Rust: {problem}")))?;
            let mut found = Found::default();
            read(stream, &path, &file, &mut found);
            package.modules.extend(found.modules);
            package.texts.insert(file, text);
            wanted.extend(found.elsewhere);
        }
        Ok(package)
    }
}

/// The files that a module may be in.
fn candidates(path: &[String]) -> Vec<String> {
    if path.is_empty() {
        return vec!["lib.rs".to_owned()];
    }
    let path = path.join("/");
    vec![format!("{path}.rs"), format!("{path}/mod.rs")]
}
