//! When snapshots are taken, and how many are kept.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use super::error::SnapshotError;
use super::files::Caps;
use super::folder::Folder;
use super::guard::Snapshots;
use super::policy::Policy;
use super::status::Status;
use super::triggers::{Growth, Slope, Triggers};
use super::watcher::{Shared, Watcher};
use super::writer::Writer;
use crate::health::Threshold;
use crate::heap;
use crate::log::Log;

/// Virtual memory of the thread; what isn't used is never there.
const STACK_BYTES: usize = 512 << 10;
/// The fewest bytes that may be kept: one profile of a large service.
const LEAST_BYTES: u64 = 1 << 20;

/// When snapshots are taken, and how many are kept.
///
/// # Example
/// ```no_run
/// use memgate_live::{Growth, SnapshotOptions, Threshold};
///
/// #[global_allocator]
/// static HEAP: memgate_live::Heap = memgate_live::Heap::system();
///
/// fn main() -> Result<(), memgate_live::SnapshotError> {
///     let _snapshots = SnapshotOptions::new()
///         .levels([Threshold::Percent(60.0), Threshold::Percent(85.0)])
///         .growth(Some(Growth { percent: 50.0, bytes: 256 << 20 }))
///         .most_bytes(1 << 30)
///         .start("/var/lib/service/heap")?;
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "no snapshots are taken until `start` is called"]
pub struct SnapshotOptions {
    triggers: Triggers,
    caps: Caps,
    log: Log,
    root: Option<PathBuf>,
    #[cfg(all(unix, feature = "signal"))]
    is_signal_followed: bool,
}

impl SnapshotOptions {
    /// What [`snapshots`](crate::snapshots()) does.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one where so much memory can't be taken back any more, as health judges it: 75 and 90 per cent of the limit, unless this
    /// says otherwise. Page cache never counts. A level leads to another one only after memory has been 10 % below it.
    pub fn levels(mut self, levels: impl IntoIterator<Item = Threshold>) -> Self {
        self.triggers.levels = levels.into_iter().collect();
        self
    }

    /// Takes one where so many bytes are live, which is what a profile explains: none, unless this says otherwise.
    pub fn live_levels(mut self, bytes: impl IntoIterator<Item = u64>) -> Self {
        self.triggers.live_levels = bytes.into_iter().collect();
        self
    }

    /// Takes one where so much more is live than in the highest one so far, or, before the first, than at [`start`](Self::start): 20 per cent
    /// and 64 MiB, unless this says otherwise.
    pub fn growth(mut self, growth: Option<Growth>) -> Self {
        self.triggers.growth = growth;
        self
    }

    /// Takes one where what is live rises so steadily that the limit is near: within an hour at the rate of ten minutes, unless this
    /// says otherwise.
    pub fn slope(mut self, slope: Option<Slope>) -> Self {
        self.triggers.slope = slope;
        self
    }

    /// Takes one where tasks of the control group, or else of the machine, wait for memory in so many per cent of ten seconds: 10,
    /// unless this says otherwise.
    pub fn pressure_percent(mut self, percent: Option<f64>) -> Self {
        self.triggers.pressure_percent = percent;
        self
    }

    /// Takes one so long after the start, for the others to be compared with: five minutes, unless this says otherwise.
    pub fn after_start(mut self, time: Option<Duration>) -> Self {
        self.triggers.start = time;
        self
    }

    /// Takes none by the same trigger sooner than this after the last: ten minutes, unless this says otherwise.
    pub fn cool_down(mut self, time: Duration) -> Self {
        self.triggers.cool_down = time;
        self
    }

    /// Takes one when the process gets the signal SIGUSR1, once in ten seconds at most. Handlers that there are go on to be called.
    #[cfg(all(unix, feature = "signal"))]
    pub fn on_signal(mut self) -> Self {
        self.is_signal_followed = true;
        self
    }

