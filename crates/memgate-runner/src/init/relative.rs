//! Paths between folders, as manifests have them.

use std::path::{Component, Path};

/// The way from a folder to another place, with slashes; both are absolute and without links. Empty when they are one.
/// `None` when no way leads there, as between the drives of Windows, or when a name is not Unicode.
pub(super) fn relative(from: &Path, to: &Path) -> Option<String> {
    let from: Vec<Component<'_>> = from.components().collect();
    let to: Vec<Component<'_>> = to.components().collect();
    let common = from.iter().zip(&to).take_while(|(from, to)| from == to).count();
    if common == 0 {
        return None;
    }
    let mut words = vec![".."; from.len() - common];
    for component in to.into_iter().skip(common) {
        words.push(component.as_os_str().to_str()?);
    }
    Some(words.join("/"))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_way_goes_up_and_down() {
        let way = |from: &str, to: &str| relative(Path::new(from), Path::new(to)).unwrap();
        assert_eq!(way("/a/b", "/a/b"), "");
        assert_eq!(way("/a/b", "/a/b/c/d"), "c/d");
        assert_eq!(way("/a/b/c", "/a/x"), "../../x");
        assert_eq!(way("/a", "/"), "..");
    }
}
