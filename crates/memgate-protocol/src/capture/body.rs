//! The binary part of a file: nodes, and the rows of all windows.

use super::file::END_MARK;
use super::header::Header;
use super::{CaptureError, CapturedRow, StackNode, node};
use crate::StackNumbers;

const NODE_BYTES: usize = 4 + 8;
const ROW_BYTES: usize = 4 + 8 * StackNumbers::COUNT;

/// What is left to read of a file's binary part.
pub(super) struct Body<'a> {
    pub(super) bytes: &'a [u8],
}

impl Body<'_> {
    /// Checks that all that the header promises is there, and no more.
    pub(super) fn expect_length(&self, header: &Header) -> Result<(), CaptureError> {
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

    /// The next node, which is the file's `index`-th.
    pub(super) fn node(&mut self, index: usize) -> Result<StackNode, CaptureError> {
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

    /// The next row of a file with so many nodes.
    pub(super) fn row(&mut self, nodes: usize) -> Result<CapturedRow, CaptureError> {
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
