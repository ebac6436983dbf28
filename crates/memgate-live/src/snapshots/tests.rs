//! The policy over series: what happens in a service, to the snapshots that there are of it.

use std::time::Duration;

use super::policy::{Look, Policy};
use super::reason::{Reason, Skip};
use super::triggers::{Growth, Slope, Triggers};
use crate::health::Threshold;
use crate::memory::{CgroupMemory, MemoryFigures, Pressure};

const MIB: u64 = 1 << 20;
const LIMIT: u64 = 1_000 * MIB;

/// What is on in a test alone.
fn none() -> Triggers {
    Triggers {
        levels: Vec::new(),
        live_levels: Vec::new(),
        growth: None,
        slope: None,
        pressure_percent: None,
        start: None,
        ..Triggers::default()
    }
}

fn levels() -> Triggers {
    Triggers { levels: vec![Threshold::Percent(75.0), Threshold::Percent(90.0)], ..none() }
}

/// A control group with a limit of 1,000 MiB.
fn figures(used_mib: u64) -> MemoryFigures {
    MemoryFigures {
        host_bytes: Some(64_000 * MIB),
        cgroup: Some(CgroupMemory {
            current_bytes: Some(used_mib * MIB),
            unreclaimable_bytes: Some(used_mib * MIB),
            limit_bytes: Some(LIMIT),
            pressure: None,
        }),
        ..MemoryFigures::default()
    }
}

/// A service by hand: what has been written, and when.
struct Service {
    policy: Policy,
    highest: Option<u64>,
    written: Vec<(u64, Reason)>,
    skipped: Vec<Skip>,
}

impl Service {
    fn new(triggers: Triggers) -> Self {
        Self { policy: Policy::new(triggers), highest: None, written: Vec::new(), skipped: Vec::new() }
    }

    fn look(&mut self, second: u64, live_mib: u64, figures: &MemoryFigures) {
        let at = Duration::from_secs(second);
        let decision = self.policy.decide(&Look {
            at,
            live_bytes: live_mib * MIB,
            figures,
            highest_bytes: self.highest,
            is_signalled: false,
        });
        self.skipped.extend(decision.skipped);
        if let Some((reason, _)) = decision.due {
            self.policy.taken(at);
            self.highest = self.highest.max(Some(live_mib * MIB));
            self.written.push((second, reason));
        }
    }

    /// Looks each second; all memory is live.
    fn run(triggers: Triggers, mib: impl IntoIterator<Item = u64>) -> Self {
        let mut service = Self::new(triggers);
        for (second, mib) in (0..).zip(mib) {
            service.look(second, mib, &figures(mib));
        }
        service
    }
}

#[test]
fn a_plateau_makes_one_however_long_it_is() {
    let plateau = |second: u64| if second < 400 { 300 } else { 800 + second % 20 };
    let service = Service::run(levels(), (0..86_400).map(plateau));
    assert_eq!(service.written, [(400, Reason::Level)]);
    // With everything on: that of the start, and one for the step, which is growth as well.
    let service = Service::run(Triggers::default(), (0..20_000).map(plateau));
    assert_eq!(service.written, [(300, Reason::Start), (400, Reason::Level)]);
}

#[test]
fn page_cache_makes_none() {
    let mut service = Service::new(Triggers { start: None, ..Triggers::default() });
    for second in 0..3_600 {
        let mut figures = figures(550);
        if let Some(cgroup) = &mut figures.cgroup {
            cgroup.current_bytes = Some(LIMIT - 1);
        }
        service.look(second, 500, &figures);
    }
    assert_eq!(service.written, []);
}

#[test]
fn a_leak_makes_many_up_to_its_end() {
    // 1 MiB in ten seconds: 2.5 hours to the limit.
    let leak = (0..9_990).map(|second| 1 + second / 10);
    let service = Service::run(Triggers::default(), leak);
    let reasons: Vec<Reason> = service.written.iter().map(|(_, reason)| *reason).collect();
    assert_eq!(reasons.iter().filter(|reason| **reason == Reason::Level).count(), 2, "{:?}", service.written);
    assert!(reasons.contains(&Reason::Start) && reasons.contains(&Reason::Growth), "{:?}", service.written);
    let (slope, _) = service.written.iter().find(|(_, reason)| *reason == Reason::Slope).unwrap();
    // An hour before the limit.
    assert!((6_300..6_420).contains(slope), "{:?}", service.written);
    assert_eq!(service.written.last(), Some(&(8_990, Reason::Level)));
    assert!((8..25).contains(&reasons.len()), "{:?}", service.written);
}

#[test]
fn a_fast_leak_gets_each_level_within_one_cool_down() {
    let service = Service::run(Triggers::default(), [100, 400, 760, 800, 920, 990]);
    // Before them, what a program loads as it starts is growth.
    assert_eq!(service.written, [(1, Reason::Growth), (2, Reason::Level), (4, Reason::Level)]);
}

#[test]
fn a_level_is_armed_again_well_below_and_after_a_while() {
    let mut mib = vec![800; 10];
    mib.extend([700; 10]);
    mib.extend([760; 10]);
    mib.extend([600; 10]);
    mib.extend([760; 600]);
    let service = Service::run(levels(), mib);
    // The second crossing was no new one, the third too early until the time was over.
    assert_eq!(service.written, [(0, Reason::Level), (600, Reason::Level)]);
    assert_eq!(service.skipped, [Skip::Latched, Skip::CoolDown]);
}

