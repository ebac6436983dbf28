//! Where a commit can be looked at.

/// What a commit's id is put behind to be a link, by the address of a remote. None for what is not known to have such pages.
///
/// # Example
/// ```
/// use memgate_report::history::commit_url;
/// assert_eq!(commit_url("git@github.com:o/r.git").as_deref(), Some("https://github.com/o/r/commit/"));
/// assert_eq!(commit_url("https://user:secret@github.com/o/r").as_deref(), Some("https://github.com/o/r/commit/"));
/// assert_eq!(commit_url("/somewhere/else"), None);
/// ```
#[must_use]
pub fn commit_url(remote: &str) -> Option<String> {
    let path = remote
        .strip_prefix("git@github.com:")
        .or_else(|| remote.strip_prefix("ssh://git@github.com/"))
        .or_else(|| {
            // Whoever put a password into the address did not mean to publish it.
            let (authority, path) = remote.strip_prefix("https://")?.split_once('/')?;
            let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
            (host == "github.com").then_some(path)
        })?;
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let (owner, name) = path.split_once('/')?;
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    (is_name(owner) && is_name(name)).then(|| format!("https://github.com/{owner}/{name}/commit/"))
}
