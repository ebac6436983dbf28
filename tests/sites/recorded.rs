//! Has a benchmark counted, or recorded, in a process of its own.

use std::path::Path;

use memgate_protocol::capture::{Capture, CapturedRow, CapturedWindow, WindowKind, node};
use memgate_protocol::{Command, CountWindow, Engine, EngineWindows, Outcome, Record, WindowPlan, Windows};

use crate::request::{Answer, ask};

/// A warm-up of one window, and three steady ones.
pub(crate) const PLAN: WindowPlan = WindowPlan { warm_up: 1, steady: 3, long_run_ms: 0 };

/// A request to record a benchmark into `file`.
pub(crate) fn record_into(file: &Path, name: &str, plan: WindowPlan) -> Command {
    Command::Measure { name: name.to_owned(), engine: Engine::Sites, plan, file: Some(file.to_owned()) }
}

/// Asks to record a benchmark, and gives the answer and the capture, if there is one.
pub(crate) fn ask_to_record(name: &str, plan: WindowPlan) -> (Answer, Option<Capture>) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("capture");
    let answer = ask("sites", record_into(&file, name, plan));
    (answer, Capture::read(&file).ok())
}

/// Records a benchmark, and checks what holds for any: the capture is whole, and says what the record says.
pub(crate) fn recorded(name: &str, plan: WindowPlan) -> Capture {
    let (answer, capture) = ask_to_record(name, plan);
    let windows = match answer.outcome() {
        Outcome::Measured(Record { windows: EngineWindows::Sites(windows), .. }) => windows,
        other => panic!("{name}: not recorded: {other:?}"),
    };
    let capture = capture.unwrap_or_else(|| panic!("{name}: there is no capture"));
    check(&capture, name, &windows);
    capture
}

/// Checks what holds for any capture.
pub(crate) fn check(capture: &Capture, name: &str, windows: &Windows<CountWindow>) {
    assert_eq!(capture.name, name);
    assert!(!capture.modules.is_empty());
    assert_eq!(windows.steady.len(), 1);
    for (kind, said) in [(WindowKind::Cold, windows.cold), (WindowKind::Steady, windows.steady[0])] {
        let window = window(capture, kind);
        assert_eq!(sums(window), said, "{name}, {kind:?}: the record says another thing");
        let total = window.total();
        assert_eq!(total.peak_bytes, window.peak_bytes, "{name}, {kind:?}: shares are not the whole");
        assert_eq!(window.lost_blocks, 0, "{name}, {kind:?}");
        let mut nodes: Vec<u32> = window.rows.iter().map(|row| row.node).collect();
        nodes.sort_unstable();
        nodes.dedup();
        assert_eq!(nodes.len(), window.rows.len(), "{name}, {kind:?}: a stack has two rows");
        for CapturedRow { node, numbers } in &window.rows {
            if *node != node::OLDER {
                assert!(numbers.allocs >= 0 && numbers.retained_blocks >= 0, "{name}, {kind:?}: {numbers:?}");
                assert!(numbers.maximum_bytes >= numbers.peak_bytes.max(numbers.retained_bytes));
            }
        }
    }
    let mut nodes: Vec<(u32, u64)> = capture.nodes.iter().map(|node| (node.parent, node.address)).collect();
    nodes.sort_unstable();
    nodes.dedup();
    assert_eq!(nodes.len(), capture.nodes.len(), "{name}: a stack has two nodes");
}

/// What the engine `count` says of a benchmark: the cold window, and the first of the steady ones.
pub(crate) fn counted(name: &str, plan: WindowPlan) -> (CountWindow, CountWindow) {
    match ask("sites", Command::measure(name, Engine::Count, plan)).outcome() {
        Outcome::Measured(Record { windows: EngineWindows::Count(windows), .. }) => {
            (windows.cold, windows.steady[0])
        }
        other => panic!("{name}: not counted: {other:?}"),
    }
}

/// The window of a kind.
pub(crate) fn window(capture: &Capture, kind: WindowKind) -> &CapturedWindow {
    capture.windows.iter().find(|window| window.kind == kind).expect("both windows are recorded")
}

/// The sums over all rows, in the words of the engine `count`.
pub(crate) fn sums(window: &CapturedWindow) -> CountWindow {
    let total = window.total();
    CountWindow {
        peak_bytes: total.peak_bytes,
        total_bytes: total.total_bytes,
        allocs: total.allocs,
        reallocs: total.reallocs,
        retained_bytes: total.retained_bytes,
        growth_bytes: total.leaked_bytes,
        realloc_growth_bytes: total.realloc_growth_bytes,
        realloc_new_bytes: total.realloc_new_bytes,
    }
}

/// A stack's return addresses from the outer end, and the node that its outer end stands on.
pub(crate) fn addresses(capture: &Capture, node: u32) -> (u32, Vec<u64>) {
    let mut addresses = Vec::new();
    let mut next = node;
    while let Some(index) = next.checked_sub(node::FIRST) {
        let stack = capture.nodes[index as usize];
        addresses.push(stack.address);
        next = stack.parent;
    }
    addresses.reverse();
    (next, addresses)
}
