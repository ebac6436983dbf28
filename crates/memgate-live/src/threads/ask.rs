//! Where threads are, asked of themselves.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

/// So many are asked at once: as many answers have a place.
const AT_ONCE: usize = 128;
/// How long those are waited for that were asked at once. A thread that can run answers within a turn of its processor.
const PATIENCE: Duration = Duration::from_millis(100);
/// How long all together are waited for.
const PATIENCE_IN_ALL: Duration = Duration::from_secs(1);

/// What came of asking threads.
#[derive(Debug, Default)]
pub(super) struct Answers {
    asked: HashSet<u32>,
    stacks: HashMap<u32, Vec<u64>>,
}

impl Answers {
    /// The stack of a thread, from the inner end; none where it did not answer.
    pub(super) fn stack(&self, thread: u32) -> Option<&[u64]> {
        self.stacks.get(&thread).map(Vec::as_slice)
    }

    /// Whether a thread was asked at all: for the last ones there may have been no time, and one that is gone can't be.
    pub(super) fn was_asked(&self, thread: u32) -> bool {
        self.asked.contains(&thread)
    }
}

/// Hands what has been answered since to a function: the thread and its stack.
pub(super) type Collect<'a> = dyn FnMut(&mut dyn FnMut(u32, &[u64])) + 'a;

/// Asks threads where they are, some at a time. `ask` says whether one could be asked.
pub(super) fn ask_all(threads: &[u32], ask: impl Fn(u32) -> bool, collect: &mut Collect<'_>) -> Answers {
    let start = Instant::now();
    let mut answers = Answers::default();
    for some in threads.chunks(AT_ONCE) {
        if start.elapsed() > PATIENCE_IN_ALL {
            break;
        }
        // Answers of others than these may come as well, late.
        let mut waited_for: HashSet<u32> = some.iter().copied().filter(|thread| ask(*thread)).collect();
        answers.asked.extend(&waited_for);
        let begun = Instant::now();
        loop {
            collect(&mut |thread, return_addresses| {
                waited_for.remove(&thread);
                answers.stacks.insert(thread, return_addresses.to_vec());
            });
            if waited_for.is_empty() || begun.elapsed() > PATIENCE {
                break;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }
    answers
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn a_late_answer_is_no_other_threads() {
        let threads: Vec<u32> = (1..=AT_ONCE as u32 + 1).collect();
        let last = AT_ONCE as u32 + 1;
        let pending = RefCell::new(Vec::new());
        let ask = |thread| {
            // The first answers when the last is asked, which takes a moment more.
            pending.borrow_mut().extend((thread != 1).then_some(thread));
            true
        };
        let mut looks_at_last = 0;
        let mut collect = |each: &mut dyn FnMut(u32, &[u64])| {
            let mut pending = pending.borrow_mut();
            if pending.contains(&last) {
                looks_at_last += 1;
                if looks_at_last == 1 {
                    each(1, &[1]);
                    return;
                }
            }
            pending.drain(..).for_each(|thread| each(thread, &[u64::from(thread)]));
        };
        let answers = ask_all(&threads, ask, &mut collect);
        for thread in threads {
            assert_eq!(answers.stack(thread), Some([u64::from(thread)].as_slice()));
        }
    }

    #[test]
    fn who_could_not_be_asked_and_who_was_left_out_were_not_asked() {
        let threads: Vec<u32> = (1..=20 * AT_ONCE as u32).collect();
        let answers = ask_all(&threads, |thread| thread != 2, &mut |_| ());
        assert!(answers.was_asked(1) && !answers.was_asked(2));
        assert!(!answers.was_asked(20 * AT_ONCE as u32) && answers.stack(1).is_none());
    }
}
