//! The way through the tables, stack by stack, in memory that the caller has.

use std::time::SystemTime;

use super::busy::Busy;
use super::counting::counters;
use super::error::HeapError;
use super::interval::sampling_interval;
use super::process::{TABLES, sampled_for};
use super::stack_table::OTHER;
use super::unfollowed::unfollowed;
use crate::profile::{Estimate, HeapProfile};
use crate::stack::{MOST_FRAMES, has_frame_pointers};

/// How many stacks are copied while the lock is held once: a microsecond's work.
const STACKS_AT_ONCE: u32 = 8;

/// A profile whose stacks are shown one after the other, rather than kept.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    /// Everything but the stacks.
    head: HeapProfile,
    /// By the numbers of stacks.
    live: &'a [Estimate],
}

/// A stack that is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShownStack<'a> {
    frames: &'a [u64],
    pub(crate) allocated: Estimate,
    pub(crate) live: Estimate,
}

impl ShownStack<'_> {
    /// The return addresses, from the innermost call outwards.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = usize> {
        self.frames.iter().map(|address| *address as usize)
    }
}

impl<'a> Walk<'a> {
    /// Finds out what lives. `live` is overwritten; with room for one estimate more than the table has for stacks, nothing is
    /// allocated.
    pub(crate) fn begin(live: &'a mut Vec<Estimate>) -> Result<Self, HeapError> {
        let counters = counters().ok_or(HeapError::NotInstalled)?;
        // Nothing is allocated while busy, and so nothing while a lock is held.
        let (fill, has_frame_pointers) = {
            let busy = Busy::enter().ok_or(HeapError::WithinAllocator)?;
            (TABLES.fill(&busy), has_frame_pointers())
        };
        // First what lives, and then what was allocated: what was allocated has come up to it by then.
        live.clear();
        live.resize(fill.stacks + 1, Estimate::NONE);
        let followed = add_live(live)?;
        let unfollowed = unfollowed(&fill.dropped, &followed, &counters);
        if let Some(other) = live.get_mut(OTHER as usize) {
            other.add(&unfollowed);
        }
        let head = HeapProfile {
            taken_at: SystemTime::now(),
            sampled_for: sampled_for(),
            sampling_interval_bytes: sampling_interval(),
            stacks: Vec::new(),
            counters,
            has_frame_pointers,
            is_table_full: fill.overflowed > 0,
            unfollowed_live_bytes: unfollowed.bytes,
        };
        Ok(Self { head, live })
    }

    /// Everything but the stacks.
    pub(crate) fn head(&self) -> &HeapProfile {
        &self.head
    }

    pub(super) fn into_head(self) -> HeapProfile {
        self.head
    }

    /// How many stacks there are at most.
    pub(super) fn length(&self) -> usize {
        self.live.len()
    }

    /// Shows each stack once, copied some at a time.
    pub(crate) fn stacks(&self, mut show: impl FnMut(ShownStack<'_>)) -> Result<(), HeapError> {
        let mut frames = [[0; MOST_FRAMES]; STACKS_AT_ONCE as usize];
        let mut found = [(0, Estimate::default()); STACKS_AT_ONCE as usize];
        let most = u32::try_from(self.live.len()).unwrap_or(u32::MAX);
        for first in (0..most).step_by(STACKS_AT_ONCE as usize) {
            let copied = {
                let busy = Busy::enter().ok_or(HeapError::WithinAllocator)?;
                let stacks = TABLES.stacks(&busy);
                let mut copied = 0;
                for (number, (to, found)) in (first..most).zip(frames.iter_mut().zip(&mut found)) {
                    let Some((from, allocated)) = stacks.get(number) else { break };
                    let length = from.len().min(to.len());
                    if let (Some(to), Some(from)) = (to.get_mut(..length), from.get(..length)) {
                        to.copy_from_slice(from);
                    }
                    *found = (length, allocated);
                    copied += 1;
                }
                copied
            };
            let live = self.live.get(first as usize..).unwrap_or(&[]);
            for ((frames, (length, allocated)), live) in frames.iter().zip(found).zip(live).take(copied) {
                // The row of those that found no room, which usually has none.
                if allocated.samples > 0 || live.samples > 0 {
                    show(ShownStack { frames: frames.get(..length).unwrap_or(&[]), allocated, live: *live });
                }
            }
        }
        Ok(())
    }
}

/// Adds each live sample to its stack; those of newer stacks are left out. Gives the sum of all.
fn add_live(live: &mut [Estimate]) -> Result<Estimate, HeapError> {
    let busy = Busy::enter().ok_or(HeapError::WithinAllocator)?;
    let mut all = Estimate::NONE;
    for table in TABLES.live(&busy) {
        for sample in table.iter() {
            all.add_sample(sample.size_bytes, sample.weight);
            if let Some(live) = live.get_mut(sample.stack as usize) {
                live.add_sample(sample.size_bytes, sample.weight);
            }
        }
    }
    Ok(all)
}
