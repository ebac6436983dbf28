//! The file as a whole, as the tool reads it.

use std::path::Path;

use super::body::Body;
use super::header::Header;
use super::{CAPTURE_SCHEMA, Capture, CaptureError, CapturedWindow};
use crate::DecodeError;
use crate::codec::{Decode, Reader, decode_fields, from_bytes};

impl Capture {
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

/// The field that every schema has.
struct Envelope {
    memgate_capture: u32,
}

impl Decode for Envelope {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        decode_fields!(reader, unknown ignored; memgate_capture);
        Ok(Self { memgate_capture })
    }
}
