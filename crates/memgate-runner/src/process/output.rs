//! What a child prints: into files, so that it can print without end, close its streams, or leave them to its own
//! children, and nobody waits for it or runs out of memory.

use std::fs::File;
use std::io::{Error, Read, Seek, SeekFrom};
use std::path::Path;
use std::process::Stdio;

/// The end of the output that is looked at, and how many lines of it are kept for people.
const TAIL_BYTES: u64 = 64 * 1024;
const TAIL_LINES: usize = 20;
/// A line of a megabyte is no line for people.
const LINE_CHARACTERS: usize = 500;

/// The two files.
#[derive(Debug)]
pub(crate) struct Output {
    stdout: File,
    stderr: File,
}

impl Output {
    /// Makes them in a folder, where they have no names. Not in the system's for temporary files: a variable says where that
    /// is, and it need not be there.
    ///
    /// # Errors
    /// When the folder can't be written to; it is named.
    pub(crate) fn new(folder: &Path) -> std::io::Result<Self> {
        let file = || {
            tempfile::tempfile_in(folder).map_err(|problem| {
                Error::new(problem.kind(), format!("a file in {}: {problem}", folder.display()))
            })
        };
        Ok(Self { stdout: file()?, stderr: file()? })
    }

    /// The child's standard output and error.
    pub(crate) fn streams(&self) -> std::io::Result<(Stdio, Stdio)> {
        Ok((self.stdout.try_clone()?.into(), self.stderr.try_clone()?.into()))
    }

    /// Whether another process prints to them.
    #[cfg(target_os = "linux")]
    pub(super) fn is_held_by(&self, id: u32) -> bool {
        use std::os::unix::fs::MetadataExt;

        let place = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
        let own = [&self.stdout, &self.stderr].map(|file| file.metadata().ok().map(place));
        let streams =
            [1, 2].map(|stream| std::fs::metadata(format!("/proc/{id}/fd/{stream}")).ok().map(place));
        streams.iter().any(|stream| stream.is_some() && own.contains(stream))
    }

    /// How much has been printed.
    pub(super) fn bytes(&self) -> u64 {
        let length = |file: &File| file.metadata().map_or(0, |metadata| metadata.len());
        length(&self.stdout) + length(&self.stderr)
    }

    /// The end of standard error, as text that does nothing to a terminal.
    pub(crate) fn stderr_tail(&mut self) -> String {
        tail(&mut self.stderr).unwrap_or_default()
    }
}

fn tail(file: &mut File) -> std::io::Result<String> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
    let mut bytes = Vec::new();
    file.take(TAIL_BYTES).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    Ok(most_telling(&lines).into_iter().map(harmless).collect::<Vec<_>>().join("\n"))
}

/// The last lines. With a backtrace they would not say what it is the backtrace of, so the last panic's place and
/// message come first.
fn most_telling<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    const PANIC_LINES: usize = 2;
    let is_panic = |line: &&str| line.starts_with("thread '") && line.contains("panicked at ");
    let start = lines.len().saturating_sub(TAIL_LINES);
    match lines[..start].iter().rposition(is_panic) {
        Some(panic) if !lines[start..].iter().any(is_panic) => {
            let panic = &lines[panic..panic + PANIC_LINES];
            let end = &lines[start + PANIC_LINES + 1..];
            [panic, &["…"], end].concat()
        }
        _ => lines[start..].to_vec(),
    }
}

/// Without control characters, which could move the cursor or colour what follows.
fn harmless(line: &str) -> String {
    line.chars()
        .take(LINE_CHARACTERS)
        .map(|character| if character.is_control() && character != '\t' { '\u{FFFD}' } else { character })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_panic_long_before_the_end_comes_first() {
        let mut lines = vec!["thread 'main' panicked at a.rs:1:1:", "out of luck"];
        lines.extend(["more"; 40]);
        let kept = most_telling(&lines);
        assert_eq!(kept.len(), TAIL_LINES);
        assert_eq!(kept[..3], ["thread 'main' panicked at a.rs:1:1:", "out of luck", "…"]);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap().path().join("gone");
        let problem = Output::new(&folder).unwrap_err().to_string();
        assert!(problem.starts_with(&format!("a file in {}: ", folder.display())), "{problem}");
    }

    #[test]
    fn the_tail_is_short_and_harmless() {
        let folder = tempfile::tempdir().unwrap();
        let mut output = Output::new(folder.path()).unwrap();
        for number in 0..10_000 {
            writeln!(output.stderr, "line {number}").unwrap();
        }
        write!(output.stderr, "\x1b[31mred\x1b[0m \u{0}").unwrap();
        let tail = output.stderr_tail();
        assert_eq!(tail.lines().count(), TAIL_LINES);
        assert!(tail.ends_with("line 9999\n\u{FFFD}[31mred\u{FFFD}[0m \u{FFFD}"), "{tail}");
        assert!(output.bytes() > 90_000);
    }
}
