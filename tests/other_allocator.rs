//! `main!` around an allocator that is not the platform's.

#[path = "support/request.rs"]
mod request;
#[path = "support/runner.rs"]
mod runner;
#[path = "support/suite_process.rs"]
mod suite_process;

use std::process::ExitCode;

use memgate_protocol::{Command, CountWindow, Engine, EngineWindows, Outcome, RefusalKind, WindowPlan};

use request::ask;

runner::cases![
    the_answer_names_the_allocator,
    the_numbers_are_those_of_any_other,
    every_call_reaches_the_allocator,
    dhat_cannot_measure_it,
    assertions_count_around_it,
];

fn main() -> ExitCode {
    match suite_process::suite_to_be() {
        Some(_) => suite::run(),
        None if cfg!(miri) => ExitCode::SUCCESS,
        None => runner::main(CASES),
    }
}

#[expect(unsafe_code, reason = "is an allocator")]
mod allocator {
    use std::alloc::{GlobalAlloc, Layout, System};
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    /// Counts the calls of each method, in the order of [`CALLS`].
    pub(crate) struct Arena;

    /// Calls of alloc, dealloc, alloc_zeroed and realloc.
    pub(crate) static CALLS: [AtomicUsize; 4] = [const { AtomicUsize::new(0) }; 4];

    // SAFETY: every method counts in an atomic and hands its arguments on to `System` unchanged.
    unsafe impl GlobalAlloc for Arena {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            CALLS[0].fetch_add(1, Relaxed);
            // SAFETY: the caller keeps `alloc`'s contract.
            unsafe { System.alloc(layout) }
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            CALLS[1].fetch_add(1, Relaxed);
            // SAFETY: the caller keeps `dealloc`'s contract, and `block` came from `System`.
            unsafe { System.dealloc(block, layout) }
        }

        unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
            CALLS[2].fetch_add(1, Relaxed);
            // SAFETY: the caller keeps `alloc_zeroed`'s contract.
            unsafe { System.alloc_zeroed(layout) }
        }

        unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
            CALLS[3].fetch_add(1, Relaxed);
            // SAFETY: the caller keeps `realloc`'s contract, and `block` came from `System`.
            unsafe { System.realloc(block, layout, new_size) }
        }
    }
}

mod suite {
    use std::hint::black_box;
    use std::sync::atomic::Ordering::Relaxed;

    use super::allocator::{Arena, CALLS};

    fn text(bencher: memgate::Bencher) {
        bencher.bench(|| {
            let before = CALLS.each_ref().map(|calls| calls.load(Relaxed));
            let mut bytes = black_box(vec![0_u8; 10]);
            bytes.reserve_exact(20);
            drop(black_box(Box::new(1_u64)));
            let after = CALLS.each_ref().map(|calls| calls.load(Relaxed));
            let calls: Vec<usize> = after.iter().zip(before).map(|(after, before)| after - before).collect();
            assert_eq!(calls, [1, 1, 1, 1]);
        });
    }

    memgate::main! { allocator = Arena; text }

    pub(super) fn run() -> std::process::ExitCode {
        main()
    }
}

fn measure(engine: Engine) -> Command {
    Command::measure("text", engine, WindowPlan::default())
}

fn the_answer_names_the_allocator() {
    let allocator = ask("", Command::List).response.unwrap().allocator;
    assert_eq!(allocator.as_deref(), Some(std::any::type_name::<allocator::Arena>()));
}

fn the_numbers_are_those_of_any_other() {
    let Outcome::Measured(record) = ask("", measure(Engine::Count)).outcome() else { panic!("not measured") };
    let EngineWindows::Count(windows) = record.windows else { panic!("not from the engine") };
    let list = 4 * size_of::<usize>() as i64;
    let expected = CountWindow {
        // Ten bytes zeroed, grown to thirty, a box of eight, and the list of four calls.
        peak_bytes: 30 + list,
        total_bytes: 30 + 8 + list,
        allocs: 3,
        reallocs: 1,
        realloc_growth_bytes: 20,
        realloc_new_bytes: 30,
        ..CountWindow::default()
    };
    assert_eq!(windows.steady, [expected; 3]);
}

fn every_call_reaches_the_allocator() {
    // The routine checks it, and panics otherwise.
    let output = suite_process::process("").output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

fn dhat_cannot_measure_it() {
    match ask("", measure(Engine::Dhat)).outcome() {
        Outcome::Refused(refusal) => {
            assert_eq!(refusal.kind, RefusalKind::Engine);
            let why = if cfg!(feature = "dhat") { "Arena" } else { "feature `dhat`" };
            assert!(refusal.message.contains(why), "{}", refusal.message);
        }
        other => panic!("not refused: {other:?}"),
    }
}

fn assertions_count_around_it() {
    use allocator::CALLS;
    use std::sync::atomic::Ordering::Relaxed;

    let before = CALLS.each_ref().map(|calls| calls.load(Relaxed));
    let (bytes, heap) = memgate::measure(|| {
        let mut bytes = std::hint::black_box(vec![0_u8; 10]);
        bytes.reserve_exact(20);
        bytes
    });
    drop(bytes);
    assert_eq!((heap.allocs, heap.reallocs, heap.total_bytes), (1, 1, 30));
    let calls = CALLS.each_ref().map(|calls| calls.load(Relaxed));
    // The first call of the process also looks whether the allocator is installed.
    assert!(calls[2] == before[2] + 1 && calls[3] > before[3], "{before:?} {calls:?}");
}
