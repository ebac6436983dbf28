//! When there is a snapshot: figures and a clock to a decision.

use std::time::Duration;

use super::latch::{Condition, Latch, Step};
use super::pace::Pace;
use super::reason::{Reason, Skip};
use super::stall::Stall;
use super::trend::{Rise, Trend};
use super::triggers::{Growth, Slope, Triggers};
use crate::memory::MemoryFigures;

/// A trigger is armed again when it is below this part of what led to a snapshot.
const OFF_BELOW: f64 = 0.9;
/// What varies by itself has to be further below.
const FAR_BELOW: f64 = 0.5;
/// In how much of all pairs of looks the later one has to be higher. Of a step or of a saw with two teeth it is three quarters.
const STEADY: f64 = 0.85;
/// Less of a rise over the window is none, in parts of the limit: at a plateau close to the limit, anything would be a leak.
const LEAST_RISE: f64 = 0.01;
/// Between two signals that are followed.
const SIGNAL_PAUSE: Duration = Duration::from_secs(10);
/// After a snapshot that could not be written.
const RETRY: Duration = Duration::from_secs(10);

/// What is known at one moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look<'a> {
    /// Since the start, by a clock that nobody sets.
    pub(super) at: Duration,
    pub(super) live_bytes: u64,
    pub(super) figures: &'a MemoryFigures,
    /// How much was live in the highest snapshot so far; none before the first.
    pub(super) highest_bytes: Option<u64>,
    pub(super) is_signalled: bool,
}

/// What follows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decision {
    /// Why there is to be a snapshot, and that in words.
    pub(super) due: Option<(Reason, String)>,
    pub(super) skipped: Vec<Skip>,
    /// When to look again.
    pub(super) next: Duration,
}

/// All triggers with their states.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    triggers: Triggers,
    levels: Vec<Latch>,
    live_levels: Vec<Latch>,
    growth: Latch,
    /// How much was live at the first look: what growth is over until there is a snapshot.
    first_bytes: Option<u64>,
    slope: Latch,
    pressure: Latch,
    start: Latch,
    signal: Latch,
    has_signal: bool,
    trend: Option<Trend>,
    stall: Stall,
    pace: Pace,
    retry_at: Duration,
}

impl Policy {
    pub(super) fn new(triggers: Triggers) -> Self {
        Self {
            levels: vec![Latch::new(); triggers.levels.len()],
            live_levels: vec![Latch::new(); triggers.live_levels.len()],
            growth: Latch::new(),
            first_bytes: None,
            slope: Latch::new(),
            pressure: Latch::new(),
            start: Latch::new(),
            signal: Latch::new(),
            has_signal: false,
            trend: triggers.slope.map(|slope| Trend::new(slope.window)),
            stall: Stall::default(),
            pace: Pace::default(),
            retry_at: Duration::ZERO,
            triggers,
        }
    }

