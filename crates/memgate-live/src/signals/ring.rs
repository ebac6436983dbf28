//! Where handlers put down the stacks that they interrupt: places that are there from the beginning, and that nobody waits for.

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

use super::mark::Mark;
use crate::stack::MOST_FRAMES;

/// So many stacks can be put down before they are collected. Pages of it that nobody writes to take no memory.
const PLACES: usize = 512;
/// So many places are tried before a stack is given up.
const TRIES: usize = 8;

const FREE: u32 = 0;
const WRITTEN: u32 = 1;
const READY: u32 = 2;

/// This process's.
pub(crate) static RING: Ring = Ring::new();

/// Stacks that handlers put down, from all threads, and that one thread collects.
#[derive(Debug)]
pub(crate) struct Ring {
    places: [Place; PLACES],
    next: AtomicUsize,
    lost: AtomicU64,
}

#[derive(Debug)]
struct Place {
    state: AtomicU32,
    thread: AtomicU32,
    mark: AtomicU64,
    weight: AtomicU64,
    length: AtomicUsize,
    addresses: [AtomicU64; MOST_FRAMES],
}

/// One stack, as it was collected.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken<'a> {
    #[cfg_attr(not(feature = "threads"), expect(dead_code, reason = "stacks are added up"))]
    pub(crate) thread: u32,
    /// For how many signals it stands.
    #[cfg_attr(not(feature = "cpu"), expect(dead_code, reason = "each thread is asked once"))]
    pub(crate) weight: u64,
    /// From the inner end.
    pub(crate) return_addresses: &'a [u64],
}

impl Ring {
    const fn new() -> Self {
        Self { places: [const { Place::new() }; PLACES], next: AtomicUsize::new(0), lost: AtomicU64::new(0) }
    }

    /// Puts a stack down: `take` puts the addresses down, and gives how many they are. For signal handlers.
    pub(super) fn put(&self, mark: Mark, thread: u32, weight: u64, take: impl FnOnce(&[AtomicU64]) -> usize) {
        for _ in 0..TRIES {
            let number = self.next.fetch_add(1, Ordering::Relaxed) % PLACES;
            let Some(place) = self.places.get(number) else { continue };
            if place.state.compare_exchange(FREE, WRITTEN, Ordering::Acquire, Ordering::Relaxed).is_err() {
                continue;
            }
            place.mark.store(mark.to_value(), Ordering::Relaxed);
            place.thread.store(thread, Ordering::Relaxed);
            place.weight.store(weight, Ordering::Relaxed);
            place.length.store(take(&place.addresses), Ordering::Relaxed);
            place.state.store(READY, Ordering::Release);
            return;
        }
        self.lost.fetch_add(weight, Ordering::Relaxed);
    }

    /// Hands all stacks of a collection that are there to `each`, and makes room for others. What is older than all collections goes, too.
    pub(crate) fn collect(
        &self,
        mark: Mark,
        is_running: impl Fn(Mark) -> bool,
        mut each: impl FnMut(Taken<'_>),
    ) {
        for place in &self.places {
            if place.state.load(Ordering::Acquire) != READY {
                continue;
            }
            let found = Mark::of_value(place.mark.load(Ordering::Relaxed));
            if found == Some(mark) {
                let mut addresses = [0; MOST_FRAMES];
                let length = place.length.load(Ordering::Relaxed).min(MOST_FRAMES);
                for (to, from) in addresses.iter_mut().zip(&place.addresses).take(length) {
                    *to = from.load(Ordering::Relaxed);
                }
                each(Taken {
                    thread: place.thread.load(Ordering::Relaxed),
                    weight: place.weight.load(Ordering::Relaxed),
                    return_addresses: addresses.get(..length).unwrap_or(&[]),
                });
            } else if found.is_some_and(&is_running) {
                continue;
            }
            place.state.store(FREE, Ordering::Release);
        }
    }

    /// How many signals' stacks found no place since this was asked last.
    #[cfg(feature = "cpu")]
    pub(crate) fn take_lost(&self) -> u64 {
        self.lost.swap(0, Ordering::Relaxed)
    }
}

impl Place {
    const fn new() -> Self {
        Self {
            state: AtomicU32::new(FREE),
            thread: AtomicU32::new(0),
            mark: AtomicU64::new(0),
            weight: AtomicU64::new(0),
            length: AtomicUsize::new(0),
            addresses: [const { AtomicU64::new(0) }; MOST_FRAMES],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::mark::Purpose;
    use super::*;

    const CPU: Mark = Mark { purpose: Purpose::Cpu, collection: 1 };
    const LATE: Mark = Mark { purpose: Purpose::Cpu, collection: 2 };
    const THREADS: Mark = Mark { purpose: Purpose::Threads, collection: 1 };

    fn put(ring: &Ring, mark: Mark, addresses: &[u64]) {
        ring.put(mark, 7, 1, |places| {
            for (place, address) in places.iter().zip(addresses) {
                place.store(*address, Ordering::Relaxed);
            }
            addresses.len()
        });
    }

    fn collected(ring: &Ring, mark: Mark) -> Vec<Vec<u64>> {
        let mut all = Vec::new();
        ring.collect(mark, |mark| mark != LATE, |taken| all.push(taken.return_addresses.to_vec()));
        all
    }

    #[test]
    fn a_collection_has_its_own_and_what_is_late_is_passed_over() {
        let ring = Box::new(Ring::new());
        put(&ring, CPU, &[1, 2]);
        put(&ring, LATE, &[3]);
        put(&ring, THREADS, &[4]);
        put(&ring, CPU, &[]);
        assert_eq!(collected(&ring, CPU), [vec![1, 2], vec![]]);
        assert_eq!(collected(&ring, CPU), Vec::<Vec<u64>>::new());
        assert_eq!(collected(&ring, THREADS), [[4]]);
        assert!(ring.places.iter().all(|place| place.state.load(Ordering::Relaxed) == FREE));
    }

    #[test]
    fn what_finds_no_place_is_counted() {
        let ring = Box::new(Ring::new());
        for address in 0..PLACES as u64 + 5 {
            put(&ring, CPU, &[address]);
        }
        assert_eq!(ring.lost.load(Ordering::Relaxed), 5);
        assert_eq!(collected(&ring, CPU).len(), PLACES);
        put(&ring, CPU, &[1]);
        assert_eq!(collected(&ring, CPU), [[1]]);
    }

    #[test]
    fn threads_put_down_while_one_collects() {
        const STACKS: u64 = 2_000;
        let ring = Box::new(Ring::new());
        let mut found = 0;
        std::thread::scope(|scope| {
            let writers: Vec<_> = (1..=2)
                .map(|number| {
                    let ring = &ring;
                    scope.spawn(move || (0..STACKS).for_each(|_| put(ring, CPU, &[number; 5])))
                })
                .collect();
            while !writers.iter().all(std::thread::ScopedJoinHandle::is_finished) {
                found += whole(&collected(&ring, CPU));
            }
        });
        found += whole(&collected(&ring, CPU));
        assert_eq!(found + ring.lost.load(Ordering::Relaxed), 2 * STACKS);
    }

    fn whole(stacks: &[Vec<u64>]) -> u64 {
        assert!(stacks.iter().all(|stack| *stack == [1; 5] || *stack == [2; 5]), "{stacks:?}");
        stacks.len() as u64
    }
}
