//! Where a snapshot assertion stands.

/// Where a snapshot assertion stands, and what its program was built as: what the macro alone knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotSite {
    /// The snapshot's id.
    pub id: &'static str,
    /// The package's name.
    pub package: &'static str,
    /// The folder of the package's `Cargo.toml`, where it was compiled.
    pub package_folder: &'static str,
    /// The source, as the compiler was given it.
    pub file: &'static str,
    /// The line in it.
    pub line: u32,
    /// The column in it.
    pub column: u32,
    /// Whether the code around it was compiled with debug assertions.
    pub has_debug_assertions: bool,
}

impl SnapshotSite {
    /// Where it stands, for people.
    pub(super) fn place(&self) -> String {
        format!("{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Whether an id stands in its source as it is: what a program can be asked while it is compiled.
pub const fn is_plain(id: &str, source: &str) -> bool {
    let (id, source) = (id.as_bytes(), source.as_bytes());
    if source.len() != id.len() + 2 || source[0] != b'"' {
        return false;
    }
    let mut index = 0;
    while index < id.len() {
        if id[index] != source[index + 1] {
            return false;
        }
        index += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_raw_texts_are_not_plain() {
        assert!(is_plain("größe/a b", stringify!("größe/a b")) && is_plain("", stringify!("")));
        assert!(!is_plain("a\tb", stringify!("a\tb")) && !is_plain("\u{e9}", stringify!("\u{e9}")));
        assert!(!is_plain("ab", stringify!(r"ab")) && !is_plain("ab", "\"ac\""));
    }
}
