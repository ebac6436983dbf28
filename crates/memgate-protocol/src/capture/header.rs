//! The first line of a file.

use super::{Capture, MappedModule, WindowKind};
use crate::Unwinder;
use crate::codec::structure;

/// The schema version of captures that this build writes, and the only one that it reads: a capture is read by the tool
/// that asked for it, moments later.
///
/// # Changelog
/// - 1: first version.
pub const CAPTURE_SCHEMA: u32 = 1;

#[derive(Debug)]
#[cfg_attr(test, derive(PartialEq, serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub(crate) struct Header {
    pub(super) memgate_capture: u32,
    pub(super) name: String,
    pub(super) unwinder: Unwinder,
    pub(super) modules: Vec<MappedModule>,
    pub(super) nodes: usize,
    pub(super) windows: Vec<WindowHeader>,
}

#[derive(Debug)]
#[cfg_attr(test, derive(PartialEq, serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub(crate) struct WindowHeader {
    pub(super) kind: WindowKind,
    pub(super) peak_bytes: i64,
    pub(super) events: u64,
    pub(super) lost_blocks: u64,
    pub(super) rows: usize,
}

impl Header {
    pub(crate) fn of(capture: &Capture) -> Self {
        let mut windows = Vec::new();
        for window in &capture.windows {
            windows.push(WindowHeader {
                kind: window.kind,
                peak_bytes: window.peak_bytes,
                events: window.events,
                lost_blocks: window.lost_blocks,
                rows: window.rows.len(),
            });
        }
        Self {
            memgate_capture: CAPTURE_SCHEMA,
            name: capture.name.clone(),
            unwinder: capture.unwinder,
            modules: capture.modules.clone(),
            nodes: capture.nodes.len(),
            windows,
        }
    }
}

structure!(answered Header { memgate_capture, name, unwinder, modules, nodes, windows });
structure!(answered WindowHeader { kind, peak_bytes, events, lost_blocks, rows });
