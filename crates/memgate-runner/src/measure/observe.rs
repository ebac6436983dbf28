//! Records of several processes to observations.

use memgate_protocol::{CountWindow, EngineWindows, LiveBytes, LongRun, Metric, Record, Windows};
use memgate_report::model::{Measurement, MetricKey, MetricMap, Observation, Phase};

/// What the records of several processes amount to. None when there is no record, or one is of another engine.
pub(super) fn observe(records: &[Record]) -> Option<Measurement> {
    let processes: Option<Vec<Process<'_>>> = records
        .iter()
        .map(|record| match &record.windows {
            EngineWindows::Count(windows) => Some((windows, record.long_run)),
            EngineWindows::Sites(_) | EngineWindows::StatsAlloc(_) | EngineWindows::Dhat(_) => None,
        })
        .collect();
    let processes = processes?;
    let metrics: Option<MetricMap> =
        MetricKey::all().map(|key| Some((key, Observation::of(values(&processes, key))?))).collect();
    Some(Measurement {
        metrics: metrics?,
        peak_error_bytes: records.iter().map(|record| record.peak_error_bytes).max()?,
        processes: u32::try_from(records.len()).unwrap_or(u32::MAX),
        threads: records.iter().map(|record| record.threads).max()?,
        is_custom: records.iter().any(|record| record.is_custom),
        starts_processes: false,
    })
}

/// The windows of a process, and its long run.
type Process<'a> = (&'a Windows<CountWindow>, Option<LongRun>);

fn values(processes: &[Process<'_>], key: MetricKey) -> Vec<i64> {
    let MetricKey { phase, metric } = key;
    match (phase, metric) {
        (Phase::Cold, _) => processes.iter().map(|(windows, _)| windows.cold.value(metric)).collect(),
        (Phase::Steady, Metric::LeakedBytes) => {
            // A process that did not look at more than its windows, or came to no end, knows less than one that did.
            let most = processes.iter().map(|(_, long_run)| knowledge(*long_run)).max();
            let informed = processes.iter().filter(|(_, long_run)| Some(knowledge(*long_run)) == most);
            let leaks = informed.filter_map(|(windows, long_run)| windows.leaked_bytes(*long_run));
            // What a process could not decide is a spread by itself.
            leaks
                .flat_map(|(least, most)| if least == most { vec![least] } else { vec![least, most] })
                .collect()
        }
        // The kernel is asked of commands alone.
        (Phase::Resident | Phase::Cgroup, _) => Vec::new(),
        (Phase::Steady, _) => processes
            .iter()
            .flat_map(|(windows, _)| windows.steady.iter().map(|window| window.value(metric)))
            .collect(),
    }
}

/// How much a process knows of leaks, to be compared with others.
fn knowledge(long_run: Option<LongRun>) -> u8 {
    match long_run.map(|long_run| long_run.live_bytes) {
        None => 0,
        Some(LiveBytes::Undecided(_)) => 1,
        Some(LiveBytes::Level | LiveBytes::Rising(_)) => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(cold: i64, growths: [i64; 3]) -> Record {
        let window = |growth_bytes| CountWindow { allocs: 5, growth_bytes, ..CountWindow::default() };
        let cold = CountWindow { allocs: cold, ..CountWindow::default() };
        let windows = EngineWindows::Count(Windows { cold, steady: growths.map(window).to_vec() });
        Record {
            name: "a".into(),
            threads: 1,
            peak_error_bytes: 0,
            is_custom: false,
            long_run: None,
            windows,
        }
    }

    #[test]
    fn a_leak_that_is_not_decided_is_a_spread() {
        let leaked = |live_bytes| {
            let long_run = Some(LongRun { iterations: 99, live_bytes });
            let records = [Record { long_run, ..record(9, [0; 3]) }, record(9, [0; 3])];
            let measurement = observe(&records).unwrap();
            measurement.metrics.get(MetricKey::steady(Metric::LeakedBytes)).unwrap().clone()
        };
        assert_eq!(leaked(LiveBytes::Level), Observation::Exact(0));
        assert_eq!(leaked(LiveBytes::Undecided(12)), Observation::of(vec![0, 12]).unwrap());
        assert_eq!(leaked(LiveBytes::Rising(12)), Observation::Exact(12), "the other process did not look");
    }

    #[test]
    fn a_process_that_came_to_an_end_knows_more_than_one_that_did_not() {
        let leaked = |all: [Option<LiveBytes>; 3]| {
            let long_run = |live_bytes| LongRun { iterations: 99, live_bytes };
            let records =
                all.map(|live_bytes| Record { long_run: live_bytes.map(long_run), ..record(9, [8; 3]) });
            observe(&records).unwrap().metrics.get(MetricKey::steady(Metric::LeakedBytes)).unwrap().clone()
        };
        let (level, rising, undecided) =
            (Some(LiveBytes::Level), Some(LiveBytes::Rising(9)), Some(LiveBytes::Undecided(12)));
        assert_eq!(leaked([None; 3]), Observation::Exact(8));
        assert_eq!(leaked([None, undecided, None]), Observation::of(vec![0, 12]).unwrap());
        assert_eq!(leaked([level, undecided, None]), Observation::Exact(0));
        assert_eq!(leaked([undecided, rising, None]), Observation::Exact(9));
        assert_eq!(leaked([level, rising, undecided]), Observation::of(vec![0, 9]).unwrap());
    }

    #[test]
    fn steady_values_of_all_processes_are_one_observation_and_cold_ones_another() {
        let measurement = observe(&[record(9, [0; 3]), record(10, [0; 3])]).unwrap();
        assert_eq!(measurement.processes, 2);
        assert_eq!(measurement.metrics.get(MetricKey::steady(Metric::Allocs)), Some(&Observation::Exact(5)));
        let cold = measurement.metrics.get(MetricKey::cold(Metric::Allocs)).unwrap();
        assert_eq!((cold.minimum(), cold.maximum()), (9, 10));
    }

    #[test]
    fn without_records_there_is_nothing() {
        assert_eq!(observe(&[]), None);
    }
}
