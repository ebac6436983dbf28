//! Assertions in a project of its own, built and run in each of the ways in which tests are.
//!
//! One project and one target folder, so that what it depends on is compiled once, and once more with `--release`.

// With the feature here, although the project turns it on by itself: without it, the same would be tried twice.
#![cfg(all(
    feature = "call-sites",
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    not(miri)
))]

#[path = "support/project.rs"]
mod project;

use project::Project;

const MANIFEST: &str = r#"
[package]
name = "app"
version = "0.1.0"
edition = "2024"

[dependencies]
helper = { path = "helper" }
memgate = { path = "REPOSITORY", features = ["call-sites"] }

[workspace]
members = ["helper", "runtimes"]

# As cargo has them by default, but for what takes long.
[profile.dev.package."*"]
debug = false
[profile.release]
panic = "abort"
[profile.release.package."*"]
debug = false
opt-level = 0
[profile.release.package.memgate]
opt-level = 3
"#;

/// Apart, so that tokio is not built with `--release`.
const RUNTIMES_MANIFEST: &str = r#"
[package]
name = "runtimes"
version = "0.1.0"
edition = "2024"

[dev-dependencies]
memgate = { path = "REPOSITORY", features = ["call-sites"] }
tokio = { version = "1", default-features = false, features = ["macros", "rt", "rt-multi-thread"] }
"#;

const LIBRARY: &str = r#"
//! ```
//! memgate::install!();
//! # fn main() {
//! assert_eq!(memgate::measure(|| vec![1_u8; 10]).1.total_bytes, 10);
//! # }
//! ```
//!
//! ```should_panic
//! memgate::install!();
//! # fn main() {
//! memgate::assert_no_alloc(|| Box::new(1));
//! # }
//! ```

#[cfg(test)]
memgate::install!();

#[inline(never)]
pub fn outer(text: &str) -> usize {
    middle(text) + 1
}

#[inline(never)]
fn middle(text: &str) -> usize {
    inner(text) + 1
}

#[inline(never)]
fn inner(text: &str) -> usize {
    std::hint::black_box(text.to_owned()).len() // planted
}

#[test]
fn unit() {
    memgate::assert_no_alloc(|| "text".len());
}
"#;

const HELPER_MANIFEST: &str = "[package]\nname = \"helper\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";

const HELPER: &str = r#"
#[inline(never)]
pub fn joined(words: &[&str]) -> String {
    words.join(" ") // planted
}
"#;

const TESTS: &str = r#"
use std::hint::black_box;

memgate::install!();

#[test]
fn deep() {
    memgate::assert_no_alloc(|| app::outer(black_box("text")));
}

#[test]
fn closure() {
    memgate::assert_no_alloc(|| {
        let numbers = black_box([1, 2, 3]);
        black_box(numbers.to_vec()) // planted
    });
}

#[test]
fn dependency() {
    memgate::assert_no_alloc(|| helper::joined(black_box(&["a", "b"])));
}

#[test]
fn asynchronous() {
    let mut future = std::pin::pin!(async {
        let kept = black_box(vec![1_u8; 70_000]); // planted
        async { black_box(kept.len()) }.await
    });
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    memgate::assert_at_most(memgate::Limits::new().total_bytes(5_000), || future.as_mut().poll(&mut context));
}

#[test]
fn leak() {
    memgate::assert_no_leak(|| {
        let kept = black_box(Box::new([0_u8; 40])); // planted
        std::mem::forget(kept);
    });
}

#[test]
fn plain_passes() {
    let text = String::from("text");
    memgate::assert_no_alloc(|| text.find('x'));
}
"#;

const RUNTIMES: &str = r#"
use std::hint::black_box;

memgate::install!();

#[test]
fn asynchronous() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    memgate::assert_at_most(memgate::Limits::new().total_bytes(5_000), || {
        runtime.block_on(async {
            let kept = black_box(vec![1_u8; 70_000]); // planted
            async { black_box(kept.len()) }.await
        })
    });
}

