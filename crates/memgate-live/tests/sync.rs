//! The locks of `memgate_live::sync`, held against those of std: the same code, over both.
#![cfg(feature = "sync")]

/// What std's documentation promises, of whichever module it is given.
macro_rules! as_std {
    ($name:ident, $sync:path) => {
        mod $name {
            use std::panic::{AssertUnwindSafe, catch_unwind};
            use std::sync::Arc;
            use std::time::Duration;

            use sync::{Condvar, Mutex, RwLock, TryLockError};
            use $sync as sync;

            // In constants.
            static MUTEX: Mutex<Vec<u8>> = Mutex::new(Vec::new());
            static RWLOCK: RwLock<Vec<u8>> = RwLock::new(Vec::new());
            static CONDVAR: Condvar = Condvar::new();

            fn panics(work: impl FnOnce()) {
                assert!(catch_unwind(AssertUnwindSafe(work)).is_err());
            }

            #[test]
            fn a_mutex_is_held_by_one_and_poisoned_by_a_panic() {
                MUTEX.lock().unwrap().push(1);
                let mutex = Mutex::from(5);
                {
                    let mut guard = mutex.lock().unwrap();
                    *guard += 1;
                    assert_eq!((format!("{guard:?}"), format!("{guard}")), ("6".to_owned(), "6".to_owned()));
                    assert!(matches!(mutex.try_lock(), Err(TryLockError::WouldBlock)));
                    assert!(format!("{mutex:?}").contains("<locked>"));
                }
                assert_eq!(format!("{mutex:?}"), "Mutex { data: 6, poisoned: false, .. }");
                panics(|| {
                    let _guard = mutex.lock().unwrap();
                    panic!();
                });
                assert!(mutex.is_poisoned());
                assert_eq!(*mutex.lock().unwrap_err().into_inner(), 6);
                assert!(matches!(mutex.try_lock(), Err(TryLockError::Poisoned(_))));
                let mut mutex = mutex;
                *mutex.get_mut().unwrap_err().into_inner() = 7;
                mutex.clear_poison();
                assert!(!mutex.is_poisoned());
                *mutex.try_lock().unwrap() += 1;
                assert_eq!(mutex.into_inner().unwrap(), 8);
                let unsized_one: Box<Mutex<[u8]>> = Box::<Mutex<[u8; 2]>>::default();
                assert_eq!(unsized_one.lock().unwrap().len(), 2);
            }

            #[test]
            fn whoever_waits_for_a_poisoned_mutex_is_told() {
                let mutex = Mutex::new(());
                std::thread::scope(|scope| {
                    let guard = mutex.lock().unwrap();
                    let waiting = scope.spawn(|| mutex.lock().is_err());
                    let panicking = scope.spawn(|| {
                        let _guard = mutex.lock();
                        panic!();
                    });
                    std::thread::sleep(Duration::from_millis(20));
                    drop(guard);
                    assert!(panicking.join().is_err());
                    // Before or after; either way there is no deadlock.
                    let _ = waiting.join().unwrap();
                });
                assert!(mutex.lock().is_err());
            }

            #[test]
            fn a_lock_has_many_readers_or_one_writer_whose_panic_alone_poisons() {
                RWLOCK.write().unwrap().push(1);
                let lock = RwLock::from(5);
                {
                    let (one, two) = (lock.read().unwrap(), lock.try_read().unwrap());
                    assert_eq!(
                        (*one, format!("{two:?}"), format!("{two}")),
                        (5, "5".to_owned(), "5".to_owned())
                    );
                    assert!(matches!(lock.try_write(), Err(TryLockError::WouldBlock)));
                }
                *lock.write().unwrap() += 1;
                {
                    let mut guard = lock.try_write().unwrap();
                    *guard += 1;
                    assert!(lock.try_read().is_err());
                    assert!(format!("{lock:?}").contains("<locked>"));
                }
                panics(|| {
                    let _guard = lock.read().unwrap();
                    panic!();
                });
                assert!(!lock.is_poisoned());
                panics(|| {
                    let _guard = lock.write().unwrap();
                    panic!();
                });
                assert!(lock.is_poisoned() && lock.read().is_err() && lock.write().is_err());
                assert!(matches!(lock.try_read(), Err(TryLockError::Poisoned(_))));
                let mut lock = lock;
                assert_eq!(*lock.get_mut().unwrap_err().into_inner(), 7);
                lock.clear_poison();
                assert_eq!(lock.into_inner().unwrap(), 7);
                assert_eq!(RwLock::<u8>::default().into_inner().unwrap(), 0);
            }

            #[test]
            fn who_waits_is_notified_or_loses_patience() {
                CONDVAR.notify_all();
                assert_eq!(format!("{CONDVAR:?}"), "Condvar { .. }");
                let pair = Arc::new((Mutex::new(0), Condvar::default()));
                let (mutex, changed) = &*pair;
                let no_time = Duration::from_millis(1);
                let (guard, result) = changed.wait_timeout(mutex.lock().unwrap(), no_time).unwrap();
                assert!(result.timed_out() && *guard == 0);
                drop(guard);
                let (guard, result) =
                    changed.wait_timeout_while(mutex.lock().unwrap(), no_time, |value| *value == 0).unwrap();
                assert!(result.timed_out());
                drop(guard);
                let (guard, result) =
                    changed.wait_timeout_while(mutex.lock().unwrap(), no_time, |value| *value == 1).unwrap();
                assert!(!result.timed_out());
                drop(guard);
                let other = Arc::clone(&pair);
                let thread = std::thread::spawn(move || {
                    for _ in 0..100 {
                        *other.0.lock().unwrap() += 1;
                        other.1.notify_one();
                    }
                });
                drop(changed.wait_while(mutex.lock().unwrap(), |value| *value < 50).unwrap());
                let mut guard = mutex.lock().unwrap();
                while *guard < 100 {
                    guard = changed.wait_timeout(guard, Duration::from_secs(60)).unwrap().0;
                }
                thread.join().unwrap();
                panics(|| {
                    let _guard = guard;
                    panic!();
                });
                let waited = changed.wait_timeout(mutex.lock().unwrap_err().into_inner(), no_time);
                assert!(waited.unwrap_err().into_inner().1.timed_out());
            }

            #[test]
            fn what_is_inside_is_changed_by_one_at_a_time() {
                const THREADS: usize = 4;
                const ROUNDS: usize = 20_000;
                let (mutex, lock) = (Mutex::new((0, 0)), RwLock::new((0, 0)));
                std::thread::scope(|scope| {
                    for _ in 0..THREADS {
                        scope.spawn(|| {
                            for _ in 0..ROUNDS {
                                let mut pair = mutex.lock().unwrap();
                                *pair = (pair.0 + 1, pair.1 + 1);
                                drop(pair);
                                let mut pair = lock.write().unwrap();
                                *pair = (pair.0 + 1, pair.1 + 1);
                                drop(pair);
                                let pair = lock.read().unwrap();
                                assert_eq!(pair.0, pair.1);
                            }
                        });
                    }
                });
                assert_eq!(mutex.into_inner().unwrap(), (THREADS * ROUNDS, THREADS * ROUNDS));
                assert_eq!(lock.into_inner().unwrap(), (THREADS * ROUNDS, THREADS * ROUNDS));
            }

            #[test]
            fn they_may_go_wherever_stds_may() {
                fn is_shared_and_survives<
                    T: Send + Sync + std::panic::UnwindSafe + std::panic::RefUnwindSafe,
                >() {
                }
                fn is_shared<T: Sync>() {}
                is_shared_and_survives::<Mutex<std::cell::Cell<u8>>>();
                is_shared_and_survives::<RwLock<u8>>();
                is_shared_and_survives::<Condvar>();
                is_shared::<sync::MutexGuard<'_, u8>>();
                is_shared::<sync::RwLockReadGuard<'_, u8>>();
                is_shared::<sync::RwLockWriteGuard<'_, u8>>();
            }
        }
    };
}

as_std!(theirs, std::sync);
as_std!(ours, memgate_live::sync);
