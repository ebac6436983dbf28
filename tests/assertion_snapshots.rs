//! Snapshots in a project of its own: recorded, compared, refused.
//!
//! One project, since two with one target folder would run each other's programs; what it depends on is compiled once, and once more with
//! `--release`.

// With the features here, although the project turns them on by itself: without them, the same would be tried twice.
#![cfg(all(
    feature = "call-sites",
    feature = "snapshots",
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    not(miri)
))]

#[path = "support/project.rs"]
mod project;

use project::Project;

const WORKSPACE: &str = r#"
[workspace]
resolver = "3"
members = ["crates/app"]

[profile.dev.package."*"]
debug = false
[profile.release.package."*"]
debug = false
opt-level = 0
[profile.release.package.memgate]
opt-level = 3
"#;

const MANIFEST: &str = r#"
[package]
name = "app"
version = "0.1.0"
edition = "2024"

[dependencies]
memgate = { path = "REPOSITORY", features = ["call-sites", "snapshots"] }
"#;

const LIBRARY: &str = r#"
//! ```
//! memgate::install!();
//! # fn main() {
//! memgate::assert_heap!("example", || vec![1_u8; 10]);
//! # }
//! ```

#[cfg(test)]
memgate::install!();

pub fn words(text: &str) -> Vec<String> {
    text.split(' ').map(String::from).collect()
}

#[test]
fn unit() {
    memgate::assert_heap!("unit", || words("a b c"));
}
"#;

const TESTS: &str = r#"
use std::hint::black_box;

memgate::install!();

macro_rules! tests {
    ($($name:ident $id:literal $size:literal)*) => {$(
        #[test]
        fn $name() {
            memgate::assert_heap!($id, || black_box(vec![1_u8; $size]));
        }
    )*};
}

tests! { a "sizes/10" 10  b "sizes/20" 20  c "sizes/30" 30  d "sizes/40" 40  e "sizes/50" 50  f "sizes/60" 60 }

#[test]
fn parse() {
    let output = memgate::assert_heap!("parse", || {
        let words = app::words(black_box("one two three"));
        // here
        words.len()
    });
    assert_eq!(output, 3);
}

#[test]
fn nested() {
    let ((), heap) = memgate::measure(|| memgate::assert_heap!("nested", || drop(black_box(vec![1_u8; 10]))));
    assert_eq!((heap.allocs, heap.total_bytes), (1, 10));
}
"#;

const PLANTED: &str = "drop(black_box(vec![1_u8; 70_000])); // here";

/// What the tests of the file have in all.
const COUNT: usize = 8;

fn project() -> Project {
    Project::new(
        "assertion_snapshots",
        &[
            ("Cargo.toml", WORKSPACE),
            ("crates/app/Cargo.toml", MANIFEST),
            ("crates/app/src/lib.rs", LIBRARY),
            ("crates/app/tests/memory.rs", TESTS),
        ],
    )
}

/// The path of the file from the workspace.
fn file() -> String {
    let compiler = std::process::Command::new("rustc").arg("-vV").output().unwrap();
    let text = String::from_utf8(compiler.stdout).unwrap();
    let triple = text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    format!("baselines/{triple}/app/tests.json")
}

impl Project {
    /// What is in the file; nothing where there is none.
    fn recorded(&self) -> String {
        std::fs::read_to_string(self.path(&file())).unwrap_or_default()
    }

    #[track_caller]
    fn passes(&self, line: &str) -> String {
        let (output, text) = self.cargo(line);
        assert!(output.status.success(), "{line}: {text}");
        text
    }

    #[track_caller]
    fn fails(&self, line: &str) -> String {
        let (output, text) = self.cargo(line);
        assert!(!output.status.success(), "{line}: {text}");
        text
    }
}

const TEST: &str = "test --test memory -- --test-threads=8";
const UPDATE: &str = "MEMGATE_UPDATE=1 test --test memory -- --test-threads=8";

#[track_caller]
fn assert_has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn snapshots_are_recorded_and_compared() {
    let project = project();
    record_and_compare(&project);
    refuse(&project);
}

