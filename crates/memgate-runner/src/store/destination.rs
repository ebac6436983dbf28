//! What a file is written to: a file, or something that is none, which is written through.

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Write};
use std::path::{Component, Path, PathBuf, Prefix};

use super::atomic::{folder_of, is_read_only, write_atomically};
use super::resolve::resolved;

/// Where something is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// A regular file, or a place for one: replaced as a whole. The path is without links.
    File(PathBuf),
    /// A pipe or a device.
    Device(PathBuf),
    /// This process's standard output.
    Stdout,
    /// This process's standard error.
    Stderr,
}

impl Destination {
    /// What a path of the command line is: `-` is standard output.
    ///
    /// # Errors
    /// When it is a folder, or its links lead nowhere.
    pub(crate) fn of(path: &Path) -> std::io::Result<Self> {
        if path.as_os_str() == "-" {
            return Ok(Self::Stdout);
        }
        let resolved = resolved(path)?;
        // `NUL` and the like on Windows.
        if let Some(Component::Prefix(prefix)) = resolved.components().next()
            && matches!(prefix.kind(), Prefix::DeviceNS(_))
        {
            return Ok(Self::Device(resolved));
        }
        if let Some(stream) = own_stream(&resolved) {
            return Ok(stream);
        }
        match std::fs::metadata(&resolved) {
            Ok(there) if there.is_dir() => Err(Error::new(ErrorKind::IsADirectory, "it is a folder")),
            // What somebody has open by another way is not replaced: they would go on with the old one.
            Ok(there) if there.is_file() && !is_of_process(&resolved) => Ok(Self::File(resolved)),
            Ok(_) => Ok(Self::Device(resolved)),
            Err(_) if path.to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR]) => {
                Err(Error::new(ErrorKind::IsADirectory, "it is the name of a folder"))
            }
            Err(_) => Ok(Self::File(resolved)),
        }
    }

    /// Whether several texts may go there, as each goes its own way.
    pub(crate) fn takes_several(&self) -> bool {
        match self {
            #[cfg(unix)]
            Self::Device(path) => std::fs::metadata(path)
                .is_ok_and(|there| std::os::unix::fs::FileTypeExt::is_char_device(&there.file_type())),
            _ => false,
        }
    }

    /// Looks whether it can be written to, and leaves nothing behind. A pipe is not opened: its reader would see its end.
    ///
    /// # Errors
    /// What writing would come to.
    pub(crate) fn check(&self) -> std::io::Result<()> {
        let path = match self {
            Self::File(path) => path,
            #[cfg(unix)]
            Self::Device(path) => return Ok(rustix::fs::access(path, rustix::fs::Access::WRITE_OK)?),
            _ => return Ok(()),
        };
        if is_read_only(path) {
            return Err(ErrorKind::PermissionDenied.into());
        }
        let folder = folder_of(path).ancestors().find(|folder| folder.exists());
        match tempfile::tempfile_in(folder.unwrap_or(Path::new("."))) {
            Err(_) if OpenOptions::new().write(true).open(path).is_ok() => Ok(()),
            probed => probed.map(drop),
        }
    }

    /// Writes `content`: in a file's place as a whole; to anything else as it is. A reader that has gone, as `head` does, is no
    /// error.
    ///
    /// # Errors
    /// When the folder can't be written to, the disk or the device is full, or Ctrl-C was pressed while nobody read.
    pub(crate) fn write(&self, content: &[u8]) -> std::io::Result<()> {
        let written = match self {
            Self::File(path) => match write_atomically(path, content) {
                // Where a file alone is mounted, it can't be replaced.
                Err(error) if is_for_the_file_alone(&error) && path.is_file() && !is_read_only(path) => {
                    File::create(path).and_then(|mut file| file.write_all(content)).map_err(|_| error)
                }
                written => written,
            },
            Self::Device(path) => write_through(path, content),
            Self::Stdout => {
                let mut stdout = std::io::stdout().lock();
                stdout.write_all(content).and_then(|()| stdout.flush())
            }
            Self::Stderr => std::io::stderr().lock().write_all(content),
        };
        match written {
            Err(error) if is_closed_pipe(&error) => Ok(()),
            written => written,
        }
    }
}

fn is_for_the_file_alone(error: &Error) -> bool {
    let kinds = [ErrorKind::PermissionDenied, ErrorKind::ReadOnlyFilesystem, ErrorKind::ResourceBusy];
    kinds.contains(&error.kind())
}

fn is_of_process(resolved: &Path) -> bool {
    resolved.starts_with("/proc") || resolved.starts_with("/dev/fd")
}

/// Standard output or error, under the names that systems have for them.
fn own_stream(resolved: &Path) -> Option<Destination> {
    let number = resolved
        .strip_prefix("/dev/fd")
        .or_else(|_| resolved.strip_prefix(format!("/proc/{}/fd", std::process::id())));
    match number.ok()?.to_str()? {
        "1" => Some(Destination::Stdout),
        "2" => Some(Destination::Stderr),
        _ => None,
    }
}

