//! How many processors what is started has: they are taken from this thread for the moment in which it starts something.

use std::num::NonZeroUsize;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// This thread with fewer processors, until this is dropped.
#[derive(Debug)]
pub(super) struct Limited {
    before: Option<CpuSet>,
}

impl Limited {
    /// Leaves this thread the first `cores` of the processors that it may use. Where the system does not allow it, it keeps all.
    pub(super) fn to(cores: NonZeroUsize) -> Self {
        let Ok(before) = sched_getaffinity(None) else { return Self { before: None } };
        let mut fewer = CpuSet::new();
        let allowed = (0..CpuSet::MAX_CPU).filter(|core| before.is_set(*core));
        allowed.take(cores.get()).for_each(|core| fewer.set(core));
        let is_done = fewer != before && sched_setaffinity(None, &fewer).is_ok();
        Self { before: is_done.then_some(before) }
    }
}

impl Drop for Limited {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            // It was allowed to have them a moment ago.
            let _ = sched_setaffinity(None, before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_started_has_fewer_processors_and_the_tool_keeps_its_own() {
        let count = || std::thread::available_parallelism().unwrap();
        let before = count();
        let one = NonZeroUsize::MIN;
        let limited = Limited::to(one);
        let said = std::process::Command::new("nproc").output().unwrap().stdout;
        drop(limited);
        assert_eq!(String::from_utf8(said).unwrap(), "1\n");
        assert_eq!(count(), before);
    }
}
