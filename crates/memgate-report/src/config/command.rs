//! `[[command]]`: whole commands that are measured.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::time::Duration;

use memgate_protocol::{Metric, check_name};

use super::Problem;
use super::duration::parse_duration;
use super::limits::{budgets, limits_of_one};
use super::table::{Item, Table};
use crate::format::is_file_name;
use crate::model::{BenchmarkId, MetricKey, Phase};
use crate::rules::{BenchmarkRule, LimitRule};
use crate::text::{Noun, shell_quoted};

/// As many processors a command has when nobody says otherwise: what every machine for tests has, so that all of them agree.
const USUAL_CORES: NonZeroUsize = NonZeroUsize::new(2).unwrap();

/// A whole command that is measured, as the configuration has it. Paths are from the workspace's root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandDefinition {
    /// Its name, which is the last part of its id.
    pub name: String,
    /// The line on which it stands, counted from 1.
    pub line: usize,
    /// What is run.
    pub program: CommandProgram,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The file that it reads from standard input; none where that is empty.
    pub stdin: Option<String>,
    /// The folder that it runs in; none for the workspace's root.
    pub directory: Option<String>,
    /// Variables that it is given.
    pub variables: BTreeMap<String, String>,
    /// Whether it has the variables of whoever runs the tool, rather than those that are the same everywhere.
    pub keeps_environment: bool,
    /// The exit code that it is to have.
    pub expected_exit: i32,
    /// Files and folders of which it gets a copy each time, in a folder of its own.
    pub fresh_copies: Vec<String>,
    /// How many processors it has at most.
    pub cores: NonZeroUsize,
    /// How long it may run.
    pub time_limit: Option<Duration>,
    limits: BTreeMap<MetricKey, LimitRule>,
    budgets: BTreeMap<MetricKey, i64>,
}

/// What a command runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandProgram {
    /// A binary of the workspace, which is built as benchmarks are.
    Binary {
        /// The package that has it; none as long as nobody has looked.
        package: Option<String>,
        /// Its name.
        name: String,
    },
    /// Any program: a path, or a name that is looked for where shells would.
    Any(String),
}

impl CommandDefinition {
    /// Its id. Of a binary whose package is not known, none.
    #[must_use]
    pub fn id(&self) -> Option<BenchmarkId> {
        match &self.program {
            CommandProgram::Binary { package, name } => {
                Some(BenchmarkId::new(package.as_deref()?, &**name, &*self.name))
            }
            CommandProgram::Any(_) => Some(BenchmarkId::of_command(&self.name)),
        }
    }

    /// Its limits and budgets, as a rule for its id alone; none where it has none, or no id.
    #[must_use]
    pub fn rule(&self) -> Option<BenchmarkRule> {
        if self.limits.is_empty() && self.budgets.is_empty() {
            return None;
        }
        let pattern = glob::Pattern::new(&glob::Pattern::escape(&self.id()?.to_string())).ok()?;
        let (limits, budgets) = (self.limits.clone(), self.budgets.clone());
        Some(BenchmarkRule { pattern, limits, time: None, budgets })
    }

    /// What it does, as it would be typed: what decides its numbers as much as its code. `cores` is how many processors it has.
    #[must_use]
    pub fn command_line(&self, cores: NonZeroUsize) -> String {
        let program = match &self.program {
            CommandProgram::Binary { name, .. } => name,
            CommandProgram::Any(program) => program,
        };
        let words = std::iter::once(program).chain(&self.arguments).map(|word| shell_quoted(word));
        let mut line = words.collect::<Vec<_>>().join(" ");
        if let Some(file) = &self.stdin {
            line += &format!(" < {}", shell_quoted(file));
        }
        let mut besides = Vec::new();
        if let Some(folder) = &self.directory {
            besides.push(format!("in {}", shell_quoted(folder)));
        }
        if !self.fresh_copies.is_empty() {
            let copies: Vec<String> = self.fresh_copies.iter().map(|path| shell_quoted(path)).collect();
            besides.push(format!("with copies of {}", copies.join(" ")));
        }
        if cores != USUAL_CORES {
            besides.push(format!("on {}", Noun("core", "cores").counted(cores.get())));
        }
        if self.expected_exit != 0 {
            besides.push(format!("to exit with {}", self.expected_exit));
        }
        if besides.is_empty() { line } else { format!("{line} ({})", besides.join(", ")) }
    }
}

