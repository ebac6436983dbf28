//! A file that is being written, no longer than the process may write: the system's answer to more is a signal that kills.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use crate::process::read_bounded;

/// A file, and how many bytes may still go into it.
#[derive(Debug)]
pub(super) struct Part {
    file: File,
    left: u64,
}

impl Part {
    /// An empty file.
    pub(super) fn new(file: File) -> Self {
        let limits = read_bounded(Path::new("/proc/self/limits"), 64 << 10);
        Self { file, left: limits.as_deref().and_then(most_bytes).unwrap_or(u64::MAX) }
    }

    pub(super) fn into_file(self) -> File {
        self.file
    }
}

impl Write for Part {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() as u64 > self.left {
            return Err(ErrorKind::FileTooLarge.into());
        }
        let written = self.file.write(bytes)?;
        self.left -= written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// How long a file may be, from the kernel's table; none where there is no limit.
fn most_bytes(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max file size"))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_counts_and_unlimited_is_none() {
        let text = "Limit  Soft Limit  Hard Limit  Units\nMax cpu time  5  6  seconds\nMax file size             4096                 unlimited            bytes\n";
        assert_eq!(most_bytes(text), Some(4_096));
        assert_eq!(most_bytes(&text.replace("4096", "unlimited")), None);
        assert_eq!(most_bytes(""), None);
    }

    #[test]
    fn what_would_be_too_long_is_an_error_and_no_signal() {
        let file = tempfile::tempfile().unwrap();
        let mut part = Part { file, left: 5 };
        part.write_all(b"1234").unwrap();
        assert_eq!(part.write_all(b"56").unwrap_err().kind(), ErrorKind::FileTooLarge);
        part.write_all(b"5").unwrap();
        assert_eq!(part.into_file().metadata().unwrap().len(), 5);
    }
}
