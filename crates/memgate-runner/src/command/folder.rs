//! The private folder of one measurement: the library, the table, and what processes leave in it.

use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

#[cfg(target_os = "linux")]
use memgate_protocol::process_table::CAPTURE_EXTENSION;
use memgate_protocol::process_table::{
    CALL_SITES, LIBRARY_FILE, ProcessTable, TABLE_BYTES, TABLE_FILE, TABLE_VARIABLE, new_header,
};

#[cfg(target_os = "linux")]
use memgate_protocol::{Unit, units::human};

use super::CommandError;
use crate::process::Scratch;

/// So much of the table has room on the disk from the beginning: a thousand processes. Where a disk is full, whoever writes to a page
/// of a file that has none is ended by the system.
#[cfg(target_os = "linux")]
const TABLE_BYTES_WITH_ROOM: u64 = 1 << 20;

/// The loader's variable for libraries that come before all others.
pub(super) const PRELOADED: &str = "LD_PRELOAD";

/// Characters that end a path in `LD_PRELOAD`, or that the loader replaces.
const SPECIAL_TO_THE_LOADER: [u8; 5] = *b": \t\n$";

/// The folder, gone with this.
#[derive(Debug)]
pub(crate) struct CommandFolder {
    scratch: Scratch,
}

impl CommandFolder {
    /// Makes it where temporary files are, with all that processes look for; no library where none is preloaded. Its name has one length,
    /// since a program that copies its environment allocates as much.
    ///
    /// # Errors
    /// When it can't be made, or no library can be loaded from there.
    pub(super) fn make(library: Option<&[u8]>, has_sites: bool) -> Result<Self, CommandError> {
        Self::make_in(&std::env::temp_dir(), library, has_sites)
    }

    /// Makes it where every machine has temporary files, so that its path has one length on all of them; where this one has none
    /// there, as above.
    ///
    /// # Errors
    /// As above.
    #[cfg(target_os = "linux")]
    pub(super) fn make_where_all_do(library: Option<&[u8]>, has_sites: bool) -> Result<Self, CommandError> {
        match Self::make_in(Path::new("/tmp"), library, has_sites) {
            Ok(folder) => Ok(folder),
            Err(_) => Self::make(library, has_sites),
        }
    }

    fn make_in(parent: &Path, library: Option<&[u8]>, has_sites: bool) -> Result<Self, CommandError> {
        let scratch =
            Scratch::among_others(parent).map_err(CommandError::file("make a folder in", parent))?;
        let folder = Self { scratch };
        // It is the longest of the files.
        check_length().map_err(CommandError::file("write", folder.table_path()))?;
        if let Some(library) = library {
            folder.check_loadable(parent)?;
            let path = folder.library();
            std::fs::write(&path, library).map_err(CommandError::file("write", &path))?;
        }
        let path = folder.table_path();
        write_table(&path, has_sites).map_err(CommandError::file("write", &path))?;
        Ok(folder)
    }