/// Reads the tables of `[[command]]`.
pub(super) fn commands(tables: Vec<(Item<'_>, Table<'_>)>) -> Result<Vec<CommandDefinition>, Problem> {
    let mut commands: Vec<CommandDefinition> = Vec::new();
    for (item, table) in tables {
        let command = command(item, table)?;
        let is_same = |other: &&CommandDefinition| {
            (&other.name, &other.program) == (&command.name, &command.program)
                || other.id().is_some() && other.id() == command.id()
        };
        if let Some(other) = commands.iter().find(is_same) {
            let (name, line) = (&command.name, other.line);
            return Err(
                item.problem(format!("`{name}` stands on line {line} already; give it a name of its own"))
            );
        }
        commands.push(command);
    }
    Ok(commands)
}

const KEYS: [&str; 15] = [
    "name",
    "bin",
    "package",
    "run",
    "args",
    "stdin",
    "directory",
    "env",
    "keep-environment",
    "expect-exit",
    "fresh-copies",
    "cores",
    "time-limit",
    "limits",
    "budget",
];

fn command(whole: Item<'_>, table: Table<'_>) -> Result<CommandDefinition, Problem> {
    let (mut name, mut bin, mut package, mut run, mut directory) = (None, None, None, None, None);
    let mut definition = CommandDefinition {
        name: String::new(),
        line: whole.line(),
        program: CommandProgram::Any(String::new()),
        arguments: Vec::new(),
        stdin: None,
        directory: None,
        variables: BTreeMap::new(),
        keeps_environment: false,
        expected_exit: 0,
        fresh_copies: Vec::new(),
        cores: USUAL_CORES,
        time_limit: None,
        limits: BTreeMap::new(),
        budgets: BTreeMap::new(),
    };
    for (key, item) in table.entries(&KEYS)? {
        match key {
            "name" => name = Some(item),
            "bin" => bin = Some(item),
            "package" => package = Some(item),
            "run" => run = Some(item),
            "args" => definition.arguments.extend(words(item)?),
            "stdin" => definition.stdin = Some(path(item)?),
            "directory" => {
                definition.directory = Some(path(item)?);
                directory = Some(item);
            }
            "env" => definition.variables = variables(item)?,
            "keep-environment" => definition.keeps_environment = item.boolean()?,
            "expect-exit" => definition.expected_exit = exit_code(item)?,
            "fresh-copies" => {
                for item in item.items()? {
                    definition.fresh_copies.push(copied_path(item)?);
                }
            }
            "cores" => definition.cores = cores(item)?,
            "time-limit" => {
                definition.time_limit =
                    Some(parse_duration(item.string()?).map_err(|problem| item.problem(problem))?);
            }
            "limits" => {
                let table = item.table("limits")?;
                let limits = limits_of_one(table)?;
                if limits.time.is_some() {
                    return Err(item.problem("no time is taken of a command"));
                }
                definition.limits = limits.metrics;
                check_metrics(item, definition.limits.keys())?;
            }
            _ => {
                definition.budgets = budgets(item.table("budget")?)?;
                check_metrics(item, definition.budgets.keys())?;
            }
        }
    }
    let needs = |what: &str| whole.problem(format!("it needs {what}"));
    definition.name = checked_name(name.ok_or_else(|| needs("`name`, the last part of its id"))?)?;
    definition.program = match (bin, run) {
        (Some(bin), None) => {
            let package = package.map(Item::string).transpose()?.map(str::to_owned);
            CommandProgram::Binary { package, name: bin.string()?.to_owned() }
        }
        (None, Some(run)) => {
            if let Some(package) = package {
                return Err(package.problem("it says which package's `bin` is meant, and is not for `run`"));
            }
            let mut words = words(run)?.into_iter();
            let program = words.next().filter(|word| !word.is_empty());
            let program =
                program.ok_or_else(|| run.problem("it is empty; it must be a program and its arguments"))?;
            definition.arguments.splice(0..0, words);
            if !is_portable(&BenchmarkId::of_command(&definition.name).bench_target) {
                let problem =
                    "what is before its first slash becomes a file's name, and can't be one everywhere";
                return Err(name.unwrap_or(whole).problem(problem));
            }
            CommandProgram::Any(program)
        }
        _ => {
            let what = "either `bin`, a binary of this workspace, or `run`, such as [\"rg\", \"needle\"]";
            return Err(needs(what));
        }
    };
    let is_below_copies = definition.directory.as_deref().is_none_or(is_below);
    if let (Some(item), false) = (directory.filter(|_| !definition.fresh_copies.is_empty()), is_below_copies)
    {
        return Err(item.problem("with `fresh-copies`, it must lie below the workspace's root, as they do"));
    }
    Ok(definition)
}

