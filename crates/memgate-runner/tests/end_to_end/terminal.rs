//! A terminal for the tool to be at.

use std::fs::File;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// A new terminal: the end at which a user would sit, and the path of the other.
pub(crate) fn new_terminal() -> (File, String) {
    let user = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&user).unwrap();
    unlockpt(&user).unwrap();
    let path = ptsname(&user, Vec::new()).unwrap().into_string().unwrap();
    (File::from(user), path)
}

/// A new terminal: the end at which a user would sit, and the other, for a process.
pub(crate) fn open_terminal() -> (File, File) {
    let (user, path) = new_terminal();
    (user, File::options().read(true).write(true).open(path).unwrap())
}
