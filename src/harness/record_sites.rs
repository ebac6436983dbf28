//! Windows of which the call stacks are recorded: one cold, one steady, and whole iterations for what leaks.

use std::time::{Duration, Instant};

use super::long_run::Watch;
use super::measure::{Edges, Iteration, Measured, run_once};
use super::modules::mapped_modules;
use crate::alloc::{Recorded, Recording};
use memgate_protocol::capture::{Capture, CapturedRow, CapturedWindow, WindowKind};
use memgate_protocol::{CountWindow, EngineWindows, LiveBytes, StackNumbers, WindowPlan, Windows};

/// Records a benchmark. The capture has no name yet.
pub(super) fn record_sites(
    iteration: &mut dyn Iteration,
    recording: Recording,
    plan: WindowPlan,
) -> (Measured, Capture) {
    let cold = window(iteration, recording);
    for _ in 0..plan.warm_up {
        run_once(iteration);
    }
    let mut steady = window(iteration, recording);
    add_leaks(&mut steady.rows, leaks(iteration, recording, plan));
    let (cold, steady) = (captured(WindowKind::Cold, cold), captured(WindowKind::Steady, steady));
    let totals = Windows { cold: totals(&cold), steady: vec![totals(&steady)] };
    let windows = EngineWindows::Sites(totals);
    let measured = Measured { windows, threads: 0, peak_error_bytes: 0, long_run: None };
    let capture = Capture {
        name: String::new(),
        unwinder: recording.unwinder(),
        modules: mapped_modules(),
        nodes: recording.nodes(),
        windows: vec![cold, steady],
    };
    (measured, capture)
}

/// The edges of a window whose stacks are recorded, as far out as `frame`.
struct RecordingEdges {
    recording: Recording,
    frame: u64,
    recorded: Recorded,
}

impl Edges for RecordingEdges {
    fn open(&mut self) {
        self.recording.begin_at(self.frame);
    }

    fn close(&mut self) {
        self.recorded = self.recording.end();
    }
}

/// Runs one iteration, with the routine alone recorded.
///
/// Out of line, so that the frame at which stacks end is this function's own: it outlives the window, wherever the edges
/// are called.
#[inline(never)]
fn window(iteration: &mut dyn Iteration, recording: Recording) -> Recorded {
    let frame = Recording::frame_record();
    let mut edges = RecordingEdges { recording, frame, recorded: Recorded::default() };
    iteration.run(&mut edges);
    edges.recorded
}

/// The stacks that leak: over a long run, where there is one; else those whose live bytes grew in every whole iteration,
/// set-up and drop included.
fn leaks(iteration: &mut dyn Iteration, recording: Recording, plan: WindowPlan) -> Vec<CapturedRow> {
    let started = Instant::now();
    let in_every = grown_in_every(iteration, recording, plan.steady);
    let mut every_time = 0;
    for row in &in_every {
        every_time += row.numbers.leaked_bytes;
    }
    let (watch, live) = run_long(iteration, recording, Watch::new(every_time), plan, started);
    match watch.found().map(|found| found.live_bytes) {
        None | Some(LiveBytes::Undecided(_)) => in_every,
        Some(LiveBytes::Level) => Vec::new(),
        Some(LiveBytes::Rising(rate)) => shares(live, rate, watch.iterations().into()),
    }
}

#[inline(never)]
fn grown_in_every(iteration: &mut dyn Iteration, recording: Recording, iterations: u32) -> Vec<CapturedRow> {
    recording.begin_at(Recording::frame_record());
    for _ in 0..iterations {
        run_once(iteration);
        recording.end_iteration();
    }
    recording.end_growth(iterations)
}

/// Runs more iterations, and gives what each stack kept of them.
#[inline(never)]
fn run_long(
    iteration: &mut dyn Iteration,
    recording: Recording,
    mut watch: Watch,
    plan: WindowPlan,
    started: Instant,
) -> (Watch, Vec<CapturedRow>) {
    let most = Duration::from_millis(plan.long_run_ms.into());
    recording.begin_at(Recording::frame_record());
    let mut before = 0;
    while watch.wants_more(started.elapsed(), most) {
        run_once(iteration);
        let now = recording.live_bytes();
        watch.note(now - before);
        before = now;
    }
    (watch, recording.end_live())
}

/// What stacks keep of so many iterations, as what they leak in one: their shares of the rate, which add up to it.
fn shares(mut live: Vec<CapturedRow>, rate: i64, iterations: i64) -> Vec<CapturedRow> {
    let mut all = 0;
    for row in &live {
        all += i128::from(row.numbers.leaked_bytes);
    }
    let (mut left, mut most, mut largest) = (rate, 0, 0);
    for (place, row) in live.iter_mut().enumerate() {
        let share = i128::from(row.numbers.leaked_bytes) * i128::from(rate) / all.max(1);
        row.numbers.leaked_bytes = i64::try_from(share).unwrap_or(i64::MAX);
        row.numbers.leaked_blocks = (row.numbers.leaked_blocks / iterations.max(1)).max(1);
        left -= row.numbers.leaked_bytes;
        if row.numbers.leaked_bytes >= most {
            (most, largest) = (row.numbers.leaked_bytes, place);
        }
    }
    // What is lost by rounding down is the largest one's.
    if let Some(row) = live.get_mut(largest) {
        row.numbers.leaked_bytes += left;
    }
    let mut shares = Vec::new();
    for row in live {
        if row.numbers.leaked_bytes > 0 {
            shares.push(row);
        }
    }
    shares
}

fn add_leaks(rows: &mut Vec<CapturedRow>, leaks: Vec<CapturedRow>) {
    let mut beyond = 0;
    for row in rows.iter() {
        beyond = beyond.max(row.node as usize + 1);
    }
    // By node, whose numbers have no gaps worth a map; counted from 1, since 0 is none.
    let mut places = vec![0_usize; beyond];
    for (index, row) in rows.iter().enumerate() {
        if let Some(place) = places.get_mut(row.node as usize) {
            *place = index + 1;
        }
    }
    for leak in leaks {
        let place = places.get(leak.node as usize).copied().unwrap_or(0);
        match place.checked_sub(1).and_then(|index| rows.get_mut(index)) {
            Some(row) => row.numbers += leak.numbers,
            None => rows.push(leak),
        }
    }
}

pub(crate) fn captured(kind: WindowKind, recorded: Recorded) -> CapturedWindow {
    let Recorded { rows, peak_bytes, events, lost_blocks } = recorded;
    CapturedWindow { kind, peak_bytes, events, lost_blocks, rows }
}

/// The sums over all stacks, as the engine `count` would say them.
fn totals(window: &CapturedWindow) -> CountWindow {
    let StackNumbers {
        allocs,
        reallocs,
        total_bytes,
        realloc_growth_bytes,
        realloc_new_bytes,
        peak_bytes,
        retained_bytes,
        leaked_bytes,
        ..
    } = window.total();
    CountWindow {
        peak_bytes,
        total_bytes,
        allocs,
        reallocs,
        retained_bytes,
        growth_bytes: leaked_bytes,
        realloc_growth_bytes,
        realloc_new_bytes,
    }
}
