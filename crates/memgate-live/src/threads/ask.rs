//! Where threads are, asked of themselves.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::signals::{Collection, ask};

/// So many are asked at once: as many answers have a place.
const AT_ONCE: usize = 128;
/// How long those are waited for that were asked at once. A thread that can run answers within a turn of its processor.
const PATIENCE: Duration = Duration::from_millis(100);
/// How long all together are waited for.
const PATIENCE_IN_ALL: Duration = Duration::from_secs(1);

/// Asks threads where they are; gives the stacks of those that answered, from the inner end.
pub(super) fn ask_all(collection: &Collection, threads: &[u32]) -> HashMap<u32, Vec<u64>> {
    let start = Instant::now();
    let mut answers = HashMap::new();
    for some in threads.chunks(AT_ONCE) {
        if start.elapsed() > PATIENCE_IN_ALL {
            break;
        }
        let asked = some.iter().filter(|thread| ask(**thread, collection.mark())).count();
        let (begun, expected) = (Instant::now(), answers.len() + asked);
        loop {
            collection.collect(|taken| drop(answers.insert(taken.thread, taken.return_addresses.to_vec())));
            if answers.len() >= expected || begun.elapsed() > PATIENCE {
                break;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }
    answers
}