/// Names longer than this are no names, in bytes.
const LONGEST_NAME: usize = 200;
const LONGEST_FILE_NAME: usize = 100;

/// Whether a name can be that of a baseline's file on every system, and of no other file beside baselines.
fn is_portable(name: &str) -> bool {
    const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
    let is_plain = |character: char| character.is_alphanumeric() || " _-+.@".contains(character);
    let stem = name.split('.').next().unwrap_or(name).to_ascii_lowercase();
    let is_port = ["com", "lpt"].iter().any(|port| {
        stem.strip_prefix(port)
            .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit()))
    });
    is_file_name(name)
        && name.len() <= LONGEST_FILE_NAME
        && name.chars().all(is_plain)
        && !name.ends_with(['.', ' '])
        && !name.ends_with(".sites")
        && name != "tests"
        && !DEVICES.contains(&&*stem)
        && !is_port
}

fn checked_name(item: Item<'_>) -> Result<String, Problem> {
    let name = item.string()?;
    check_name(name).map_err(|error| item.problem(format!("it is no name: {error}")))?;
    if name.len() > LONGEST_NAME {
        return Err(item.problem(format!("it is longer than {LONGEST_NAME} bytes")));
    }
    if name.split('/').any(|part| part.trim().is_empty()) {
        return Err(item.problem("a part between slashes is empty"));
    }
    Ok(name.to_owned())
}

/// A command begins anew each time: nothing of it is cold, and nothing is left from one time to the next.
fn check_metrics<'k>(item: Item<'_>, keys: impl IntoIterator<Item = &'k MetricKey>) -> Result<(), Problem> {
    let is_absent = |key: &&MetricKey| key.phase == Phase::Cold || key.metric == Metric::LeakedBytes;
    match keys.into_iter().find(is_absent) {
        Some(key) => Err(item.problem(format!("a command has no `{key}`"))),
        None => Ok(()),
    }
}

/// Strings that a program can be given.
fn words(item: Item<'_>) -> Result<Vec<String>, Problem> {
    let words = item.strings()?;
    match words.iter().any(|word| word.contains('\0')) {
        true => Err(item.problem("no program can be given a NUL byte")),
        false => Ok(words),
    }
}

fn path(item: Item<'_>) -> Result<String, Problem> {
    let path = item.string()?;
    match path.is_empty() || path.contains('\0') {
        true => Err(item.problem("it is no path")),
        false => Ok(path.to_owned()),
    }
}

/// Whether a path leads nowhere but down.
fn is_below(path: &str) -> bool {
    let mut components = std::path::Path::new(path).components();
    components.all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir))
}

/// A path that is the same within the folder with the copies.
fn copied_path(item: Item<'_>) -> Result<String, Problem> {
    let path = path(item)?;
    match is_below(&path) {
        true => Ok(path),
        false => Err(item.problem(format!("`{path}` must lie below the workspace's root"))),
    }
}

fn variables(item: Item<'_>) -> Result<BTreeMap<String, String>, Problem> {
    let variables = item.named_strings()?;
    for (name, value) in &variables {
        if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
            return Err(item.problem(format!("{name:?} can't be a variable")));
        }
        if name == "LD_PRELOAD" {
            return Err(item.problem("LD_PRELOAD is how a command is counted"));
        }
    }
    Ok(variables)
}

fn exit_code(item: Item<'_>) -> Result<i32, Problem> {
    let number = item.integer()?.filter(|number| (0..=255).contains(number));
    let number = number.and_then(|number| i32::try_from(number).ok());
    number.ok_or_else(|| item.problem("it must be a whole number from 0 to 255"))
}

fn cores(item: Item<'_>) -> Result<NonZeroUsize, Problem> {
    let number = item.integer()?.and_then(|number| usize::try_from(number).ok());
    let number = number.filter(|number| *number <= 1_024).and_then(NonZeroUsize::new);
    number.ok_or_else(|| item.problem("it must be a whole number from 1 to 1024"))
}

#[cfg(test)]
mod tests {
    use super::super::parse_config;
    use super::*;

