//! One revision, built and measured in a checkout of its own.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use memgate_report::config::Config;
use memgate_report::model::{BaselineKey, Baselines, BenchmarkId, BenchmarkResult, NOT_BUILT, Run};
use memgate_report::rules::Policy;
use memgate_report::sites::BenchTargetSites;
use memgate_report::update::{UpdateInput, plan_update};

use super::measuring::Purpose;
use super::project::{Measured, Project, selected_part};
use super::recorder::Recorder;
use super::request::MeasureRequest;
use crate::cargo::{CargoError, Workspace};
use crate::console::Console;
use crate::error::Error;
use crate::git::{Oid, Repository, Revision, changed_submodules, has_entry};
use crate::process::Interrupt;
use crate::revisions::{
    BenchSource, Checkout, Release, RevisionsError, Room, take_benches, take_benches_of_release,
    take_toolchain,
};
use crate::store::BaselineStore;

/// All that is needed to measure revisions.
pub(crate) struct Revisions {
    /// Where the workspace is.
    pub(crate) user: Workspace,
    pub(crate) repository: Repository,
    pub(crate) room: Room,
    pub(crate) interrupt: Interrupt,
    pub(crate) console: Console,
    /// What was left out of checkouts, each said once.
    said: RefCell<BTreeSet<String>>,
}

/// A tree of files with a workspace in it.
pub(crate) struct Tree {
    /// What it is, for people.
    pub(crate) label: String,
    /// The root of the repository's files.
    pub(crate) root: PathBuf,
    /// The folder of the workspace.
    pub(crate) workspace: PathBuf,
    checkout: Checkout,
    /// Whether it is one package from the registry, and no revision of the repository.
    is_release: bool,
}

const LOCK_FILE: &str = "Cargo.lock";

/// What a path dependency that leaves the repository looks like from a checkout.
const OUTSIDE_HINT: &str = "\n  a path dependency that leaves the repository does not lead anywhere from a checkout; name it by \
                            an absolute path, with which every revision uses what is there now";

const NO_BENCHES_HINT: &str = "\n  `--benches-from head` measures old code with today's benches";

impl Revisions {
    pub(crate) fn open(request: &MeasureRequest) -> Result<Self, Error> {
        let user = Workspace::locate(&request.cargo)?;
        let repository = Repository::of_workspace(user.root())?;
        let (interrupt, console) = (Interrupt::listen(), Console::new(request.quiet));
        let working_tree = repository.working_tree().unwrap_or_else(|| user.root()).to_owned();
        let room = Room::open(&user.target_folder(), &working_tree, &interrupt, |line| console.say(line))?;
        let room = room.ok_or(Error::Interrupted)?;
        Ok(Self { room, user, repository, interrupt, console, said: RefCell::default() })
    }

    /// The files of the working tree, as they are.
    pub(crate) fn working_tree(&self, side: &str) -> Result<Tree, Error> {
        let checkout = self.room.copy_working_tree(&self.repository, side)?;
        self.tree("the working tree".to_owned(), checkout)
    }

    /// The files of a revision.
    pub(crate) fn check_out(&self, revision: &Revision, side: &str) -> Result<Tree, Error> {
        let checkout = self.room.check_out(&self.repository, revision.commit, side)?;
        self.tree(revision.to_string(), checkout)
    }

    fn tree(&self, label: String, checkout: Checkout) -> Result<Tree, Error> {
        for note in checkout.not_written().iter().map(ToString::to_string) {
            // A search checks out many revisions that have the same.
            if self.said.borrow_mut().insert(note.clone()) {
                self.console.say(&format!("warning: {note}"));
            }
        }
        let root = checkout.folder().to_owned();
        let workspace = root.join(self.repository.workspace());
        let lock = workspace.join(LOCK_FILE);
        let own = self.user.root().join(LOCK_FILE);
        // Where none is committed, what the working tree has is better than whatever is newest.
        // One that is committed as a link stays one, also where the link leads nowhere: a copy would be written there.
        if lock.symlink_metadata().is_err() && own.is_file() && workspace.is_dir() {
            std::fs::copy(&own, &lock).map_err(Error::file("write", lock))?;
        }
        Ok(Tree { label, root, workspace, checkout, is_release: false })
    }

