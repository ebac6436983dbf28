//! Holds the order of this repository's own sources.

use std::path::{Path, PathBuf};

use memgate_tidy::{Package, check_package, house, is_too_long};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn rooms_files_and_lists_are_in_order() {
    let mut said = Vec::new();
    for house in house::ALL {
        let package = Package::read(&root().join(house.folder)).unwrap();
        said.extend(
            check_package(&package, &house).iter().map(|problem| format!("{}/{problem}", house.folder)),
        );
    }
    assert!(
        said.is_empty(),
        "crates/memgate-tidy/src/house.rs has the order and the exceptions:\n{}",
        said.join("\n")
    );
}

#[test]
fn no_file_is_too_long() {
    let mut long = Vec::new();
    let mut folders: Vec<PathBuf> =
        ["benches", "crates", "src", "tests", "xtask"].map(|folder| root().join(folder)).into();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.extend((!path.ends_with("target")).then_some(path));
            } else if path.extension().is_some_and(|ending| ending == "rs")
                && is_too_long(&std::fs::read_to_string(&path).unwrap())
            {
                long.push(path.display().to_string());
            }
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn what_is_pure_depends_on_nothing_that_touches_the_world() {
    let manifest = std::fs::read_to_string(root().join("crates/memgate-report/Cargo.toml")).unwrap();
    let dependencies = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    for package in
        ["cargo_metadata", "clap", "git2", "octocrab", "rustix", "signal-hook", "tempfile", "tokio"]
    {
        assert!(!dependencies.contains(&format!("\n{package}")), "{package}");
    }
}
