//! Random programs agree with a model that copies every row at each new maximum.

use std::collections::HashMap;

use memgate_protocol::StackNumbers;
use memgate_protocol::WindowPlan;
use memgate_protocol::capture::{CapturedWindow, WindowKind, node};

use crate::program::{Program, SEEDS, Step};
use crate::recorded::{recorded, window};
use crate::runner;

runner::cases![random_programs_agree_with_a_model];

fn random_programs_agree_with_a_model() {
    for seed in SEEDS {
        let capture =
            recorded(&format!("program/{seed}"), WindowPlan { warm_up: 0, steady: 1, long_run_ms: 0 });
        for (kind, number) in [(WindowKind::Cold, 2 * seed), (WindowKind::Steady, 2 * seed + 1)] {
            let mut model = Model::default();
            let program = Program::new(number);
            model.run(&program);
            let window = window(&capture, kind);
            assert_eq!(window.peak_bytes, model.peak_bytes, "program {number}");
            assert_eq!(window.events, model.clock, "program {number}");
            assert_eq!(sorted(in_window(window)), sorted(model.rows()), "program {number}");
        }
    }
}

/// The rows with their numbers, and whether they stand for older blocks; without what leaked.
fn in_window(window: &CapturedWindow) -> impl Iterator<Item = (bool, StackNumbers)> {
    let rows = window.rows.iter();
    rows.map(|row| {
        (row.node == node::OLDER, StackNumbers { leaked_bytes: 0, leaked_blocks: 0, ..row.numbers })
    })
}

/// Rows are not told by their stacks here, but by what they say; `stacks` tests the stacks.
fn sorted(rows: impl Iterator<Item = (bool, StackNumbers)>) -> Vec<(bool, [i64; StackNumbers::COUNT])> {
    let mut rows: Vec<_> = rows
        .filter(|(_, numbers)| *numbers != StackNumbers::default())
        .map(|(is_older, numbers)| (is_older, numbers.to_array()))
        .collect();
    rows.sort_unstable();
    rows
}

/// What a step does, and the call stack from which it does so: none for blocks from before the window.
type Site = Option<(&'static str, usize)>;

/// A live block.
#[derive(Clone, Copy)]
struct Owned {
    site: Site,
    origin: Site,
    size: i64,
    born: u64,
}

#[derive(Default)]
struct Model {
    blocks: HashMap<usize, Owned>,
    rows: HashMap<Site, StackNumbers>,
    /// Live bytes and blocks of every row when the sum was the highest; the first such moment.
    at_peak: HashMap<Site, (i64, i64)>,
    peak_bytes: i64,
    clock: u64,
}

impl Model {
    fn run(&mut self, program: &Program) {
        for (slot, size) in program.older.iter().enumerate() {
            if let Some(size) = size {
                let older = Owned { site: None, origin: None, size: *size as i64, born: 0 };
                self.blocks.insert(slot, older);
            }
        }
        for step in &program.steps {
            self.step(*step);
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::FailedRealloc { .. } => return,
            Step::Alloc { slot, stack, size } => {
                self.clock += 1;
                let (site, size) = (Some(("alloc", stack)), size as i64);
                let row = self.rows.entry(site).or_default();
                row.allocs += 1;
                row.total_bytes += size;
                self.take_in(slot, Owned { site, origin: site, size, born: self.clock });
            }
            Step::Realloc { slot, stack, size, moves } => {
                self.clock += 1;
                let site = Some((if moves { "move" } else { "realloc" }, stack));
                let (before, size) = (self.blocks[&slot], size as i64);
                let growth = (size - before.size).max(0);
                self.give_up(slot);
                let row = self.rows.entry(site).or_default();
                row.reallocs += 1;
                row.total_bytes += growth;
                row.realloc_growth_bytes += growth;
                row.realloc_new_bytes += size;
                let origin = before.origin.or(site);
                let allocated = self.rows.entry(origin).or_default();
                allocated.origin_reallocs += 1;
                allocated.origin_realloc_new_bytes += size;
                self.take_in(slot, Owned { site, origin, size, born: self.clock });
            }
            Step::Free { slot } => {
                self.clock += 1;
                self.give_up(slot);
            }
        }
        let live: i64 = self.rows.values().map(|row| row.retained_bytes).sum();
        if live > self.peak_bytes {
            self.peak_bytes = live;
            let rows = self.rows.iter();
            self.at_peak =
                rows.map(|(site, row)| (*site, (row.retained_bytes, row.retained_blocks))).collect();
        }
    }

    fn take_in(&mut self, slot: usize, owned: Owned) {
        let row = self.rows.entry(owned.site).or_default();
        row.retained_bytes += owned.size;
        row.retained_blocks += 1;
        if row.retained_bytes > row.maximum_bytes {
            row.maximum_bytes = row.retained_bytes;
            row.maximum_blocks = row.retained_blocks;
        }
        self.blocks.insert(slot, owned);
    }

    fn give_up(&mut self, slot: usize) {
        let owned = self.blocks.remove(&slot).expect("programs free what is live");
        let row = self.rows.entry(owned.site).or_default();
        row.retained_bytes -= owned.size;
        row.retained_blocks -= 1;
        if owned.site.is_some() {
            row.lifetime_events += (self.clock - owned.born) as i64;
        }
    }

    fn rows(&self) -> impl Iterator<Item = (bool, StackNumbers)> {
        self.rows.iter().map(|(site, row)| {
            let (peak_bytes, peak_blocks) = self.at_peak.get(site).copied().unwrap_or_default();
            (site.is_none(), StackNumbers { peak_bytes, peak_blocks, ..*row })
        })
    }
}