/// Numbers are recorded once, and what changes fails its test.
fn record_and_compare(project: &Project) {
    let text = project.fails(TEST);
    assert_has(
        &text,
        &[
            &format!("test result: FAILED. 0 passed; {COUNT} failed;"),
            "memgate::assert_heap!(\"sizes/10\"): no numbers are recorded for it with the profile `dev`\n  measured: peak_bytes 10 B",
            &format!("\n  to record them in {}: MEMGATE_UPDATE=1 cargo test -p app\n", file()),
        ],
    );
    assert_eq!(project.recorded(), "");

    project.passes(UPDATE);
    let first = project.recorded();
    assert_has(
        &first,
        &["\"dev\": {\n      \"nested\": {\n        \"allocs\": 1,\n", "\"sizes/60\"", "\"schema\": 1\n}\n"],
    );
    let folder = project.path(&file());
    assert_eq!(std::fs::read_dir(folder.parent().unwrap()).unwrap().count(), 1, "nothing else is left");
    for line in [UPDATE, "MEMGATE_UPDATE=1 test --test memory -- --test-threads=1"] {
        project.passes(line);
        assert_eq!(project.recorded(), first);
        std::fs::remove_file(&folder).unwrap();
        project.passes(line);
        assert_eq!(project.recorded(), first, "from the beginning, too");
    }
    project.passes(TEST);

    // What is planted fails its test alone, with its line.
    project.write("crates/app/tests/memory.rs", &TESTS.replacen("// here", PLANTED, 1));
    let line = TESTS.lines().position(|line| line.ends_with("// here")).unwrap() + 1;
    let text = project.fails(TEST);
    assert_has(
        &text,
        &[
            &format!("test result: FAILED. {} passed; 1 failed;", COUNT - 1),
            "memgate::assert_heap!(\"parse\"): numbers are over their limits\n  peak_bytes   70,",
            "recorded 4: +1\n",
            "\n  to accept that: MEMGATE_UPDATE=1 cargo test -p app\n  call sites, worst first:\n  1  ",
            &format!("  1  tests/memory.rs:{line}  "),
        ],
    );
    project.passes(UPDATE);
    let grown = project.recorded();
    let differing = first.lines().zip(grown.lines()).filter(|(old, new)| old != new).count();
    assert_eq!(differing, 3, "peak, total, allocs of one test: {grown}");
    project.passes(TEST);

    // What falls is said, and nothing is written without being asked.
    project.write("crates/app/tests/memory.rs", TESTS);
    let text = project.fails(TEST);
    assert_has(
        &text,
        &["(\"parse\"): numbers fell, and could grow back unseen", "\n  allocs       4, recorded 5: -1\n"],
    );
    assert_eq!(project.recorded(), grown);
    // With the library of another compiler, that says nothing.
    let other = grown.replace("\"rustc\": \"", "\"rustc\": \"0.");
    project.write(&file(), &other);
    project.passes(TEST);
    project.write(&file(), &other.replace("\"allocs\": 5", "\"allocs\": 3"));
    assert_has(
        &project.fails(TEST),
        &["they were recorded with rustc 0.", ": its standard library may allocate otherwise"],
    );
    project.passes(UPDATE);
    project.passes("MEMGATE_UPDATE=all test --test memory");
    assert_eq!(project.recorded(), first);

    // Each profile has numbers of its own, and other programs of the package theirs in the same file.
    let text = project.fails("test --release --test memory");
    assert_has(&text, &["with the profile `release`; they are for `dev`\n", "cargo test -p app --release\n"]);
    project.passes("MEMGATE_UPDATE=1 test --release --test memory");
    project.passes("MEMGATE_UPDATE=1 test --lib");
    project.passes("MEMGATE_UPDATE=1 test --doc");
    let all = project.recorded();
    assert_has(&all, &["\"unit\"", "\"example\"", "\"release\": {\n      \"nested\""]);
    assert!(all.contains(&first[first.find("\"nested\"").unwrap()..first.find("\"parse\"").unwrap()]));
    project.passes("test");

    let (output, text) = project.cargo("nextest run");
    if text.contains("no such command") {
        #[expect(clippy::print_stderr, reason = "says what was not tried")]
        {
            eprintln!("SKIPPED: cargo-nextest, which is not installed here");
        }
        return;
    }
    assert!(output.status.success(), "{text}");
    std::fs::remove_file(&folder).unwrap();
    project.passes("MEMGATE_UPDATE=1 nextest run --test memory");
    assert_eq!(project.recorded(), first, "one process for each test");
}

