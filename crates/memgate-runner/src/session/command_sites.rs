//! The call sites that the processes of a command left.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use memgate_protocol::capture::{Capture, WindowKind};
use memgate_protocol::process_table::{LIBRARY_FILE, ProcessEntry, ProcessTable};
use memgate_protocol::units::human;
use memgate_protocol::{Metric, Unit};
use memgate_report::command::{CommandSites, join_profiles, named_by_module};
use memgate_report::explain::MetricSites;
use memgate_report::sites::{Profile, SiteTable};
use memgate_report::text::Noun;

use crate::command::CommandFolder;
use crate::measure::MAXIMUM_CAPTURE_BYTES;
use crate::store::read_left;
use crate::symbols::{SourceRoots, Symbolized, Symbolizer};

/// The metrics that are shown by call site.
const SHOWN: [Metric; 2] = [Metric::PeakBytes, Metric::TotalBytes];
/// As many files are named that have no debug information.
const MOST_NAMED: usize = 5;

/// What was recorded of a command, with names.
pub(super) struct Recorded {
    pub(super) profile: Profile,
    pub(super) sites: Vec<CommandSites>,
    pub(super) notes: Vec<String>,
}

/// Reads what every process left, and gives names to it.
pub(super) fn read_recorded(
    folder: &CommandFolder,
    table: &ProcessTable,
    symbolizer: &mut Symbolizer,
) -> Recorded {
    let (mut profiles, mut bare) = (Vec::new(), BTreeSet::new());
    let mut lacks: BTreeMap<String, usize> = BTreeMap::new();
    let mut unrecorded_bytes = 0_u64;
    for entry in &table.processes {
        // Nothing was counted, or by who leaves none, so there is nothing to be left.
        if entry.numbers.allocs == 0 && entry.numbers.frees == 0 || entry.is_linked {
            continue;
        }
        match read_one(folder, entry, symbolizer) {
            Ok((symbolized, beyond)) => {
                unrecorded_bytes = unrecorded_bytes.saturating_add(beyond);
                bare.extend(symbolized.bare.into_keys().filter(|name| !is_of_the_system(name)));
                symbolized.lacks.into_iter().for_each(|lack| *lacks.entry(lack).or_default() += 1);
                profiles.push((entry.slot, symbolized.profile));
            }
            Err(problem) => *lacks.entry(problem).or_default() += 1,
        }
    }
    let profile = named_by_module(join_profiles(table, profiles));
    let sites = SiteTable::from_profile(&profile);
    let of = |metric| CommandSites {
        metric,
        value: sites.total().get(metric),
        sites: MetricSites::sites_of(&sites, metric),
        other_processes_blocks: sites.older.get(metric),
        beyond_limit: sites.beyond_limit.get(metric),
    };
    let mut notes = Vec::new();
    if unrecorded_bytes > 0 {
        let bytes = human(i64::try_from(unrecorded_bytes).unwrap_or(i64::MAX), Unit::Bytes);
        notes.push(format!("{bytes} of the total were allocated when call sites had been written, at a process's very end, and are in none"));
    }
    if !bare.is_empty() {
        let mut names: Vec<&str> = bare.iter().map(String::as_str).take(MOST_NAMED).collect();
        let more = (bare.len() - names.len()).to_string() + " more";
        if bare.len() > names.len() {
            names.push(&more);
        }
        notes.push(format!(
            "call sites have no lines, and perhaps no names, in what has no debug information: {}; callers are known as far out as code keeps \
             frame pointers",
            names.join(", ")
        ));
    }
    notes.extend(
        lacks.into_iter().map(|(lack, processes)| {
            format!("in {}: {lack}", Noun("process", "processes").counted(processes))
        }),
    );
    Recorded { sites: SHOWN.map(of).to_vec(), profile, notes }
}

/// Why the call sites of a command are not all there; none where they are.
pub(super) fn why_incomplete(table: &ProcessTable) -> Option<String> {
    let counts_itself = table.processes.iter().find(|entry| entry.is_linked)?;
    let name = Path::new(&counts_itself.executable).file_name().unwrap_or_default().to_string_lossy();
    Some(format!("{name} counts by itself, which is without call sites"))
}

/// Whether a file is of the system's own, which has no debug information on any machine, and about which nobody can do anything.
fn is_of_the_system(name: &str) -> bool {
    const BEGINNINGS: [&str; 5] = [LIBRARY_FILE, "libc.so.", "libm.so.", "libgcc_s.so.", "ld-linux"];
    BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

/// The capture of one process with names, and how many bytes it allocated that are not in there; or why there is none.
fn read_one(
    folder: &CommandFolder,
    entry: &ProcessEntry,
    symbolizer: &mut Symbolizer,
) -> Result<(Symbolized, u64), String> {
    let path = folder.capture(entry.slot);
    if !path.exists() {
        return Err("no call sites were left; it was killed, or ended in the middle of an allocation, or there was no room".to_owned());
    }
    let bytes = read_left(&path, MAXIMUM_CAPTURE_BYTES).map_err(|error| error.to_string())?;
    let capture = Capture::parse(&bytes).map_err(|error| error.to_string())?;
    let executable = Path::new(&entry.executable);
    let recorded: i64 = capture.windows.iter().map(|window| window.total().total_bytes).sum();
    let beyond = entry.numbers.total_bytes.saturating_sub(u64::try_from(recorded).unwrap_or(0));
    let symbolized = symbolizer.symbolize(&capture, WindowKind::Cold, executable);
    Ok((symbolized.map_err(|error| error.to_string())?, beyond))
}

/// Whose code is the user's, without a project: what lies in the package or the repository that the command was started in.
pub(super) fn roots_here() -> SourceRoots {
    let Ok(current) = std::env::current_dir() else { return SourceRoots::default() };
    let is_root = |folder: &&Path| ["Cargo.lock", ".git"].iter().any(|name| folder.join(name).exists());
    let home = std::env::var_os("HOME").filter(|home| home != OsStr::new("")).map(PathBuf::from);
    let root = current.ancestors().find(is_root).filter(|root| Some(*root) != home.as_deref());
    SourceRoots { workspace: root.map(Path::to_path_buf).into_iter().collect(), sysroot: PathBuf::new() }
}
