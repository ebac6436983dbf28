//! What criterion leaves: `benchmark.json` and `estimates.json` in `<id>/new`, `<id>/<baseline>` and `<id>/change` (criterion
//! 0.8, `src/analysis/mod.rs`; times are nanoseconds).

use std::path::{Path, PathBuf};

use memgate_report::model::{BenchmarkTime, MeanTime, TimeChange};
use serde::Deserialize;

use crate::store::read_left;

/// They take a few kilobytes.
const MAXIMUM_BYTES: u64 = 1 << 24;

#[derive(Deserialize)]
struct BenchmarkFile {
    full_id: String,
    directory_name: String,
}

#[derive(Deserialize)]
struct EstimatesFile {
    mean: Estimate,
}

#[derive(Clone, Copy, Deserialize)]
struct Estimate {
    point_estimate: f64,
    confidence_interval: ConfidenceInterval,
}

#[derive(Clone, Copy, Deserialize)]
struct ConfidenceInterval {
    confidence_level: f64,
    lower_bound: f64,
    upper_bound: f64,
}

/// Folders are nested as deep as an id has parts, of which criterion knows three.
const DEEPEST: usize = 4;

/// Removes what an earlier process measured, so that it is not taken for this one's. Saved baselines stay.
pub(super) fn forget_measured(home: &Path) -> std::io::Result<()> {
    for folder in folders(home, DEEPEST) {
        for old in ["new", "change"] {
            match std::fs::remove_dir_all(folder.join(old)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    Ok(())
}

/// The time of the `number`-th benchmark with this full id, counted from 1; none when criterion left none.
pub(super) fn read_time(home: &Path, full_id: &str, number: usize, baseline: &str) -> Option<BenchmarkTime> {
    let mut found: Vec<(usize, String, PathBuf)> = folders(home, DEEPEST)
        .into_iter()
        .filter_map(|folder| {
            let file: BenchmarkFile = read(&folder.join("new/benchmark.json"))?;
            // `name`, `name_2`, …, `name_10`: shorter ones come first.
            (file.full_id == full_id).then_some((file.directory_name.len(), file.directory_name, folder))
        })
        .collect();
    found.sort();
    let (_, _, folder) = found.into_iter().nth(number.checked_sub(1)?)?;
    let measured: EstimatesFile = read(&folder.join("new/estimates.json"))?;
    let saved = read::<EstimatesFile>(&folder.join(baseline).join("estimates.json"));
    let change = saved.as_ref().and_then(|_| read::<EstimatesFile>(&folder.join("change/estimates.json")));
    Some(BenchmarkTime {
        mean: mean_time(measured.mean)?,
        confidence_percent: percent(measured.mean.confidence_interval.confidence_level),
        saved: saved.and_then(|saved| mean_time(saved.mean)),
        change: change.and_then(|change| time_change(change.mean)),
    })
}

/// A folder and those in it, down to a depth. What can't be read has nothing in it.
fn folders(folder: &Path, depth: usize) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    if depth > 0 {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let inner = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        found.extend(inner.flat_map(|entry| folders(&entry.path(), depth - 1)));
    }
    found
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&read_left(path, MAXIMUM_BYTES).ok()?).ok()
}

fn mean_time(estimate: Estimate) -> Option<MeanTime> {
    const PICOSECONDS: f64 = 1_000.0;
    let interval = estimate.confidence_interval;
    Some(MeanTime {
        picoseconds: whole(estimate.point_estimate, PICOSECONDS).filter(|mean| *mean >= 0)?,
        lower: whole(interval.lower_bound, PICOSECONDS)?,
        upper: whole(interval.upper_bound, PICOSECONDS)?,
    })
}

fn time_change(estimate: Estimate) -> Option<TimeChange> {
    const MILLIONTHS: f64 = 1_000_000.0;
    let interval = estimate.confidence_interval;
    Some(TimeChange {
        millionths: whole(estimate.point_estimate, MILLIONTHS)?,
        lower: whole(interval.lower_bound, MILLIONTHS)?,
        upper: whole(interval.upper_bound, MILLIONTHS)?,
    })
}

/// A number in smaller units, where it has that many.
fn whole(value: f64, factor: f64) -> Option<i64> {
    // A hundred days in picoseconds; what is larger is no measurement.
    const LARGEST: f64 = 8.64e18;
    let value = (value * factor).round();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is whole, and has been compared with the largest"
    )]
    (value.abs() <= LARGEST).then_some(value as i64)
}

fn percent(level: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is between 0 and 100, and floats are cut at the ends of integers"
    )]
    let percent = (level * 100.0).round().clamp(0.0, 100.0) as u32;
    percent
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimates(mean: f64) -> String {
        format!(
            r#"{{"mean":{{"confidence_interval":{{"confidence_level":0.95,"lower_bound":{},"upper_bound":{}}},"point_estimate":{mean},"standard_error":1.0}},"slope":null}}"#,
            mean * 0.9,
            mean * 1.1
        )
    }

    fn leave(home: &Path, directory: &str, full_id: &str, mean: f64) {
        let new = home.join(directory).join("new");
        std::fs::create_dir_all(&new).unwrap();
        let benchmark = serde_json::json!({"full_id": full_id, "directory_name": directory, "title": "…"});
        std::fs::write(new.join("benchmark.json"), benchmark.to_string()).unwrap();
        std::fs::write(new.join("estimates.json"), estimates(mean)).unwrap();
    }

    #[test]
    fn benchmarks_of_one_id_are_told_apart_by_their_number() {
        let home = tempfile::tempdir().unwrap();
        for number in 2..=10 {
            leave(home.path(), &format!("g/f_{number}"), "g/f", f64::from(number));
        }
        leave(home.path(), "g/f", "g/f", 1.0);
        leave(home.path(), "g/f_1", "g/f_1", 77.0);
        let mean =
            |number| read_time(home.path(), "g/f", number, "memgate").map(|time| time.mean.picoseconds);
        assert_eq!(
            [1, 2, 9, 10, 11, 0].map(mean),
            [Some(1_000), Some(2_000), Some(9_000), Some(10_000), None, None]
        );
    }

    #[test]
    fn what_an_earlier_process_measured_is_forgotten_and_what_is_saved_is_not() {
        let home = tempfile::tempdir().unwrap();
        leave(home.path(), "f", "f", 3.0);
        let saved = home.path().join("f/memgate");
        std::fs::create_dir_all(&saved).unwrap();
        std::fs::write(saved.join("estimates.json"), estimates(2.0)).unwrap();
        let time = read_time(home.path(), "f", 1, "memgate").unwrap();
        let saved_mean = MeanTime { picoseconds: 2_000, lower: 1_800, upper: 2_200 };
        assert_eq!((time.saved, time.confidence_percent, time.change), (Some(saved_mean), 95, None));
        forget_measured(home.path()).unwrap();
        assert_eq!(read_time(home.path(), "f", 1, "memgate"), None);
        assert!(saved.join("estimates.json").exists());
        forget_measured(&home.path().join("not there")).unwrap();
    }

    #[test]
    fn what_is_no_number_is_no_time() {
        assert_eq!(whole(f64::NAN, 1.0), None);
        assert_eq!(whole(f64::INFINITY, 1.0), None);
        assert_eq!(whole(1e300, 1_000.0), None);
        assert_eq!(whole(0.25, 1_000.0), Some(250));
    }
}
