//! What threads do and wait for, by call stack.

use std::time::{Duration, SystemTime};

/// Two sums for each call stack.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StackProfile {
    /// When this was taken.
    pub(crate) taken_at: SystemTime,
    /// What time it covers; zero for all since the start, and for a state.
    pub(crate) time: Duration,
    pub(crate) rows: Vec<StackRow>,
    /// Whether the program keeps frame pointers.
    pub(crate) has_frame_pointers: bool,
    /// What a reader has to know beside it.
    pub(crate) notes: Vec<String>,
}

/// One stack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StackRow {
    /// From the innermost call outwards.
    pub(crate) return_addresses: Vec<u64>,
    pub(crate) values: [u64; 2],
    /// Names and texts that tell it apart from others with the same stack.
    pub(crate) labels: Vec<(&'static str, String)>,
    /// Why there are no addresses, where something else than usual is the reason.
    pub(crate) without_addresses: Option<String>,
}

impl StackProfile {
    /// One of this moment, with nothing in it.
    #[cfg(any(feature = "sync", feature = "threads", test))]
    pub(crate) fn now() -> Self {
        Self {
            taken_at: SystemTime::now(),
            time: Duration::ZERO,
            rows: Vec::new(),
            has_frame_pointers: true,
            notes: Vec::new(),
        }
    }

    /// What came after `earlier`. What was there then is less by as much, and is left out where nothing came.
    pub(crate) fn since(mut self, earlier: &Self, time: Duration) -> Self {
        let before: std::collections::HashMap<_, _> =
            earlier.rows.iter().map(|row| (&row.return_addresses, row.values)).collect();
        for row in &mut self.rows {
            let before = before.get(&row.return_addresses).copied().unwrap_or_default();
            row.values = [row.values[0].saturating_sub(before[0]), row.values[1].saturating_sub(before[1])];
        }
        self.rows.retain(|row| row.values != [0; 2]);
        Self { time, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_has_what_came_in_between() {
        let of = |rows: &[(u64, [u64; 2])]| StackProfile {
            rows: rows
                .iter()
                .map(|(address, values)| StackRow {
                    return_addresses: vec![*address],
                    values: *values,
                    ..StackRow::default()
                })
                .collect(),
            ..StackProfile::now()
        };
        let time = Duration::from_secs(3);
        let found =
            of(&[(1, [5, 50]), (2, [1, 10]), (3, [2, 7])]).since(&of(&[(1, [4, 20]), (2, [1, 10])]), time);
        assert_eq!((&found.rows, found.time), (&of(&[(1, [1, 30]), (3, [2, 7])]).rows, time));
    }
}
