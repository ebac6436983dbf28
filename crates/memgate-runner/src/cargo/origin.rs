//! Whether what cargo built, or takes for up to date, was compiled from this tree, as the tree is now.
//!
//! Cargo knows a package by its place within the workspace, and its state by the times of its files. So in a folder that two
//! trees build in, the one's artefact passes for the other's. What cargo says it has just compiled was compiled from here; that
//! is noted beside it. What it takes for up to date has to be what a note says: compiled from the same folder, from sources with
//! the same content, and not replaced since. Rejected: a target folder for each tree, which compiles every dependency again, and
//! does not show what was measured; and the folder in the executable's debug information, which is remapped away in some builds
//! and says nothing about what the files were then.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::built_file::Stamp;
use super::sources::{digest_of_inputs, digest_of_sources};
use super::workspace::LocalPackage;
use super::{CargoError, Workspace};

/// The notes in a target folder.
#[derive(Debug)]
pub(super) struct Origins {
    target_folder: PathBuf,
    root: PathBuf,
    /// When this build began, by the clock of the file system.
    began_ns: u64,
}

/// Where something was compiled from.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Origin {
    package: PathBuf,
    files: Vec<Stamp>,
    sources: u64,
}

/// Something that cargo takes for up to date, and that nothing shows to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Doubt {
    pub(super) package: String,
    pub(super) artefact: PathBuf,
    pub(super) problem: String,
}

impl Origins {
    /// Before cargo is started.
    ///
    /// # Errors
    /// When the target folder can't be written.
    pub(super) fn before_build(workspace: &Workspace) -> Result<Self, CargoError> {
        let target_folder = workspace.target_folder();
        let folder = target_folder.join("origins");
        let failed = |problem| CargoError::TargetFolder { path: folder.clone(), problem };
        fs::create_dir_all(&folder).map_err(failed)?;
        let now = tempfile::NamedTempFile::new_in(&folder).map_err(failed)?;
        let began_ns = Stamp::of(now.path()).unwrap_or_default().modified_ns;
        Ok(Self { root: workspace.root().to_path_buf(), began_ns, target_folder })
    }

    /// Notes where an artefact comes from that was just compiled, or says what is doubtful about one that was not.
    ///
    /// # Errors
    /// When a note can't be written.
    pub(super) fn of_artefact(
        &self,
        package: &LocalPackage,
        files: &[PathBuf],
        is_fresh: bool,
    ) -> Result<Option<Doubt>, CargoError> {
        let Some(first) = files.first() else { return Ok(None) };
        let origin = Origin {
            package: package.folder.clone(),
            // What lies elsewhere cargo has copied or linked there, and may do so again at any time.
            files: files
                .iter()
                .filter(|file| file.parent().is_some_and(|folder| folder.ends_with("deps")))
                .map(|file| Stamp::of(file).unwrap_or_default())
                .collect(),
            sources: digest_of_sources(first, &self.root, &package.folder),
        };
        self.hold(package, first, origin, is_fresh)
    }

    /// The same for what a build script has printed and made. Cargo does not say whether it was run just now.
    ///
    /// # Errors
    /// When a note can't be written.
    pub(super) fn of_script_run(
        &self,
        package: &LocalPackage,
        out_folder: &Path,
    ) -> Result<Option<Doubt>, CargoError> {
        let printed = out_folder.with_file_name("output");
        // Where a script is replaced by settings, nothing is run.
        let (Some(stamp), Ok(text)) = (Stamp::of(&printed), fs::read(&printed)) else { return Ok(None) };
        let inputs = digest_of_inputs(&String::from_utf8_lossy(&text), &package.folder);
        let origin = Origin { package: package.folder.clone(), files: vec![stamp], sources: inputs };
        self.hold(package, &printed, origin, stamp.modified_ns < self.began_ns)
    }

    fn hold(
        &self,
        package: &LocalPackage,
        artefact: &Path,
        origin: Origin,
        is_fresh: bool,
    ) -> Result<Option<Doubt>, CargoError> {
        let path = self.note_path(artefact);
        if !is_fresh {
            let text = serde_json::to_vec(&origin).unwrap_or_default();
            // Half a note is none: what it is about is compiled again.
            return match fs::write(&path, text) {
                Ok(()) => Ok(None),
                Err(problem) => Err(CargoError::TargetFolder { path, problem }),
            };
        }
        let noted: Option<Origin> = fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok());
        let problem = match noted {
            Some(noted) if noted == origin => return Ok(None),
            None => "was compiled by somebody else".to_owned(),
            Some(noted) if noted.package != origin.package => {
                format!("was compiled from {}", noted.package.display())
            }
            Some(noted) if noted.files != origin.files => {
                "was replaced by what somebody else has compiled".to_owned()
            }
            Some(_) => "was compiled from sources that have changed since, without being newer".to_owned(),
        };
        Ok(Some(Doubt { package: package.name.clone(), artefact: artefact.to_path_buf(), problem }))
    }

    fn note_path(&self, artefact: &Path) -> PathBuf {
        let mut hasher = DefaultHasher::new();
        artefact.strip_prefix(&self.target_folder).unwrap_or(artefact).hash(&mut hasher);
        self.target_folder.join("origins").join(format!("{:016x}", hasher.finish()))
    }

    /// Has cargo compile packages again, whatever their times: what it knows of the last time is taken away.
    ///
    /// `cargo clean` would remove what somebody else may be linking just now.
    pub(super) fn doubt(&self, doubts: &[Doubt]) {
        let packages: BTreeSet<&str> = doubts.iter().map(|doubt| &*doubt.package).collect();
        // `release/.fingerprint`, or `x86_64-unknown-linux-gnu/release/.fingerprint`.
        let profiles = folders_in(&self.target_folder);
        let places = profiles.iter().cloned().chain(profiles.iter().flat_map(|folder| folders_in(folder)));
        for place in places {
            for folder in folders_in(&place.join(".fingerprint")) {
                let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                if name.rsplit_once('-').is_some_and(|(package, _)| packages.contains(package)) {
                    for file in fs::read_dir(&folder).into_iter().flatten().flatten() {
                        // What can't be removed is doubted again.
                        let _ = fs::remove_file(file.path());
                    }
                }
            }
        }
    }
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}
