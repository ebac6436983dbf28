//! Where cargo's target folder lies, of which cargo tells how it is named.

use std::path::{Component, Path, PathBuf};

use crate::store::resolved;

/// The folder that cargo names. The steps upwards of a setting such as `target-dir = "../target"` stay in its name, by which it would
/// seem to lie in the workspace. Others are left as they are: a program may have allocated its path, which is to be as long as ever.
pub(super) fn target_directory(named: &Path) -> PathBuf {
    let leads_upwards = named.components().any(|component| component == Component::ParentDir);
    let place = if leads_upwards { resolved(named).ok() } else { None };
    place.unwrap_or_else(|| named.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_upwards_are_taken() {
        let folder = tempfile::tempdir().unwrap();
        let above = dunce::canonicalize(folder.path()).unwrap();
        std::fs::create_dir(above.join("tree")).unwrap();
        assert_eq!(target_directory(&above.join("tree/../target")), above.join("target"));
        let within = above.join("tree/target");
        assert_eq!(target_directory(&within), within);
    }

    #[cfg(unix)]
    #[test]
    fn a_step_upwards_leads_from_where_a_link_ends() {
        let folder = tempfile::tempdir().unwrap();
        let above = dunce::canonicalize(folder.path()).unwrap();
        std::fs::create_dir_all(above.join("real/tree")).unwrap();
        std::os::unix::fs::symlink("real/tree", above.join("link")).unwrap();
        assert_eq!(target_directory(&above.join("link/../target")), above.join("real/target"));
        assert_eq!(target_directory(&above.join("link/target")), above.join("link/target"));
    }
}
