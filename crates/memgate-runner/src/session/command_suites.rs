//! Commands of `memgate.toml` to what is measured: their binaries are built, and what decides their numbers is found out.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memgate_protocol::PROBE_VERSION;
use memgate_report::command::ExpectedEnd;
use memgate_report::config::{CommandDefinition, CommandProgram};
use memgate_report::model::{
    COMMAND_ALLOCATOR, CommandEnvironment, Environment, LeftOut, NOT_BUILT, Need, Profile,
};

use super::command_definitions::Scope;
use super::request::MeasureRequest;
use crate::cargo::{BuildOptions, BuiltFile, BuiltProgram, Settings, Workspace, build_programs};
use crate::command::{
    CommandRequest, Preparation, ProgramCopies, Surroundings, find_program, has_usual_place, libc_version,
};
use crate::console::Console;
use crate::error::Error;
use crate::git::{Repository, content_id};
use crate::measure::{CommandPlan, CommandSuite, Suite};

/// As much a command may print, in bytes.
const OUTPUT_LIMIT: u64 = 64 * 1024 * 1024;

/// The suites of commands.
pub(super) struct CommandSuites {
    /// What was built, to be measured beside bench targets.
    pub(super) suites: Vec<Suite>,
    /// Those that can't be measured here.
    pub(super) left_out: Vec<LeftOut>,
}

impl CommandSuites {
    /// Builds what the commands in scope run.
    ///
    /// # Errors
    /// When a build fails, a program is not there, or a file can't be read.
    pub(super) fn build(
        workspace: &Workspace,
        request: &MeasureRequest,
        scope: &Scope<'_>,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let mut built = Self { suites: Vec::new(), left_out: Vec::new() };
        let mut groups: BTreeMap<(String, String), Vec<&CommandDefinition>> = BTreeMap::new();
        // Another revision may not have a binary yet.
        for command in scope.commands.iter().filter(|command| has_program(workspace, command)) {
            let Some(id) = command.id() else { continue };
            groups.entry((id.package, id.bench_target)).or_default().push(command);
        }
        if !is_here(&settings.target) {
            let lacking = groups.into_keys().map(|(package, bench_target)| LeftOut {
                package,
                bench_target,
                needs: vec![Need::CommandPlatform],
            });
            built.left_out.extend(lacking);
            return Ok(built);
        }
        groups.retain(|(package, name), commands| {
            let is_built = commands.iter().any(|one| matches!(one.program, CommandProgram::Binary { .. }));
            let lacking = workspace.features_lacking(package, name, &request.cargo);
            if !is_built || lacking.is_empty() {
                return true;
            }
            let needs = lacking.into_iter().map(Need::Feature).collect();
            built.left_out.push(LeftOut { package: package.clone(), bench_target: name.clone(), needs });
            false
        });
        let mut programs = built_programs(workspace, request, &groups, settings)?;
        for (key, commands) in groups {
            let program = programs.remove(&key);
            let suite = suite(workspace.root(), request, key, &commands, program, settings);
            built.suites.push(Suite::Commands(Box::new(suite)));
        }
        Ok(built)
    }
}

fn has_program(workspace: &Workspace, command: &CommandDefinition) -> bool {
    match &command.program {
        CommandProgram::Any(_) => true,
        CommandProgram::Binary { package, name } => {
            workspace.packages_with_binary(name).iter().any(|one| Some(one) == package.as_ref())
        }
    }
}

/// Whether programs of a triple can be counted by this tool. Those with musl count by themselves, or say that they do not.
fn is_here(triple: &str) -> bool {
    let is_own = triple.split('-').next() == Some(std::env::consts::ARCH);
    let is_linux = ["-linux-gnu", "-linux-musl"].iter().any(|ending| triple.ends_with(ending));
    is_own && is_linux && memgate_preload::library().is_ok()
}

/// A binary that was built, and where it is run.
struct Placed {
    built: BuiltProgram,
    path: PathBuf,
    /// The folder that it is in, where it is a copy.
    copies: Option<Arc<ProgramCopies>>,
}

impl Placed {
    /// Where it is run: as a copy, unless it may load libraries of the tree's own, which it finds by its place, or there is none.
    fn new(built: BuiltProgram, copy: Option<(PathBuf, Arc<ProgramCopies>)>) -> Self {
        match copy.filter(|_| built.libraries.is_empty()) {
            Some((path, copies)) => Self { built, path, copies: Some(copies) },
            None => Self { path: built.executable.path().to_path_buf(), built, copies: None },
        }
    }

