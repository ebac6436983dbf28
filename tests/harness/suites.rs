//! The bench binaries that this test can be.

use std::hint::black_box;
use std::process::ExitCode;
use std::sync::OnceLock;

use memgate::{Bencher, Suite};

use crate::worker::Worker;

pub(crate) fn main(name: &str) -> ExitCode {
    match name {
        "macro" => by_macro::run(),
        "windows" => windows().main(),
        "odd names" => ODD_NAMES.iter().fold(suite(), |suite, name| suite.bench(*name, nothing)).main(),
        "long name" => suite().bench("x".repeat(300), nothing).main(),
        "duplicate" => suite().bench("a", nothing).bench("b", nothing).bench("a", nothing).main(),
        "two lines" => suite().bench("two\nlines", nothing).main(),
        "no name" => suite().bench("", nothing).main(),
        "space" => suite().bench("a", nothing).bench(" b", nothing).main(),
        "empty" => suite().main(),
        "failing" => suite()
            .bench("first", nothing)
            .bench("no window", drop)
            .bench("panics", |bencher| bencher.bench(|| panic!("on purpose")))
            .bench("last", nothing)
            .main(),
        "closes" => suite()
            .bench("output", |bencher| bencher.bench(|| close(1)))
            .bench("error", |bencher| bencher.bench(|| close(2)))
            .main(),
        other => panic!("no suite is named {other}"),
    }
}

/// Names that would do harm as paths, patterns or options; a name is none of these.
pub(crate) const ODD_NAMES: [&str; 10] = [
    "two words",
    "/",
    "../../etc/passwd",
    "a//b/",
    "größe/日本語/🦀",
    "--list",
    "-",
    "a=b",
    "\"quoted\" 'text'",
    "*?[x]$HOME",
];

fn suite() -> Suite {
    Suite::new("package", "target")
}

fn nothing(bencher: Bencher) {
    bencher.bench(|| ());
}

fn bytes(size: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(size))
}

#[cfg(unix)]
fn close(descriptor: i32) {
    // Open only the first time.
    let _ = nix::unistd::close(descriptor);
}

#[cfg(not(unix))]
fn close(_: i32) {}

/// Every form that `main!` takes.
#[expect(clippy::print_stdout, reason = "standard output is the user's, and these are users")]
mod by_macro {
    use super::{Bencher, ExitCode, bytes};

    fn words(bencher: Bencher) {
        bencher.bench(|| {
            println!("ran words");
            bytes(100)
        });
    }

    fn sized(bencher: Bencher, size: usize) {
        bencher.bench(move || bytes(size));
    }

    mod inner {
        pub(super) fn words(bencher: super::Bencher) {
            bencher.bench(|| println!("ran inner::words"));
        }
    }

    memgate::main! {
        words,
        inner::words,
        sized: [1_000, 20_000],
        "any text" => |bencher| sized(bencher, 5),
        "any text/with" => sized: (7..=8).map(|size| size * 10),
    }

    pub(super) fn run() -> ExitCode {
        main()
    }
}

/// Benchmarks whose numbers are known.
fn windows() -> Suite {
    suite()
        .bench("grow", |bencher| bencher.bench(grow))
        .bench("shrink", |bencher| bencher.bench(shrink))
        .bench("mixed", |bencher| bencher.bench(mixed))
        .bench("free the input", |bencher| {
            bencher.with_inputs(|| bytes(5_000)).bench_values(|input| {
                drop(input);
                bytes(1_000)
            });
        })
        .bench("keep the input", |bencher| bencher.with_inputs(|| bytes(5_000)).bench_values(|input| input))
        .bench("borrow the input", |bencher| {
            bencher.with_inputs(|| vec![1_u8; 50]).bench_refs(|input| input.extend_from_slice(&[2; 50]));
        })
        .bench("cache", |bencher| {
            static CACHE: OnceLock<Vec<u8>> = OnceLock::new();
            bencher.bench(|| CACHE.get_or_init(|| bytes(4_096)).capacity());
        })
        .bench("leak", |bencher| bencher.bench(|| bytes(100).leak().len()))
        .bench("leak every second time", |bencher| {
            let mut calls = 0;
            bencher.bench(move || {
                calls += 1;
                if calls % 2 == 0 {
                    bytes(100).leak();
                }
            });
        })
        .bench("leak in the set-up", |bencher| {
            bencher.with_inputs(|| bytes(30).leak().len()).bench_values(|length| length);
        })
        .bench("free late", |bencher| {
            let worker = Worker::start();
            let freeing = worker.clone();
            bencher
                .with_inputs(move || freeing.run(|held| drop(std::mem::take(held))))
                .bench_values(move |()| worker.run(|held| *held = bytes(700)));
        })
        .bench("calls", |bencher| {
            let mut calls = 0;
            bencher.bench(move || {
                calls += 1;
                bytes(calls)
            });
        })
        .bench("threads", |bencher| bencher.bench(three_threads))
        .bench("worker alone", |bencher| {
            let worker = Worker::start();
            bencher.bench(move || worker.run(|_| drop(bytes(4_000))));
        })
        .bench("worker later", |bencher| {
            let worker = Worker::start();
            let mut calls = 0;
            bencher.bench(move || {
                let _mine = bytes(10);
                calls += 1;
                // The first window and the warm-up see one thread.
                if calls > 3 {
                    worker.run(|_| drop(bytes(4_000)));
                }
            });
        })
        .bench("panics", |bencher| bencher.bench(|| panic!("on purpose")))
        .bench("asserts", |bencher| bencher.bench(|| memgate::assert_no_alloc(|| 1)))
}

pub(crate) fn grow() -> Vec<u8> {
    let mut vec = bytes(1_000);
    vec.resize(1_000, 1);
    vec.reserve_exact(1_000);
    vec
}

pub(crate) fn shrink() -> (Vec<u8>, Vec<u8>) {
    let mut vec = bytes(9_000);
    vec.push(1);
    vec.shrink_to(100);
    (vec, bytes(500))
}

fn three_threads() {
    let threads = [(); 3].map(|()| std::thread::spawn(|| drop(bytes(1_000))));
    for thread in threads {
        thread.join().unwrap();
    }
}

/// All four methods, several times; keeps some of it.
pub(crate) fn mixed() -> impl Sized {
    let words: Vec<String> = (0..50).map(|number| format!("number {number} of fifty")).collect();
    let joined = words.join(", ");
    let zeros = black_box(vec![0_u32; 200]);
    let map: std::collections::BTreeMap<&str, usize> = joined.split(' ').zip(0..).collect();
    (map.len(), joined, zeros)
}
