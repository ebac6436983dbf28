//! The file of DHAT, for valgrind's `dh_view.html` and the Firefox Profiler.
//!
//! The format, version 2, is described in valgrind's `dhat/dh_main.c`; what is said here of the viewer was read in its
//! `dh_view.js`.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use memgate_protocol::StackNumbers;
use serde::Serialize;

use super::row::{Frame, OLDER, Row, name, rows};
use crate::sites::{Function, Module, PhysicalFrame, Profile};

/// Blocks that live less than this on average are listed as short-lived: as long as a text lives that is made, held
/// and dropped within one turn of a loop that makes a few others.
const SHORT_LIFETIME_EVENTS: u32 = 10;

/// Writes a profile for DHAT's viewer, as JSON.
///
/// | in the viewer | sums to |
/// | --- | --- |
/// | Total | the metrics `total_bytes` and `allocs`: a realloc counts its growth, and is no block |
/// | Max | – (of one stack: the most that it had live) |
/// | At t-gmax | the metric `peak_bytes`, and its blocks |
/// | At t-end | the metric `retained_bytes`, and its blocks |
///
/// Times are in events: calls of the allocator by any thread, frees included. When the peak was is not recorded, so
/// t-gmax is given as 0. Blocks that were never freed add nothing to lifetimes.
///
/// Blocks from before the window are a stack of their own, with values below zero, which the viewer adds up like any
/// other. `command` is what the viewer shows as such; notes on all this are appended to it.
///
/// # Example
/// ```
/// use memgate_report::export::dhat_json;
/// use memgate_report::sites::Profile;
///
/// assert!(dhat_json(&Profile::default(), "package/target/name").contains(r#""dhatFileVersion":2"#));
/// ```
#[must_use]
pub fn dhat_json(profile: &Profile, command: &str) -> String {
    let mut table = FrameTable::new(&profile.modules);
    let mut points: Vec<ProgramPoint> = Vec::new();
    let mut indices: HashMap<Vec<usize>, usize> = HashMap::new();
    for row in rows(profile).filter(|row| is_shown(&row.numbers)) {
        let frames = table.frames(&row);
        // The viewer refuses a file in which two stacks look the same.
        match indices.entry(frames.clone()) {
            Entry::Vacant(vacant) => {
                vacant.insert(points.len());
                points.push(ProgramPoint::new(&row.numbers, frames));
            }
            Entry::Occupied(occupied) => {
                if let Some(point) = points.get_mut(*occupied.get()) {
                    point.add(ProgramPoint::new(&row.numbers, frames));
                }
            }
        }
    }
    let file = File {
        version: 2,
        mode: "rust-heap",
        verb: "Allocated",
        has_lifetimes: true,
        has_accesses: false,
        time_unit: "events",
        million_time_units: "Mevents",
        short_lifetime: SHORT_LIFETIME_EVENTS,
        command: command_with_notes(command, &profile.older),
        process_id: 0,
        peak_time: 0,
        end_time: events(rows(profile).map(|row| row.numbers).sum()),
        points,
        frames: table.texts,
    };
    serde_json::to_string(&file).expect("the file has string keys and whole numbers")
}

/// All calls of the allocator. A block that was allocated and is not live any more was freed, and those from before
/// the window that were freed are in the difference too.
fn events(total: StackNumbers) -> i64 {
    let frees = total.allocs.saturating_sub(total.retained_blocks);
    total.allocs.saturating_add(total.reallocs).saturating_add(frees).max(0)
}

fn command_with_notes(command: &str, older: &StackNumbers) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let mut notes = format!(
        "{command} (memgate {version}; events: calls of the allocator; a realloc counts its growth and is no block; \
         t-gmax is not recorded"
    );
    // The viewer sums it up with what is insignificant, where nobody would find it.
    if is_shown(older) {
        notes += &format!(
            "; {OLDER}: {} bytes at t-gmax, {} bytes at t-end",
            older.peak_bytes, older.retained_bytes
        );
    }
    notes + ")"
}

