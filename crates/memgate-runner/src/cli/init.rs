//! `init`: set a project up.

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;

use super::output::write_stdout;
use crate::console::ColorChoice;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::git::Repository;
use crate::init::{
    Action, Choices, DiscoverOptions, InitError, Source, checkout, discover, next_steps, plan, render_plan,
    write_plan,
};
use crate::process::Interrupt;

/// Set a project up: bench target, xtask, configuration, workflows.
///
/// Shows what it would write, and asks. Never overwrites: a file that is in the way is shown, and nothing is written then.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct InitArguments {
    /// The package that gets the bench target [default: the one of the current folder, or the only one]
    #[arg(short, long, value_name = "NAME")]
    package: Option<String>,
    /// Write without asking
    #[arg(short, long)]
    yes: bool,
    /// Show what would be written, and write nothing
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// No xtask: the tool is the installed `cargo memgate`
    #[arg(long)]
    no_xtask: bool,
    /// No workflows for GitHub
    #[arg(long)]
    no_workflows: bool,
    /// Also a workflow that records the numbers of the default branch in git notes, and so may write to the repository
    #[arg(long, conflicts_with = "no_workflows")]
    history: bool,
    /// Where there are benchmarks of criterion or divan, leave them alone, and add a bench target of memgate's own
    #[arg(long)]
    no_facade: bool,
    /// Take memgate's packages from this checkout of its repository
    #[arg(long, value_name = "DIR")]
    path: Option<PathBuf>,
    /// The Cargo.toml of the project
    #[arg(long, value_name = "PATH")]
    manifest_path: Option<PathBuf>,
    /// When to use colours
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN", help_heading = "Output")]
    color: ColorChoice,
}

pub(super) fn init(arguments: &InitArguments) -> Result<ExitCode, Error> {
    let source = match &arguments.path {
        Some(path) => Source::Checkout(checkout(path)?),
        None => Source::Published,
    };
    let choices = Choices {
        xtask: !arguments.no_xtask,
        workflows: !arguments.no_workflows,
        history: arguments.history,
        facade: !arguments.no_facade,
        source,
    };
    let found = discover(&DiscoverOptions {
        manifest_path: arguments.manifest_path.clone(),
        package: arguments.package.clone(),
    })?;
    let plan = plan(&found, &choices)?;
    write_stdout(&render_plan(&plan, &found, arguments.color.for_stdout()))?;
    if plan.has_conflicts() {
        let conflicts = plan.files.iter().filter(|file| matches!(file.action, Action::Conflict { .. }));
        let mut paths: Vec<String> = conflicts.map(|file| file.path.clone()).collect();
        paths.dedup();
        return Err(InitError::InTheWay { paths }.into());
    }
    if plan.is_done() {
        write_stdout("\nNothing to do.\n")?;
        return Ok(ExitCode::Passed);
    }
    if arguments.dry_run {
        return Ok(ExitCode::Passed);
    }
    if !arguments.yes {
        if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
            return Err(Error::Usage(
                "nothing was written, because nobody can be asked; add --yes".to_owned(),
            ));
        }
        // Ctrl-C ends the program here, as it does everywhere: nothing has begun.
        if !is_agreed("Write this?", std::io::stdin().lock(), std::io::stderr()) {
            return Err(Error::Usage("nothing was written".to_owned()));
        }
    }
    let interrupt = Interrupt::listen();
    write_plan(&found, &plan, || interrupt.is_pressed())?;
    let is_target_seen = Repository::of_workspace(&found.root)
        .is_ok_and(|repository| !repository.ignores(&found.root.join("target/")));
    write_stdout(&next_steps(&plan, &choices, is_target_seen))?;
    Ok(ExitCode::Passed)
}

/// Asks, and takes nothing but a yes for a yes.
pub(super) fn is_agreed(question: &str, mut answers: impl BufRead, mut questions: impl Write) -> bool {
    let mut answer = String::new();
    let asked =
        questions.write_all(format!("\n{question} [y/N] ").as_bytes()).and_then(|()| questions.flush());
    if asked.and_then(|()| answers.read_line(&mut answer)).is_err() {
        return false;
    }
    matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_a_yes() {
        for (answer, agreed) in [("y\n", true), ("YES\n", true), ("\n", false), ("", false), ("no\n", false)]
        {
            let mut asked = Vec::new();
            assert_eq!(is_agreed("Write this?", answer.as_bytes(), &mut asked), agreed, "{answer:?}");
            assert_eq!(asked, b"\nWrite this? [y/N] ");
        }
    }
}
