//! Writes a snapshot, in memory that has been there since the start.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::time::SystemTime;

use super::error::SnapshotError;
use super::files::{Caps, StoredSnapshot};
use super::folder::Folder;
use super::gzip::{Block, Gzip};
use super::name::{SnapshotName, milliseconds, stamp};
use super::reason::Reason;
use super::retention::{make_room, tidy};
use crate::heap::{self, Walk};
use crate::pprof::{LocationIds, write_profile};
use crate::process::{LoadedObject, loaded_objects};
use crate::profile::Estimate;

/// So many different addresses have their locations once: 1 MiB.
const LOCATIONS: usize = 50_000;
/// What a file is taken for before there was one.
const FIRST_BYTES: u64 = 64 << 10;

/// What is needed for a snapshot.
#[derive(Debug)]
pub(super) struct Writer {
    folder: Folder,
    caps: Caps,
    /// What is live at each stack.
    live: Vec<Estimate>,
    ids: LocationIds,
    block: Block,
    /// What is loaded: looked at in calmer times.
    objects: Vec<LoadedObject>,
    /// What this process has written, oldest first.
    own: Vec<SnapshotName>,
    last_milliseconds: u64,
    last_bytes: u64,
}

/// A snapshot that was written.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) path: PathBuf,
    pub(super) live_bytes: u64,
    /// All that are in the folder now.
    pub(super) files: Vec<StoredSnapshot>,
}

impl Writer {
    /// Reserves everything.
    pub(super) fn new(folder: Folder, caps: Caps) -> Self {
        let stacks = heap::counters().map_or(0, |counters| counters.stacks_capacity) as usize + 1;
        // Written to, so that it is there: what has only been asked for is not.
        let mut live = vec![Estimate { samples: 1, ..Estimate::default() }; stacks];
        live.clear();
        folder.sweep();
        Self {
            folder,
            caps,
            live,
            ids: LocationIds::reserved(LOCATIONS),
            block: Block::reserved(),
            objects: loaded_objects(),
            own: Vec::new(),
            last_milliseconds: 0,
            last_bytes: FIRST_BYTES,
        }
    }

    /// Looks again at what is loaded. It takes memory, as much as there are libraries.
    pub(super) fn look_at_objects(&mut self) {
        self.objects = loaded_objects();
    }

    /// The snapshots that there are.
    pub(super) fn files(&self) -> io::Result<Vec<StoredSnapshot>> {
        let mut files = self.folder.list()?;
        for file in &mut files {
            file.own = self.own.iter().position(|name| *name == file.name).map(|place| place as u64);
        }
        Ok(files)
    }

    /// Writes a snapshot, and removes what it is worth more than.
    pub(super) fn write(&mut self, reason: Reason, why: &str) -> Result<Written, SnapshotError> {
        let path = self.folder.path().to_owned();
        let failed = |error| SnapshotError::Write(path.clone(), error);
        let files = self.files().map_err(failed)?;
        let removed = make_room(&files, &self.caps, self.last_bytes)
            .ok_or_else(|| SnapshotError::NoRoom(path.clone()))?;
        for index in removed {
            self.folder.remove(&files[index].name);
        }
        let (file, live_bytes) = self.write_file(reason, why).inspect_err(|_| self.folder.discard())?;
        let name = self.name(reason, live_bytes);
        let published = self.folder.publish(&name).inspect_err(|_| self.folder.discard()).map_err(failed)?;
        // Only now: what a killed process has written is there, written down or not, and there may be no time to wait for the disk.
        if let Err(error) = file.sync_data()
            && !matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported)
        {
            self.folder.remove(&name);
            return Err(failed(error));
        }
        self.folder.sync();
        self.last_bytes = file.metadata().map_or(self.last_bytes, |metadata| metadata.len());
        self.own.push(name);
        Ok(Written { path: published, live_bytes, files: self.tidy() })
    }

    fn write_file(&mut self, reason: Reason, why: &str) -> Result<(File, u64), SnapshotError> {
        let walk = Walk::begin(&mut self.live).map_err(SnapshotError::Heap)?;
        let counters = &walk.head().counters;
        let live_bytes = counters.allocated_bytes.saturating_sub(counters.freed_bytes);
        let comment = format!("snapshot, {}: {why}", reason.word());
        let part = self.folder.create().and_then(|part| {
            let out = Gzip::new(part, &mut self.block)?;
            write_profile(&walk, &self.objects, &mut self.ids, comment, out)?.finish()
        });
        let part = part.map_err(|error| SnapshotError::Write(self.folder.path().to_owned(), error))?;
        Ok((part.into_file(), live_bytes))
    }

    /// Two in one millisecond have different names, so that none replaces the other.
    fn name(&mut self, reason: Reason, live_bytes: u64) -> SnapshotName {
        let mut now = milliseconds(SystemTime::now());
        if now == self.last_milliseconds {
            now += 1;
        }
        self.last_milliseconds = now;
        SnapshotName {
            stamp: stamp(now),
            live_bytes,
            process_id: std::process::id(),
            reason: reason.word().to_owned(),
        }
    }

    /// Removes what is too much now, and gives what is left.
    fn tidy(&mut self) -> Vec<StoredSnapshot> {
        let Ok(files) = self.files() else { return Vec::new() };
        let removed = tidy(&files, &self.caps);
        for index in &removed {
            self.folder.remove(&files[*index].name);
        }
        let left = files.into_iter().enumerate().filter(|(index, _)| !removed.contains(index));
        let left: Vec<StoredSnapshot> = left.map(|(_, file)| file).collect();
        self.own.retain(|name| left.iter().any(|file| file.name == *name));
        left
    }
}
