//! A verdict from figures, and from the verdict before.

use std::fmt;

use super::threshold::{Threshold, Thresholds};
use crate::memory::{LimitSource, MemoryFigures};

/// A verdict holds until the memory is below this part of what led to it: at a threshold, it would change with every request.
const LEAVES_BELOW: f64 = 0.9;

/// How the process is off for memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Health {
    /// There is enough, or nothing is known.
    #[default]
    Ok,
    /// Somebody should look.
    High,
    /// Nothing new should begin here.
    Critical,
}

impl fmt::Display for Health {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Ok => "ok",
            Self::High => "high",
            Self::Critical => "critical",
        })
    }
}

/// What was found, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) health: Health,
    pub(crate) reason: String,
}

/// Judges figures; `before` is the verdict of the last time.
pub(crate) fn judge(before: Health, figures: &MemoryFigures, thresholds: &Thresholds) -> Verdict {
    let Some(used) = figures.used_bytes() else {
        return Verdict {
            health: Health::Ok,
            reason: "the kernel does not say how much memory there is".to_owned(),
        };
    };
    let limit = figures.limit();
    let mut reasons = Vec::new();
    let mut health = Health::Ok;
    for (level, threshold) in [(Health::Critical, thresholds.critical), (Health::High, thresholds.high)] {
        let Some(bytes) = threshold.bytes(limit) else {
            reasons.push(format!("{level} is a part of a limit that is not known"));
            continue;
        };
        let is_reached = used as f64 >= bytes;
        if health == Health::Ok && (is_reached || (before >= level && used as f64 >= bytes * LEAVES_BELOW)) {
            health = level;
            let until = if is_reached { "" } else { " and until 10 % below" };
            reasons.insert(0, format!("{level} is from {}{until}", said(threshold)));
        }
    }
    let of = match limit.map(|limit| (limit.bytes, limit.source)) {
        Some((bytes, source)) => {
            let whose = match source {
                LimitSource::Cgroup => "the control group may have",
                LimitSource::Host => "the machine has",
            };
            format!(" of {} MiB that {whose} ({:.1} %)", mebibytes(bytes), used as f64 / bytes as f64 * 100.0)
        }
        None => String::new(),
    };
    reasons.insert(
        0,
        format!("{} MiB can't be taken back,{of}", mebibytes(used)).trim_end_matches(',').to_owned(),
    );
    Verdict { health, reason: reasons.join("; ") }
}

fn said(threshold: Threshold) -> String {
    match threshold {
        Threshold::Bytes(bytes) => format!("{} MiB", mebibytes(bytes)),
        Threshold::Percent(percent) => format!("{percent} %"),
    }
}

const fn mebibytes(bytes: u64) -> u64 {
    bytes >> 20
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(used: u64, host: Option<u64>) -> MemoryFigures {
        MemoryFigures {
            anonymous_bytes: Some(used << 20),
            host_bytes: host.map(|host| host << 20),
            ..MemoryFigures::default()
        }
    }

    #[test]
    fn a_verdict_is_entered_at_its_threshold_and_left_well_below() {
        let mut health = Health::Ok;
        let mut seen = Vec::new();
        for used in [79, 80, 79, 73, 90, 89, 81, 80, 71, 95, 10] {
            health = judge(health, &figures(used, Some(100)), &Thresholds::default()).health;
            seen.push(health);
        }
        let (ok, high, critical) = (Health::Ok, Health::High, Health::Critical);
        assert_eq!(seen, [ok, high, high, high, critical, critical, critical, high, ok, critical, ok]);
    }

    #[test]
    fn bytes_need_no_limit_and_per_cent_do() {
        let thresholds = Thresholds { high: Threshold::Percent(1.0), critical: Threshold::Bytes(50 << 20) };
        let verdict = judge(Health::Ok, &figures(60, None), &thresholds);
        assert_eq!(verdict.health, Health::Critical);
        assert_eq!(
            verdict.reason,
            "60 MiB can't be taken back; critical is from 50 MiB; high is a part of a limit that is not known"
        );
        let verdict = judge(Health::Ok, &figures(40, None), &thresholds);
        assert_eq!(verdict.health, Health::Ok);
        let with = judge(Health::Ok, &figures(60, Some(100)), &Thresholds::default());
        assert_eq!(with.reason, "60 MiB can't be taken back, of 100 MiB that the machine has (60.0 %)");
    }

    #[test]
    fn nothing_known_and_nonsense_are_no_alarm() {
        assert_eq!(
            judge(Health::Critical, &MemoryFigures::default(), &Thresholds::default()).health,
            Health::Ok
        );
        for nonsense in [f64::NAN, f64::INFINITY, -1.0, 0.0] {
            let thresholds =
                Thresholds { high: Threshold::Percent(nonsense), critical: Threshold::Percent(nonsense) };
            assert_eq!(judge(Health::Ok, &figures(60, Some(100)), &thresholds).health, Health::Ok);
        }
    }
}
