//! A timer for each thread of the process.

use std::collections::HashMap;
use std::time::Duration;

use crate::process::thread_ids;
use crate::signals::{Mark, Timer, obstacles};

/// Of how much processor time of a thread there is one sample.
pub(super) const INTERVAL: Duration = Duration::from_millis(10);

/// The timers that run now.
#[derive(Debug)]
pub(super) struct Timers {
    mark: Mark,
    by_thread: HashMap<u32, Option<Timer>>,
    random: u64,
    /// How many threads have none, though they were there: the system allows no more.
    pub(super) refused: usize,
    /// How many have none now, since our handler would not get the signal.
    pub(super) unreachable: usize,
}

impl Timers {
    pub(super) fn none(mark: Mark, seed: u64) -> Self {
        Self { mark, by_thread: HashMap::new(), random: seed | 1, refused: 0, unreachable: 0 }
    }

    /// Has one for each thread that there is now and that would get the signal, and no other.
    pub(super) fn bring_up_to_date(&mut self) {
        let threads = thread_ids();
        // A number may come again.
        self.by_thread.retain(|thread, _| threads.binary_search(thread).is_ok());
        self.unreachable = 0;
        let new: Vec<u32> =
            threads.into_iter().filter(|thread| !self.by_thread.contains_key(thread)).collect();
        for (obstacle, thread) in obstacles(&new).into_iter().zip(new) {
            // A thread that the program has wait for signals would be told of ours, at the latest when it begins to wait again. All are
            // blocked for a moment while a thread is made, so that it is looked at again.
            if obstacle.is_some() {
                self.unreachable += 1;
                continue;
            }
            let first = self.random_part_of_the_interval();
            let timer = Timer::start(thread, self.mark, first, INTERVAL);
            self.refused += usize::from(timer.is_err());
            self.by_thread.insert(thread, timer.ok());
        }
    }

    /// So that threads which use less than the interval are sampled as often as they should be.
    fn random_part_of_the_interval(&mut self) -> Duration {
        // Marsaglia's xorshift.
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        let nanoseconds = INTERVAL.as_nanos() as u64;
        Duration::from_nanos(1 + self.random % nanoseconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::{Collection, Purpose};

    #[test]
    fn threads_that_are_gone_have_none_any_more() {
        let collection = Collection::begin(Purpose::Cpu).unwrap();
        let mut timers = Timers::none(collection.mark(), 7);
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let (tell, told) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let own = std::fs::read_link("/proc/thread-self").unwrap();
            tell.send(own.file_name().unwrap().to_str().unwrap().parse::<u32>().unwrap()).unwrap();
            ended.recv().is_ok()
        });
        // One by one, since other tests have threads that come and go.
        let number = told.recv().unwrap();
        timers.bring_up_to_date();
        assert!(timers.by_thread.get(&number).is_some_and(Option::is_some), "{number}: {timers:?}");
        drop(end);
        assert!(!thread.join().unwrap());
        // A thread that has been joined may be there for a moment.
        while timers.by_thread.contains_key(&number) {
            std::thread::yield_now();
            timers.bring_up_to_date();
        }
    }
}
