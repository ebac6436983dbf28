//! The gate's side of a bencher: a routine on one thread, or on several at once.

use std::cell::RefCell;
use std::hint::black_box;
use std::sync::Barrier;

use memgate::__private::facade::{Benchmark, Edges};

/// A benchmark under the gate, on so many threads.
pub(crate) struct OnThreads<'a> {
    pub(crate) benchmark: &'a Benchmark,
    /// One at least.
    pub(crate) count: usize,
}

impl OnThreads<'_> {
    /// The native bencher, on the current thread alone.
    pub(crate) fn bencher(&self) -> memgate::Bencher {
        self.benchmark.bencher()
    }

    pub(crate) fn bench_values<I, O>(
        self,
        make_input: impl Fn() -> I + Sync,
        routine: impl Fn(I) -> O + Sync,
    ) {
        if self.count == 1 {
            return self.bench_local_values(make_input, routine);
        }
        self.bencher().bench_between_edges(|edges| {
            at_once(edges, self.count, &|turn: &dyn Turn| {
                let input = black_box(make_input());
                turn.begin();
                let output = black_box(routine(input));
                turn.end();
                drop(output);
            });
        });
    }

    pub(crate) fn bench_refs<I, O>(
        self,
        make_input: impl Fn() -> I + Sync,
        routine: impl Fn(&mut I) -> O + Sync,
    ) {
        if self.count == 1 {
            return self.bench_local_refs(make_input, routine);
        }
        self.bencher().bench_between_edges(|edges| {
            at_once(edges, self.count, &|turn: &dyn Turn| {
                let mut input = black_box(make_input());
                turn.begin();
                let output = black_box(routine(&mut input));
                turn.end();
                drop(output);
                drop(black_box(input));
            });
        });
    }

    pub(crate) fn bench_local_values<I, O>(self, make_input: impl FnMut() -> I, routine: impl FnMut(I) -> O) {
        self.bencher().with_inputs(make_input).bench_values(routine);
    }

    pub(crate) fn bench_local_refs<I, O>(
        self,
        make_input: impl FnMut() -> I,
        routine: impl FnMut(&mut I) -> O,
    ) {
        self.bencher().with_inputs(make_input).bench_refs(routine);
    }
}

/// What a thread calls around its routine.
trait Turn {
    /// Waits until all threads have their inputs, and the window is open.
    fn begin(&self);
    /// Waits until all threads are done, and the window is closed.
    fn end(&self);
}

/// The thread that opens and closes the window.
struct Leading<'a> {
    all: &'a Barrier,
    edges: RefCell<&'a mut dyn Edges>,
}

impl Turn for Leading<'_> {
    fn begin(&self) {
        self.all.wait();
        self.edges.borrow_mut().open();
        self.all.wait();
    }

    fn end(&self) {
        self.all.wait();
        self.edges.borrow_mut().close();
        self.all.wait();
    }
}

/// Another thread, with the same barrier: what a platform makes of one when it is first waited at, it makes before the window.
struct Following<'a> {
    all: &'a Barrier,
}

impl Turn for Following<'_> {
    fn begin(&self) {
        self.all.wait();
        self.all.wait();
    }

    fn end(&self) {
        self.all.wait();
        self.all.wait();
    }
}

/// Runs `work` on so many threads at once, the current one among them.
fn at_once(edges: &mut dyn Edges, count: usize, work: &(dyn Fn(&dyn Turn) + Sync)) {
    let all = Barrier::new(count);
    let all = &all;
    std::thread::scope(|scope| {
        let follow = || {
            let _ends = EndsProcess;
            work(&Following { all });
        };
        let mut others = Vec::new();
        for _ in 1..count {
            others.push(scope.spawn(follow));
        }
        let ends = EndsProcess;
        work(&Leading { all, edges: RefCell::new(edges) });
        drop(ends);
        // Until they are gone, with what each had of its own.
        for other in others {
            let _ = other.join();
        }
    });
}

/// Ends the process when its thread panics: the others would wait for it.
struct EndsProcess;

impl Drop for EndsProcess {
    fn drop(&mut self) {
        if std::thread::panicking() {
            std::process::exit(101);
        }
    }
}
