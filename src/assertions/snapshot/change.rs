//! What has changed since numbers were recorded.

use memgate_protocol::snapshots::Snapshot;
use memgate_protocol::{Limit, Metric};

/// A number that changed by more than its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) metric: Metric,
    pub(super) recorded: i64,
    pub(super) measured: i64,
}

impl Change {
    pub(super) fn is_rise(&self) -> bool {
        self.measured > self.recorded
    }
}

/// What changed by more than the gate's default limits, up or down, in the order of the gate's columns.
pub(super) fn changes(recorded: &Snapshot, measured: &Snapshot) -> Vec<Change> {
    let pairs = recorded.by_metric().zip(measured.values);
    let changes = pairs.map(|((metric, recorded), measured)| Change { metric, recorded, measured });
    changes
        .filter(|Change { metric, recorded, measured }| {
            let limit = Limit::default_of(*metric);
            limit.is_exceeded(*recorded, *measured) || limit.is_undercut(*recorded, *measured)
        })
        .collect()
}

/// In what two snapshots were recorded otherwise than by other code; nothing when in nothing.
pub(super) fn other_environment(recorded: &Snapshot, measured: &Snapshot) -> Option<String> {
    if recorded.probe != measured.probe {
        return Some("another version of memgate recorded them, which counts otherwise".to_owned());
    }
    (recorded.rustc != measured.rustc).then(|| {
        format!(
            "they were recorded with rustc {}, and this is {}: its standard library may allocate otherwise",
            recorded.rustc, measured.rustc
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(values: [i64; 5]) -> Snapshot {
        Snapshot { values, probe: 1, rustc: "1.95.0".to_owned() }
    }

    #[test]
    fn what_is_within_the_limits_of_the_gate_is_no_change() {
        let recorded = snapshot([1_000, 100_000, 10, 0, -500]);
        for values in [[1_256, 101_000, 10, 0, -244], [744, 99_000, 10, 0, -756], recorded.values] {
            assert_eq!(changes(&recorded, &snapshot(values)), [], "{values:?}");
        }
        let found = changes(&recorded, &snapshot([1_257, 98_999, 9, 1, -243]));
        let rises: Vec<(Metric, bool)> =
            found.iter().map(|change| (change.metric, change.is_rise())).collect();
        assert_eq!(
            rises,
            [
                (Metric::PeakBytes, true),
                (Metric::TotalBytes, false),
                (Metric::Allocs, false),
                (Metric::Reallocs, true),
                (Metric::RetainedBytes, true),
            ]
        );
    }

    #[test]
    fn another_compiler_and_another_probe_are_told() {
        let recorded = snapshot([0; 5]);
        assert_eq!(other_environment(&recorded, &recorded), None);
        let newer = Snapshot { rustc: "1.96.0".to_owned(), ..recorded.clone() };
        assert!(other_environment(&recorded, &newer).unwrap().contains("rustc 1.95.0, and this is 1.96.0"));
        let probe = Snapshot { probe: 2, ..newer };
        assert!(other_environment(&recorded, &probe).unwrap().contains("counts otherwise"));
    }
}
