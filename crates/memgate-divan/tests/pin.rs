//! Notices a divan that nobody has looked at.

use std::path::Path;

/// The releases whose private items the facade names, and whose order the gate has, with the checksums of what was read. docs/DIVAN.md says
/// what to read of another before it is put here.
const LOOKED_AT: [(&str, &str, &str); 2] = [
    ("divan", "0.1.21", "a405457ec78b8fe08b0e32b4a3570ab5dff6dd16eb9e76a5ee0a9d9cbd898933"),
    ("divan-macros", "0.1.21", "9556bc800956545d6420a640173e5ba7dfa82f38d3ea5a167eb555bc69ac3323"),
];

/// The lock file's entry of a package.
fn locked<'a>(lock: &'a str, name: &str) -> &'a str {
    let start = format!("name = \"{name}\"\n");
    let mut entries = lock.split("[[package]]\n").filter(|entry| entry.starts_with(&start));
    let entry = entries.next().unwrap_or_else(|| panic!("{name} is not in Cargo.lock"));
    assert_eq!(entries.next(), None, "there are two of {name}");
    entry
}

#[test]
fn divan_is_the_one_that_was_looked_at() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |path: &str| std::fs::read_to_string(repository.join(path)).unwrap();
    let (lock, manifest, document) = (read("Cargo.lock"), read("Cargo.toml"), read("docs/DIVAN.md"));
    for (name, version, checksum) in LOOKED_AT {
        let entry = locked(&lock, name);
        assert!(entry.contains(&format!("version = \"{version}\"")), "another release: {entry}");
        assert!(entry.contains(&format!("checksum = \"{checksum}\"")), "other sources: {entry}");
    }
    // For users, whose lock files are not this one.
    let version = LOOKED_AT[0].1;
    assert!(manifest.contains(&format!("\ndivan = {{ version = \"={version}\"")));
    assert!(document.contains(&format!("divan {version}")));
}
