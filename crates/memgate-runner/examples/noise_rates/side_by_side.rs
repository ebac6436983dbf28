//! Rows of a table, made on all cores. Each has a seed of its own, so that their order changes nothing.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

/// What `row` makes of each item, in the order of the items.
pub(crate) fn rows<T: Sync>(items: &[T], row: impl Fn(&T) -> String + Sync) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let (sender, made) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, NonZero::get) {
            let (sender, next, row) = (sender.clone(), &next, &row);
            scope.spawn(move || {
                let taken = std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)));
                for (place, item) in taken.map_while(|place| Some((place, items.get(place)?))) {
                    sender.send((place, row(item))).expect("the receiver lives until all threads have ended");
                }
            });
        }
    });
    drop(sender);
    let mut rows: Vec<_> = made.into_iter().collect();
    rows.sort_unstable();
    rows.into_iter().map(|(_, row)| row).collect()
}