    /// The lock file that a checkout of a commit is given, because the commit has none.
    pub(crate) fn lent_lock_file(&self, commit: Oid) -> Result<Option<Vec<u8>>, Error> {
        if has_entry(&self.repository, commit, LOCK_FILE)? {
            return Ok(None);
        }
        let own = self.user.root().join(LOCK_FILE);
        if own.is_file() { std::fs::read(&own).map(Some).map_err(Error::file("read", own)) } else { Ok(None) }
    }

    /// The files of a release on the registry, which is to be compared with a package of `head`, in `package`.
    pub(crate) fn download(
        &self,
        request: &MeasureRequest,
        release: &Release,
        head: &Tree,
        package: &Path,
    ) -> Result<Tree, Error> {
        let name = format!("{}-{}", release.name, release.version);
        let checkout = self.room.folder_as_long_as("base", &name, package);
        self.console.say(&format!("   Downloading {} {}", release.name, release.version));
        let flags = request.cargo.lock_flags();
        release.write_files(checkout.folder(), &head.workspace, self.user.root(), flags)?;
        let (root, workspace) = (checkout.folder().to_owned(), checkout.folder().to_owned());
        Ok(Tree { label: release.to_string(), root, workspace, checkout, is_release: true })
    }

    /// Gives a checkout the toolchain of another tree.
    pub(crate) fn align_toolchain(&self, from: &Tree, into: &Tree) -> Result<(), Error> {
        if into.is_release {
            return Ok(take_toolchain(&from.workspace, &into.workspace, Path::new(""))?);
        }
        Ok(take_toolchain(&from.root, &into.root, self.repository.workspace())?)
    }

    /// Gives a checkout the toolchain of the working tree.
    pub(crate) fn align_toolchain_with_user(&self, into: &Tree) -> Result<(), Error> {
        let Some(root) = self.repository.working_tree() else { return Ok(()) };
        Ok(take_toolchain(root, &into.root, self.repository.workspace())?)
    }

    /// Puts the benches of every package of one tree into the other tree's package of the same name.
    pub(crate) fn take_benches(
        &self,
        request: &MeasureRequest,
        from: &Tree,
        into: &Tree,
    ) -> Result<(), Error> {
        let theirs = self.load(request, from)?.bench_packages();
        let ours = self.load(request, into)?.packages();
        let is_release = into.is_release;
        let roots = BenchSource { from: from.workspace.clone(), into: into.workspace.clone() };
        let checkout = dunce::canonicalize(&into.root).unwrap_or_else(|_| into.root.clone());
        // What a link or an absolute path leads to outside is the user's own.
        let is_inside =
            |folder: &PathBuf| dunce::canonicalize(folder).is_ok_and(|folder| folder.starts_with(&checkout));
        for (name, from) in theirs {
            if let Some(into) = ours.get(&name).filter(|into| is_inside(into)) {
                let package = BenchSource { from, into: into.clone() };
                if is_release {
                    take_benches_of_release(&package, &roots)?;
                } else {
                    take_benches(&package, &roots)?;
                }
            }
        }
        Ok(())
    }

    /// The workspace of a tree; what is built of a checkout goes into the room's folder.
    pub(crate) fn load(&self, request: &MeasureRequest, tree: &Tree) -> Result<Workspace, Error> {
        let build = self.room.build_folder(request.cargo.toolchain.as_ref());
        Workspace::load_elsewhere(&tree.workspace, &build, &request.cargo)
            // Cargo was in the terminal's foreground group, and has been interrupted as well.
            .map_err(|error| {
                if self.interrupt.is_pressed() {
                    Error::Interrupted
                } else {
                    unusable(&tree.label, Error::Cargo(error))
                }
            })
    }

