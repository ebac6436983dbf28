//! Which tag is the newest release.

use std::collections::BTreeMap;

/// The newest release of each package among tags with the positions of their commits: the highest version that is no
/// pre-release. A package without one is not among them.
///
/// A tag that is a version (`v1.2.0`, `1.2.0`) is a release of every package. One with a name before it is a release of the
/// package of that name alone, as release-plz and cargo-release (`parser-v1.2.0`, `parser-1.2.0`), changesets
/// (`parser@1.2.0`) and others (`parser/v1.2.0`) name tags; a package that has such tags is released by no others.
#[must_use]
pub fn latest_releases<'a>(
    tags: &[(String, usize)],
    packages: impl IntoIterator<Item = &'a str>,
) -> BTreeMap<String, (String, usize)> {
    let newest = |is_of: &dyn Fn(&str) -> bool| {
        let released = tags.iter().filter_map(|(tag, position)| {
            let (name, version) = parts(tag)?;
            is_of(name).then_some((version, *position, tag))
        });
        released.max().map(|(_, position, tag)| (tag.clone(), position))
    };
    let of_package = |package: &str| newest(&|name| name == package).or_else(|| newest(&str::is_empty));
    packages.into_iter().filter_map(|package| Some((package.to_owned(), of_package(package)?))).collect()
}

/// The name before the version of a tag, which may be empty, and the version.
fn parts(tag: &str) -> Option<(&str, (u64, u64, u64))> {
    let (start, _) = tag
        .rmatch_indices(|character: char| !character.is_ascii_digit() && character != '.')
        .next()
        .map_or((0, ""), |(at, separator)| (at + separator.len(), separator));
    let (before, version) = tag.split_at_checked(start)?;
    let version = version_of(version)?;
    let name = match before.strip_suffix('v') {
        None => before,
        // A name may end in this letter too.
        Some(rest) if rest.is_empty() || rest.ends_with(SEPARATORS) => rest,
        Some(_) => return None,
    };
    match name.strip_suffix(SEPARATORS) {
        Some(name) if !name.is_empty() => Some((name, version)),
        None if name.is_empty() => Some(("", version)),
        _ => None,
    }
}

/// What stands between a package's name and its version.
const SEPARATORS: [char; 4] = ['-', '/', '@', '_'];

fn version_of(text: &str) -> Option<(u64, u64, u64)> {
    let numbers: Option<Vec<u64>> = text.split('.').map(|number| number.parse().ok()).collect();
    match numbers?[..] {
        [major, minor, patch] => Some((major, minor, patch)),
        [major, minor] => Some((major, minor, 0)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn newest<'a>(tags: &[&'a str], package: &str) -> Option<&'a str> {
        let positions: Vec<(String, usize)> =
            tags.iter().enumerate().map(|(position, tag)| ((*tag).to_owned(), position)).collect();
        let (tag, position) = latest_releases(&positions, [package]).remove(package)?;
        assert_eq!(tags[position], tag);
        Some(tags[position])
    }

    #[test]
    fn the_highest_version_is_the_newest_release() {
        let tags =
            ["v1.9.0", "v1.10.0", "v2.0.0-rc.1", "nightly", "v3", "2026-11-29", "1.2.0", "v9.0.0+build"];
        assert_eq!(newest(&tags, "parser"), Some("v1.10.0"));
        assert_eq!(newest(&["main"], "parser"), None);
    }

    #[test]
    fn another_packages_tag_is_no_release_of_this_one() {
        let others = [
            "other-v3.2.0",
            "other/v3.2.0",
            "other@3.2.0",
            "other@v3.2.0",
            "other-3.2.0",
            "other_v3.2.0",
            "@scope/other@3.2.0",
            "my-parser-v3.2.0",
            "parser-derive-v3.2.0",
            "dev1.2.3",
            "rev-v",
            "parser-v4.0.0-beta.1",
        ];
        assert_eq!(newest(&others, "parser"), None);
        for own in ["parser-v1.2.0", "parser/v1.2.0", "parser@1.2.0", "parser@v1.2.0", "parser-1.2.0"] {
            let tags = [&others[..], &["v9.0.0", own]].concat();
            assert_eq!(
                newest(&tags, "parser"),
                Some(own),
                "its own stand before those of the whole workspace"
            );
            assert_eq!(newest(&tags, "writer"), Some("v9.0.0"));
        }
        assert_eq!(newest(&["kv-v1.0.0", "v2.0.0"], "kv"), Some("kv-v1.0.0"));
        assert_eq!(newest(&["x86-64-v2.0.0"], "x86-64"), Some("x86-64-v2.0.0"));
    }
}
