//! How often a leak is found, and where none is.

use std::collections::BTreeMap;

use memgate::__private::Watch;
use memgate_protocol::WindowPlan;
use memgate_report::history::Random;
use memgate_report::report::Outcome;

use crate::gate::{Answer, Benchmarks, Process, update_and_check};
use crate::keeping::{self, LiveBytes};

/// What a routine keeps: the same in each of its processes, or as chance has it in each.
enum Shape {
    Same(fn(&mut Random) -> LiveBytes),
    ByChance(fn(&mut Random) -> LiveBytes),
}

use Shape::{ByChance, Same};

/// Prints how often a check is red after an update of a routine that keeps nothing, for routines that keep something.
pub(crate) fn print(rounds: u32, seed: u64) {
    println!("| kept | bytes per iteration | iterations | found |\n| --- | --- | --- | --- |");
    for (name, shape) in kept_for_ever() {
        println!("{}", row(name, &shape, rounds, seed));
    }
    println!();
    println!("| kept | iterations | called a leak |\n| --- | --- | --- |");
    for (name, shape) in levelling_off() {
        println!("{}", row(name, &shape, rounds, seed));
    }
}

fn kept_for_ever() -> Vec<(&'static str, Shape)> {
    vec![
        ("8 B in every iteration | 8", Same(|random| keeping::block(8, 1, random))),
        ("8 B in every 2nd iteration | 4", Same(|random| keeping::block(8, 2, random))),
        ("16 B in every 10th iteration | 1.6", Same(|random| keeping::block(16, 10, random))),
        ("16 B in every 100th iteration | 0.16", Same(|random| keeping::block(16, 100, random))),
        ("16 B in every 200th iteration | 0.08", Same(|random| keeping::block(16, 200, random))),
        ("16 B in every 1,000th iteration | 0.016", Same(|random| keeping::block(16, 1_000, random))),
        ("16 B in one iteration of 10, by chance | 1.6", ByChance(|_| keeping::now_and_then(16, 10))),
        ("16 B in one iteration of 100, by chance | 0.16", ByChance(|_| keeping::now_and_then(16, 100))),
        ("8 B in a vector | 8", Same(|random| keeping::doubling(8, random))),
        ("40 B in a hash map | 40", Same(|random| keeping::hash_map(40, random))),
        (
            "64 B in every 2nd iteration, below up to 1 KiB of noise | 32",
            ByChance(|random| keeping::noisy_block(64, 1_024, random)),
        ),
        (
            "64 B in every 2nd iteration, below up to 16 KiB of noise | 32",
            ByChance(|random| keeping::noisy_block(64, 16 * 1_024, random)),
        ),
    ]
}

fn levelling_off() -> Vec<(&'static str, Shape)> {
    vec![
        ("nothing", Same(|_| Box::new(|_| 0))),
        ("buffers that are made once", Same(|random| keeping::lazy(6, random))),
        ("a cache of up to 1,000 entries", Same(|random| keeping::cache(i64::from(random.below(1_000))))),
        (
            "a cache of 1,000 to 3,000 entries",
            Same(|random| keeping::cache(1_000 + i64::from(random.below(2_000)))),
        ),
        (
            "a cache of up to 2,000 entries in a table that doubles",
            Same(|random| keeping::growing_cache(i64::from(random.below(2_000)))),
        ),
        (
            "a pool as large as what was in use at once",
            ByChance(|random| keeping::pool(1 + random.below(1_000))),
        ),
        ("an interner over up to 2,000 names", ByChance(|random| keeping::interner(1 + random.below(2_000)))),
        (
            "a table that grows and shrinks",
            ByChance(|random| keeping::shrinking_table(1 + i64::from(random.below(1_000)))),
        ),
        (
            "a size that wanders within bounds",
            ByChance(|random| keeping::wandering(1 + i64::from(random.below(1_000)))),
        ),
        ("a size that is another each time", ByChance(|random| keeping::any(1 + random.below(10_000)))),
    ]
}

fn row(name: &str, shape: &Shape, rounds: u32, seed: u64) -> String {
    let mut random = Random::new(seed);
    let nothing = Same(|_| Box::new(|_| 0));
    let (mut found, mut iterations) = (0, Vec::new());
    for _ in 0..rounds {
        let head = benchmark(shape, &mut random);
        iterations.extend(head.one.long_run.map(|long_run| long_run.iterations));
        let base = benchmark(&nothing, &mut random);
        let verdicts = update_and_check(&base.suite(), &head.suite(), &mut random);
        found += u32::from(verdicts.lenient == Outcome::Regressed);
    }
    iterations.sort_unstable();
    let middle = iterations.get(iterations.len() / 2).copied().unwrap_or_default();
    format!("| {name} | {middle} | {found} of {rounds} |")
}

/// A routine, and what one of its processes answers.
struct Benchmark {
    one: Answer,
    anew: Option<fn(&mut Random) -> LiveBytes>,
}

fn benchmark(shape: &Shape, random: &mut Random) -> Benchmark {
    let (Same(keeps) | ByChance(keeps)) = *shape;
    let one = process(&mut keeps(random), WindowPlan::default(), random);
    Benchmark { one, anew: matches!(shape, ByChance(_)).then_some(keeps) }
}

impl Benchmark {
    fn suite(&self) -> Benchmarks<'_> {
        let answer = |random: &mut Random, plan: WindowPlan| match self.anew {
            Some(keeps) => process(&mut keeps(random), plan, random),
            None if plan.long_run_ms == 0 => Answer { long_run: None, ..self.one },
            None => self.one,
        };
        BTreeMap::from([("keep".to_owned(), Box::new(answer) as Process<'_>)])
    }
}

/// One process of a routine that keeps something, without what every iteration keeps.
fn process(live: &mut LiveBytes, plan: WindowPlan, random: &mut Random) -> Answer {
    for _ in 0..plan.warm_up {
        live(random);
    }
    let mut before = live(random);
    let mut growth = |random: &mut Random| {
        let now = live(random);
        now - std::mem::replace(&mut before, now)
    };
    let growths = [(); 3].map(|()| growth(random));
    let every_time = growths.into_iter().min().unwrap_or(0).max(0);
    let mut run_long = || {
        let mut watch = Watch::new(every_time);
        while !watch.has_ended() {
            watch.note(growth(random));
        }
        watch.found()
    };
    let long_run = if plan.long_run_ms > 0 { run_long() } else { None };
    Answer { values: [1; 4], growths, long_run }
}