    /// A project of a tree, to be measured by the rules of `config`.
    pub(crate) fn project(
        &self,
        request: &MeasureRequest,
        tree: &Tree,
        mut config: Config,
        baselines: Baselines,
    ) -> Result<Project, Error> {
        tree.checkout.freshen()?;
        let workspace = self.load(request, tree)?;
        // The rules are of one revision, and may exclude what another does not have yet, or name a profile of its own.
        let packages = workspace.packages();
        config.excluded_packages.retain(|name| {
            packages.contains_key(name.split_once('/').map_or(name.as_str(), |(package, _)| package))
        });
        let profile = config.profile.as_deref().filter(|name| workspace.has_profile(name));
        let workspace = workspace.with_profile(profile);
        let store = BaselineStore::in_workspace(workspace.root());
        Ok(Project { workspace, config, store, baselines, scratch: std::cell::OnceCell::new() })
    }

    /// Builds and measures what is selected. A filter has to select something only when there is a `command` to say so with.
    pub(crate) fn measure(
        &self,
        request: &MeasureRequest,
        tree: &Tree,
        project: &Project,
        purpose: Purpose,
        command: Option<&str>,
    ) -> Result<Measured, Error> {
        let options = request.options(&project.config);
        let measured = project.list(request, &options, &self.interrupt).and_then(|listed| {
            if let Some(command) = command {
                project.check_selection(&request.selection, &listed.parts, command)?;
            }
            project.measure_listed(request, listed, purpose, self.interrupt.clone())
        });
        measured.map_err(|error| unusable(&tree.label, error))
    }

    /// Builds what a tree has, and gives the benchmarks that are selected: at least one.
    pub(crate) fn ids(
        &self,
        request: &MeasureRequest,
        tree: &Tree,
        config: &Config,
        command: &str,
    ) -> Result<Vec<BenchmarkId>, Error> {
        let project = self.project(request, tree, config.clone(), Baselines::new())?;
        let options = request.options(config);
        let listed = project.list(request, &options, &self.interrupt).and_then(|listed| {
            project.check_selection(&request.selection, &listed.parts, command)?;
            Ok(selected_part(&listed.parts, &request.selection, None))
        });
        let ids = listed.map_err(|error| unusable(&tree.label, error))?;
        if ids.is_empty() {
            let nothing = Error::NoBenchTarget {
                message: "no benchmark is selected".to_owned(),
                is_coverage_gap: false,
            };
            return Err(unusable(&tree.label, nothing));
        }
        Ok(ids.into_iter().collect())
    }

    /// The packages that every revision takes from one place outside of the repository, in words.
    pub(crate) fn outside_notes(&self, tree: &Tree, project: &Project) -> Vec<String> {
        let outside = project.workspace.packages_outside(&tree.root);
        let place = |(name, path): (String, PathBuf)| format!("{name} ({})", path.display());
        let places: Vec<String> = outside.into_iter().map(place).collect();
        if places.is_empty() {
            return Vec::new();
        }
        vec![format!("taken from outside of the repository, as it is now: {}", places.join(", "))]
    }

    /// What of a release's paths is not as long as a package's of `head`, in words.
    pub(crate) fn length_notes(release: &Tree, head: &Tree, package: &Path) -> Vec<String> {
        let length = |path: &Path| path.as_os_str().len();
        let mut notes = Vec::new();
        let differs = "benchmarks that allocate paths differ by that";
        if length(&release.workspace) != length(package) {
            notes.push(format!(
                "{} lies in a folder with a path of {} bytes, and the package in one of {}: {differs}",
                release.label,
                length(&release.workspace),
                length(package)
            ));
        }
        if let Ok(below) = package.strip_prefix(&head.workspace)
            && !below.as_os_str().is_empty()
        {
            notes.push(format!(
                "paths of sources, as `file!()` has them, begin with `{}/` in {} and not in {}: {differs}",
                below.display(),
                head.label,
                release.label
            ));
        }
        notes
    }

