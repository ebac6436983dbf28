//! A thread that waits for work, and does it while the one who gave it waits. Handing over allocates nothing.

use std::sync::{Arc, Barrier, Mutex};
use std::thread;

/// What a worker does; it is given what it holds between two jobs.
type Job = fn(&mut Vec<u8>);

#[derive(Clone)]
pub(crate) struct Worker {
    meeting: Arc<Barrier>,
    job: Arc<Mutex<Job>>,
}

impl Worker {
    /// Starts a worker that lives as long as the process.
    pub(crate) fn start() -> Self {
        let worker = Self { meeting: Arc::new(Barrier::new(2)), job: Arc::new(Mutex::new(|_| ())) };
        let Self { meeting, job } = worker.clone();
        thread::spawn(move || {
            let mut held = Vec::new();
            loop {
                meeting.wait();
                let job = *job.lock().unwrap();
                job(&mut held);
                meeting.wait();
            }
        });
        // Whatever a first job allocates, on some platform, is over then.
        worker.run(|_| ());
        worker
    }

    /// Has a job done.
    pub(crate) fn run(&self, job: Job) {
        *self.job.lock().unwrap() = job;
        self.meeting.wait();
        self.meeting.wait();
    }
}
