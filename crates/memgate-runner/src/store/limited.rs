//! Reading files that somebody else wrote, up to a size, and without waiting for what is no file.

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Read};
use std::path::Path;

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub enum LimitedReadError {
    /// The system does not give it.
    #[error("{0}")]
    System(#[from] Error),
    /// The file is larger than what is read.
    #[error("it is larger than {limit_bytes} bytes, which is more than is read of one file")]
    TooLarge {
        /// How much would be read.
        limit_bytes: u64,
    },
}

impl From<LimitedReadError> for Error {
    fn from(error: LimitedReadError) -> Self {
        match error {
            LimitedReadError::System(error) => error,
            error @ LimitedReadError::TooLarge { .. } => Self::other(error.to_string()),
        }
    }
}

/// The bytes of what the user names, which may be a pipe, of at most `limit_bytes`. Of more, nothing is kept.
///
/// # Errors
/// When it can't be read, or is larger.
pub(crate) fn read_named(path: &Path, limit_bytes: u64) -> Result<Vec<u8>, LimitedReadError> {
    read(File::open(path)?, limit_bytes)
}

/// The bytes of a file of at most `limit_bytes`. A link to a file is one.
///
/// # Errors
/// When it can't be read, is larger, or is no file: a pipe or a device may have no end.
pub(crate) fn read_limited(path: &Path, limit_bytes: u64) -> Result<Vec<u8>, LimitedReadError> {
    read(open_file(path, true)?, limit_bytes)
}

/// The bytes of a file of at most `limit_bytes`; none when there is none.
///
/// # Errors
/// Those of [`read_limited`]; and when the file, or a folder that it would lie in, is a link that leads nowhere: whoever made
/// the link meant something to be there.
pub(crate) fn read_if_there(path: &Path, limit_bytes: u64) -> Result<Option<Vec<u8>>, LimitedReadError> {
    match read_limited(path, limit_bytes) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(LimitedReadError::System(error)) => none_if_absent(path, error).map_err(LimitedReadError::System),
        Err(error) => Err(error),
    }
}

/// What it means that something could not be opened: none when nothing is there.
///
/// # Errors
/// With what the system said, or with the link that leads nowhere.
pub(crate) fn none_if_absent<T>(path: &Path, error: Error) -> Result<Option<T>, Error> {
    if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) {
        return Err(error);
    }
    // The first that has a name is what the rest would be found through.
    let named = path.ancestors().find(|place| place.symlink_metadata().is_ok_and(|named| named.is_symlink()));
    match named.filter(|link| link.metadata().is_err()) {
        None => Ok(None),
        Some(link) if link == path => Err(Error::other("it is a link that leads nowhere")),
        Some(link) => Err(Error::other(format!("{} is a link that leads nowhere", link.display()))),
    }
}

/// The bytes of a file that a measured process has left, of at most `limit_bytes`. A link could lead anywhere, and is none.
///
/// # Errors
/// When it can't be read, is larger, or is no file.
pub(crate) fn read_left(path: &Path, limit_bytes: u64) -> Result<Vec<u8>, LimitedReadError> {
    read(open_file(path, false)?, limit_bytes)
}

/// Opens a file without waiting for the other end of a pipe, and looks at what was opened rather than at what had the name a
/// moment before.
fn open_file(path: &Path, may_be_link: bool) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;

        let mut flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        flags.set(OFlags::NOFOLLOW, !may_be_link);
        #[expect(clippy::cast_possible_wrap, reason = "flags are bits, of which none is the sign")]
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags.bits() as i32);
    }
    if !may_be_link && path.symlink_metadata()?.is_symlink() {
        return Err(Error::other("it is a link, and no file"));
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(Error::other("it is no regular file")) }
}

fn read(file: File, limit_bytes: u64) -> Result<Vec<u8>, LimitedReadError> {
    let said_bytes = file.metadata()?.len();
    let too_large = || LimitedReadError::TooLarge { limit_bytes };
    if said_bytes > limit_bytes {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(said_bytes).unwrap_or(0));
    // A file may grow, and a pipe says nothing.
    file.take(limit_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= limit_bytes) {
        Ok(bytes)
    } else {
        Err(too_large())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_leads_nowhere_is_not_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, path(name)).unwrap();
        link("gone", "link");
        link("gone", "folder");
        std::fs::write(path("file"), "1").unwrap();
        link("file/gone", "through-a-file");
        link("file", "leading");
        let read = |name: &str| read_if_there(&path(name), 8).map_err(|error| error.to_string());
        assert_eq!(read("link").unwrap_err(), "it is a link that leads nowhere");
        assert_eq!(read("through-a-file").unwrap_err(), "it is a link that leads nowhere");
        let through = read("folder/inner/file").unwrap_err();
        assert!(through.ends_with("folder is a link that leads nowhere"), "{through}");
        for absent in ["absent", "absent/file", "file/inner", "leading/inner"] {
            assert_eq!(read(absent), Ok(None), "{absent}");
        }
        assert_eq!(read("leading"), Ok(Some(b"1".to_vec())));
    }

    #[test]
    fn what_is_no_file_or_too_large_is_not_read_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("file"), "12345678").unwrap();
        std::os::unix::fs::symlink(path("file"), path("link")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", path("endless")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
        File::create(path("sparse")).unwrap().set_len(3 << 30).unwrap();
        let problem = |read: Result<Vec<u8>, LimitedReadError>| read.unwrap_err().to_string();

        assert_eq!(read_limited(&path("file"), 8).unwrap(), b"12345678");
        assert_eq!(read_limited(&path("link"), 8).unwrap(), b"12345678");
        assert_eq!(read_left(&path("file"), 8).unwrap(), b"12345678");
        for read in [read_limited, read_left] {
            assert!(problem(read(&path("file"), 7)).starts_with("it is larger than 7 bytes"));
            assert!(problem(read(&path("sparse"), 1 << 20)).starts_with("it is larger than"));
            assert_eq!(problem(read(&path("pipe"), 8)), "it is no regular file");
            assert_eq!(problem(read(folder.path(), 8)), "it is no regular file");
            let absent = read(&path("absent"), 8).unwrap_err();
            assert_eq!(Error::from(absent).kind(), ErrorKind::NotFound);
        }
        assert_eq!(problem(read_limited(&path("endless"), 8)), "it is no regular file");
        assert_eq!(problem(read_left(&path("link"), 8)), "it is a link, and no file");
        assert!(problem(read_named(Path::new("/dev/zero"), 8)).starts_with("it is larger than 8 bytes"));
    }
}