/// Whether there is anything in a row that is exported.
fn is_shown(numbers: &StackNumbers) -> bool {
    let empty = ProgramPoint::new(&StackNumbers::default(), Vec::new());
    ProgramPoint::new(numbers, Vec::new()) != empty
}

#[derive(Serialize)]
struct File {
    #[serde(rename = "dhatFileVersion")]
    version: u32,
    mode: &'static str,
    verb: &'static str,
    #[serde(rename = "bklt")]
    has_lifetimes: bool,
    #[serde(rename = "bkacc")]
    has_accesses: bool,
    #[serde(rename = "tu")]
    time_unit: &'static str,
    #[serde(rename = "Mtu")]
    million_time_units: &'static str,
    #[serde(rename = "tuth")]
    short_lifetime: u32,
    #[serde(rename = "cmd")]
    command: String,
    #[serde(rename = "pid")]
    process_id: u32,
    #[serde(rename = "tg")]
    peak_time: i64,
    #[serde(rename = "te")]
    end_time: i64,
    #[serde(rename = "pps")]
    points: Vec<ProgramPoint>,
    #[serde(rename = "ftbl")]
    frames: Vec<String>,
}

/// A stack.
#[derive(PartialEq, Serialize)]
struct ProgramPoint {
    #[serde(rename = "tb")]
    total_bytes: i64,
    #[serde(rename = "tbk")]
    total_blocks: i64,
    #[serde(rename = "tl")]
    lifetime_events: i64,
    #[serde(rename = "mb")]
    maximum_bytes: i64,
    #[serde(rename = "mbk")]
    maximum_blocks: i64,
    #[serde(rename = "gb")]
    peak_bytes: i64,
    #[serde(rename = "gbk")]
    peak_blocks: i64,
    #[serde(rename = "eb")]
    end_bytes: i64,
    #[serde(rename = "ebk")]
    end_blocks: i64,
    /// Indices into the frame table, innermost first.
    #[serde(rename = "fs")]
    frames: Vec<usize>,
}

impl ProgramPoint {
    fn new(numbers: &StackNumbers, frames: Vec<usize>) -> Self {
        Self {
            total_bytes: numbers.total_bytes,
            total_blocks: numbers.allocs,
            lifetime_events: numbers.lifetime_events,
            maximum_bytes: numbers.maximum_bytes,
            maximum_blocks: numbers.maximum_blocks,
            peak_bytes: numbers.peak_bytes,
            peak_blocks: numbers.peak_blocks,
            end_bytes: numbers.retained_bytes,
            end_blocks: numbers.retained_blocks,
            frames,
        }
    }

    /// Adds another stack that looks the same. Of the maximum, which may have been at another time, the sum is an
    /// upper bound.
    fn add(&mut self, other: Self) {
        let pairs = [
            (&mut self.total_bytes, other.total_bytes),
            (&mut self.total_blocks, other.total_blocks),
            (&mut self.lifetime_events, other.lifetime_events),
            (&mut self.maximum_bytes, other.maximum_bytes),
            (&mut self.maximum_blocks, other.maximum_blocks),
            (&mut self.peak_bytes, other.peak_bytes),
            (&mut self.peak_blocks, other.peak_blocks),
            (&mut self.end_bytes, other.end_bytes),
            (&mut self.end_blocks, other.end_blocks),
        ];
        for (mine, theirs) in pairs {
            *mine = mine.saturating_add(theirs);
        }
    }
}

/// The texts of frames, each once.
struct FrameTable<'a> {
    modules: &'a [Module],
    texts: Vec<String>,
    by_text: HashMap<String, usize>,
    by_frame: HashMap<Frame<'a>, Vec<usize>>,
}

impl<'a> FrameTable<'a> {
    /// With the root, which the viewer expects at index 0.
    fn new(modules: &'a [Module]) -> Self {
        Self { modules, texts: vec!["[root]".to_owned()], by_text: HashMap::new(), by_frame: HashMap::new() }
    }

    /// The indices of a row's frames, innermost first: one for each function, inlined or not.
    fn frames(&mut self, row: &Row<'a>) -> Vec<usize> {
        row.frames.iter().flat_map(|frame| self.frame(*frame)).collect()
    }

