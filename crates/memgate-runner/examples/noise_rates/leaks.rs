//! How often a leak is found, and where none is.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::num::NonZero;
use std::time::Duration;

use memgate::__private::Watch;
use memgate_protocol::WindowPlan;
use memgate_report::history::Random;
use memgate_report::report::Outcome;

use crate::gate::{Answer, Benchmarks, Process, update_and_check};
use crate::keeping::{self, LiveBytes};
use crate::side_by_side;

/// What a routine keeps: the same in each of its processes, or as chance has it in each; and how long an iteration takes.
struct Shape {
    keeps: fn(&mut Random) -> LiveBytes,
    is_same: bool,
    iteration: Duration,
}

const fn same(keeps: fn(&mut Random) -> LiveBytes) -> Shape {
    Shape { keeps, is_same: true, iteration: Duration::ZERO }
}

const fn by_chance(keeps: fn(&mut Random) -> LiveBytes) -> Shape {
    Shape { is_same: false, ..same(keeps) }
}

const fn slow(milliseconds: u64, keeps: fn(&mut Random) -> LiveBytes) -> Shape {
    Shape { iteration: Duration::from_millis(milliseconds), ..same(keeps) }
}

/// Prints how often a check is red after an update of a routine that keeps nothing, for routines that keep something.
pub(crate) fn print(rounds: u32, seed: u64, every: NonZero<usize>) {
    println!("| kept | bytes per iteration | iterations | found |\n| --- | --- | --- | --- |");
    print_rows(&kept_for_ever(), rounds, seed, every);
    println!();
    println!("| kept | iterations | called a leak |\n| --- | --- | --- |");
    print_rows(&levelling_off(), rounds, seed, every);
}

fn print_rows(shapes: &[(&str, Shape)], rounds: u32, seed: u64, every: NonZero<usize>) {
    let shapes: Vec<_> = shapes.iter().step_by(every.get()).collect();
    for row in side_by_side::rows(&shapes, |(name, shape)| row(name, shape, rounds, seed)) {
        println!("{row}");
    }
}

fn kept_for_ever() -> Vec<(&'static str, Shape)> {
    vec![
        ("8 B in every iteration | 8", same(|random| keeping::block(8, 1, random))),
        ("8 B in every 2nd iteration | 4", same(|random| keeping::block(8, 2, random))),
        ("16 B in every 10th iteration | 1.6", same(|random| keeping::block(16, 10, random))),
        ("16 B in every 100th iteration | 0.16", same(|random| keeping::block(16, 100, random))),
        ("16 B in every 200th iteration | 0.08", same(|random| keeping::block(16, 200, random))),
        ("16 B in every 1,000th iteration | 0.016", same(|random| keeping::block(16, 1_000, random))),
        ("16 B in one iteration of 10, by chance | 1.6", by_chance(|_| keeping::now_and_then(16, 10))),
        ("16 B in one iteration of 100, by chance | 0.16", by_chance(|_| keeping::now_and_then(16, 100))),
        ("8 B in a vector | 8", same(|random| keeping::doubling(8, random))),
        ("40 B in a hash map | 40", same(|random| keeping::hash_map(40, random))),
        ("1 MiB in every 2nd iteration | 524,288", same(|random| keeping::block(1 << 20, 2, random))),
        ("1 MiB in every 3rd iteration | 349,526", same(|random| keeping::block(1 << 20, 3, random))),
        ("64 KiB in a vector | 65,536", same(|random| keeping::doubling(64 << 10, random))),
        (
            "16 B in every 2nd iteration, after 1 MiB was given back | 8",
            same(|random| {
                keeping::both(keeping::given_back(1 << 20, 100, random), keeping::block(16, 2, random))
            }),
        ),
        (
            "8 B in a vector, after 1 MiB was given back | 8",
            same(|random| {
                keeping::both(keeping::given_back(1 << 20, 100, random), keeping::doubling(8, random))
            }),
        ),
        (
            "64 B in every iteration, below a buffer of 1 KiB more each time that is emptied after 2 to 256 | 64",
            same(|random| leaking_buffer(2, 256, random)),
        ),
        ("the same, emptied after 257 to 512 | 64", same(|random| leaking_buffer(257, 512, random))),
        ("the same, emptied after 513 to 2,000 | 64", same(|random| leaking_buffer(513, 2_000, random))),
        (
            "64 B in every 2nd iteration, below sessions that end | 32",
            same(|random| {
                let sessions = keeping::sessions(64, 1 + random.below(500));
                keeping::both(sessions, keeping::block(64, 2, random))
            }),
        ),
        ("24 B in every iteration, of 2 ms | 24", slow(2, |random| keeping::block(24, 1, random))),
        ("24 B in every iteration, of 100 ms | 24", slow(100, |random| keeping::block(24, 1, random))),
        ("24 B in every iteration, of 2 s | 24", slow(2_000, |random| keeping::block(24, 1, random))),
        ("16 B in every 2nd iteration, of 2 ms | 8", slow(2, |random| keeping::block(16, 2, random))),
        ("16 B in every 2nd iteration, of 100 ms | 8", slow(100, |random| keeping::block(16, 2, random))),
        (
            "64 B in every 2nd iteration, below up to 1 KiB of noise | 32",
            same(|random| keeping::noisy_block(64, 1_024, random)),
        ),
        (
            "64 B in every 2nd iteration, below up to 16 KiB of noise | 32",
            same(|random| keeping::noisy_block(64, 16 * 1_024, random)),
        ),
    ]
}