    /// Keeps so many of the newest of a process, beside its first and its highest: 3, unless this says otherwise.
    pub fn keep_newest(mut self, files: usize) -> Self {
        self.caps.newest = files;
        self
    }

    /// Keeps no more snapshots in the folder than so many: 32, unless this says otherwise. Those at the end of the last process
    /// that died go last.
    pub fn most_files(mut self, files: usize) -> Self {
        self.caps.files = files;
        self
    }

    /// Keeps no more bytes of snapshots in the folder than so many: 256 MiB, unless this says otherwise.
    pub fn most_bytes(mut self, bytes: u64) -> Self {
        self.caps.bytes = bytes;
        self
    }

    /// Writes what goes wrong, a line each and once a minute at most, with this rather than to standard error.
    pub fn log(mut self, write: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.log = Log::new(write);
        self
    }

    /// Reads the kernel's files below a folder, as if it were the root.
    #[doc(hidden)]
    pub fn kernel_files_below(mut self, root: impl AsRef<Path>) -> Self {
        self.root = Some(root.as_ref().to_owned());
        self
    }

    /// Begins, by a thread of its own, until the guard is dropped. Memory for writing, some 2 MiB, is taken now.
    ///
    /// # Errors
    /// As those of [`snapshots`](crate::snapshots()); also when something that was said makes no sense.
    pub fn start(self, folder: impl AsRef<Path>) -> Result<Snapshots, SnapshotError> {
        if !heap::is_installed() {
            return Err(SnapshotError::NotInstalled);
        }
        if let Some(problem) = self.problem() {
            return Err(SnapshotError::Setting(problem));
        }
        // The program may go elsewhere meanwhile, as daemons do.
        let folder = std::path::absolute(folder.as_ref())
            .map_err(|error| SnapshotError::Folder(folder.as_ref().to_owned(), error))?;
        let folder = folder.as_path();
        let status = Status::begin(folder).ok_or(SnapshotError::AlreadyStarted)?;
        let writer = Writer::new(Folder::open(folder)?, self.caps);
        status.set_files(writer.files().map_err(|error| SnapshotError::Folder(folder.to_owned(), error))?);
        let shared = Arc::new(Shared { status, writer: Mutex::new(writer) });
        let is_signalled = Arc::new(AtomicBool::new(false));
        #[cfg(all(unix, feature = "signal"))]
        let signal = self
            .is_signal_followed
            .then(|| signal_hook::flag::register(signal_hook::consts::SIGUSR1, Arc::clone(&is_signalled)))
            .transpose()
            .map_err(SnapshotError::Start)?;
        let watcher = Watcher {
            shared: Arc::clone(&shared),
            policy: Policy::new(self.triggers),
            root: self.root.unwrap_or_else(|| PathBuf::from("/")),
            log: self.log,
            is_signalled,
        };
        let (stop, stopped) = mpsc::channel();
        let (ends, ended) = mpsc::channel();
        // From here on, dropping the guard gives everything back.
        let guard = Snapshots {
            shared,
            stop: Some(stop),
            ended: Mutex::new(ended),
            #[cfg(all(unix, feature = "signal"))]
            signal,
        };
        let run = move || {
            // Dropped when the thread is over, which whoever waits is told by.
            let _ends = ends;
            watcher.run(&stopped);
        };
        thread::Builder::new()
            .name("memgate-heap".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(run)
            .map_err(SnapshotError::Start)?;
        Ok(guard)
    }

    /// What makes no sense, in words.
    fn problem(&self) -> Option<String> {
        let Caps { newest, files, bytes } = self.caps;
        if newest == 0 {
            return Some("to keep none of the newest".to_owned());
        }
        // The first, the highest, and that of the start; as many again that another process left.
        if files < newest.saturating_add(3) {
            return Some(format!("to keep {newest} of the newest and {files} files at most"));
        }
        if bytes < LEAST_BYTES {
            return Some(format!("to keep {bytes} bytes at most, less than 1 MiB,"));
        }
        self.triggers.problem()
    }
}
