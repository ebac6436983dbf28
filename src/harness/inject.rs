//! Regressions on purpose, within the window.

use std::hint::black_box;

use super::measure::{Edges, Iteration};
use memgate_protocol::Injection;

/// An iteration with an injection in its window.
pub(super) struct Injected<'a> {
    pub(super) iteration: &'a mut dyn Iteration,
    pub(super) injection: Injection,
}

impl Iteration for Injected<'_> {
    fn run(&mut self, edges: &mut dyn Edges) {
        self.iteration.run(&mut InjectingEdges { edges, injection: self.injection, held: None });
    }
}

/// Edges just within which the injection is done.
struct InjectingEdges<'a> {
    edges: &'a mut dyn Edges,
    injection: Injection,
    /// What lives as long as the window.
    held: Option<Vec<u8>>,
}

impl Edges for InjectingEdges<'_> {
    fn open(&mut self) {
        self.edges.open();
        match self.injection {
            Injection::Allocs(calls) => (0..calls).for_each(|_| drop(black_box(Box::new(0_u8)))),
            Injection::PeakBytes(bytes) => self.held = Some(block(bytes)),
            Injection::LeakedBytes(bytes) => std::mem::forget(block(bytes)),
            Injection::Reallocs(calls) => (0..calls).for_each(|_| {
                let mut growing = block(1);
                growing.reserve_exact(2);
                drop(black_box(growing));
            }),
        }
    }

    fn close(&mut self) {
        drop(self.held.take());
        self.edges.close();
    }
}

/// A block of so many bytes. Nothing is written to it: what is counted is what is asked for.
fn block(bytes: u64) -> Vec<u8> {
    black_box(Vec::with_capacity(usize::try_from(bytes).unwrap_or(usize::MAX >> 1)))
}