#[test]
fn current_thread() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let ((), heap) = memgate::measure(|| runtime.block_on(async { drop(black_box(vec![1_u8; 70_000])) }));
    assert_eq!((heap.allocs, heap.peak_bytes), (1, 70_000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn multi_thread() {
    // What a worker does is the worker's.
    tokio::spawn(async { memgate::assert_no_alloc(|| black_box(1)) }).await.unwrap();
    let worker = tokio::spawn(async { black_box(vec![1_u8; 70_000]).len() });
    memgate::assert_no_alloc(|| while !worker.is_finished() { std::hint::spin_loop() });
    worker.await.unwrap();
}

#[tokio::test]
async fn between_awaits() {
    let text = async { String::from("text") }.await;
    memgate::assert_no_alloc(|| text.find('x'));
    let ((), heap) = memgate::measure_all_threads(|| std::thread::scope(|scope| {
        scope.spawn(|| drop(black_box(vec![1_u8; 70_000])));
    }));
    assert!(heap.peak_bytes >= 70_000);
}
"#;

const PROGRAM: &str = r#"
memgate::install!();

fn main() {
    memgate::assert_no_alloc(|| app::outer(std::hint::black_box("text")));
}
"#;

/// The project of these tests.
fn project() -> Project {
    Project::new(
        "assertion_builds",
        &[
            ("Cargo.toml", MANIFEST),
            ("src/lib.rs", LIBRARY),
            ("src/bin/program.rs", PROGRAM),
            ("tests/planted.rs", TESTS),
            ("runtimes/Cargo.toml", RUNTIMES_MANIFEST),
            ("runtimes/src/lib.rs", ""),
            ("runtimes/tests/runtimes.rs", RUNTIMES),
            ("helper/Cargo.toml", HELPER_MANIFEST),
            ("helper/src/lib.rs", HELPER),
        ],
    )
}

/// The line of the nth planted allocation, from one on, of a source.
fn planted(source: &str, number: usize) -> usize {
    let lines = source.lines().enumerate().filter(|(_, line)| line.ends_with("// planted"));
    lines.map(|(index, _)| index + 1).nth(number - 1).unwrap()
}

/// What each test that has to fail says first of its call sites, as file and line.
fn expected() -> [(&'static str, String); 5] {
    let in_tests = |number| format!("tests/planted.rs:{}  ", planted(TESTS, number));
    [
        ("deep", format!("src/lib.rs:{}  ", planted(LIBRARY, 1))),
        ("closure", in_tests(1)),
        ("dependency", format!("helper/src/lib.rs:{}  ", planted(HELPER, 1))),
        ("asynchronous", in_tests(2)),
        ("leak", in_tests(3)),
    ]
}

/// Holds a run of all tests in `planted.rs` against what has to come of it.
fn check_planted(text: &str) {
    for (name, place) in expected() {
        assert!(text.contains(&format!("test {name} ... FAILED")), "{name}: {text}");
        let (_, said) =
            text.split_once(&format!("thread '{name}' (")).unwrap_or_else(|| panic!("{name}: {text}"));
        let (_, sites) = said.split_once("call sites, worst first:\n").unwrap();
        let first = sites.lines().next().unwrap();
        assert!(first.starts_with(&format!("  1  {place}")), "{name}, {place}: {said}");
    }
    assert!(text.contains("test result: FAILED. 1 passed; 5 failed;"), "{text}");
}

#[test]
fn a_planted_allocation_fails_its_test_and_no_other_and_is_named() {
    let project = project();
    let (_, text) = project.cargo("test --test planted -- --test-threads=8");
    check_planted(&text);
    // In the words of the gate, with what was called.
    for words in
        ["str::to_owned in app::inner", "← app::middle src/lib.rs:", "Box::new in planted::leak::{{closure}}"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    let (_, text) = project.cargo("test --test planted -- --test-threads=1");
    check_planted(&text);

    for target in ["--lib", "--doc"] {
        let (output, text) = project.cargo(&format!("test {target}"));
        assert!(output.status.success(), "{text}");
    }

    let (_, text) = project.cargo("test -p runtimes --test runtimes");
    assert!(text.contains("test result: FAILED. 3 passed; 1 failed;"), "{text}");
    let place = format!("  1  tests/runtimes.rs:{}  ", planted(RUNTIMES, 1));
    assert!(text.contains("test asynchronous ... FAILED") && text.contains(&place), "{place}: {text}");

    let (output, text) = project.cargo("nextest run --test planted --no-fail-fast");
    if text.contains("no such command") {
        #[expect(clippy::print_stderr, reason = "says what was not tried")]
        {
            eprintln!("SKIPPED: cargo-nextest, which is not installed here");
        }
    } else {
        assert!(!output.status.success() && text.contains("1 passed, 5 failed"), "{text}");
    }
}

#[test]
fn with_release_there_are_functions_and_with_debug_information_there_are_lines() {
    let project = project();
    let (_, text) = project.cargo("test --release --test planted");
    assert!(text.contains("test result: FAILED. 1 passed; 5 failed;"), "{text}");
    assert!(text.contains("  1  alloc::") || text.contains(" in app::inner\n"), "{text}");
    assert!(text.contains("`debug = 1` in its profile"), "{text}");
    let manifest = project.path("Cargo.toml");
    let with_lines = std::fs::read_to_string(&manifest)
        .unwrap()
        .replace("[profile.release]\n", "[profile.release]\ndebug = 1\n");
    std::fs::write(&manifest, with_lines).unwrap();
    let (_, text) = project.cargo("test --release --test planted");
    check_planted(&text);

    // A test is always built to unwind; this is a program that isn't.
    let (output, text) = project.cargo("run --release --bin program");
    assert!(!output.status.success(), "{text}");
    assert!(text.contains("memgate::assert_no_alloc: a number is over its limit"), "{text}");
    assert!(text.contains(&format!("  1  src/lib.rs:{}  ", planted(LIBRARY, 1))), "{text}");
}
