//! What a file has in it, in one word.

use std::path::Path;

/// The id that git gives to the content of a file, whether a repository has it or not: what `git hash-object` prints.
///
/// # Errors
/// When the file can't be read.
pub(crate) fn content_id(path: &Path) -> Result<String, std::io::Error> {
    let id = git2::Oid::hash_file(git2::ObjectType::Blob, path).map_err(std::io::Error::other)?;
    Ok(id.to_string())
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_is_what_git_says() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "hello\n").unwrap();
        assert_eq!(super::content_id(&path).unwrap(), "ce013625030ba8dba906f756967f9e9ca394464a");
    }
}