    /// Where it finds libraries of the tree's own and the compiler's, as cargo would tell it; none where it needs none.
    fn library_folders(&self) -> Option<OsString> {
        let folder = self.path.parent().filter(|_| !self.built.libraries.is_empty())?;
        std::env::join_paths([folder, &folder.join("deps"), &self.built.compiler_libraries]).ok()
    }

    /// What somebody else may replace.
    fn files_of_others(&self) -> Vec<BuiltFile> {
        match &self.copies {
            Some(_) => Vec::new(),
            None => std::iter::once(&self.built.executable).chain(&self.built.libraries).cloned().collect(),
        }
    }
}

type Programs = BTreeMap<(String, String), Placed>;

/// The binaries that commands run, built package by package, as benchmarks are.
fn built_programs(
    workspace: &Workspace,
    request: &MeasureRequest,
    groups: &BTreeMap<(String, String), Vec<&CommandDefinition>>,
    settings: &Settings,
) -> Result<Programs, Error> {
    let workspace = &workspace.with_binaries_of_its_own();
    let mut names: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for ((package, name), commands) in groups {
        if commands.iter().any(|command| matches!(command.program, CommandProgram::Binary { .. })) {
            names.entry(package).or_default().push(name.clone());
        }
    }
    let options = BuildOptions { cargo: &request.cargo, runtime_features: &[], quiet: request.quiet };
    let console = Console::new(request.quiet);
    let mut programs = Programs::new();
    let copies = ProgramCopies::make().ok().map(Arc::new);
    for (package, names) in names {
        console.say(&format!("    Building {} of {package}", names.join(", ")));
        let copied: RefCell<BTreeMap<String, PathBuf>> = RefCell::default();
        let copy = |name: &str, program: &Path| {
            let number = programs.len() + names.iter().position(|one| one == name)?;
            let copy = copies.as_ref()?.copy(program, number).ok()?;
            copied.borrow_mut().insert(name.to_owned(), copy)
        };
        let see = |name: &str, program: &Path| drop(copy(name, program));
        let built = build_programs(workspace, package, &names, options, settings, &see)?;
        for program in built {
            let copy = copied.borrow_mut().remove(&program.name).zip(copies.clone());
            programs.insert((package.to_owned(), program.name.clone()), Placed::new(program, copy));
        }
    }
    Ok(programs)
}

fn suite(
    root: &Path,
    request: &MeasureRequest,
    (package, name): (String, String),
    commands: &[&CommandDefinition],
    program: Option<Placed>,
    settings: &Settings,
) -> CommandSuite {
    let mut plans = BTreeMap::new();
    let mut environments = BTreeMap::new();
    for command in commands {
        let Some(id) = command.id() else { continue };
        let mut command = (*command).clone();
        command.keeps_environment |= request.keeps_environment;
        let (plan, environment) = plan(root, &command, program.as_ref());
        plans.insert(id.name.clone(), plan);
        environments.insert(id.name, environment);
    }
    let built_files = program.as_ref().map(Placed::files_of_others).unwrap_or_default();
    let copies = program.as_ref().and_then(|placed| placed.copies.clone());
    let program = program.map(|placed| placed.built);
    let environment = Environment {
        allocator: COMMAND_ALLOCATOR.to_owned(),
        commands: environments,
        features: program.as_ref().map(|program| program.features.clone()).unwrap_or_default(),
        probe: PROBE_VERSION,
        profile: program.as_ref().map_or_else(no_profile, |program| program.profile.clone()),
        // Of a program that is not built here, nobody knows.
        rustc: program.as_ref().map_or_else(|| NOT_BUILT.to_owned(), |_| settings.rustc_version.clone()),
        rustflags: program.as_ref().map(|program| program.rustflags.clone()).unwrap_or_default(),
        target: settings.target.clone(),
    };
    CommandSuite {
        package,
        name,
        environment,
        package_features: program
            .as_ref()
            .map(|program| program.package_features.clone())
            .unwrap_or_default(),
        sysroot: settings.sysroot.clone(),
        built_files,
        _copies: copies,
        commands: plans,
    }
}