    /// Decides. What comes of it has to be told: [`taken`](Self::taken) or [`failed`](Self::failed).
    pub(super) fn decide(&mut self, look: &Look<'_>) -> Decision {
        self.has_signal |= look.is_signalled;
        let pressure = look.figures.cgroup.and_then(|cgroup| cgroup.pressure).or(look.figures.pressure);
        self.stall.look(look.at, pressure.map(|pressure| pressure.some));
        if let Some(trend) = &mut self.trend {
            trend.look(look.at, look.live_bytes);
        }
        let mut judged = Judged { at: look.at, due: None, skipped: Vec::new() };
        let cool_down = self.triggers.cool_down;

        let signal = if self.has_signal { Condition::On } else { Condition::Off };
        judged.step(&mut self.signal, signal, SIGNAL_PAUSE, Reason::Signal, || "a signal".to_owned());
        let used = look.figures.used_bytes();
        let limit = look.figures.limit();
        let mut next_level = None;
        for (threshold, latch) in self.triggers.levels.iter().zip(&mut self.levels) {
            let (Some(used), Some(level)) = (used.map(|used| used as f64), threshold.bytes(limit)) else {
                judged.step(latch, Condition::Between, cool_down, Reason::Level, String::new);
                continue;
            };
            if level > used {
                next_level = Some(next_level.map_or(level, |next: f64| next.min(level)));
            }
            judged.step(latch, Condition::of(used, level, OFF_BELOW), cool_down, Reason::Level, || {
                format!("{used} bytes can't be taken back, from {level:.0} on")
            });
        }
        for (level, latch) in self.triggers.live_levels.iter().zip(&mut self.live_levels) {
            let condition = Condition::of(look.live_bytes as f64, *level as f64, OFF_BELOW);
            judged.step(latch, condition, cool_down, Reason::Level, || {
                format!("{} bytes are live, from {level} on", look.live_bytes)
            });
        }
        if let Some(percent) = self.triggers.pressure_percent {
            let found = self.stall.percent();
            let condition =
                found.map_or(Condition::Between, |found| Condition::of(found, percent, FAR_BELOW));
            judged.step(&mut self.pressure, condition, cool_down, Reason::Pressure, || {
                format!("tasks waited for memory in {:.0} % of the last seconds", found.unwrap_or_default())
            });
        }
        if let (Some(slope), Some(trend)) = (self.triggers.slope, &self.trend) {
            let rise = trend.rise();
            let room = limit.zip(used).map(|(limit, used)| (limit.bytes as f64, used as f64));
            let condition = rise
                .zip(room)
                .map_or(Condition::Between, |(rise, (limit, used))| rises(slope, rise, limit, used));
            judged.step(&mut self.slope, condition, cool_down, Reason::Slope, || {
                format!(
                    "what is live rises by {:.0} bytes a second",
                    rise.unwrap_or_default().bytes_per_second
                )
            });
        }
        let first = *self.first_bytes.get_or_insert(look.live_bytes);
        if let Some(growth) = self.triggers.growth {
            let before = look.highest_bytes.unwrap_or(first);
            let condition = grows(growth, before, look.live_bytes);
            judged.step(&mut self.growth, condition, cool_down, Reason::Growth, || {
                format!("{} bytes are live, after {before}", look.live_bytes)
            });
        }
        if let Some(start) = self.triggers.start {
            // It is never off again, so that there is one.
            let condition = if look.at >= start { Condition::On } else { Condition::Between };
            judged.step(&mut self.start, condition, cool_down, Reason::Start, || {
                format!("{} s after the start", start.as_secs())
            });
        }
        let next = self.pace.next(look.at, used.map(|used| used as f64), next_level);
        Decision { due: judged.due.filter(|_| look.at >= self.retry_at), skipped: judged.skipped, next }
    }

    /// There is a snapshot, which shows what all triggers have found that are on now.
    pub(super) fn taken(&mut self, at: Duration) {
        self.has_signal = false;
        let single =
            [&mut self.signal, &mut self.pressure, &mut self.slope, &mut self.growth, &mut self.start];
        single
            .into_iter()
            .chain(&mut self.levels)
            .chain(&mut self.live_levels)
            .for_each(|latch| latch.taken(at));
        // Another signal is another one, and what has grown since is growth over this snapshot.
        self.signal.rearm();
        self.growth.rearm();
    }

    /// There is none, though there should be: it is tried again a little later.
    pub(super) fn failed(&mut self, at: Duration) {
        self.retry_at = at.saturating_add(RETRY);
    }
}

/// What has been found at one look.
struct Judged {
    at: Duration,
    due: Option<(Reason, String)>,
    skipped: Vec<Skip>,
}

impl Judged {
    fn step(
        &mut self,
        latch: &mut Latch,
        condition: Condition,
        cool_down: Duration,
        reason: Reason,
        why: impl FnOnce() -> String,
    ) {
        match latch.step(self.at, condition, cool_down) {
            Step::Quiet => {}
            Step::Skipped(skip) => self.skipped.push(skip),
            // Of two levels, the later one in the list is said.
            Step::Due if self.due.as_ref().is_none_or(|(other, _)| reason <= *other) => {
                self.due = Some((reason, why()));
            }
            Step::Due => {}
        }
    }
}

fn grows(growth: Growth, before: u64, live: u64) -> Condition {
    let is_on = live as f64 >= before as f64 * (1.0 + growth.percent / 100.0)
        && live >= before.saturating_add(growth.bytes);
    // With a snapshot, the next one is that much higher.
    if is_on { Condition::On } else { Condition::Off }
}

fn rises(slope: Slope, rise: Rise, limit: f64, used: f64) -> Condition {
    let needed = ((limit - used) / slope.until_limit.as_secs_f64())
        .max(limit * LEAST_RISE / slope.window.as_secs_f64());
    match Condition::of(rise.bytes_per_second, needed, FAR_BELOW) {
        Condition::On if rise.steadiness < STEADY => Condition::Between,
        condition => condition,
    }
}
