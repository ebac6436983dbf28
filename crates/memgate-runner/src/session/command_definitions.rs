//! Which of the commands in `memgate.toml` are meant, and whose they are.

use memgate_report::config::{CommandDefinition, CommandProgram, Config, Problem};
use memgate_report::model::{BenchmarkId, COMMANDS};
use memgate_report::text::nearest;

use super::request::MeasureRequest;
use crate::cargo::{Candidate, CargoOptions, Workspace};
use crate::config::{CONFIG_FILE, ConfigError, load_config};

/// Reads the configuration of a workspace, with the packages of the commands in it.
///
/// # Errors
/// When the file can't be read, or says something that can't be.
pub(crate) fn load_rules(workspace: &Workspace) -> Result<Config, ConfigError> {
    let mut config = load_config(workspace.root())?;
    find_packages(&mut config, workspace)?;
    Ok(config)
}

/// Finds the package of each binary that has a command, and adds what limits commands to the rules.
///
/// # Errors
/// When no package has the binary, or several have, or two commands have one id then; the rest is done all the same.
pub(super) fn find_packages(config: &mut Config, workspace: &Workspace) -> Result<(), ConfigError> {
    let mut ids: Vec<(BenchmarkId, usize)> = Vec::new();
    let mut problems: Vec<Problem> = Vec::new();
    for command in &mut config.commands {
        let line = command.line;
        if let CommandProgram::Binary { package, name } = &mut command.program {
            match package_of(workspace, package.as_deref(), name) {
                Ok(found) => *package = Some(found),
                Err(message) => {
                    problems.push(Problem { line, message });
                    continue;
                }
            }
        }
        let Some(id) = command.id() else { continue };
        if let Some((_, other)) = ids.iter().find(|(known, _)| *known == id) {
            let message = format!("`{id}` stands on line {other} already; give it a name of its own");
            problems.push(Problem { line, message });
        }
        ids.push((id, line));
        if let Some(rule) = command.rule() {
            config.policy.benchmarks.push(rule);
        }
    }
    match problems.into_iter().next() {
        None => Ok(()),
        Some(problem) => Err(ConfigError::Content { path: workspace.root().join(CONFIG_FILE), problem }),
    }
}

fn package_of(workspace: &Workspace, package: Option<&str>, name: &str) -> Result<String, String> {
    let packages = workspace.packages_with_binary(name);
    if let Some(package) = package {
        return match packages.iter().any(|one| one == package) {
            true => Ok(package.to_owned()),
            false => Err(format!("the package `{package}` of this workspace has no binary `{name}`")),
        };
    }
    match packages.as_slice() {
        [package] => Ok(package.clone()),
        [] => {
            let binaries = workspace.binaries();
            let hint = nearest(name, binaries.iter().map(String::as_str));
            let hint = hint.map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"));
            Err(format!("no package of this workspace has a binary `{name}`{hint}"))
        }
        several => Err(format!(
            "several packages have a binary `{name}` ({}); say which with `package`",
            several.join(", ")
        )),
    }
}

/// What a request is about: commands, and benchmarks.
pub(super) struct Scope<'a> {
    /// The commands that are selected.
    pub(super) commands: Vec<&'a CommandDefinition>,
    /// What cargo is told of benchmarks; none when only commands are named.
    pub(super) benchmarks: Option<CargoOptions>,
}

impl<'a> Scope<'a> {
    pub(super) fn of(request: &MeasureRequest, commands: &'a [CommandDefinition]) -> Self {
        let is_selected = |command: &&CommandDefinition| {
            let is_asked = command.id().is_some_and(|id| request.selection.selects(&id));
            is_asked && !request.leaves_out_commands
        };
        let selected: Vec<&CommandDefinition> = commands.iter().filter(is_selected).collect();
        let ids: Vec<BenchmarkId> = selected.iter().filter_map(|command| command.id()).collect();
        let mut cargo = request.cargo.clone();
        // Cargo knows no such package, and a program is no bench target of it.
        cargo.packages.retain(|package| package != COMMANDS || ids.is_empty());
        let is_program = |name: &String| ids.iter().any(|id| id.bench_target == *name);
        cargo.bench_targets.retain(|name| !is_program(name));
        let is_emptied = |asked: &[String], left: &[String]| !asked.is_empty() && left.is_empty();
        let names_commands_alone = is_emptied(&request.cargo.packages, &cargo.packages)
            || is_emptied(&request.cargo.bench_targets, &cargo.bench_targets);
        Self { commands: selected, benchmarks: (!names_commands_alone).then_some(cargo) }
    }

    /// Checks that no bench target that may be measured is called like what a command runs.
    ///
    /// # Errors
    /// When one is: their ids would begin alike.
    pub(super) fn check_ids(
        &self,
        workspace: &Workspace,
        candidates: &[Candidate<'_>],
    ) -> Result<(), ConfigError> {
        for command in &self.commands {
            let Some(BenchmarkId { package, bench_target, .. }) = command.id() else { continue };
            let is_taken = candidates.iter().any(|candidate| {
                *candidate.package.name == *package && candidate.bench_targets.contains(&bench_target)
            });
            if is_taken {
                let message = format!(
                    "`{package}/{bench_target}` is a bench target as well, with ids that begin alike; give one of them another name"
                );
                let problem = Problem { line: command.line, message };
                return Err(ConfigError::Content { path: workspace.root().join(CONFIG_FILE), problem });
            }
        }
        Ok(())
    }
}
