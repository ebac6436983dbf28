//! Today's benches for old code.

use std::fs;
use std::path::PathBuf;

use toml_edit::{DocumentMut, Item, Table};

use super::RevisionsError;
use super::copy::copy;
use super::manifest::{read_manifest, with_absolute_paths, write_manifest};

/// A package whose benches are to be measured with another revision's code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BenchSource {
    /// The folder of the package with the benches.
    pub from: PathBuf,
    /// The folder of the package with the code.
    pub into: PathBuf,
}

/// Puts the benches of one revision's package into another's: the folder `benches`, the `[[bench]]` tables,
/// `autobenches`, and the dev-dependencies. Of these, what both have is as the benches' revision has it.
///
/// `roots` are the folders of the two workspaces: what a dev-dependency inherits and the code's workspace does not have comes
/// along. Benches outside of the folder `benches` do not.
///
/// # Errors
/// When a manifest can't be read or written, or a file can't be copied.
pub(crate) fn take_benches(package: &BenchSource, roots: &BenchSource) -> Result<(), RevisionsError> {
    give(package, roots, false)
}

/// The same for a release, which has none of the repository's other packages around it: paths of dev-dependencies lead into
/// the benches' revision.
///
/// # Errors
/// When a manifest can't be read or written, or a file can't be copied.
pub(crate) fn take_benches_of_release(
    package: &BenchSource,
    roots: &BenchSource,
) -> Result<(), RevisionsError> {
    give(package, roots, true)
}

fn give(package: &BenchSource, roots: &BenchSource, is_release: bool) -> Result<(), RevisionsError> {
    let BenchSource { from, into } = package;
    let (theirs, mut ours) = (read_manifest(from)?, read_manifest(into)?);
    let benches = into.join("benches");
    if benches.exists() {
        fs::remove_dir_all(&benches).map_err(RevisionsError::file("remove", &benches))?;
    }
    copy(&from.join("benches"), &benches)?;
    replace(ours.as_table_mut(), theirs.as_table(), "bench");
    if let (Some(ours), Some(theirs)) = (table_of(&mut ours, "package"), theirs.get("package")) {
        match theirs.get("autobenches") {
            Some(value) => drop(ours.insert("autobenches", value.clone())),
            None => drop(ours.remove("autobenches")),
        }
    }
    let inherited = merge_dependencies(ours.as_table_mut(), theirs.as_table());
    // The root of a workspace may be the package itself.
    if roots.into == *into {
        inherit(&inherited, &theirs_root(roots, &theirs)?, &mut ours);
    }
    if is_release {
        with_absolute_paths(&mut ours, from, &roots.from);
    }
    write_manifest(into, &ours)?;
    if roots.into != *into && !inherited.is_empty() {
        let mut root = read_manifest(&roots.into)?;
        inherit(&inherited, &read_manifest(&roots.from)?, &mut root);
        write_manifest(&roots.into, &root)?;
    }
    Ok(())
}

fn theirs_root(roots: &BenchSource, theirs: &DocumentMut) -> Result<DocumentMut, RevisionsError> {
    if roots.from.join("Cargo.toml").is_file() { read_manifest(&roots.from) } else { Ok(theirs.clone()) }
}

fn replace(ours: &mut Table, theirs: &Table, key: &str) {
    match theirs.get(key) {
        Some(item) => drop(ours.insert(key, item.clone())),
        None => drop(ours.remove(key)),
    }
}

fn table_of<'a>(manifest: &'a mut DocumentMut, key: &str) -> Option<&'a mut Table> {
    manifest.get_mut(key).and_then(Item::as_table_mut)
}

/// Adds the dev-dependencies; gives the names of those that are inherited from the workspace.
fn merge_dependencies(ours: &mut Table, theirs: &Table) -> Vec<String> {
    let mut inherited = Vec::new();
    let Some(dependencies) = theirs.get("dev-dependencies").and_then(Item::as_table_like) else {
        return inherited;
    };
    let place = ours.entry("dev-dependencies").or_insert_with(|| Item::Table(Table::new()));
    let Some(place) = place.as_table_like_mut() else { return inherited };
    for (name, dependency) in dependencies.iter() {
        let is_inherited = dependency
            .as_table_like()
            .and_then(|table| table.get("workspace"))
            .is_some_and(|value| value.as_bool() == Some(true));
        if is_inherited {
            inherited.push(name.to_owned());
        }
        place.insert(name, dependency.clone());
    }
    inherited
}

/// Gives a workspace what packages inherit from it, where it has not.
fn inherit(names: &[String], theirs: &DocumentMut, ours: &mut DocumentMut) {
    let of_workspace = |manifest: &DocumentMut, name: &str| {
        manifest.get("workspace")?.get("dependencies")?.get(name).cloned()
    };
    for name in names {
        if of_workspace(ours, name).is_some() {
            continue;
        }
        let Some(dependency) = of_workspace(theirs, name) else { continue };
        let workspace = ours.entry("workspace").or_insert_with(|| Item::Table(Table::new()));
        let Some(workspace) = workspace.as_table_mut() else { continue };
        let dependencies = workspace.entry("dependencies").or_insert_with(|| Item::Table(Table::new()));
        if let Some(dependencies) = dependencies.as_table_like_mut() {
            dependencies.insert(name, dependency);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn benches_come_with_all_that_they_need() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("head/Cargo.toml", "[workspace.dependencies]\nmemgate = \"0.1\"\nother = \"1\"\n");
        write(
            "head/p/Cargo.toml",
            "[package]\nname = \"p\"\nautobenches = false\n[dev-dependencies]\nmemgate.workspace = true\nb = \"2\"\n\
             [[bench]]\nname = \"memory\"\nharness = false\n",
        );
        write("head/p/benches/data/text", "new");
        write("base/Cargo.toml", "[workspace]\nmembers = [\"p\"]\n");
        write(
            "base/p/Cargo.toml",
            "[package]\nname = \"p\"\n[dev-dependencies]\na = \"1\"\nb = \"1\"\n[[bench]]\nname = \"old\"\n",
        );
        write("base/p/benches/old.rs", "");
        let pair = |name: &str| BenchSource {
            from: folder.path().join("head").join(name),
            into: folder.path().join("base").join(name),
        };
        take_benches(&pair("p"), &pair("")).unwrap();
        let read = |path: &str| fs::read_to_string(folder.path().join(path)).unwrap();
        insta::assert_snapshot!(read("base/p/Cargo.toml"), @r#"
        [package]
        name = "p"
        autobenches = false
        [dev-dependencies]
        a = "1"
        b = "2"
        memgate.workspace = true
        [[bench]]
        name = "memory"
        harness = false
        "#);
        insta::assert_snapshot!(read("base/Cargo.toml"), @r#"
        [workspace]
        members = ["p"]

        [workspace.dependencies]
        memgate = "0.1"
        "#);
        assert_eq!(read("base/p/benches/data/text"), "new");
        assert!(!folder.path().join("base/p/benches/old.rs").exists());
    }
}
