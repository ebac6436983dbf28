//! Who may look into the folder and the files in it. Where files have neither owners nor modes, as on Windows, nothing is looked at.

use std::fs::{DirBuilder, Metadata, OpenOptions};
use std::path::Path;

use super::error::SnapshotError;

/// What makes a folder for this user alone.
pub(super) fn folder_builder() -> DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "has no mode there"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// What makes a new file for this user alone.
pub(super) fn file_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Why a folder may not be used: it is somebody else's, or others can look into it. `link` is what lies at its path.
#[cfg(unix)]
pub(super) fn refusal(path: &Path, link: &Metadata, folder: &Metadata) -> Option<SnapshotError> {
    use std::os::unix::fs::MetadataExt;

    let user = effective_user();
    // A link of root's is the administrator's.
    let stranger =
        [(link.uid(), link.is_symlink()), (folder.uid(), false)].into_iter().find(|(owner, may_be_root)| {
            user.is_some_and(|user| *owner != user) && !(*may_be_root && *owner == 0)
        });
    if let Some((owner, _)) = stranger {
        return Some(SnapshotError::Foreign(path.to_owned(), owner));
    }
    let mode = folder.mode() & 0o7777;
    (mode & 0o007 != 0).then(|| SnapshotError::Exposed(path.to_owned(), mode))
}

#[cfg(not(unix))]
pub(super) fn refusal(_: &Path, _: &Metadata, _: &Metadata) -> Option<SnapshotError> {
    None
}

/// The user whom this process's files belong to; none where the kernel does not say.
#[cfg(unix)]
pub(super) fn effective_user() -> Option<u32> {
    let status = crate::process::read_bounded(Path::new("/proc/self/status"), 64 << 10)?;
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    line.split_ascii_whitespace().nth(1)?.parse().ok()
}
