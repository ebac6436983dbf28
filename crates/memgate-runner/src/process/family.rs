//! What a process has started, on Windows, where there are no groups of processes: a job object, whose processes are killed when its last
//! handle is closed. The tool holds the only one, so they end with it, however it ends.
//!
//! A process that starts others within the first microseconds, before it is in its job, keeps these: starting it suspended would need
//! unsafe code to have it go on.

use std::os::windows::io::AsRawHandle;
use std::process::Child;
use std::time::{Duration, Instant};

use win32job::{ExtendedLimitInfo, Job};

/// The processes that a child has started, and itself. Dropped, it kills those that are left.
#[derive(Debug)]
pub(super) struct Family {
    /// None where the system gives no job, as within one that allows no others: then what is left is left.
    job: Option<Job>,
}

impl Family {
    pub(super) fn of(child: &Child) -> Self {
        let mut limits = ExtendedLimitInfo::new();
        limits.limit_kill_on_job_close();
        let job = Job::create_with_limit_info(&limits).ok();
        let holds = |job: &Job| job.assign_process(child.as_raw_handle() as isize).is_ok();
        Self { job: job.filter(holds) }
    }

    /// Lets go of those that are left, such as a compiler's cache that others use too.
    pub(super) fn release(&self) {
        if let Some(job) = &self.job {
            // Where it can't be, they end.
            let _ = job.set_extended_limit_info(&ExtendedLimitInfo::new());
        }
    }

    /// Gives the others, when the child has ended, a moment to end too. Whether someone goes on.
    pub(super) fn outlives(&self, grace: Duration) -> bool {
        let deadline = Instant::now() + grace;
        let is_anyone_left =
            |job: &Job| job.query_process_id_list().is_ok_and(|processes| !processes.is_empty());
        while self.job.as_ref().is_some_and(is_anyone_left) {
            if Instant::now() >= deadline {
                return true;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        false
    }
}
