//! What is made around a command, so that it does the same each time and on every machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::CommandError;
use super::request::Preparation;
use crate::process::Output;

/// Where programs of every system are. What somebody's shell adds differs from machine to machine, and programs copy it.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Variables that every command has, besides its home and its folder for temporary files. The locale and the time zone are those
/// for which no file is read, which not every machine has.
const VARIABLES: [(&str, &str); 3] = [("LC_ALL", "C"), ("PATH", PATH), ("TZ", "UTC0")];

/// Gives a command what is prepared for it, in `folder`, which is its own.
///
/// # Errors
/// When a file is not there or can't be copied.
pub(super) fn prepare(
    command: &mut Command,
    preparation: &Preparation,
    folder: &Path,
    output: &Output,
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
        false => copies(root, fresh_copies, folder)?,
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
fn copies(root: &Path, paths: &[PathBuf], folder: &Path) -> Result<PathBuf, CommandError> {
    let into = folder.join("copies");
    for path in paths {
        let (from, to) = (root.join(path), into.join(path));
        let parent = to.parent().unwrap_or(&into);
        fs::create_dir_all(parent).map_err(CommandError::file("make", parent))?;
        // It may be a part of another that is copied.
        if to.symlink_metadata().is_err() || from.is_dir() && !from.is_symlink() {
            copy(&from, &to)?;
        }
    }
    Ok(into)
}

/// Copies a file, a link as a link, or a folder with all that is in it.
fn copy(from: &Path, to: &Path) -> Result<(), CommandError> {
    let problem = |problem| CommandError::file("copy", from)(problem);
    let kind = fs::symlink_metadata(from).map_err(problem)?.file_type();
    if kind.is_symlink() {
        let leads_to = fs::read_link(from).map_err(problem)?;
        return std::os::unix::fs::symlink(leads_to, to).map_err(problem);
    }
    if !kind.is_dir() {
        // What is no file, such as a pipe, would be read for ever.
        return match kind.is_file() {
            true => copy_file(from, to).map_err(problem),
            false => Err(problem(std::io::Error::other("it is neither a file nor a folder"))),
        };
    }
    fs::create_dir_all(to).map_err(CommandError::file("make", to))?;
    for entry in fs::read_dir(from).map_err(problem)? {
        let entry = entry.map_err(problem)?;
        let into = to.join(entry.file_name());
        if into.symlink_metadata().is_err() || entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            copy(&entry.path(), &into)?;
        }
    }
    let permissions = fs::metadata(from).map_err(problem)?.permissions();
    fs::set_permissions(to, permissions).map_err(CommandError::file("make", to))
}

/// As old as what it is a copy of, since programs look at that.
fn copy_file(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::copy(from, to)?;
    let modified = fs::metadata(from)?.modified()?;
    // A file that may not be written to keeps the time of its copying.
    fs::File::options().append(true).open(to).map_or(Ok(()), |file| file.set_modified(modified))
}
