//! Records of several processes to observations.

use memgate_protocol::{CountWindow, EngineWindows, LongRun, Metric, Record, Windows};
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
            // A process that did not look at more than its windows knows less than one that did.
            let has_long_run = processes.iter().any(|(_, long_run)| long_run.is_some());
            let informed = processes.iter().filter(|(_, long_run)| long_run.is_some() == has_long_run);
            let leaks = informed.filter_map(|(windows, long_run)| windows.leaked_bytes(*long_run));
            // What a process could not decide is a spread by itself.
            leaks
                .flat_map(|(least, most)| if least == most { vec![least] } else { vec![least, most] })
                .collect()
        }
        (Phase::Steady, _) => processes
            .iter()
            .flat_map(|(windows, _)| windows.steady.iter().map(|window| window.value(metric)))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use memgate_protocol::LiveBytes;

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