    #[test]
    fn everything_that_can_be_said_is_understood() {
        let config = parse_config(
            r#"
            [[command]]
            name = "sort/1m-lines"
            bin = "uu_sort"
            args = ["fixtures/lines.txt", "a b"]
            stdin = "in.txt"
            directory = "fixtures"
            env = { LANG = "en" }
            expect-exit = 1
            fresh-copies = ["fixtures/lines.txt"]
            cores = 4
            time-limit = "2m"
            budget = { peak_bytes = "64 MiB" }

            [[command]]
            name = "search"
            run = ["rg", "needle"]
            keep-environment = true
            "#,
        )
        .unwrap();
        let [mut sort, search] = <[CommandDefinition; 2]>::try_from(config.commands).unwrap();
        assert_eq!(
            sort.command_line(sort.cores),
            "uu_sort fixtures/lines.txt \"a b\" < in.txt (in fixtures, with copies of fixtures/lines.txt, on 4 cores, to exit with 1)"
        );
        assert_eq!((sort.line, sort.cores.get(), sort.time_limit), (2, 4, Some(Duration::from_secs(120))));
        assert_eq!((sort.id(), sort.rule()), (None, None));
        sort.program = CommandProgram::Binary { package: Some("uu".into()), name: "uu_sort".into() };
        assert_eq!(sort.id().unwrap().to_string(), "uu/uu_sort/sort/1m-lines");
        let rule = sort.rule().unwrap();
        assert!(rule.pattern.matches("uu/uu_sort/sort/1m-lines"));
        assert_eq!(rule.budgets[&MetricKey::steady(Metric::PeakBytes)], 64 << 20);
        assert_eq!(search.id().unwrap().to_string(), "commands/search");
        assert!(search.keeps_environment && search.arguments == ["needle"]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let with = |text: &str| format!("[[command]]\nname = \"a\"\n{text}");
        let problems = [
            ("[[command]]\nbin = \"a\"".to_owned(), "1: `command`: it needs `name`, the last part of its id"),
            (
                with(""),
                "1: `command`: it needs either `bin`, a binary of this workspace, or `run`, such as [\"rg\", \"needle\"]",
            ),
            (
                with("bin = \"a\"\nrun = [\"a\"]"),
                "1: `command`: it needs either `bin`, a binary of this workspace, or `run`, such as [\"rg\", \"needle\"]",
            ),
            (with("run = []"), "3: `run`: it is empty; it must be a program and its arguments"),
            (
                with("run = [\"a\"]\npackage = \"p\""),
                "4: `package`: it says which package's `bin` is meant, and is not for `run`",
            ),
            (
                with("bin = \"a\"\nexpect-exit = 256"),
                "4: `expect-exit`: it must be a whole number from 0 to 255",
            ),
            (
                with("bin = \"a\"\nfresh-copies = [\"../a\"]"),
                "4: `fresh-copies`: `../a` must lie below the workspace's root",
            ),
            (
                with("bin = \"a\"\nenv = { LD_PRELOAD = \"a\" }"),
                "4: `env`: LD_PRELOAD is how a command is counted",
            ),
            (with("bin = \"a\"\nlimits = { time = {} }"), "4: `limits`: no time is taken of a command"),
            (
                with("bin = \"a\"\nargument = []"),
                "4: unknown key `argument` in [[command]]; did you mean `args`?",
            ),
            (
                with("run = [\"a\"]\n[[command]]\nname = \"a\"\nrun = [\"b\"]"),
                "4: `command`: `a` stands on line 1 already; give it a name of its own",
            ),
            (
                "[[command]]\nname = \"a//b\"\nbin = \"a\"".to_owned(),
                "2: `name`: a part between slashes is empty",
            ),
            (
                "[[command]]\nname = \"../b\"\nrun = [\"a\"]".to_owned(),
                "2: `name`: what is before its first slash becomes a file's name, and can't be one everywhere",
            ),
            (
                "[[command]]\nname = \"a.sites\"\nrun = [\"a\"]".to_owned(),
                "2: `name`: what is before its first slash becomes a file's name, and can't be one everywhere",
            ),
            (
                "[[command]]\nname = \"con/b\"\nrun = [\"a\"]".to_owned(),
                "2: `name`: what is before its first slash becomes a file's name, and can't be one everywhere",
            ),
            (
                with("bin = \"a\"\nlimits = { cold.allocs = {} }"),
                "4: `limits`: a command has no `cold.allocs`",
            ),
            (
                with("bin = \"a\"\nbudget = { leaked_bytes = 1 }"),
                "4: `budget`: a command has no `leaked_bytes`",
            ),
            (
                with("bin = \"a\"\nfresh-copies = [\"a\"]\ndirectory = \"../a\""),
                "5: `directory`: with `fresh-copies`, it must lie below the workspace's root, as they do",
            ),
        ];
        for (text, problem) in problems {
            assert_eq!(parse_config(&text).unwrap_err().to_string(), problem, "{text}");
        }
    }
}
