//! The file as a whole: written and read.

use std::io::{BufWriter, Write};
use std::path::Path;

use super::body::{Body, END_MARK};
use super::header::{Envelope, Header};
use super::{CAPTURE_SCHEMA, Capture, CaptureError, CapturedWindow};
use crate::codec::{from_bytes, to_bytes};

impl Capture {
    /// Writes the file.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn write(&self, path: &Path) -> std::io::Result<()> {
        let mut file = BufWriter::new(std::fs::File::create(path)?);
        file.write_all(&to_bytes(&Header::of(self)))?;
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
        let end = bytes.iter().position(|byte| *byte == b'\n').ok_or(CaptureError::Truncated)?;
        let line = bytes.get(..end).unwrap_or(&[]);
        let envelope: Envelope = from_bytes(line).map_err(CaptureError::Header)?;
        if envelope.memgate_capture != CAPTURE_SCHEMA {
            return Err(CaptureError::Schema(envelope.memgate_capture));
        }
        let header: Header = from_bytes(line).map_err(CaptureError::Header)?;
        let mut rest = Body { bytes: bytes.get(end + 1..).unwrap_or(&[]) };
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
