//! `update --rename`: move baselines to new names.

use std::collections::{BTreeMap, BTreeSet};

use memgate_report::model::{Baselines, Named, SnapshotKey};
use memgate_report::update::{
    MovedTests, RenameError, RenameInput, RenameStep, TestRename, plan_rename, render_rename,
};

use super::output::write_stdout;
use crate::console::Console;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::git::{Repository, files_below, resolve};
use crate::process::Interrupt;
use crate::session::{MeasureRequest, Project};
use crate::store::{BASELINES_FOLDER, baselines_among};

/// Moves baselines, and notes the new names for the history. Nothing is built or measured.
pub(super) fn rename(
    request: &MeasureRequest,
    wanted: &[(Named, Named)],
    dry_run: bool,
    color: bool,
    command: &str,
) -> Result<ExitCode, Error> {
    let project = Project::read(request)?;
    let console = Console::new(request.quiet);
    let snapshots = project.store.load_snapshots()?;
    let (tests, wanted) = TestRename::among(wanted, &snapshots);
    // Each is looked at before the first is written.
    let targets: Vec<BTreeSet<&str>> = tests
        .iter()
        .map(|test| test.targets(&snapshots))
        .collect::<Result<_, _>>()
        .map_err(RenameError::from)?;
    for (test, targets) in tests.iter().zip(targets) {
        if !dry_run {
            rename_test(test, &targets, &project, &console)?;
        }
        write_stdout(&test.render(&targets, dry_run, color))?;
    }
    let moved = MovedTests::among(&wanted, &snapshots).map_err(RenameError::from)?;
    for tests in &moved {
        let say = |text: &str| console.say(text);
        if !dry_run && !project.store.move_snapshots(&tests.from, &tests.to, &Interrupt::listen(), say)? {
            return Err(Error::Interrupted);
        }
        write_stdout(&tests.render(dry_run))?;
    }
    let has_baselines = |package: &String| project.baselines.keys().any(|key| key.package == *package);
    let is_done = |(from, _): &(Named, Named)| match from {
        Named::Package(package) => {
            !has_baselines(package) && moved.iter().any(|tests| tests.from.package == *package)
        }
        _ => false,
    };
    let wanted: Vec<(Named, Named)> = wanted.into_iter().filter(|one| !is_done(one)).collect();
    if wanted.is_empty() {
        return Ok(ExitCode::Passed);
    }
    // Held to the end. What is moved is what the files have under it, since an update may have written them meanwhile.
    let writes = !dry_run && !project.baselines.is_empty();
    let _lock = writes.then(|| project.store.lock(&Interrupt::default(), |text| console.say(text))).flatten();
    let baselines = project.store.load()?;
    let mut sites = BTreeMap::new();
    for key in baselines.keys() {
        sites.insert(key.clone(), project.store.load_sites(key)?);
    }
    let plan = plan_rename(RenameInput {
        baselines: &baselines,
        sites: &sites,
        last_commit: &committed_baselines(&project),
        renames: &project.store.load_renames()?,
        wanted: &wanted,
    })?;
    if !dry_run {
        project.store.remove_leftovers();
        for step in plan.steps(&baselines, &sites) {
            match step {
                RenameStep::Baseline(key, baseline, sites) => {
                    project.store.write(&key, &baseline)?;
                    if let Some(sites) = sites {
                        project.store.write_sites(&key, &sites)?;
                    }
                }
                RenameStep::Renames => project.store.write_renames(&plan.renames)?,
                RenameStep::Removal(key) => project.store.remove(&key)?,
            }
        }
    }
    write_stdout(&render_rename(&plan, dry_run, color, command))?;
    Ok(ExitCode::Passed)
}

/// Moves the numbers of a test. No history follows them, so nothing else is written.
fn rename_test(
    test: &TestRename,
    targets: &BTreeSet<&str>,
    project: &Project,
    console: &Console,
) -> Result<(), Error> {
    let interrupt = Interrupt::listen();
    for target in targets {
        let key = SnapshotKey { target: (*target).to_owned(), package: test.package.clone() };
        let say = |text: &str| console.say(text);
        if !project.store.change_snapshots(&key, &interrupt, say, |file| test.apply(file))? {
            return Err(Error::Interrupted);
        }
    }
    Ok(())
}

/// The baselines of the last commit. Without one, there is nothing that an update could have dropped since.
fn committed_baselines(project: &Project) -> Baselines {
    let read = || -> Result<Baselines, Error> {
        let repository = Repository::of_workspace(project.workspace.root())?;
        let head = resolve(&repository, "HEAD")?.commit;
        Ok(baselines_among(files_below(&repository, head, BASELINES_FOLDER)?)?)
    };
    read().unwrap_or_default()
}
