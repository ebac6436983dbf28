//! All threads at one moment.

use super::ask::ask_all;
use super::status::{Thread, thread};
use crate::process::{length_in_code, loaded_objects, thread_ids};
use crate::profile::{StackProfile, StackRow};
use crate::signals::{Collection, Exclusive, Foreign, Obstacle, Purpose, ask, obstacles};
use crate::stack::has_frame_pointers;

/// So many threads are looked at.
const MOST_THREADS: usize = 4_096;

/// Why there is no profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ThreadsError {
    /// One is being collected.
    Busy,
    /// There is no `/proc`.
    NoThreads,
}

/// Collects what each thread is called, its state, its processor time, and where it is. Each is interrupted for some microseconds; one that
/// can't be asked has the reason in the place of its stack.
///
/// # Errors
/// When somebody else is collecting, or the kernel doesn't say which threads there are.
pub(crate) fn collect() -> Result<StackProfile, ThreadsError> {
    static ONCE: Exclusive = Exclusive::new();

    let _doing = ONCE.begin().ok_or(ThreadsError::Busy)?;
    let ids = thread_ids();
    // Before they are asked: afterwards, all would have been running.
    let mut threads: Vec<Thread> = ids.iter().take(MOST_THREADS).filter_map(|id| thread(*id)).collect();
    if threads.is_empty() {
        return Err(ThreadsError::NoThreads);
    }
    let seen: Vec<u32> = threads.iter().map(|thread| thread.id).collect();
    for (thread, obstacle) in threads.iter_mut().zip(obstacles(&seen)) {
        thread.obstacle = obstacle;
    }
    let can_be_asked: Vec<u32> =
        threads.iter().filter(|thread| thread.obstacle.is_none()).map(|thread| thread.id).collect();
    let answers = Collection::begin(Purpose::Threads).map(|collection| {
        let mark = collection.mark();
        ask_all(&can_be_asked, |thread| ask(thread, mark), &mut |each| {
            collection.collect(|taken| each(taken.thread, taken.return_addresses));
        })
    });
    let objects = loaded_objects();
    let row = |thread: Thread| {
        let (stack, reason) = match &answers {
            Ok(answers) => (answers.stack(thread.id), no_answer(&thread, answers.was_asked(thread.id))),
            Err(Foreign) => (None, "[no stack: the program handles SIGPROF itself]"),
        };
        let return_addresses =
            stack.map(|stack| stack[..length_in_code(&objects, stack)].to_vec()).unwrap_or_default();
        StackRow {
            without_addresses: return_addresses.is_empty().then(|| reason.to_owned()),
            return_addresses,
            values: [1, thread.processor_nanoseconds],
            labels: vec![
                ("thread", thread.name),
                ("thread_id", thread.id.to_string()),
                ("state", thread.state.to_owned()),
            ],
        }
    };
    let mut notes = Vec::new();
    if ids.len() > MOST_THREADS {
        notes.push(format!("{} more threads were not looked at", ids.len() - MOST_THREADS));
    }
    Ok(StackProfile {
        rows: threads.into_iter().map(row).collect(),
        has_frame_pointers: has_frame_pointers(),
        notes,
        ..StackProfile::now()
    })
}

fn no_answer(thread: &Thread, was_asked: bool) -> &'static str {
    match thread.obstacle {
        Some(Obstacle::Blocked) => "[no stack: the thread blocks SIGPROF]",
        Some(Obstacle::Awaited) => "[no stack: the thread waits for SIGPROF itself]",
        None if was_asked => "[no stack: the thread did not answer in time]",
        None => "[no stack: the thread was not asked: it was gone, or there was no time]",
    }
}
