//! A project of its own, built with frame pointers and without: both ways to take a stack lead to the same.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use memgate_protocol::capture::{Capture, CapturedRow, WindowKind, node};
use memgate_protocol::{
    EngineWindows, Outcome, REQUEST_VARIABLE, Request, Response, StackNumbers, Unwinder, WindowPlan,
};

use crate::recorded::{addresses, check, record_into, window};
use crate::runner;
use crate::symbols::Functions;

// Each builds what it needs, the first for the others.
runner::cases![
    the_same_is_recorded_with_and_without_frame_pointers,
    more_stacks_than_have_room_are_counted_together,
];

const PLAN: WindowPlan = WindowPlan { warm_up: 1, steady: 2, long_run_ms: 0 };

/// What this test itself is built for.
const TARGET: &str = memgate_target::TARGET;

/// The project's program, built in release mode with or without frame pointers.
fn built(unwinder: Unwinder) -> PathBuf {
    let (name, flags) = match unwinder {
        Unwinder::FramePointers => ("frame-pointers", "-Cforce-frame-pointers=yes"),
        Unwinder::UnwindTables => ("unwind-tables", "-Cforce-frame-pointers=no"),
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sites-fixture");
    let project = folder.join(name);
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = format!(
        "[package]\nname = \"fixture\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         memgate = {{ path = {repository:?} }}\n\n[workspace]\n"
    );
    std::fs::create_dir_all(project.join("src")).unwrap();
    std::fs::write(project.join("Cargo.toml"), manifest).unwrap();
    std::fs::write(project.join("src/main.rs"), include_str!("fixture.rs")).unwrap();
    std::fs::copy(repository.join("Cargo.lock"), project.join("Cargo.lock")).unwrap();
    let target = project.join("target");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--release", "--quiet", "--target", TARGET])
        .current_dir(&project)
        .env("CARGO_TARGET_DIR", &target)
        .env("RUSTFLAGS", flags)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    target.join(TARGET).join("release/fixture")
}

fn recorded(program: &Path, name: &str, plan: WindowPlan) -> Capture {
    let folder = tempfile::tempdir().unwrap();
    let (request, response) = (folder.path().join("request.json"), folder.path().join("response.json"));
    let file = folder.path().join("capture");
    let content = Request::new(&response, record_into(&file, name, plan)).to_json().unwrap();
    std::fs::write(&request, content).unwrap();
    let output = Command::new(program).env(REQUEST_VARIABLE, &request).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let windows = match Response::read(&response).unwrap().outcome {
        Outcome::Measured(record) => match record.windows {
            EngineWindows::Sites(windows) => windows,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    let capture = Capture::read(&file).unwrap();
    check(&capture, name, &windows);
    capture
}

fn the_same_is_recorded_with_and_without_frame_pointers() {
    let unwinders = [Unwinder::FramePointers, Unwinder::UnwindTables];
    let programs = unwinders.map(built);
    // The targets of AArch64 keep frame pointers whatever that flag says, so both are taken by them there.
    let expected_unwinders =
        if cfg!(target_arch = "aarch64") { [Unwinder::FramePointers; 2] } else { unwinders };
    for name in ["nested", "sorting"] {
        let [by_frame_pointers, by_tables] = [0, 1].map(|index| {
            let capture = recorded(&programs[index], name, PLAN);
            assert_eq!(capture.unwinder, expected_unwinders[index]);
            let functions = Functions::of(&capture, &programs[index]);
            [WindowKind::Cold, WindowKind::Steady].map(|kind| by_path(&capture, kind, &functions))
        });
        assert_eq!(by_frame_pointers, by_tables, "{name}");
        let paths: Vec<&str> = by_tables[0].keys().map(String::as_str).collect();
        let expected: &[&str] = match name {
            "nested" => &[
                "",
                "fixture_left > fixture_inner",
                "fixture_right > fixture_grow",
                "fixture_right > fixture_inner",
                "older",
            ],
            _ => &[
                "",
                "fixture_compare",
                "fixture_format",
                "fixture_format > fixture_right > fixture_grow",
                "fixture_format > fixture_right > fixture_inner",
                "fixture_left > fixture_inner",
            ],
        };
        assert_eq!(paths, expected);
    }
}

/// The numbers of a window by the program's own functions on a stack. The threads of `sorting` run beside each other, so
/// nothing is kept of it that depends on their order.
fn by_path(capture: &Capture, kind: WindowKind, functions: &Functions) -> BTreeMap<String, StackNumbers> {
    let mut by_path: BTreeMap<String, StackNumbers> = BTreeMap::new();
    for row in &window(capture, kind).rows {
        let path = if row.node == node::OLDER {
            "older".to_owned()
        } else {
            functions.path(&addresses(capture, row.node).1)
        };
        let numbers = if capture.name == "nested" {
            row.numbers
        } else {
            StackNumbers {
                peak_bytes: 0,
                peak_blocks: 0,
                maximum_bytes: 0,
                maximum_blocks: 0,
                lifetime_events: 0,
                ..row.numbers
            }
        };
        *by_path.entry(path).or_default() += numbers;
    }
    by_path
}

fn more_stacks_than_have_room_are_counted_together() {
    /// Rows that the tables have, without the two that stand for no stack.
    const ROWS: i64 = (1 << 20) - 2;
    const DEPTH: usize = 20;
    let program = built(Unwinder::FramePointers);
    let plan = WindowPlan { warm_up: 0, steady: 1, long_run_ms: 0 };

    let capture = recorded(&program, &format!("leaves/{DEPTH}"), plan);
    for kind in [WindowKind::Cold, WindowKind::Steady] {
        let window = window(&capture, kind);
        let total = window.total();
        assert_eq!((total.allocs, total.total_bytes), (1 << DEPTH, 16 << DEPTH));
        assert_eq!((window.peak_bytes, total.retained_bytes, window.events), (16, 0, 2 << DEPTH));
        let (beyond, apart): (Vec<&CapturedRow>, Vec<&CapturedRow>) =
            window.rows.iter().partition(|row| row.node == node::BEYOND_LIMIT);
        assert!(apart.iter().all(|row| row.numbers.allocs == 1));
        assert_eq!(apart.len() as i64, ROWS);
        let beyond: i64 = beyond.iter().map(|row| row.numbers.allocs).sum();
        assert_eq!(beyond, (1 << DEPTH) - ROWS);
    }
    let functions = Functions::of(&capture, &program);
    let row = window(&capture, WindowKind::Steady).rows.iter().find(|row| row.node >= node::FIRST).unwrap();
    assert_eq!(functions.occurrences(&addresses(&capture, row.node).1)["fixture_leaves"], DEPTH + 1);
}
