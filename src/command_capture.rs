//! Writes what was recorded of a process that runs a command.

use std::path::Path;

use crate::alloc::CommandRecording;
use crate::harness::{captured, mapped_modules};
use memgate_protocol::Unwinder;
use memgate_protocol::capture::{Capture, WindowKind};

impl CommandRecording {
    /// Writes the call sites of what was recorded until now, as one window. Allocates.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn write(&self, path: &Path) -> std::io::Result<()> {
        // First what was recorded, then the nodes, which another thread may add to meanwhile: so that each row has its node.
        let window = captured(WindowKind::Cold, self.recorded());
        let capture = Capture {
            name: String::new(),
            unwinder: Unwinder::FramePointers,
            modules: mapped_modules(),
            nodes: self.nodes(),
            windows: vec![window],
        };
        capture.write(path)
    }
}
