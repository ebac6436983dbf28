//! Windows of which the call stacks are recorded: one cold, one steady, and whole iterations for what leaks.

use std::collections::HashMap;

use super::measure::{Edges, Iteration, Measured, run_once};
use super::modules::mapped_modules;
use crate::alloc::{Recorded, Recording, nodes};
use crate::protocol::capture::{Capture, CapturedRow, CapturedWindow, StackNode, WindowKind};
use crate::protocol::{CountWindow, EngineWindows, StackNumbers, WindowPlan, Windows};

/// Records a benchmark. The capture has no name yet.
pub(super) fn record_sites(
    mut iteration: impl Iteration,
    recording: Recording,
    plan: WindowPlan,
) -> (Measured, Capture) {
    let cold = window(&mut iteration, recording);
    for _ in 0..plan.warm_up {
        run_once(&mut iteration);
    }
    let mut steady = window(&mut iteration, recording);
    add_leaks(&mut steady.rows, leaks(&mut iteration, recording, plan.steady));
    let windows = [(WindowKind::Cold, cold), (WindowKind::Steady, steady)];
    let [cold, steady] = windows.map(|(kind, recorded)| captured(kind, recorded));
    let totals = Windows { cold: totals(&cold), steady: vec![totals(&steady)] };
    let measured = Measured { windows: EngineWindows::Sites(totals), threads: 0, peak_error_bytes: 0 };
    let capture = Capture {
        name: String::new(),
        unwinder: recording.unwinder(),
        modules: mapped_modules(),
        nodes: nodes().map(|(parent, address)| StackNode { parent, address }).collect(),
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
fn window(iteration: &mut impl Iteration, recording: Recording) -> Recorded {
    let frame = Recording::frame_record();
    let mut edges = RecordingEdges { recording, frame, recorded: Recorded::default() };
    iteration.run(&mut edges);
    edges.recorded
}

/// Runs whole iterations, set-up and drop included, and gives the stacks whose live bytes grew in every one of them.
#[inline(never)]
fn leaks(iteration: &mut impl Iteration, recording: Recording, iterations: u32) -> Vec<CapturedRow> {
    recording.begin_at(Recording::frame_record());
    for _ in 0..iterations {
        run_once(&mut *iteration);
        recording.end_iteration();
    }
    recording.end_growth(iterations)
}

fn add_leaks(rows: &mut Vec<CapturedRow>, leaks: Vec<CapturedRow>) {
    let places: HashMap<u32, usize> = rows.iter().enumerate().map(|(index, row)| (row.node, index)).collect();
    for leak in leaks {
        match places.get(&leak.node).and_then(|&index| rows.get_mut(index)) {
            Some(row) => row.numbers += leak.numbers,
            None => rows.push(leak),
        }
    }
}

fn captured(kind: WindowKind, recorded: Recorded) -> CapturedWindow {
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
