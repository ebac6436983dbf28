//! Samples of processor time, added up by call stack.

use std::collections::HashMap;

use crate::process::{LoadedObject, length_in_code};
use crate::profile::StackRow;

/// So many stacks are kept apart.
const MOST_STACKS: usize = 16_384;

/// How many samples each stack has.
#[derive(Debug, Default)]
pub(super) struct Sums {
    by_stack: HashMap<Box<[u64]>, u64>,
    /// Of stacks for which there was no room.
    other: u64,
}

impl Sums {
    pub(super) fn add(&mut self, return_addresses: &[u64], weight: u64) {
        if let Some(sum) = self.by_stack.get_mut(return_addresses) {
            *sum += weight;
        } else if self.by_stack.len() < MOST_STACKS && !return_addresses.is_empty() {
            self.by_stack.insert(return_addresses.into(), weight);
        } else {
            self.other += weight;
        }
    }

    /// Each stack with its samples and its time, as far as there is code.
    pub(super) fn into_rows(self, objects: &[LoadedObject], nanoseconds_each: u64) -> Vec<StackRow> {
        let mut rows: HashMap<Vec<u64>, u64> = HashMap::new();
        for (stack, sum) in self.by_stack {
            *rows.entry(stack[..length_in_code(objects, &stack)].to_vec()).or_default() += sum;
        }
        if self.other > 0 {
            rows.insert(Vec::new(), self.other);
        }
        let row = |(return_addresses, sum): (Vec<u64>, u64)| StackRow {
            return_addresses,
            values: [sum, sum.saturating_mul(nanoseconds_each)],
            ..StackRow::default()
        };
        let mut rows: Vec<StackRow> = rows.into_iter().map(row).collect();
        rows.sort_unstable_by(|a, b| a.return_addresses.cmp(&b.return_addresses));
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stacks_end_where_there_is_no_code_and_are_one_then() {
        let code = LoadedObject {
            start: 0x1000,
            limit: 0x2000,
            file_offset: 0,
            path: String::new(),
            build_id: String::new(),
            file: None,
        };
        let mut sums = Sums::default();
        sums.add(&[0x1001, 0x1101, 0x9999, 0x1201], 2);
        sums.add(&[0x1001, 0x1101], 1);
        sums.add(&[0x1001, 0x1101, 0x7777], 1);
        sums.add(&[0x9000, 0x1101], 5);
        sums.add(&[], 3);
        let rows = sums.into_rows(&[code], 10);
        let found: Vec<_> = rows.iter().map(|row| (row.return_addresses.as_slice(), row.values)).collect();
        assert_eq!(
            found,
            [(&[][..], [3, 30]), (&[0x1001, 0x1101][..], [4, 40]), (&[0x9000, 0x1101][..], [5, 50])]
        );
    }

    #[test]
    fn more_stacks_than_there_is_room_for_are_one_row() {
        let mut sums = Sums::default();
        for address in 0..MOST_STACKS as u64 + 5 {
            sums.add(&[address], 1);
        }
        sums.add(&[1], 1);
        assert_eq!((sums.other, sums.by_stack[&[1][..]]), (5, 2));
    }
}
