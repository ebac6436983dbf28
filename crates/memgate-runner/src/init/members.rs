//! The members of a workspace.

use glob::{MatchOptions, Pattern};
use toml_edit::{Array, DocumentMut, Item, TableLike, value};

use super::manifest::{push_as_others, table_in};

/// Makes a folder, relative to the workspace's root, a member.
///
/// # Errors
/// What is in the way, when the workspace is written so that no edit is safe.
pub(super) fn add_member(manifest: &mut DocumentMut, folder: &str) -> Result<(), String> {
    let workspace = table_in(manifest.as_table_mut(), "workspace").ok_or("its `workspace` is no table")?;
    if paths(workspace, "exclude").iter().any(|excluded| is_below(folder, excluded)) {
        return Err(format!("its workspace excludes `{folder}`; take it off `exclude`, or use --no-xtask"));
    }
    if paths(workspace, "members").iter().any(|pattern| covers(pattern, folder)) {
        return Ok(());
    }
    match workspace.get_mut("members") {
        None => {
            workspace.insert("members", value(Array::from_iter([folder])));
        }
        Some(members) => {
            let members = members.as_array_mut().ok_or("its workspace's `members` is no array")?;
            push_as_others(members, folder);
        }
    }
    Ok(())
}

/// Keeps a folder within the workspace's own out of it, when there is a workspace at all: what a member depends on by its
/// path, and lies there, would become a member, and a workspace can't be one.
///
/// # Errors
/// When the workspace is written so that no edit is safe.
pub(super) fn exclude(manifest: &mut DocumentMut, folder: &str) -> Result<(), String> {
    let Some(workspace) = manifest.get_mut("workspace").and_then(Item::as_table_like_mut) else {
        return Ok(());
    };
    if paths(workspace, "exclude").iter().any(|excluded| is_below(folder, excluded)) {
        return Ok(());
    }
    match workspace.get_mut("exclude") {
        None => drop(workspace.insert("exclude", value(Array::from_iter([folder])))),
        Some(excluded) => {
            let excluded = excluded.as_array_mut().ok_or("its workspace's `exclude` is no array")?;
            push_as_others(excluded, folder);
        }
    }
    Ok(())
}

/// The folders or patterns under a key, as one writes them: without `./` and a slash at the end.
fn paths(workspace: &dyn TableLike, key: &str) -> Vec<String> {
    let paths = workspace.get(key).and_then(Item::as_array);
    let paths = paths.into_iter().flatten().filter_map(|path| path.as_str());
    paths.map(|path| path.trim_start_matches("./").trim_end_matches('/').to_owned()).collect()
}

/// Whether a pattern of `members` includes a folder. As cargo has it, `*` does not cross slashes.
fn covers(pattern: &str, folder: &str) -> bool {
    let options = MatchOptions { require_literal_separator: true, ..MatchOptions::default() };
    pattern == folder || Pattern::new(pattern).is_ok_and(|pattern| pattern.matches_with(folder, options))
}

fn is_below(folder: &str, above: &str) -> bool {
    folder == above || folder.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(text: &str) -> Result<String, String> {
        let mut manifest: DocumentMut = text.parse().unwrap();
        add_member(&mut manifest, "xtask").map(|()| manifest.to_string())
    }

    #[test]
    fn a_member_is_added_once() {
        let package = "[package]\nname = \"a\"\n";
        assert_eq!(added(package).unwrap(), format!("{package}\n[workspace]\nmembers = [\"xtask\"]\n"));
        let with_members = "[workspace]\nmembers = [\"a\"]\ndefault-members = [\"a\"]\n";
        assert_eq!(
            added(with_members).unwrap(),
            with_members.replace("members = [\"a\"]\nd", "members = [\"a\", \"xtask\"]\nd")
        );
        // A workspace of which only other tables are written.
        let implicit = "[workspace.dependencies]\nserde = \"1\"\n";
        assert_eq!(
            added(implicit).unwrap(),
            "[workspace]\nmembers = [\"xtask\"]\n[workspace.dependencies]\nserde = \"1\"\n"
        );
        for covered in ["members = [\"xtask/\"]", "members = [\"./x*\"]", "members = [\"*\"]"] {
            let text = format!("[workspace]\n{covered}\n");
            assert_eq!(added(&text).unwrap(), text);
        }
        let elsewhere = "[workspace]\nmembers = [\"crates/*\"]\n";
        assert_eq!(added(elsewhere).unwrap(), "[workspace]\nmembers = [\"crates/*\", \"xtask\"]\n");
    }

    #[test]
    fn a_checkout_inside_is_kept_out() {
        let excluded = |text: &str| {
            let mut manifest: DocumentMut = text.parse().unwrap();
            exclude(&mut manifest, "vendor/memgate").map(|()| manifest.to_string()).unwrap()
        };
        assert_eq!(excluded("[package]\n"), "[package]\n");
        assert_eq!(excluded("[workspace]\n"), "[workspace]\nexclude = [\"vendor/memgate\"]\n");
        assert_eq!(
            excluded("[workspace]\nexclude = [\"vendor\"]\n"),
            "[workspace]\nexclude = [\"vendor\"]\n"
        );
    }

    #[test]
    fn what_is_excluded_is_not_added() {
        assert!(added("[workspace]\nexclude = [\"./xtask/\"]\n").unwrap_err().contains("excludes `xtask`"));
    }
}
