//! The plan: what sets a project up.

use memgate_report::config::parse_config;

use super::choices::{Choices, Source};
use super::error::InitError;
use super::file_plan::Plan;
use super::found::Found;
use super::members::exclude;
use super::relative::relative;
use super::{alias, bench_target, draft::Draft, facade, ownership, workflows, xtask};

/// The commented configuration that a project begins with.
const CONFIGURATION: &str = include_str!("templates/memgate.toml");

/// The configuration for a package: of a whole command, its own binary is the example.
fn configuration(binary: Option<&str>) -> String {
    CONFIGURATION.replace("BINARY", binary.unwrap_or("my-program"))
}

/// Plans what sets a project up.
///
/// # Errors
/// When a file is not what cargo takes it for.
pub(crate) fn plan(found: &Found, choices: &Choices) -> Result<Plan, InitError> {
    let mut draft = Draft::new(found);
    if !(choices.facade && facade::plan(&mut draft, choices)?) {
        bench_target::plan(&mut draft, choices)?;
    }
    let xtask_folder = if choices.xtask {
        let folder = xtask::plan(&mut draft, choices)?;
        alias::plan(&mut draft)?;
        Some(folder)
    } else {
        None
    };
    // GitHub reads workflows in the root of a repository alone.
    let is_root = found.in_repository.as_os_str().is_empty();
    if choices.workflows && is_root {
        workflows::plan(&mut draft, choices, xtask_folder.as_deref());
        draft.notes.extend(workflows::note_of_host(found.host.as_deref()));
    } else if choices.workflows {
        draft.notes.push(format!(
            "No workflows are written: GitHub reads them in the root of the repository alone, and this workspace lies in \
             {}. docs/GITHUB.md has them; give their steps this `working-directory`.",
            found.in_repository.display()
        ));
    }
    if let Source::Checkout(checkout) = &choices.source
        && relative(&found.root, checkout).is_none_or(|inside| inside.starts_with(".."))
    {
        draft.notes.push(format!(
            "The packages come from {}, which is outside of this project: CI and other people need it in the same place.",
            checkout.display()
        ));
    }
    match found.text("memgate.toml").map(parse_config) {
        None => {
            draft.file("memgate.toml", configuration(found.package.binary.as_deref()), "");
            draft.notes.extend(found.package.binary.as_ref().map(|binary| {
                format!(
                    "memgate.toml has a [[command]] for `{binary}`, commented out: give it arguments, and a whole run of it is measured \
                     beside the benchmarks."
                )
            }));
        }
        Some(Ok(_)) => draft.keep("memgate.toml"),
        Some(Err(problem)) => draft.refuse("memgate.toml", format!("it is wrong in line {problem}")),
    }
    if let Source::Checkout(checkout) = &choices.source
        && let Some(inside) = relative(&found.root, checkout)
        && !inside.starts_with("..")
        && let Err(problem) = exclude(draft.document("Cargo.toml")?, &inside)
    {
        draft.refuse("Cargo.toml", problem);
    }
    ownership::note(&mut draft, xtask_folder.as_deref());
    let notes = std::mem::take(&mut draft.notes);
    Ok(Plan { files: draft.finish(), notes })
}