    fn check_loadable(&self, parent: &Path) -> Result<(), CommandError> {
        let unloadable = |why| Err(CommandError::Folder { folder: parent.to_path_buf(), why });
        let path = self.path().as_os_str().as_encoded_bytes();
        if path.iter().any(|byte| SPECIAL_TO_THE_LOADER.contains(byte)) {
            return unloadable("whose name has a character that means something to the loader");
        }
        match check_executable(self.path()) {
            Ok(()) => Ok(()),
            Err(_) => unloadable("which is mounted with noexec"),
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        self.scratch.folder()
    }

    fn library(&self) -> PathBuf {
        self.path().join(LIBRARY_FILE)
    }

    fn table_path(&self) -> PathBuf {
        self.path().join(TABLE_FILE)
    }

    /// The variable that asks the processes of a command, with its value.
    ///
    /// On Linux that is `LD_PRELOAD`: ours first, so that it is called first, and what was there `before`.
    pub(super) fn variable(&self, before: Option<OsString>) -> (&'static str, OsString) {
        if !cfg!(target_os = "linux") {
            return (TABLE_VARIABLE.to_str().unwrap_or_default(), self.table_path().into_os_string());
        }
        let mut value = self.library().into_os_string();
        if let Some(before) = before.filter(|before| !before.is_empty()) {
            value.push(":");
            value.push(before);
        }
        (PRELOADED, value)
    }

    /// What processes have said.
    ///
    /// # Errors
    /// When it can't be read, since somebody wrote other things there.
    pub(super) fn table(&self) -> Result<ProcessTable, CommandError> {
        Ok(ProcessTable::read(&self.table_path())?)
    }

    /// Where the process with a slot leaves its call sites.
    #[cfg(target_os = "linux")]
    pub(crate) fn capture(&self, slot: u32) -> PathBuf {
        self.path().join(format!("{slot}.{CAPTURE_EXTENSION}"))
    }
}

/// Whether commands are run where those of every machine are; otherwise paths have other lengths.
#[cfg(target_os = "linux")]
pub(crate) fn has_usual_place() -> bool {
    check_executable(Path::new("/tmp")).is_ok()
}

/// Checks that what lies in a folder can be run.
///
/// # Errors
/// When the folder is mounted so that nothing can.
#[cfg(target_os = "linux")]
pub(super) fn check_executable(folder: &Path) -> std::io::Result<()> {
    use rustix::fs::{StatVfsMountFlags, statvfs};

    let is_noexec = statvfs(folder).is_ok_and(|mount| mount.f_flag.contains(StatVfsMountFlags::NOEXEC));
    if is_noexec { Err(std::io::Error::other("it is mounted with noexec")) } else { Ok(()) }
}

#[cfg(not(target_os = "linux"))]
fn check_executable(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// A table of which no slot is taken: as long as it can become, and of zeroes that take no room where the system sees to that.
fn write_table(path: &Path, has_sites: bool) -> std::io::Result<()> {
    let mut file = File::options().write(true).create_new(true).open(path)?;
    file.write_all(&new_header(if has_sites { CALL_SITES } else { 0 }))?;
    file.set_len(TABLE_BYTES as u64)?;
    promise_room(&file)
}

/// Checks that files may be as long as a table. Whoever makes one that is longer than he may is ended by the system.
///
/// # Errors
/// When they may not.
#[cfg(target_os = "linux")]
fn check_length() -> std::io::Result<()> {
    use rustix::process::{Resource, getrlimit};

    let most = getrlimit(Resource::Fsize).current.unwrap_or(u64::MAX);
    if most >= TABLE_BYTES as u64 {
        return Ok(());
    }
    let bytes = |bytes: u64| human(i64::try_from(bytes).unwrap_or(i64::MAX), Unit::Bytes);
    Err(std::io::Error::other(format!(
        "files may be as long as {} here, and it is {}, of which little is used; raise `ulimit -f`",
        bytes(most),
        bytes(TABLE_BYTES as u64)
    )))
}

#[cfg(not(target_os = "linux"))]
fn check_length() -> std::io::Result<()> {
    Ok(())
}

#[cfg(target_os = "linux")]
fn promise_room(file: &File) -> std::io::Result<()> {
    use rustix::fs::{FallocateFlags, fallocate};

    match fallocate(file, FallocateFlags::KEEP_SIZE, 0, TABLE_BYTES_WITH_ROOM) {
        // Not every file system can promise room.
        Err(rustix::io::Errno::NOSPC) => Err(rustix::io::Errno::NOSPC.into()),
        _ => Ok(()),
    }
}

#[cfg(not(target_os = "linux"))]
fn promise_room(_: &File) -> std::io::Result<()> {
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn it_has_what_processes_look_for_and_goes() {
        let folder = CommandFolder::make(Some(b"library"), true).unwrap();
        let path = folder.path().to_path_buf();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "nobody else reads what a command does");
        assert_eq!(std::fs::read(path.join("libmemgate.so")).unwrap(), b"library");
        assert_eq!(std::fs::metadata(folder.table_path()).unwrap().len(), TABLE_BYTES as u64);
        assert_eq!(folder.table().unwrap(), ProcessTable::default());
        assert_eq!(folder.variable(Some("".into())), ("LD_PRELOAD", folder.library().into_os_string()));
        let (_, both) = folder.variable(Some("/lib/other.so".into()));
        assert_eq!(both.into_string().unwrap(), format!("{}:/lib/other.so", folder.library().display()));
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn a_table_that_was_cut_short_or_written_over_is_told() {
        let folder = CommandFolder::make(Some(b""), false).unwrap();
        std::fs::write(folder.table_path(), "forged").unwrap();
        let problem = folder.table().unwrap_err().to_string();
        assert!(
            problem.starts_with("failed to read what the processes of the command counted: "),
            "{problem}"
        );
    }
}
