//! The file in which a process leaves the call stacks that the engine `sites` recorded.
//!
//! Raw addresses, since symbols are looked up by the tool: a line of JSON that says what follows, then little-endian
//! integers, then a mark by which a file that was cut short is told. docs/FORMAT.md describes every field.

use std::io::{BufWriter, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{StackNumbers, Unwinder};

/// The schema version of captures that this build writes, and the only one that it reads: a capture is read by the tool
/// that asked for it, moments later.
///
/// # Changelog
/// - 1: first version.
pub const CAPTURE_SCHEMA: u32 = 1;

const END_MARK: &[u8; 16] = b"\nmemgate capture";
const NODE_BYTES: usize = 4 + 8;
const ROW_BYTES: usize = 4 + 8 * StackNumbers::COUNT;

/// Numbers of nodes. Those below [`node::FIRST`] are not in the file, and stand for something.
pub mod node {
    /// The stack with no frames.
    pub const ROOT: u32 = 0;
    /// No stack: blocks from before the window.
    pub const OLDER: u32 = 1;
    /// Every stack that found no room.
    pub const BEYOND_LIMIT: u32 = 2;
    /// The outer end of a stack that was deeper than the limit.
    pub const CUT: u32 = 3;
    /// The first node of the file.
    pub const FIRST: u32 = 4;
}

/// What the engine `sites` recorded of one benchmark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// The benchmark's name within its bench target.
    pub name: String,
    /// How the stacks were taken.
    pub unwinder: Unwinder,
    /// Where executables and shared libraries were mapped.
    pub modules: Vec<MappedModule>,
    /// The stacks as a tree. The node with the number `node::FIRST + i` is at the index `i`, and each comes after the one
    /// outside of it.
    pub nodes: Vec<StackNode>,
    /// What was recorded, window by window.
    pub windows: Vec<CapturedWindow>,
}

/// A part of a file that was mapped to be executed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappedModule {
    /// The file.
    pub path: String,
    /// Its build id in hexadecimal digits; empty when it has none.
    pub build_id: String,
    /// The file's length in bytes; zero when it could not be looked at.
    pub file_length: u64,
    /// The first address.
    pub start: u64,
    /// The address after the last.
    pub limit: u64,
    /// The offset in the file of what is at `start`.
    pub file_offset: u64,
}

/// A stack: one return address, and the stack outside of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StackNode {
    /// The number of the node outside.
    pub parent: u32,
    /// Where the frame returns to.
    pub address: u64,
}

/// Which window was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowKind {
    /// The first of the process.
    Cold,
    /// One after the warm-up.
    Steady,
}

/// What was recorded in one window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapturedWindow {
    /// Which window.
    pub kind: WindowKind,
    /// Highest live bytes minus live bytes at the start.
    pub peak_bytes: i64,
    /// Calls of the allocator.
    pub events: u64,
    /// Blocks for which there was no room, whose release was counted as that of an older block.
    pub lost_blocks: u64,
    /// What was counted for each stack.
    pub rows: Vec<CapturedRow>,
}

/// What was counted for one stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapturedRow {
    /// The stack's node.
    pub node: u32,
    /// What was counted.
    pub numbers: StackNumbers,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    memgate_capture: u32,
    name: String,
    unwinder: Unwinder,
    modules: Vec<MappedModule>,
    nodes: usize,
    windows: Vec<WindowHeader>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WindowHeader {
    kind: WindowKind,
    peak_bytes: i64,
    events: u64,
    lost_blocks: u64,
    rows: usize,
}

impl CapturedWindow {
    /// The sum of everything that was counted.
    #[must_use]
    pub fn total(&self) -> StackNumbers {
        self.rows.iter().map(|row| row.numbers).sum()
    }
}

