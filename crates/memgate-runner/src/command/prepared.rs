//! What is made around a command, so that it does the same each time and on every machine.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::CommandError;
use super::request::Preparation;
use crate::process::{Interrupt, Output};

/// Where programs of every system are. What somebody's shell adds differs from machine to machine, and programs copy it.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Variables that every command has, besides its home and its folder for temporary files. The locale and the time zone are those
/// for which no file is read, which not every machine has.
const VARIABLES: [(&str, &str); 3] = [("LC_ALL", "C"), ("PATH", PATH), ("TZ", "UTC0")];

/// A longer file is copied in parts of so many bytes.
const LARGE: u64 = 64 << 20;

/// Gives a command what is prepared for it, in `folder`, which is its own.
///
/// # Errors
/// When a file is not there or can't be copied.
pub(super) fn prepare(
    command: &mut Command,
    preparation: &Preparation,
    folder: &Path,
    output: &Output,
    patience: Patience<'_>,
) -> Result<(), CommandError> {
    let Preparation { name, root, stdin, directory, fresh_copies, variables, keeps_environment, .. } =
        preparation;
    std::os::unix::process::CommandExt::arg0(command, name);
    if !keeps_environment {
        command.env_clear();
        command.envs(VARIABLES);
        for (variable, name) in [("HOME", "home"), ("TMPDIR", "tmp")] {
            let own = folder.join(name);
            fs::create_dir(&own).map_err(CommandError::file("make", &own))?;
            command.env(variable, own);
        }
    }
    command.envs(variables);
    let root = match fresh_copies.is_empty() {
        true => root.clone(),
        false => copies(root, fresh_copies, folder, patience)?,
    };
    let directory = root.join(directory);
    if !fresh_copies.is_empty() {
        fs::create_dir_all(&directory).map_err(CommandError::file("make", &directory))?;
    }
    if !directory.is_dir() {
        let problem = std::io::ErrorKind::NotADirectory.into();
        return Err(CommandError::file("run it in", &directory)(problem));
    }
    command.current_dir(directory);
    command.stdin(match stdin {
        None => Stdio::null(),
        Some(file) => {
            let file = preparation.root.join(file);
            let problem = |problem| CommandError::file("read its standard input,", &file)(problem);
            // Whoever opens a pipe waits for somebody to write.
            if !fs::metadata(&file).map_err(problem)?.is_file() {
                return Err(problem(std::io::Error::other("it is no file")));
            }
            fs::File::open(&file).map_err(problem)?.into()
        }
    });
    let (stdout, stderr) =
        output.streams().map_err(CommandError::file("write what it prints, below", folder))?;
    command.stdout(stdout).stderr(stderr);
    Ok(())
}

/// Copies of files and folders below a root, at the same places below another.
fn copies(
    root: &Path,
    paths: &[PathBuf],
    folder: &Path,
    patience: Patience<'_>,
) -> Result<PathBuf, CommandError> {
    let into = folder.join("copies");
    for path in paths {
        let (from, to) = (root.join(path), into.join(path));
        let parent = to.parent().unwrap_or(&into);
        fs::create_dir_all(parent).map_err(CommandError::file("make", parent))?;
        // It may be a part of another that is copied.
        if to.symlink_metadata().is_err() || from.is_dir() && !from.is_symlink() {
            copy(&from, &to, patience)?;
        }
    }
    Ok(into)
}