fn no_profile() -> Profile {
    Profile {
        codegen_units: None,
        debug_assertions: false,
        lto: NOT_BUILT.to_owned(),
        name: NOT_BUILT.to_owned(),
        opt_level: NOT_BUILT.to_owned(),
        overflow_checks: false,
        packages: Vec::new(),
        panic: NOT_BUILT.to_owned(),
    }
}

fn plan(
    root: &Path,
    command: &CommandDefinition,
    built: Option<&Placed>,
) -> (CommandPlan, CommandEnvironment) {
    let directory = root.join(command.directory.as_deref().unwrap_or_default());
    let (program, name) = match &command.program {
        CommandProgram::Binary { name, .. } => {
            (built.map(|placed| placed.path.clone()).unwrap_or_default(), name)
        }
        CommandProgram::Any(word) => (program_of(&directory, word), word),
    };
    // What begins where the command runs is started from there: a script is told by which path, and a copy is another file.
    let is_from_there = matches!(&command.program, CommandProgram::Any(word) if is_relative(word));
    let mut variables: BTreeMap<OsString, OsString> = BTreeMap::new();
    if let Some(folders) = built.and_then(Placed::library_folders) {
        variables.insert("LD_LIBRARY_PATH".into(), folders);
    }
    variables.extend(command.variables.iter().map(|(name, value)| (name.into(), value.into())));
    let preparation = Preparation {
        name: name.into(),
        started_as: is_from_there.then(|| name.into()),
        root: root.to_path_buf(),
        stdin: command.stdin.as_ref().map(Into::into),
        directory: command.directory.as_deref().unwrap_or_default().into(),
        fresh_copies: command.fresh_copies.iter().map(Into::into).collect(),
        variables,
        keeps_environment: command.keeps_environment,
        cores: cores(command),
        output_limit: OUTPUT_LIMIT,
    };
    let request = CommandRequest {
        program: program.into(),
        arguments: command.arguments.iter().map(Into::into).collect(),
        has_sites: false,
        time_limit: command.time_limit,
        surroundings: Surroundings::Prepared(Box::new(preparation)),
    };
    let expected = ExpectedEnd { exit_code: command.expected_exit };
    (CommandPlan { request, expected }, environment_of(root, command))
}

/// What decides the numbers of a command besides its code.
pub(super) fn environment_of(root: &Path, command: &CommandDefinition) -> CommandEnvironment {
    let mut variables: BTreeSet<String> =
        command.variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
    if command.keeps_environment {
        variables.insert("(and all that whoever measures has)".to_owned());
    }
    if !has_usual_place() {
        variables.insert("(temporary files in another folder than /tmp)".to_owned());
    }
    let directory = root.join(command.directory.as_deref().unwrap_or_default());
    let program = match &command.program {
        CommandProgram::Binary { .. } => None,
        CommandProgram::Any(word) => content_outside(root, &program_of(&directory, word)),
    };
    CommandEnvironment {
        command: command.command_line(cores(command)),
        libc: libc_version(),
        program,
        variables: variables.into_iter().collect(),
    }
}

fn cores(command: &CommandDefinition) -> NonZeroUsize {
    command.cores.min(std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN))
}

fn is_relative(word: &str) -> bool {
    word.contains('/') && !word.starts_with('/')
}

/// The file of a program. What is no name begins where the command runs, as in a shell; what is not there can't be started, and says so
/// then.
fn program_of(directory: &Path, word: &str) -> PathBuf {
    let place = if word.contains('/') { directory.join(word) } else { word.into() };
    find_program(place.as_os_str()).unwrap_or(place)
}

/// What is in a program that is none of the repository's. What is, such as a script, is what is measured; what lies in it and was made
/// there, such as what cargo builds, is no part of any commit.
fn content_outside(root: &Path, program: &Path) -> Option<String> {
    let path = dunce::canonicalize(program).ok()?;
    let is_inside = dunce::canonicalize(root).is_ok_and(|root| path.starts_with(root));
    let is_made = || Repository::of_workspace(root).is_ok_and(|repository| repository.overlooks(&path));
    if is_inside && !is_made() {
        return None;
    }
    // What may be run and not be read has no content that one could know.
    Some(content_id(&path).unwrap_or_else(|_| "unreadable".to_owned()))
}
