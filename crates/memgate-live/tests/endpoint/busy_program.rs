//! A program whose threads compute, wait for a lock, and sleep. Compiled by the tests, with frame pointers.

use std::hint::black_box;
use std::time::Duration;

use memgate_live::sync::{Condvar, Mutex};

#[global_allocator]
static HEAP: memgate_live::Heap = memgate_live::Heap::system();

static SHARED: Mutex<u64> = Mutex::new(0);
static NEVER: (Mutex<()>, Condvar) = (Mutex::new(()), Condvar::new());

/// The same work each time, of some tens of microseconds. In registers alone: what is written and read again at once takes a processor longer
/// in one of two functions than in the other, as they lie.
#[inline(always)]
fn work(rounds: u64) -> u64 {
    (0..rounds).fold(black_box(1), |state, _| {
        let state = state ^ (state << 13);
        let state = state ^ (state >> 7);
        state ^ (state << 17)
    })
}

#[inline(never)]
pub fn three_quarters(rounds: u64) -> u64 {
    let done = work(3 * rounds);
    black_box(done)
}

#[inline(never)]
pub fn one_quarter(rounds: u64) -> u64 {
    let done = work(rounds);
    black_box(done)
}

#[inline(never)]
pub fn computes() {
    loop {
        black_box(three_quarters(10_000));
        black_box(one_quarter(10_000));
    }
}

#[inline(never)]
pub fn lets_others_wait() {
    {
        let mut shared = SHARED.lock().unwrap();
        *shared += 1;
        std::thread::sleep(Duration::from_millis(4));
    }
    // So that the other one gets it.
    std::thread::sleep(Duration::from_millis(2));
}

#[inline(never)]
pub fn waits_for_the_lock() {
    {
        let mut shared = SHARED.lock().unwrap();
        *shared += 1;
    }
    std::thread::sleep(Duration::from_millis(1));
}

#[inline(never)]
pub fn waits_for_ever() {
    let (mutex, never) = &NEVER;
    let guard = mutex.lock().unwrap();
    drop(black_box(never.wait(guard)));
}

#[inline(never)]
pub fn allocates() {
    let mut kept = Vec::new();
    for size in 0.. {
        kept.push(vec![1_u8; size % 5_000]);
        if kept.len() == 500 {
            kept.clear();
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn spawn(name: &str, work: fn()) {
    std::thread::Builder::new().name(name.to_owned()).spawn(move || loop { work() }).unwrap();
}

fn main() {
    let live = memgate_live::serve("127.0.0.1:0").unwrap();
    let _kept = black_box(vec![1_u8; 64 << 20]);
    spawn("computes", computes);
    spawn("holder", lets_others_wait);
    spawn("waiter", waits_for_the_lock);
    spawn("sleeper (1)", waits_for_ever);
    spawn("allocates", allocates);
    println!("{}", live.address().unwrap());
    for _ in std::io::stdin().lines() {}
}
