//! Records of several processes to observations.

use memgate::protocol::{CountWindow, EngineWindows, Metric, Record, Windows};

use crate::model::{Measurement, MetricKey, MetricMap, Observation, Phase};

/// What the records of several processes amount to. None when there is no record, or one is of another engine.
pub(super) fn observe(records: &[Record]) -> Option<Measurement> {
    let processes: Option<Vec<&Windows<CountWindow>>> = records
        .iter()
        .map(|record| match &record.windows {
            EngineWindows::Count(windows) => Some(windows),
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
    })
}

fn values(processes: &[&Windows<CountWindow>], key: MetricKey) -> Vec<i64> {
    let MetricKey { phase, metric } = key;
    match (phase, metric) {
        (Phase::Cold, _) => processes.iter().map(|windows| windows.cold.value(metric)).collect(),
        (Phase::Steady, Metric::LeakedBytes) => {
            processes.iter().filter_map(|windows| leaked_bytes(windows)).collect()
        }
        (Phase::Steady, _) => processes
            .iter()
            .flat_map(|windows| windows.steady.iter().map(|window| window.value(metric)))
            .collect(),
    }
}

/// The least growth of any iteration: what grows only sometimes (a cache that fills, a buffer that doubles) is not
/// called a leak, and neither is what shrinks.
fn leaked_bytes(windows: &Windows<CountWindow>) -> Option<i64> {
    windows.steady.iter().map(|window| window.growth_bytes).min().map(|growth| growth.max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(cold: i64, growths: [i64; 3]) -> Record {
        let window = |growth_bytes| CountWindow { allocs: 5, growth_bytes, ..CountWindow::default() };
        let cold = CountWindow { allocs: cold, ..CountWindow::default() };
        let windows = EngineWindows::Count(Windows { cold, steady: growths.map(window).to_vec() });
        Record { name: "a".into(), threads: 1, peak_error_bytes: 0, is_custom: false, windows }
    }

    #[test]
    fn a_leak_is_what_every_window_leaks() {
        let leaked = |growths| {
            let measurement = observe(&[record(9, growths)]).unwrap();
            measurement.metrics.get(MetricKey::steady(Metric::LeakedBytes)).unwrap().clone()
        };
        assert_eq!(leaked([64, 64, 64]), Observation::Exact(64));
        assert_eq!(leaked([64, 0, 64]), Observation::Exact(0));
        assert_eq!(leaked([-8, -8, -8]), Observation::Exact(0));
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
