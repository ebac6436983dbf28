//! Work on many items in several threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Does the work on every item with so many threads, and gives the results in the order of the items. None as soon as
/// one of them is none; what has not begun by then is left undone. Where fewer threads can be started, there are fewer.
pub fn side_by_side<T: Sync, R: Send>(
    threads: usize,
    items: &[T],
    work: impl Fn(&T) -> Option<R> + Sync,
) -> Option<Vec<R>> {
    let items: Vec<&T> = items.iter().collect();
    with_threads(threads, usize::MAX, &items, |item| work(item))
}

/// As [`side_by_side`], but what is to run alone comes last, and has nothing beside it.
pub(crate) fn side_by_side_or_alone<T: Sync, R: Send>(
    threads: usize,
    items: &[T],
    runs_alone: impl Fn(&T) -> bool,
    work: impl Fn(&T) -> Option<R> + Sync,
) -> Option<Vec<R>> {
    let (alone, beside): (Vec<_>, Vec<_>) = items.iter().enumerate().partition(|(_, item)| runs_alone(item));
    let with_place = |(place, item): &(usize, &T)| Some((*place, work(item)?));
    let mut results = with_threads(threads, usize::MAX, &beside, with_place)?;
    results.extend(alone.iter().map(with_place).collect::<Option<Vec<_>>>()?);
    results.sort_by_key(|(place, _)| *place);
    Some(results.into_iter().map(|(_, result)| result).collect())
}

/// `available` is how many threads the system would give; for tests.
fn with_threads<T: Sync, R: Send>(
    threads: usize,
    available: usize,
    items: &[T],
    work: impl Fn(&T) -> Option<R> + Sync,
) -> Option<Vec<R>> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<R>>> = Mutex::new(items.iter().map(|_| None).collect());
    let until_all_is_done = || {
        while let Some((index, item)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            items.get(index).map(|item| (index, item))
        } {
            let Some(result) = work(item) else {
                next.store(items.len(), Ordering::Relaxed);
                return;
            };
            results.lock().unwrap_or_else(PoisonError::into_inner)[index] = Some(result);
        }
    };
    std::thread::scope(|scope| {
        // This thread is one of them, so that there is always one.
        for _ in 1..threads.min(items.len()).min(available) {
            if std::thread::Builder::new().spawn_scoped(scope, until_all_is_done).is_err() {
                break;
            }
        }
        until_all_is_done();
    });
    results.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..100).collect();
        let twice: Vec<usize> = items.iter().map(|item| item * 2).collect();
        assert_eq!(side_by_side(4, &items, |item| Some(item * 2)), Some(twice.clone()));
        assert_eq!(side_by_side(4, &items, |item| (*item != 50).then_some(())), None);
        assert_eq!(side_by_side(4, &[] as &[u8], |_| Some(())), Some(Vec::new()));
        // Where no thread can be started, this one does it all.
        let here = std::thread::current().id();
        let work = |item: &usize| (std::thread::current().id() == here).then_some(item * 2);
        assert_eq!(with_threads(4, 0, &items, work), Some(twice));
    }

    #[test]
    fn what_runs_alone_has_nothing_beside_it() {
        let items: Vec<usize> = (0..200).collect();
        let running = AtomicUsize::new(0);
        let is_alone = |item: &usize| item.is_multiple_of(10);
        let results = side_by_side_or_alone(4, &items, is_alone, |item| {
            let beside = running.fetch_add(1, Ordering::SeqCst);
            std::thread::sleep(std::time::Duration::from_micros(200));
            let after = running.fetch_sub(1, Ordering::SeqCst);
            assert!(!is_alone(item) || (beside, after) == (0, 1));
            Some(*item)
        });
        assert_eq!(results, Some(items));
    }
}
