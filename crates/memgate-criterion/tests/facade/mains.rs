//! Bench targets of odd shapes.

use std::cell::RefCell;

use memgate_criterion::measurement::{Measurement, ValueFormatter, WallTime};
use memgate_criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

/// Two groups with one name, in two functions, and names that criterion would cut.
pub(crate) mod names {
    use super::*;

    fn one(criterion: &mut Criterion) {
        let mut group = criterion.benchmark_group("group");
        group.bench_function("f", |bencher| bencher.iter(|| vec![0_u8; 1]));
        group.bench_function(BenchmarkId::from_parameter("p"), |bencher| bencher.iter(|| 1));
        group.finish();
        criterion.bench_with_input(BenchmarkId::new("free", 7), &7, |bencher, n| bencher.iter(|| n + 1));
    }

    fn two(criterion: &mut Criterion) {
        let mut group = criterion.benchmark_group("group");
        group.bench_function("f", |bencher| bencher.iter(|| vec![0_u8; 2]));
        group.bench_function("x".repeat(200), |bencher| bencher.iter(|| 1));
    }

    criterion_group!(first, one);
    criterion_group!(second, two);
    criterion_main!(first, second);
    pub(crate) const MAIN: fn() = main;
}

/// Two benchmarks of one group with one name, at which criterion panics.
pub(crate) mod one_name {
    use super::*;

    fn twice(criterion: &mut Criterion) {
        let mut group = criterion.benchmark_group("group");
        group.bench_function("f", |bencher| bencher.iter(|| 1));
        group.bench_function("f", |bencher| bencher.iter(|| 2));
    }

    criterion_group!(benches, twice);
    criterion_main!(benches);
    pub(crate) const MAIN: fn() = main;
}

/// Benchmarks that do not call `iter`, and one that panics in it.
pub(crate) mod failing {
    use super::*;

    fn all(criterion: &mut Criterion) {
        criterion.bench_function("no window", |_| ());
        criterion.bench_function("panics", |bencher| bencher.iter(|| panic!("on purpose")));
        criterion.bench_function("two windows", |bencher| {
            bencher.iter(|| vec![0_u8; 1]);
            bencher.iter(|| vec![0_u8; 2]);
        });
    }

    criterion_group!(benches, all);
    criterion_main!(benches);
    pub(crate) const MAIN: fn() = main;
}

/// A measurement of its own, a helper that returns it, a filter, and a `main` in a thread that never ends with a summary.
pub(crate) mod by_hand {
    use super::*;

    struct Bytes(RefCell<u64>);

    impl Measurement for Bytes {
        type Intermediate = ();
        type Value = u64;
        fn start(&self) {
            panic!("the gate measures by itself")
        }
        fn end(&self, (): ()) -> u64 {
            *self.0.borrow()
        }
        fn add(&self, one: &u64, other: &u64) -> u64 {
            one + other
        }
        fn zero(&self) -> u64 {
            0
        }
        fn to_f64(&self, value: &u64) -> f64 {
            *value as f64
        }
        fn formatter(&self) -> &dyn ValueFormatter {
            WallTime.formatter()
        }
    }

    fn configured() -> Criterion<Bytes> {
        Criterion::default().sample_size(10).with_measurement(Bytes(RefCell::new(0)))
    }

    fn benches<M: Measurement + 'static>(criterion: &mut Criterion<M>) {
        criterion.bench_function("kept", |bencher| bencher.iter(|| vec![0_u8; 3]));
        criterion.bench_function("left out", |bencher| bencher.iter(|| 1));
    }

    pub(crate) fn main() {
        let benches = || {
            let criterion = configured().with_filter("forgotten").configure_from_args();
            benches(&mut criterion.with_filter("^ke"));
        };
        std::thread::Builder::new().spawn(benches).unwrap().join().unwrap();
    }
}

/// Sets, after the command line, all that the command line has as well.
pub(crate) mod set_in_the_code {
    use std::path::Path;
    use std::time::Duration;

    use memgate_criterion::BenchmarkFilter;

    use super::*;

    pub(crate) fn main() {
        let elsewhere = std::env::var_os("ELSEWHERE").expect("the test says where");
        let configured = || {
            let criterion =
                Criterion::default().configure_from_args().output_directory(Path::new(&elsewhere));
            criterion.save_baseline("mine".to_owned()).profile_time(Some(Duration::from_millis(1)))
        };
        configured().with_filter("other").bench_function("one", |bencher| bencher.iter(|| 1));
        configured()
            .retain_baseline("yours".to_owned(), true)
            .bench_function("two", |bencher| bencher.iter(|| 2));
        let nothing = configured().with_benchmark_filter(BenchmarkFilter::RejectAll);
        { nothing }.bench_function("three", |bencher| bencher.iter(|| 3));
    }
}

/// Reads no command line.
pub(crate) mod deaf {
    use super::*;

    pub(crate) fn main() {
        let mut criterion = Criterion::default();
        for name in ["one", "two"] {
            criterion.bench_function(name, |bencher| bencher.iter(|| 1));
        }
    }
}