/// Copies a file, a link as a link, or a folder with all that is in it.
fn copy(from: &Path, to: &Path, patience: Patience<'_>) -> Result<(), CommandError> {
    let problem = |problem| CommandError::file("copy", from)(problem);
    patience.check().map_err(problem)?;
    let kind = fs::symlink_metadata(from).map_err(problem)?.file_type();
    if kind.is_symlink() {
        let leads_to = fs::read_link(from).map_err(problem)?;
        return std::os::unix::fs::symlink(leads_to, to).map_err(problem);
    }
    if !kind.is_dir() {
        // What is no file, such as a pipe, would be read for ever.
        return match kind.is_file() {
            true => copy_file(from, to, patience).map_err(problem),
            false => Err(problem(std::io::Error::other("it is neither a file nor a folder"))),
        };
    }
    fs::create_dir_all(to).map_err(CommandError::file("make", to))?;
    for entry in fs::read_dir(from).map_err(problem)? {
        let entry = entry.map_err(problem)?;
        let into = to.join(entry.file_name());
        if into.symlink_metadata().is_err() || entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            copy(&entry.path(), &into, patience)?;
        }
    }
    let permissions = fs::metadata(from).map_err(problem)?.permissions();
    fs::set_permissions(to, permissions).map_err(CommandError::file("make", to))
}

/// As old as what it is a copy of, since programs look at that.
fn copy_file(from: &Path, to: &Path, patience: Patience<'_>) -> std::io::Result<()> {
    let metadata = fs::metadata(from)?;
    if metadata.len() <= LARGE {
        fs::copy(from, to)?;
    } else {
        copy_in_parts(&fs::File::open(from)?, &fs::File::create(to)?, patience)?;
        fs::set_permissions(to, metadata.permissions())?;
    }
    let modified = metadata.modified()?;
    // A file that may not be written to keeps the time of its copying.
    fs::File::options().append(true).open(to).map_or(Ok(()), |file| file.set_modified(modified))
}

/// Looks between two parts whether to go on.
fn copy_in_parts(from: &fs::File, mut to: &fs::File, patience: Patience<'_>) -> std::io::Result<()> {
    while std::io::copy(&mut from.take(LARGE), &mut to)? > 0 {
        patience.check()?;
    }
    Ok(())
}

/// How long what is made around a command may take: as long as the command, and until the user wants the tool to end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience<'a> {
    began: Instant,
    time_limit: Option<Duration>,
    interrupt: &'a Interrupt,
}

impl<'a> Patience<'a> {
    /// From now on.
    pub(super) fn new(time_limit: Option<Duration>, interrupt: &'a Interrupt) -> Self {
        Self { began: Instant::now(), time_limit, interrupt }
    }

    /// Checks that there is some left.
    ///
    /// # Errors
    /// When there is none.
    fn check(&self) -> std::io::Result<()> {
        if self.interrupt.is_pressed() {
            return Err(std::io::Error::other("the tool is to end"));
        }
        match self.time_limit.filter(|limit| self.began.elapsed() >= *limit) {
            None => Ok(()),
            Some(limit) => Err(std::io::Error::other(format!(
                "copying takes longer than {} s, which is all the time that the command has (`time-limit`)",
                limit.as_secs_f64()
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_file_is_copied_whole_and_no_longer_than_there_is_time() {
        let folder = tempfile::tempdir().unwrap();
        let [from, to] = ["from", "to"].map(|name| folder.path().join(name));
        let file = fs::File::create(&from).unwrap();
        file.set_len(LARGE + 7).unwrap();
        let old = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        file.set_modified(old).unwrap();
        let interrupt = Interrupt::default();
        let patience = |limit| Patience::new(limit, &interrupt);
        copy(&from, &to, patience(None)).unwrap();
        let copied = fs::metadata(&to).unwrap();
        assert_eq!((copied.len(), copied.modified().unwrap()), (LARGE + 7, old));
        let problem = copy(&from, &to, patience(Some(Duration::ZERO))).unwrap_err().to_string();
        let expected = format!("failed to copy {}: copying takes longer than 0 s, which is", from.display());
        assert!(problem.starts_with(&expected), "{problem}");
        let (from, to) = (fs::File::open(&from).unwrap(), fs::File::create(&to).unwrap());
        assert!(copy_in_parts(&from, &to, patience(Some(Duration::ZERO))).is_err());
        assert_eq!(to.metadata().unwrap().len(), LARGE, "it stopped after the first part");
    }
}