/// What can't be compared fails, and says what to do.
fn refuse(project: &Project) {
    let good = project.recorded();
    let newer = good.replace("\"schema\": 1", "\"schema\": 2");
    let broken = &good[..good.len() / 2];
    let conflict = good.replacen("      \"parse", "<<<<<<< HEAD\n      \"parse", 1);
    for (text, said) in [
        (
            newer.as_str(),
            "it has schema 2, written by a newer memgate; this one reads schemas up to 1: update memgate",
        ),
        (broken, "it ends where it should have"),
        (conflict.as_str(), "is a merge conflict marker; resolve the conflict"),
    ] {
        project.write(&file(), text);
        for line in [TEST, UPDATE] {
            let printed = project.fails(line);
            assert_has(
                &printed,
                &[said, &format!("(\"parse\"): failed to read {}: ", project.path(&file()).display())],
            );
            assert!(printed.contains(&format!("0 passed; {COUNT} failed;")), "{printed}");
            assert_eq!(project.recorded(), text, "it is not written over");
        }
    }
    project.write(&file(), &good);
    assert_has(
        &project.fails("MEMGATE_UPDATE=yes test --test memory"),
        &["MEMGATE_UPDATE is \"yes\", and can be 1, all, or 0"],
    );

    // Two assertions of one id, in one program and in two.
    let twice = format!("{TESTS}\n#[test]\nfn again() {{ memgate::assert_heap!(\"parse\", || 1); }}\n");
    project.write("crates/app/tests/memory.rs", &twice);
    for line in [TEST, UPDATE] {
        assert_has(
            &project.fails(line),
            &["(\"parse\"): its id is that of another assertion of this package, and one id has one"],
        );
    }
    project.write("crates/app/tests/memory.rs", TESTS);
    project.write(
        "crates/app/tests/other.rs",
        "memgate::install!();\n#[test]\nfn other() { memgate::assert_heap!(\"parse\", || vec![1_u8; 9]); }\n",
    );
    for line in ["test --test other", "MEMGATE_UPDATE=1 test --test other"] {
        let first = TESTS.lines().position(|line| line.contains("(\"parse\"")).unwrap() + 1;
        let places = format!("one id has one set of numbers: tests/memory.rs:{first}, tests/other.rs:3\n");
        assert_has(&project.fails(line), &[&places]);
    }
    project.write(
        "crates/app/tests/other.rs",
        "memgate::install!();\n#[test]\nfn other() {\n    for size in [9, 900] {\n        \
         memgate::assert_heap!(\"other\", || vec![1_u8; size]);\n    }\n}\n",
    );
    assert_has(
        &project.fails("MEMGATE_UPDATE=1 test --test other"),
        &["(\"other\"): it has other numbers than a moment ago", "\n  now   measured: peak_bytes 900 B"],
    );

    // What could not be searched for in sources is refused by the compiler, which names the feature as well where it is not there.
    project.write(
        "crates/app/tests/other.rs",
        "memgate::install!();\n#[test]\nfn other() { memgate::assert_heap!(r\"raw\", || 1); }\n",
    );
    assert_has(
        &project.fails("test --test other"),
        &["the id of `assert_heap!` is a plain text without escapes"],
    );

    // Without the allocator, nothing is recorded.
    project.write(
        "crates/app/tests/other.rs",
        "#[test]\nfn other() { memgate::assert_heap!(\"new\", || vec![1_u8; 9]); }\n",
    );
    assert_has(
        &project.fails("MEMGATE_UPDATE=1 test --test other"),
        &["memgate::assert_heap!: memgate's allocator is not installed"],
    );
    assert!(!project.recorded().contains("\"new\""));

    project.write(
        "crates/app/Cargo.toml",
        &MANIFEST.replace(", \"snapshots\"", "").replace("REPOSITORY", env!("CARGO_MANIFEST_DIR")),
    );
    let text = project.fails("test --test memory");
    assert_has(&text, &["`memgate::assert_heap!` needs memgate's feature `snapshots`"]);
}
