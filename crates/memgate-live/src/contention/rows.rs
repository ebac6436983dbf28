//! Call stacks with what was waited at them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{RwLock, TryLockError};
use std::time::Duration;

/// So many stacks are kept apart.
const MOST_ROWS: usize = 4_096;

/// What was waited at one call stack. It never falls.
#[derive(Debug, Default)]
pub(super) struct Row {
    count: AtomicU64,
    steps: AtomicU64,
}

impl Row {
    const fn new() -> Self {
        Self { count: AtomicU64::new(0), steps: AtomicU64::new(0) }
    }

    pub(super) fn add(&self, steps: u64) {
        self.count.fetch_add(1, Relaxed);
        self.steps.fetch_add(steps, Relaxed);
    }

    fn values(&self) -> [u64; 2] {
        [self.count.load(Relaxed), self.steps.load(Relaxed)]
    }
}

/// None until there is one: a map can't be made in a constant.
type ByStack = Option<HashMap<Box<[u64]>, &'static Row>>;

/// The rows by their stacks, whose frames are given from the inner end.
///
/// Nobody waits for its lock: what finds it held is added to the row of all others, so that in the child of a fork, which may have the lock
/// as another thread held it, nothing hangs. It is held for a look-up, and by one alone only where a stack is new.
#[derive(Debug)]
pub(super) struct Rows {
    by_stack: RwLock<ByStack>,
    /// Of stacks for which there was no room or no time, and of those without frames.
    other: Row,
}

impl Rows {
    pub(super) const fn new() -> Self {
        Self { by_stack: RwLock::new(None), other: Row::new() }
    }

    /// The row of a stack.
    pub(super) fn of(&'static self, frames: &[u64]) -> &'static Row {
        if frames.is_empty() {
            return &self.other;
        }
        let known = |rows: &ByStack| rows.as_ref()?.get(frames).copied();
        if let Some(row) = self.by_stack.try_read().ok().and_then(|rows| known(&rows)) {
            return row;
        }
        let Ok(mut rows) = self.by_stack.try_write() else { return &self.other };
        let rows = rows.get_or_insert_default();
        if let Some(row) = rows.get(frames) {
            return row;
        }
        if rows.len() >= MOST_ROWS {
            return &self.other;
        }
        // For ever, and there are at most so many: whoever waits adds to it without the lock.
        let row: &'static Row = Box::leak(Box::default());
        rows.insert(frames.into(), row);
        row
    }

    /// Each stack with how often was waited there, and how many steps; the row of all others has no frames. None where the lock is not to
    /// be had, as in the child of a fork.
    pub(super) fn all(&self) -> Option<Vec<(Vec<u64>, [u64; 2])>> {
        /// It is held for microseconds.
        const TRIES: u32 = 200;
        for _ in 0..TRIES {
            let rows = match self.by_stack.try_read() {
                Ok(rows) => rows,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => {
                    std::thread::sleep(Duration::from_millis(1));
                    continue;
                }
            };
            let stacks = rows.iter().flatten().map(|(frames, row)| (frames.to_vec(), row.values()));
            let mut all: Vec<_> = stacks.collect();
            all.push((Vec::new(), self.other.values()));
            all.retain(|(_, values)| values[0] > 0);
            all.sort_unstable();
            return Some(all);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stack_has_a_row_until_there_are_too_many() {
        static ROWS: Rows = Rows::new();
        for round in 1..=2 {
            for stack in 0..MOST_ROWS as u64 {
                ROWS.of(&[stack, 7]).add(stack);
            }
            assert_eq!(ROWS.all().unwrap().len(), MOST_ROWS);
            assert_eq!(ROWS.all().unwrap()[5], (vec![5, 7], [round, 5 * round]));
        }
        ROWS.of(&[1, 2, 3]).add(10);
        ROWS.of(&[]).add(5);
        assert_eq!(ROWS.all().unwrap()[0], (vec![], [2, 15]));
    }

    #[test]
    fn nobody_waits_for_who_holds_the_lock() {
        static ROWS: Rows = Rows::new();
        ROWS.of(&[1]).add(1);
        let held = ROWS.by_stack.write().unwrap();
        ROWS.of(&[1]).add(1);
        assert_eq!(ROWS.other.values(), [1, 1]);
        assert!(ROWS.all().is_none());
        drop(held);
        assert_eq!(ROWS.all().unwrap().len(), 2);
    }
}