fn levelling_off() -> Vec<(&'static str, Shape)> {
    vec![
        ("nothing", NOTHING),
        ("buffers that are made once", same(|random| keeping::lazy(6, random))),
        ("a cache of up to 1,000 entries", same(|random| keeping::cache(i64::from(random.below(1_000))))),
        (
            "a cache of 1,000 to 3,000 entries",
            same(|random| keeping::cache(1_000 + i64::from(random.below(2_000)))),
        ),
        (
            "a cache of up to 2,000 entries in a table that doubles",
            same(|random| keeping::growing_cache(i64::from(random.below(2_000)))),
        ),
        (
            "a pool as large as what was in use at once",
            by_chance(|random| keeping::pool(1 + random.below(1_000))),
        ),
        (
            "a table that grows and shrinks",
            by_chance(|random| keeping::shrinking_table(1 + i64::from(random.below(1_000)))),
        ),
        (
            "an interner over up to 2,000 names, the same in each process",
            same(|random| keeping::interner(1 + random.below(2_000))),
        ),
        (
            "a size that wanders, the same in each process",
            same(|random| keeping::wandering(1 + i64::from(random.below(1_000)))),
        ),
        (
            "a size that is another each time, the same in each process",
            same(|random| keeping::any(1 + random.below(10_000))),
        ),
        (
            "a buffer that is emptied after 2 to 2,000 iterations",
            same(|random| keeping::buffer(48, keeping::period(2, 2_000, random), random)),
        ),
        (
            "a table that doubles and is given back after 2 to 2,000 iterations",
            same(|random| keeping::doubling_buffer(48, keeping::period(2, 2_000, random), random)),
        ),
        (
            "a queue of which a part is drained",
            same(|random| keeping::drained(32, 1 + random.below(1_000), random)),
        ),
        (
            "sessions that end after up to 2,000 iterations",
            same(|random| keeping::sessions(64, 1 + random.below(2_000))),
        ),
        (
            "a cache of up to 2,500 entries below a buffer that is emptied",
            same(|random| {
                let cache = keeping::cache(i64::from(random.below(2_500)));
                keeping::both(cache, keeping::buffer(640, keeping::period(2, 2_000, random), random))
            }),
        ),
        (
            "a cache of up to 2,500 entries, and 1 MiB that is given back",
            same(|random| {
                let cache = keeping::cache(i64::from(random.below(2_500)));
                keeping::both(cache, keeping::given_back(1 << 20, 200, random))
            }),
        ),
        (
            "a cache of up to 2,500 entries, in iterations of 4 ms",
            slow(4, |random| keeping::cache(i64::from(random.below(2_500)))),
        ),
        (
            "a buffer that is emptied after 2 to 256 iterations, of 10 ms",
            slow(10, |random| keeping::buffer(48, keeping::period(2, 256, random), random)),
        ),
    ]
}

/// A leak of 64 B beneath a buffer that is emptied after so many iterations.
fn leaking_buffer(least: u32, most: u32, random: &mut Random) -> LiveBytes {
    let period = keeping::period(least, most, random);
    keeping::both(keeping::buffer(1_024, period, random), keeping::block(64, 1, random))
}

fn row(name: &str, shape: &Shape, rounds: u32, seed: u64) -> String {
    let mut random = Random::new(seed);
    let (mut found, mut iterations) = (0, Vec::new());
    for _ in 0..rounds {
        let head = Benchmark::new(shape, &mut random);
        let one = head.answer(WindowPlan::default(), &mut random);
        iterations.extend(one.long_run.map(|long_run| long_run.iterations));
        let base = Benchmark::new(&NOTHING, &mut random);
        let verdicts = update_and_check(&base.suite(), &head.suite(), &mut random);
        found += u32::from(verdicts.lenient == Outcome::Regressed);
    }
    iterations.sort_unstable();
    let middle = iterations.get(iterations.len() / 2).map_or("few".to_owned(), ToString::to_string);
    format!("| {name} | {middle} | {found} of {rounds} |")
}

const NOTHING: Shape = same(|_| Box::new(|_| 0));

/// A routine, and what its processes answer by how long they may look for leaks.
struct Benchmark<'a> {
    shape: &'a Shape,
    seed: u64,
    answers: RefCell<BTreeMap<u32, Answer>>,
}

impl<'a> Benchmark<'a> {
    fn new(shape: &'a Shape, random: &mut Random) -> Self {
        Self { shape, seed: random.below(u32::MAX).into(), answers: RefCell::default() }
    }

    fn suite(&self) -> Benchmarks<'_> {
        let answer = |random: &mut Random, plan: WindowPlan| self.answer(plan, random);
        BTreeMap::from([("keep".to_owned(), Box::new(answer) as Process<'_>)])
    }

    fn answer(&self, plan: WindowPlan, random: &mut Random) -> Answer {
        let Shape { keeps, is_same, iteration } = *self.shape;
        if !is_same {
            return process(&mut keeps(random), plan, iteration, random);
        }
        // Time makes no difference to what takes none.
        let time = if iteration.is_zero() { plan.long_run_ms.min(1) } else { plan.long_run_ms };
        *self.answers.borrow_mut().entry(time).or_insert_with(|| {
            let mut random = Random::new(self.seed);
            process(&mut keeps(&mut random), plan, iteration, &mut random)
        })
    }
}

/// One process of a routine that keeps something, without what every iteration keeps.
fn process(live: &mut LiveBytes, plan: WindowPlan, iteration: Duration, random: &mut Random) -> Answer {
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
        let most = Duration::from_millis(plan.long_run_ms.into());
        let mut watch = Watch::new(every_time);
        let mut elapsed = 3 * iteration;
        while watch.wants_more(elapsed, most) {
            watch.note(growth(random));
            elapsed += iteration;
        }
        watch.found()
    };
    let long_run = if plan.long_run_ms > 0 { run_long() } else { None };
    Answer { values: [1; 4], growths, long_run }
}
