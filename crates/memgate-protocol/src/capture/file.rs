//! The file as a whole, as it is written.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use super::Capture;
use super::header::Header;
use crate::codec::to_bytes;

/// What a whole file ends with.
pub(super) const END_MARK: &[u8; 16] = b"\nmemgate capture";

/// Nodes and rows that are written by one call.
const AT_ONCE: usize = 4_096;

impl Capture {
    /// Writes the file.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn write(&self, path: &Path) -> std::io::Result<()> {
        let mut file = File::create(path)?;
        let mut bytes = to_bytes(&Header::of(self));
        bytes.push(b'\n');
        for nodes in self.nodes.chunks(AT_ONCE) {
            for node in nodes {
                put(&mut bytes, &node.parent.to_le_bytes());
                put(&mut bytes, &node.address.to_le_bytes());
            }
            write_out(&mut file, &mut bytes)?;
        }
        for window in &self.windows {
            for rows in window.rows.chunks(AT_ONCE) {
                for row in rows {
                    put(&mut bytes, &row.node.to_le_bytes());
                    for number in &row.numbers.to_array() {
                        put(&mut bytes, &number.to_le_bytes());
                    }
                }
                write_out(&mut file, &mut bytes)?;
            }
        }
        bytes.extend_from_slice(END_MARK);
        write_out(&mut file, &mut bytes)
    }
}

/// Out of line: it would be compiled for each number of a row.
#[inline(never)]
fn put(bytes: &mut Vec<u8>, number: &[u8]) {
    bytes.extend_from_slice(number);
}

fn write_out(file: &mut File, bytes: &mut Vec<u8>) -> std::io::Result<()> {
    file.write_all(bytes)?;
    bytes.clear();
    Ok(())
}