    /// What was left out of checkouts, in words.
    pub(crate) fn checkout_notes(&self) -> Vec<String> {
        self.said.borrow().iter().cloned().collect()
    }

    /// Submodules with changes that no commit has, in words.
    pub(crate) fn submodule_notes(&self) -> Result<Vec<String>, Error> {
        let changed = changed_submodules(&self.repository)?;
        Ok(changed.into_iter().map(|path| {
            format!("the submodule {path} has changes that are not committed; checkouts have what its commit has")
        }).collect())
    }
}

/// Says of which revision an error is.
fn unusable(revision: &str, error: Error) -> Error {
    let hint = match &error {
        Error::Interrupted | Error::Usage(_) | Error::Revisions(_) | Error::Config(_) => return error,
        Error::NoBenchTarget { .. } => Some(NO_BENCHES_HINT),
        Error::Cargo(CargoError::Metadata(words))
            if words.contains("failed to load source for dependency") || words.contains("failed to read") =>
        {
            Some(OUTSIDE_HINT)
        }
        _ => None,
    };
    RevisionsError::Unusable { revision: revision.to_owned(), problem: error.to_string(), hint }.into()
}

/// A run as the baselines that it would be committed as, of what a policy limits: that by which it will be judged, or what has a limit there
/// alone, such as a cold metric, would have nothing to be compared with.
///
/// # Errors
/// When something of it could not be measured.
pub(crate) fn as_baselines(run: &Run, revision: &str, policy: &Policy) -> Result<Baselines, Error> {
    let not_measured = |id: String, problem: &str| RevisionsError::NotMeasured {
        id,
        revision: revision.to_owned(),
        problem: problem.to_owned(),
    };
    for part in &run.bench_targets {
        if let Some(failure) = &part.failure {
            let id = format!("{}/{}", part.package, part.bench_target);
            return Err(not_measured(id, &failure.message).into());
        }
    }
    for (id, result) in run.results() {
        if let BenchmarkResult::Failed(failure) = result {
            return Err(not_measured(id.to_string(), &failure.message).into());
        }
    }
    let input = UpdateInput {
        runs: std::slice::from_ref(run),
        baselines: &Baselines::new(),
        policy,
        all: true,
        prune: false,
    };
    Ok(plan_update(input)?.writes)
}

/// The call sites of everything that was measured, by bench target. What can't be recorded is said, and is missing.
pub(crate) fn record_sites(
    run: &Run,
    recorder: &mut Recorder<'_>,
    console: &Console,
) -> Result<BTreeMap<BaselineKey, BenchTargetSites>, Error> {
    let is_measured = |result: &BenchmarkResult| matches!(result, BenchmarkResult::Measured(_));
    let ids: Vec<BenchmarkId> =
        run.results().filter(|(_, result)| is_measured(result)).map(|(id, _)| id).collect();
    let stored = recorder.sites_to_store(&ids)?;
    stored.say_problems(console);
    let mut sites: BTreeMap<BaselineKey, BenchTargetSites> = BTreeMap::new();
    for (id, found) in stored.sites {
        let key = BaselineKey::new(&*run.target, &*id.package, &*id.bench_target);
        let of_target = sites.entry(key).or_default();
        of_target.features = recorder.features(&id).cloned();
        of_target.benchmarks.insert(id.name, found);
    }
    Ok(sites)
}

/// The compilers of what was built for a run, in words.
pub(crate) fn compilers(run: &Run) -> Vec<String> {
    let environments = run.bench_targets.iter().filter_map(|part| part.environment.as_ref());
    let built = environments.filter(|environment| environment.rustc != NOT_BUILT);
    let mut versions: Vec<String> = built.map(|environment| environment.rustc.clone()).collect();
    versions.sort();
    versions.dedup();
    versions
}
