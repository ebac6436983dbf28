//! Files that somebody names, to write to.

use std::path::Path;

use crate::error::Error;
use crate::store::Destination;

/// Where a path leads that somebody names.
///
/// # Errors
/// When it can't be written, or standard output is that file: what is written there would go to a file without a name.
pub(crate) fn destination(path: &Path) -> Result<Destination, Error> {
    let destination = Destination::of(path).map_err(Error::file("write", path))?;
    if let Destination::File(file) = &destination
        && is_stdout(file)
    {
        return Err(Error::Usage(format!(
            "standard output goes to {} as well; write to `-`, or name another file",
            path.display()
        )));
    }
    Ok(destination)
}

/// Whether standard output is a file that has this name.
#[cfg(unix)]
fn is_stdout(path: &Path) -> bool {
    let (Ok(there), Ok(ours)) = (rustix::fs::stat(path), rustix::fs::fstat(std::io::stdout())) else {
        return false;
    };
    (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)
}

#[cfg(not(unix))]
fn is_stdout(_: &Path) -> bool {
    false
}

/// Writes a file that somebody names; `-` is standard output.
pub(crate) fn write_output(path: &Path, content: impl AsRef<[u8]>) -> Result<(), Error> {
    destination(path)?.write(content.as_ref()).map_err(Error::file("write", path))
}

/// Looks whether a file that the command line names can be written, while it has cost nothing yet.
pub(crate) fn check_output(path: &Path) -> Result<(), Error> {
    destination(path)?.check().map_err(Error::file("write", path))
}
