//! Results of std's locks to results of ours: what is poisoned stays so.

use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

/// The same with another guard.
#[inline(always)]
pub(super) fn map<A, B>(result: LockResult<A>, to: impl FnOnce(A) -> B) -> LockResult<B> {
    match result {
        Ok(guard) => Ok(to(guard)),
        Err(poisoned) => Err(PoisonError::new(to(poisoned.into_inner()))),
    }
}

/// The same with another guard, where the lock may be held.
#[inline(always)]
pub(super) fn try_map<A, B>(result: TryLockResult<A>, to: impl FnOnce(A) -> B) -> TryLockResult<B> {
    match result {
        Ok(guard) => Ok(to(guard)),
        Err(TryLockError::Poisoned(poisoned)) => {
            Err(TryLockError::Poisoned(PoisonError::new(to(poisoned.into_inner()))))
        }
        Err(TryLockError::WouldBlock) => Err(TryLockError::WouldBlock),
    }
}

/// What a first try has found, or what waiting gives.
///
/// `wait` gives the guard alone, which fits two registers: a result would be returned in memory, and what is returned there in one case
/// lies there in all. Whether it is poisoned is asked again.
#[inline(always)]
pub(super) fn or_wait<A, B>(
    tried: TryLockResult<A>,
    wait: impl FnOnce() -> A,
    is_poisoned: impl FnOnce() -> bool,
    to: impl FnOnce(A) -> B,
) -> LockResult<B> {
    match tried {
        Ok(guard) => Ok(to(guard)),
        Err(TryLockError::Poisoned(poisoned)) => Err(PoisonError::new(to(poisoned.into_inner()))),
        Err(TryLockError::WouldBlock) => {
            let guard = to(wait());
            if is_poisoned() { Err(PoisonError::new(guard)) } else { Ok(guard) }
        }
    }
}