/// Writes to a pipe or a device, and stops for Ctrl-C where nobody reads.
#[cfg(unix)]
fn write_through(path: &Path, content: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};

    use rustix::fs::OFlags;

    use crate::process::Interrupt;

    if !std::fs::metadata(path)?.file_type().is_fifo() {
        let mut device = OpenOptions::new().append(true).open(path)?;
        return device.write_all(content).and_then(|()| device.flush());
    }
    let mut pauses = 0_u32;
    let mut pause = || {
        std::thread::sleep(std::time::Duration::from_millis(1));
        pauses = pauses.wrapping_add(1);
        // Looking for Ctrl-C takes a moment, in which a reader gets nothing.
        let is_interrupted = pauses.is_multiple_of(200) && Interrupt::was_pressed_by_now();
        if is_interrupted { Err(Error::from(ErrorKind::Interrupted)) } else { Ok(()) }
    };
    let without_waiting = i32::try_from(OFlags::NONBLOCK.bits()).map_err(Error::other)?;
    let mut pipe = loop {
        match OpenOptions::new().write(true).custom_flags(without_waiting).open(path) {
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::NXIO.raw_os_error()) => pause()?,
            opened => break opened?,
        }
    };
    let mut rest = content;
    while !rest.is_empty() {
        match pipe.write(rest) {
            Ok(written) => rest = &rest[written..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => pause()?,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn write_through(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut device = OpenOptions::new().write(true).open(path)?;
    device.write_all(content).and_then(|()| device.flush())
}

/// Whether nobody reads any more. Windows has an error of its own for a pipe whose other end has gone, which the standard library does not count
/// among them.
pub(crate) fn is_closed_pipe(error: &Error) -> bool {
    const PIPE_NOT_CONNECTED: i32 = 233;
    error.kind() == ErrorKind::BrokenPipe || cfg!(windows) && error.raw_os_error() == Some(PIPE_NOT_CONNECTED)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    fn write(path: &Path, text: &str) -> std::io::Result<()> {
        Destination::of(path)?.write(text.as_bytes())
    }

    #[test]
    fn a_link_stays_and_what_it_leads_to_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("far")).unwrap();
        std::fs::write(at("far/real"), "old").unwrap();
        std::fs::set_permissions(at("far/real"), PermissionsExt::from_mode(0o640)).unwrap();
        symlink("far/real", at("second")).unwrap();
        symlink("second", at("first")).unwrap();
        symlink("absent/new", at("dangling")).unwrap();
        for name in ["first", "dangling"] {
            write(&at(name), "new").unwrap();
            assert!(at(name).is_symlink());
        }
        assert_eq!(std::fs::read_to_string(at("far/real")).unwrap(), "new");
        assert_eq!(std::fs::metadata(at("far/real")).unwrap().mode() & 0o777, 0o640);
        assert_eq!(std::fs::read_to_string(at("absent/new")).unwrap(), "new");
        assert_eq!(std::fs::read_dir(at("far")).unwrap().count(), 1, "no temporary file is left");
        assert!(write(&at("far"), "new").unwrap_err().to_string().contains("folder"));
    }

    #[test]
    fn what_is_not_to_be_changed_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kept");
        std::fs::write(&path, "old").unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o444)).unwrap();
        let destination = Destination::of(&path).unwrap();
        assert_eq!(destination.check().unwrap_err().kind(), ErrorKind::PermissionDenied);
        assert_eq!(destination.write(b"new").unwrap_err().kind(), ErrorKind::PermissionDenied);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    }

    #[test]
    fn a_check_leaves_nothing_and_finds_a_file_in_the_folders_place() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), "").unwrap();
        let check = |path: &str| Destination::of(&folder.path().join(path))?.check();
        check("deep/er/report").unwrap();
        check("file/report").unwrap_err();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn devices_stay_and_tell_when_they_are_full() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("null");
        symlink("/dev/null", &link).unwrap();
        write(&link, "text").unwrap();
        assert!(link.is_symlink());
        assert!(Destination::of(&link).unwrap().takes_several());
        #[cfg(target_os = "linux")]
        assert_eq!(write(Path::new("/dev/full"), "text").unwrap_err().kind(), ErrorKind::StorageFull);
        assert_eq!(Destination::of(Path::new("/dev/stdout")).unwrap(), Destination::Stdout);
        assert_eq!(Destination::of(Path::new("-")).unwrap(), Destination::Stdout);
        assert_eq!(Destination::of(Path::new("/dev/stderr")).unwrap(), Destination::Stderr);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_pipe_gets_all_of_it_and_its_reader_may_go() {
        use rustix::fs::{CWD, FileType, Mode, mknodat};

        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
        // More than a pipe holds.
        let text = "x".repeat(1 << 20);
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || std::fs::read_to_string(pipe).unwrap()
        });
        write(&pipe, &text).unwrap();
        assert!(reader.join().unwrap() == text);

        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || drop(File::open(pipe).unwrap())
        });
        write(&pipe, &text).unwrap();
        reader.join().unwrap();
    }
}
