//! Files as they are written, cut and bent.

use super::file::END_MARK;
use super::*;
use crate::{StackNumbers, Unwinder};

fn sample() -> Capture {
    let row = |node, allocs| CapturedRow {
        node,
        numbers: StackNumbers { allocs, leaked_bytes: -allocs, ..StackNumbers::default() },
    };
    let window = |kind, rows| CapturedWindow { kind, peak_bytes: 7, events: 9, lost_blocks: 0, rows };
    Capture {
        name: "tokens/größe".into(),
        unwinder: Unwinder::FramePointers,
        modules: vec![MappedModule {
            path: "/a b/c".into(),
            build_id: "00ff".into(),
            file_length: 3,
            start: 4096,
            limit: 8192,
            file_offset: 0,
        }],
        nodes: vec![
            StackNode { parent: node::ROOT, address: u64::MAX },
            StackNode { parent: node::FIRST, address: 2 },
            StackNode { parent: node::CUT, address: 3 },
        ],
        windows: vec![
            window(WindowKind::Cold, vec![row(node::OLDER, -1), row(6, 5)]),
            window(WindowKind::Steady, vec![]),
        ],
    }
}

fn written(capture: &Capture) -> Vec<u8> {
    let file = tempfile::NamedTempFile::new().unwrap();
    capture.write(file.path()).unwrap();
    std::fs::read(file.path()).unwrap()
}

#[test]
fn what_is_written_is_read_and_every_cut_is_noticed() {
    let bytes = written(&sample());
    assert_eq!(Capture::parse(&bytes).unwrap(), sample());
    for end in 0..bytes.len() {
        assert!(Capture::parse(&bytes[..end]).is_err(), "cut at {end}");
    }
    let longer = [&bytes[..], &END_MARK[..]].concat();
    assert_eq!(Capture::parse(&longer).unwrap_err().to_string(), "it is longer than it says");
}

#[test]
fn what_cannot_be_is_refused() {
    let mut capture = sample();
    capture.nodes[1].parent = node::FIRST + 1;
    let problem = |capture: &Capture| Capture::parse(&written(capture)).unwrap_err().to_string();
    assert_eq!(problem(&capture), "a stack is outside of itself");
    let mut capture = sample();
    capture.windows[0].rows[1].node = node::FIRST + 3;
    assert_eq!(problem(&capture), "a row has no stack");
    let newer = written(&sample());
    let newer = String::from_utf8_lossy(&newer).replacen("capture\":1", "capture\":2", 1).into_bytes();
    assert_eq!(
        Capture::parse(&newer).unwrap_err().to_string(),
        "it has schema 2, and this memgate reads schema 1"
    );
}