impl Capture {
    /// Writes the file.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn write(&self, path: &Path) -> std::io::Result<()> {
        let windows = self.windows.iter().map(|window| WindowHeader {
            kind: window.kind,
            peak_bytes: window.peak_bytes,
            events: window.events,
            lost_blocks: window.lost_blocks,
            rows: window.rows.len(),
        });
        let header = Header {
            memgate_capture: CAPTURE_SCHEMA,
            name: self.name.clone(),
            unwinder: self.unwinder,
            modules: self.modules.clone(),
            nodes: self.nodes.len(),
            windows: windows.collect(),
        };
        let mut file = BufWriter::new(std::fs::File::create(path)?);
        serde_json::to_writer(&mut file, &header)?;
        file.write_all(b"\n")?;
        for node in &self.nodes {
            file.write_all(&node.parent.to_le_bytes())?;
            file.write_all(&node.address.to_le_bytes())?;
        }
        for row in self.windows.iter().flat_map(|window| &window.rows) {
            file.write_all(&row.node.to_le_bytes())?;
            for number in row.numbers.to_array() {
                file.write_all(&number.to_le_bytes())?;
            }
        }
        file.write_all(END_MARK)?;
        file.flush()
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it is not there, can't be read, was cut short, has another schema, or says what can't be.
    pub fn read(path: &Path) -> Result<Self, CaptureError> {
        match std::fs::read(path) {
            Ok(bytes) => Self::parse(&bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(CaptureError::Absent),
            Err(error) => Err(CaptureError::Read(error)),
        }
    }

    /// The capture in a file's bytes.
    ///
    /// # Errors
    /// When the bytes were cut short, have another schema, or say what can't be.
    pub fn parse(bytes: &[u8]) -> Result<Self, CaptureError> {
        #[derive(Deserialize)]
        struct Envelope {
            memgate_capture: u32,
        }

        let end = bytes.iter().position(|byte| *byte == b'\n').ok_or(CaptureError::Truncated)?;
        let line = bytes.get(..end).unwrap_or(&[]);
        let envelope: Envelope = serde_json::from_slice(line).map_err(CaptureError::Header)?;
        if envelope.memgate_capture != CAPTURE_SCHEMA {
            return Err(CaptureError::Schema(envelope.memgate_capture));
        }
        let header: Header = serde_json::from_slice(line).map_err(CaptureError::Header)?;
        let mut rest = Reader { bytes: bytes.get(end + 1..).unwrap_or(&[]) };
        rest.expect_length(&header)?;
        let nodes = (0..header.nodes).map(|index| rest.node(index)).collect::<Result<Vec<_>, _>>()?;
        let windows = header.windows.into_iter().map(|window| {
            Ok(CapturedWindow {
                kind: window.kind,
                peak_bytes: window.peak_bytes,
                events: window.events,
                lost_blocks: window.lost_blocks,
                rows: (0..window.rows).map(|_| rest.row(nodes.len())).collect::<Result<Vec<_>, _>>()?,
            })
        });
        let windows = windows.collect::<Result<Vec<_>, CaptureError>>()?;
        Ok(Self { name: header.name, unwinder: header.unwinder, modules: header.modules, nodes, windows })
    }
}

/// What is left to read of a file's binary part.
struct Reader<'a> {
    bytes: &'a [u8],
}

impl Reader<'_> {
    /// Checks that all that the header promises is there, and no more.
    fn expect_length(&self, header: &Header) -> Result<(), CaptureError> {
        let rows = header.windows.iter().try_fold(0_usize, |sum, window| sum.checked_add(window.rows));
        let length = rows
            .and_then(|rows| rows.checked_mul(ROW_BYTES))
            .zip(header.nodes.checked_mul(NODE_BYTES))
            .and_then(|(rows, nodes)| rows.checked_add(nodes)?.checked_add(END_MARK.len()));
        match length {
            Some(length) if self.bytes.len() == length && self.bytes.ends_with(END_MARK) => Ok(()),
            Some(length) if self.bytes.len() >= length => {
                Err(CaptureError::Unsound("it is longer than it says"))
            }
            _ => Err(CaptureError::Truncated),
        }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], CaptureError> {
        let (first, rest) = self.bytes.split_first_chunk().ok_or(CaptureError::Truncated)?;
        self.bytes = rest;
        Ok(*first)
    }

    fn node(&mut self, index: usize) -> Result<StackNode, CaptureError> {
        let parent = u32::from_le_bytes(self.take()?);
        let address = u64::from_le_bytes(self.take()?);
        let is_outside = match parent.checked_sub(node::FIRST) {
            Some(parent) => (parent as usize) < index,
            None => parent == node::ROOT || parent == node::CUT,
        };
        if is_outside {
            Ok(StackNode { parent, address })
        } else {
            Err(CaptureError::Unsound("a stack is outside of itself"))
        }
    }

    fn row(&mut self, nodes: usize) -> Result<CapturedRow, CaptureError> {
        let node = u32::from_le_bytes(self.take()?);
        let mut numbers = [0; StackNumbers::COUNT];
        for number in &mut numbers {
            *number = i64::from_le_bytes(self.take()?);
        }
        match node.checked_sub(node::FIRST) {
            Some(index) if index as usize >= nodes => Err(CaptureError::Unsound("a row has no stack")),
            _ => Ok(CapturedRow { node, numbers: StackNumbers::from_array(numbers) }),
        }
    }
}

/// Why a capture can't be used. Reads as what follows "failed to read the capture: ".
#[derive(Debug)]
pub enum CaptureError {
    /// There is no such file.
    Absent,
    /// The file can't be read.
    Read(std::io::Error),
    /// The file ends too early.
    Truncated,
    /// The file does not begin as a capture does.
    Header(serde_json::Error),
    /// The file has another schema.
    Schema(u32),
    /// The file says what can't be.
    Unsound(&'static str),
}

impl std::fmt::Display for CaptureError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CaptureError::Absent => f.write_str("the process wrote none"),
            CaptureError::Read(error) => write!(f, "{error}"),
            CaptureError::Truncated => f.write_str("it is cut short"),
            CaptureError::Header(error) => write!(f, "it does not begin as a capture does: {error}"),
            CaptureError::Schema(found) => {
                write!(f, "it has schema {found}, and this memgate reads schema {CAPTURE_SCHEMA}")
            }
            CaptureError::Unsound(problem) => f.write_str(problem),
        }
    }
}

impl std::error::Error for CaptureError {}

#[cfg(test)]
mod tests {
    use super::*;

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
}
