//! Which tag is the newest release.

/// The newest release among tags with the positions of their commits: the highest version that is no pre-release. Of tags for
/// several packages, as in `parser-v1.2.0`, the version is what is after the last `-v`.
#[must_use]
pub fn latest_release(tags: impl IntoIterator<Item = (String, usize)>) -> Option<(String, usize)> {
    let released = tags.into_iter().filter_map(|(name, position)| Some((version(&name)?, position, name)));
    released.max().map(|(_, position, name)| (name, position))
}

fn version(tag: &str) -> Option<(u64, u64, u64)> {
    let text =
        tag.rsplit_once("-v").map_or_else(|| tag.strip_prefix('v').unwrap_or(tag), |(_, version)| version);
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

    #[test]
    fn the_highest_version_is_the_newest_release() {
        let tags = [("v1.9.0", 3), ("v1.10.0", 5), ("v2.0.0-rc.1", 9), ("nightly", 10), ("parser-v1.2.0", 7)];
        let tags = tags.map(|(name, position)| (name.to_owned(), position));
        assert_eq!(latest_release(tags), Some(("v1.10.0".to_owned(), 5)));
        assert_eq!(latest_release([("main".to_owned(), 1)]), None);
    }
}
