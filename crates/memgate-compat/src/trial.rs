//! One package under the facade.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::crates::Crate;
use crate::divan;
use crate::facade::Facade;
use crate::manifest::with_facade;
use crate::sources::{cargo, copy, fetch, optimisation};

/// How many benchmarks of a package are measured.
const MEASURED: usize = 3;

/// Where things are.
pub(crate) struct Places {
    pub(crate) repository: PathBuf,
    tool: PathBuf,
    pub(crate) work: PathBuf,
}

/// What came of a package.
pub(crate) struct Trial {
    pub(crate) facade: Facade,
    name: String,
    version: String,
    features: String,
    ids: usize,
    is_built: bool,
    /// What came of measuring.
    measured: Vec<String>,
    /// Why it stopped early.
    pub(crate) problem: Option<String>,
}

impl Places {
    /// Builds the tool, and finds out where it is.
    pub(crate) fn find() -> Result<Self, String> {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let repository =
            repository.canonicalize().map_err(|error| format!("failed to find the repository: {error}"))?;
        let output = run(cargo()
            .args(["build", "--package", "memgate-runner", "--message-format", "json-render-diagnostics"])
            .current_dir(&repository))?;
        let tool = String::from_utf8_lossy(&output.stdout)
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
            .find(|path| path.file_stem().is_some_and(|name| name == "cargo-memgate"))
            .ok_or("failed to build the tool")?;
        // The executable lies in `<target>/debug`.
        let target = tool.ancestors().nth(2).map(Path::to_path_buf).unwrap_or_default();
        Ok(Self { repository, tool, work: target.join("compat") })
    }

    pub(crate) fn tool(&self, folder: &Path, arguments: &[&str]) -> Result<Output, String> {
        // One target folder for all, so that what they have in common is built once.
        run(Command::new(&self.tool)
            .args(arguments)
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", self.work.join("target"))
            .envs([optimisation()]))
    }
}

impl Trial {
    /// Copies the package, points it to the facade, and has the tool list and measure.
    pub(crate) fn run(places: &Places, facade: Option<Facade>, (name, version, features): Crate<'_>) -> Self {
        let mut trial = Self {
            facade: facade.unwrap_or(Facade::Criterion),
            name: name.to_owned(),
            version: version.to_owned(),
            features: features.to_owned(),
            ids: 0,
            is_built: false,
            measured: Vec::new(),
            problem: None,
        };
        trial.problem = trial.steps(places, facade).err();
        trial
    }

    fn steps(&mut self, places: &Places, facade: Option<Facade>) -> Result<(), String> {
        let source = fetch(&self.name, &self.version, &places.work.join("fetch"))?;
        let folder = places.work.join(format!("{}-{}", self.name, self.version));
        // Of an earlier trial.
        let _ = std::fs::remove_dir_all(&folder);
        copy(&source, &folder).map_err(|error| format!("failed to copy it: {error}"))?;
        let manifest = folder.join("Cargo.toml");
        let text = std::fs::read_to_string(&manifest)
            .map_err(|error| format!("failed to read its manifest: {error}"))?;
        // Of a package that nobody has said it of, divan's where there is one.
        let facades = facade.map_or_else(|| vec![Facade::Divan, Facade::Criterion], |facade| vec![facade]);
        let pointed = facades.into_iter().find_map(|facade| {
            let folder = places.repository.join("crates").join(facade.package());
            Some((facade, with_facade(&text, facade, &folder)?))
        });
        let (facade, text) = pointed.ok_or("it depends on nothing that a facade stands for")?;
        self.facade = facade;
        std::fs::write(&manifest, text).map_err(|error| format!("failed to write its manifest: {error}"))?;

        let listed = places.tool(&folder, &["list", "--format", "lines", "--features", &self.features])?;
        let ids = String::from_utf8_lossy(&listed.stdout).lines().map(str::to_owned).collect::<Vec<_>>();
        self.ids = ids.len();
        self.is_built = !ids.is_empty();
        if !listed.status.success() {
            return Err(String::from_utf8_lossy(&listed.stderr).into_owned());
        }
        if facade == Facade::Divan {
            self.measured = divan::steps(places, &source, &folder, &self.features, &ids)?;
            return Ok(());
        }
        // From the begin, the middle and the end, since neighbours are alike.
        let step = ids.len().div_ceil(MEASURED).max(1);
        for id in ids.iter().step_by(step) {
            let output =
                places.tool(&folder, &["run", "--exact", "--quiet", "--features", &self.features, id])?;
            let run: serde_json::Value = serde_json::from_slice(&output.stdout)
                .map_err(|_| format!("{id}: {}", String::from_utf8_lossy(&output.stderr)))?;
            self.measured.push(allocs(&run).ok_or_else(|| format!("{id}: {run}"))?);
        }
        if self.name == "criterion" { self.own_tests(places, &folder) } else { Ok(()) }
    }

    /// Criterion's own tests of what its users call, which are published too: the facade has to pass them.
    fn own_tests(&self, places: &Places, folder: &Path) -> Result<(), String> {
        let output = run(cargo()
            .args(["test", "--quiet", "--features", &self.features, "--test", "criterion_tests"])
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", places.work.join("target")))?;
        let printed = String::from_utf8_lossy(&output.stdout);
        if output.status.success() { Ok(()) } else { Err(format!("its own tests fail: {printed}")) }
    }

    /// The row of the table.
    pub(crate) fn row(&self) -> String {
        let Self { name, version, ids, is_built, measured, .. } = self;
        let built = if *is_built { "yes" } else { "no" };
        let measured = match (measured.join(", "), self.facade) {
            (nothing, _) if nothing.is_empty() => "no".to_owned(),
            (allocs, Facade::Criterion) => format!("allocs {allocs}"),
            (said, Facade::Divan) => said,
        };
        format!("| {name} {version} | {ids} | {built} | {measured} |")
    }
}

/// The number of allocations in a run of one benchmark.
fn allocs(run: &serde_json::Value) -> Option<String> {
    let targets = run["run"]["bench_targets"].as_array()?;
    let mut results = targets.iter().filter_map(|target| target["results"].as_object()).flatten();
    let (_, result) = results.next()?;
    match &result["measured"]["metrics"]["allocs"] {
        serde_json::Value::Null => None,
        // A spread: the routine allocates differently each time.
        serde_json::Value::Object(spread) => Some(format!("{}–{}", spread["minimum"], spread["maximum"])),
        exact => Some(exact.to_string()),
    }
}

pub(crate) fn run(command: &mut Command) -> Result<Output, String> {
    command.output().map_err(|error| format!("failed to start {:?}: {error}", command.get_program()))
}
