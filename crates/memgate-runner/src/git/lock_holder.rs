//! Who has a lock file of git's open, in words too.

use std::time::Duration;

/// Who has a lock file open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LockHolder {
    /// This process.
    Process {
        /// Its id.
        id: u32,
        /// Its name.
        name: String,
    },
    /// No process that can be seen.
    Nobody,
    /// The system does not tell.
    Unknown,
}

/// What is known of a lock and what to do about it, in words.
pub(super) fn advice(age: Duration, holder: &LockHolder) -> String {
    let age = match age.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3_600),
    };
    let again = "remove the file, and run the same again";
    match holder {
        LockHolder::Process { id, name } => {
            format!("it is {age} old, and the process {id} ({name}) has it open; wait for that, or end it")
        }
        LockHolder::Nobody => {
            format!(
                "it is {age} old, and no process that can be seen here has it open: whoever made it has ended; {again}"
            )
        }
        LockHolder::Unknown => {
            format!("it is {age} old; if no git works in this repository any more, {again}")
        }
    }
}
