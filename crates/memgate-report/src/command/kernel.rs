//! What the kernel says of a command, beside what was counted.

use memgate_protocol::process_table::ProcessTable;

/// What the kernel says of a command. Both differ from run to run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KernelFigures {
    /// The highest resident memory of any of its processes; none where that is not known of all of them.
    pub resident_peak_bytes: Option<u64>,
    /// The highest that was charged to a control group of its own; none where none could be made.
    pub cgroup_peak_bytes: Option<u64>,
}

/// The highest resident memory of any process of a command.
///
/// The largest, rather than the sum: what processes share, as the C library's code, is resident in each of them.
///
/// Each program says at its end how much it was. One that was killed, or counts by itself, has not: then it is `of_children`, what
/// the system has noted of those that have been waited for, where that is known.
#[must_use]
pub fn largest_resident(table: &ProcessTable, of_children: Option<u64>) -> Option<u64> {
    let said = table.processes.iter().map(|entry| entry.resident_peak_bytes);
    match said.collect::<Option<Vec<u64>>>() {
        Some(said) if !said.is_empty() => said.into_iter().max(),
        _ => of_children,
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{entry, table};
    use super::*;

    #[test]
    fn the_largest_process_is_told_where_all_have_said_how_large_they_were() {
        let entry = |number, resident_peak_bytes| {
            let mut entry = entry(number, number, "/bin/app", [1; 4]);
            entry.resident_peak_bytes = resident_peak_bytes;
            entry
        };
        let both = |second| table(vec![entry(1, Some(5)), entry(2, second)]);
        assert_eq!(largest_resident(&both(Some(7)), Some(90)), Some(7));
        assert_eq!(largest_resident(&both(None), Some(90)), Some(90));
        assert_eq!(largest_resident(&both(None), None), None);
        assert_eq!(largest_resident(&table(Vec::new()), None), None);
    }
}
