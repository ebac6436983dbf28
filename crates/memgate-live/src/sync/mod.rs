//! Locks that say who waits for whom: [`Mutex`], [`RwLock`] and [`Condvar`] with std's API and std's poisoning.
//!
//! Each is std's own with a word beside it. Where nobody waits, that word is read once, when the lock is released; where somebody does, the
//! call stacks of who waits and of who released are put down, and the endpoint has them at `/debug/pprof/block` and `/debug/pprof/mutex`,
//! in the units of Go's. What is not std's to begin with is named here under std's names, so that changing the import is all there is to do.
//!
//! # Example
//! ```
//! use memgate_live::sync::Mutex;      // in place of std::sync::Mutex
//!
//! static JOBS: Mutex<Vec<u32>> = Mutex::new(Vec::new());
//!
//! JOBS.lock().unwrap().push(1);
//! assert_eq!(JOBS.lock().unwrap().len(), 1);
//! ```

mod condvar;
mod mutex;
mod results;
mod rwlock;
mod rwlock_guards;

pub use condvar::Condvar;
pub use mutex::{Mutex, MutexGuard};
pub use rwlock::RwLock;
pub use rwlock_guards::{RwLockReadGuard, RwLockWriteGuard};
pub use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult, WaitTimeoutResult};
