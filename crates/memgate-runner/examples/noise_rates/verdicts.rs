//! How often benchmarks that vary are red or stale, unchanged and changed.

use std::num::NonZero;

use memgate_protocol::WindowPlan;
use memgate_report::history::Random;
use memgate_report::report::Outcome;

use crate::gate::{Answer, Benchmarks, Process, update_and_check};
use crate::side_by_side;
use crate::varying::Luck;

/// A suite of one kind: how its values follow from what chance draws and from a size.
struct Kind {
    name: &'static str,
    luck: Luck,
    sizes: &'static [i64],
    value: fn(i64, i64) -> i64,
    /// How many values there are besides the least.
    spread: fn(i64) -> i64,
}

const ONE: &[i64] = &[1];

const KINDS: [Kind; 14] = [
    kind("nothing varies", Luck::None, ONE),
    kind("a seed: one of 2 values, the same in all windows of a process", Luck::OfProcess(2), ONE),
    kind("a seed: one of 5 values", Luck::OfProcess(5), ONE),
    kind("a seed: one of 100 values", Luck::OfProcess(100), ONE),
    kind("an address: less in one process of 7", Luck::Rare(7), ONE),
    kind("an address: less in one process of 50", Luck::Rare(50), ONE),
    kind(
        "scheduling: one of 16 values for most windows of a process",
        Luck::MostlyOfProcess { values: 16, other: 4 },
        ONE,
    ),
    kind(
        "scheduling: one of 5 values for most windows of a process",
        Luck::MostlyOfProcess { values: 5, other: 8 },
        ONE,
    ),
    kind("scheduling: another value in each window", Luck::OfWindow(40), ONE),
    kind("one more in one window of 5", Luck::Lightly(5), ONE),
    kind("one more in one window of 20", Luck::Lightly(20), ONE),
    kind("one more in one window of 100", Luck::Lightly(100), ONE),
    kind("a long tail", Luck::LongTail, ONE),
    Kind {
        name: "contention in a series: 2, 4 and 8 threads, each up to three times",
        luck: Luck::MostlyOfProcess { values: 1_000, other: 4 },
        sizes: &[2, 4, 8],
        value: |size, drawn| size + drawn % (2 * size),
        spread: |size| 2 * size,
    },
];

const SEGMENTS: Kind = Kind {
    name: "segments in a series: 1 to 16 of them, and the size",
    luck: Luck::MostlyOfProcess { values: 5, other: 8 },
    sizes: &[16, 64, 256, 1_024],
    value: |size, drawn| (64 << drawn) + size,
    spread: |_| 1_024,
};

const fn kind(name: &'static str, luck: Luck, sizes: &'static [i64]) -> Kind {
    Kind { name, luck, sizes, value: |_, drawn| 100 + drawn, spread: |_| 100 }
}

/// Prints, for suites that vary, how often a check is red or stale after an update of the same, and how often it is red after
/// everything rose by more than its whole spread.
pub(crate) fn print(rounds: u32, seed: u64, every: NonZero<usize>) {
    println!("| varies | red | with --strict | red after a rise |\n| --- | --- | --- | --- |");
    let kinds: Vec<_> = KINDS.iter().chain([&SEGMENTS]).step_by(every.get()).collect();
    for row in side_by_side::rows(&kinds, |kind| kind.row(rounds, seed)) {
        println!("{row}");
    }
}

impl Kind {
    fn row(&self, rounds: u32, seed: u64) -> String {
        let mut random = Random::new(seed);
        let [mut red, mut strict, mut found] = [0; 3];
        for _ in 0..rounds {
            let unchanged = update_and_check(&self.suite(false), &self.suite(false), &mut random);
            red += u32::from(unchanged.lenient != Outcome::Passed);
            strict += u32::from(unchanged.strict != Outcome::Passed);
            let changed = update_and_check(&self.suite(false), &self.suite(true), &mut random);
            found += u32::from(changed.lenient == Outcome::Regressed);
        }
        format!("| {} | {red} of {rounds} | {strict} of {rounds} | {found} of {rounds} |", self.name)
    }

    /// One benchmark for each size, with all values above those that it had when it has risen.
    fn suite(&self, has_risen: bool) -> Benchmarks<'_> {
        let benchmark = |size: &i64| {
            let size = *size;
            let more = if has_risen { 2 * (self.spread)(size) } else { 0 };
            let process = move |random: &mut Random, _: WindowPlan| {
                let values = self.luck.draw(random).map(|drawn| (self.value)(size, drawn) + more);
                Answer { values, growths: [0; 3], long_run: None }
            };
            (format!("vary/{size}"), Box::new(process) as Process<'_>)
        };
        self.sizes.iter().map(benchmark).collect()
    }
}