#[test]
fn growth_is_that_over_the_highest_so_far() {
    let growth = Triggers { growth: Some(Growth::default()), start: Some(Duration::from_secs(10)), ..none() };
    // Spikes of the same height, as cockroach had them: one.
    let spikes = (0..7_200).map(|second| if second > 1_000 && second % 900 < 30 { 700 } else { 300 });
    let service = Service::run(growth.clone(), spikes);
    assert_eq!(service.written, [(10, Reason::Start), (1_800, Reason::Growth)]);
    // A fifth more that is no 64 MiB.
    let small = Service::run(growth, (0..7_200).map(|second| if second < 100 { 100 } else { 160 }));
    assert_eq!(small.written, [(10, Reason::Start)]);
}

#[test]
fn before_the_first_growth_is_that_over_the_start() {
    let growth = Triggers { growth: Some(Growth::default()), ..none() };
    let service = Service::run(growth, (0..2_000).map(|second| 300 + second / 2));
    // And once in ten minutes after that.
    assert_eq!(service.written, [128, 728, 1_328, 1_928].map(|second| (second, Reason::Growth)));
}

#[test]
fn growth_that_goes_on_is_growth_again() {
    let growth = Triggers { growth: Some(Growth::default()), start: Some(Duration::ZERO), ..none() };
    // A third more with each look, and never well below what led to the last.
    let service = Service::run(Triggers { cool_down: Duration::ZERO, ..growth }, [300, 400, 530, 700, 930]);
    assert_eq!(service.written.len(), 5, "{:?}", service.written);
}

#[test]
fn a_slope_needs_a_window_and_a_limit() {
    let slope = Triggers { slope: Some(Slope::default()), ..none() };
    let leak = |second: u64| 100 + second / 5;
    let service = Service::run(slope.clone(), (0..4_000).map(leak));
    // 0.2 MiB a second: an hour before the limit there are 280 MiB.
    assert_eq!(service.written.len(), 1, "{:?}", service.written);
    assert!((880..960).contains(&service.written[0].0), "{:?}", service.written);
    let saw = (0..8_000).map(|second| 300 + second % 300);
    assert_eq!(Service::run(slope.clone(), saw).written, []);
    let mut without = Service::new(slope);
    for second in 0..4_000 {
        without.look(second, leak(second), &MemoryFigures::default());
    }
    assert_eq!(without.written, []);
}

#[test]
fn waits_for_memory_are_those_of_the_group() {
    let mut service = Service::new(Triggers { pressure_percent: Some(10.0), ..none() });
    for second in 0..1_200 {
        let mut figures = figures(500);
        // The machine waits all the time, and we begin to after five minutes.
        let waited = |seconds| Some(Pressure { some: Duration::from_secs(seconds), ..Pressure::default() });
        figures.pressure = waited(second);
        if let Some(cgroup) = &mut figures.cgroup {
            cgroup.pressure = waited(second.saturating_sub(300) / 4);
        }
        service.look(second, 1, &figures);
    }
    assert_eq!(service.written, [(310, Reason::Pressure)]);
}

#[test]
fn limits_that_are_garbage_or_change_are_lived_with() {
    let mut service = Service::new(levels());
    let with_limit = |limit: Option<u64>| {
        let mut figures = figures(500);
        if let Some(cgroup) = &mut figures.cgroup {
            cgroup.limit_bytes = limit;
        }
        figures
    };
    // Garbage is none, and then the machine's memory is the limit; zero is none that could be a part of.
    service.look(0, 1, &with_limit(None));
    service.look(1, 1, &with_limit(Some(0)));
    service.look(2, 1, &MemoryFigures::default());
    assert_eq!(service.written, []);
    // Lowered while running: what is taken is suddenly too much.
    service.look(3, 1, &with_limit(Some(600 * MIB)));
    assert_eq!(service.written, [(3, Reason::Level)]);
}

#[test]
fn what_failed_is_tried_again_a_little_later() {
    let mut policy = Policy::new(levels());
    let mut tried = Vec::new();
    for second in 0..60 {
        let at = Duration::from_secs(second);
        let figures = figures(800);
        let look = Look { at, live_bytes: 1, figures: &figures, highest_bytes: None, is_signalled: false };
        if policy.decide(&look).due.is_some() {
            tried.push(second);
            if second < 25 { policy.failed(at) } else { policy.taken(at) }
        }
    }
    assert_eq!(tried, [0, 10, 20, 30]);
}

#[test]
fn signals_are_followed_once_in_ten_seconds() {
    let mut policy = Policy::new(none());
    let mut written = Vec::new();
    let figures = MemoryFigures::default();
    for second in 0..60 {
        let at = Duration::from_secs(second);
        // Again and again for half a minute.
        let is_signalled = second < 25;
        if let Some((reason, _)) = policy
            .decide(&Look { at, live_bytes: 1, figures: &figures, highest_bytes: None, is_signalled })
            .due
        {
            policy.taken(at);
            written.push((second, reason));
        }
    }
    assert_eq!(written, [0, 10, 20, 30].map(|second| (second, Reason::Signal)));
}

#[test]
fn a_clock_that_stands_still_or_goes_back_stops_nothing() {
    let mut service = Service::new(Triggers::default());
    for second in [0, 1_000, 1_000, 5, 2_000, 1_999, 2_001] {
        service.look(second, 500, &figures(500));
    }
    assert_eq!(service.written, [(1_000, Reason::Start)]);
    service.look(3, 800, &figures(800));
    assert_eq!(service.written.len(), 2);
}