    fn frame(&mut self, frame: Frame<'a>) -> Vec<usize> {
        if let Some(indices) = self.by_frame.get(&frame) {
            return indices.clone();
        }
        let indices: Vec<usize> = match frame {
            Frame::Mark(mark) => vec![self.index(mark.to_owned())],
            Frame::Recorded(recorded) => {
                recorded.functions.iter().map(|function| self.index(self.text(recorded, function))).collect()
            }
        };
        self.by_frame.insert(frame, indices.clone());
        indices
    }

    fn index(&mut self, text: String) -> usize {
        let next = self.texts.len();
        *self.by_text.entry(text).or_insert_with_key(|text| {
            self.texts.push(text.clone());
            next
        })
    }

    /// As valgrind writes it: the place is the source file, or else the object.
    fn text(&self, frame: &PhysicalFrame, function: &Function) -> String {
        let place = match (&function.file, function.line) {
            (Some(file), 0) => file.to_string(),
            (Some(file), line) => format!("{file}:{line}"),
            (None, _) => {
                let module = frame.module.and_then(|index| self.modules.get(index));
                format!("in {}", module.map_or("???", |module| &module.path))
            }
        };
        format!("0x{:X}: {} ({place})", frame.address, name(function))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::sites::{Origin, RecordedStack};

    fn function(name: &str, file: Option<&str>, line: u32) -> Function {
        Function { name: name.into(), file: file.map(Arc::from), line, origin: Origin::Unknown }
    }

    fn module(path: &str) -> Module {
        Module { path: path.to_owned(), build_id: String::new(), start: 0, limit: 0x1000, file_offset: 0 }
    }

    #[test]
    fn stacks_that_look_the_same_are_one() {
        let frame = |origin| {
            let inlined = Function { origin, ..function("Vec<T>::push", Some("vec.rs"), 3) };
            let functions = vec![inlined, function("main", None, 0)];
            Arc::new(PhysicalFrame { address: 0xAB, module: Some(0), functions })
        };
        let stack = |origin, total_bytes| RecordedStack {
            frames: vec![frame(origin)],
            is_cut: false,
            numbers: StackNumbers { total_bytes, allocs: 1, maximum_bytes: 8, ..StackNumbers::default() },
        };
        let profile = Profile {
            modules: vec![module("/bin/x")],
            stacks: vec![
                stack(Origin::Standard, 10),
                stack(Origin::Unknown, 20),
                RecordedStack { numbers: StackNumbers::default(), ..stack(Origin::Workspace, 0) },
            ],
            ..Profile::default()
        };
        let file: serde_json::Value = serde_json::from_str(&dhat_json(&profile, "x")).unwrap();
        insta::assert_snapshot!(
            file["pps"],
            @r#"[{"eb":0,"ebk":0,"fs":[1,2],"gb":0,"gbk":0,"mb":16,"mbk":0,"tb":30,"tbk":2,"tl":0}]"#
        );
        insta::assert_snapshot!(
            file["ftbl"],
            @r#"["[root]","0xAB: Vec<T>::push (vec.rs:3)","0xAB: main (in /bin/x)"]"#
        );
    }

    #[test]
    fn the_end_is_after_all_calls_of_the_allocator() {
        // Three blocks, one of them grown twice; two freed, and one from before the window.
        let total = StackNumbers { allocs: 3, reallocs: 2, retained_blocks: 0, ..StackNumbers::default() };
        assert_eq!(events(total), 3 + 2 + 3);
    }

    #[test]
    fn blocks_from_before_the_window_are_a_stack_and_a_note() {
        let older = StackNumbers { retained_bytes: -64, retained_blocks: -1, ..StackNumbers::default() };
        let file: serde_json::Value =
            serde_json::from_str(&dhat_json(&Profile { older, ..Profile::default() }, "x")).unwrap();
        assert_eq!(file["pps"][0]["eb"], -64);
        assert_eq!(file["ftbl"][1], OLDER);
        let command = file["cmd"].as_str().unwrap();
        assert!(
            command.ends_with("; [blocks from before the window]: 0 bytes at t-gmax, -64 bytes at t-end)")
        );
    }
}
