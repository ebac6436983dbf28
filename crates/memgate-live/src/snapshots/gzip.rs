//! gzip without compression: blocks as they are, and a sum that tells a whole file from a part of one.
//!
//! The format: RFC 1952, and RFC 1951 3.2.4. Compressing would take memory and time at the moment at which there is neither.

use std::io::{self, Write};

/// The longest block.
const BLOCK: usize = 0xffff;
/// In front of a block: whether it is the last, its length, and that once more with its bits turned.
const BLOCK_HEAD: usize = 5;
/// Deflate; no name, no time; an unknown system.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// Memory for a block.
#[derive(Debug)]
pub(super) struct Block(Vec<u8>);

impl Block {
    /// Memory that is there from now on: what has only been asked for is not.
    pub(super) fn reserved() -> Self {
        Self(vec![1; BLOCK_HEAD + BLOCK])
    }
}

/// Writes through a block.
#[derive(Debug)]
pub(super) struct Gzip<'a, W> {
    out: W,
    block: &'a mut [u8],
    filled: usize,
    sum: u32,
    length: u32,
}

impl<'a, W: Write> Gzip<'a, W> {
    pub(super) fn new(mut out: W, block: &'a mut Block) -> io::Result<Self> {
        out.write_all(&HEAD)?;
        Ok(Self { out, block: &mut block.0, filled: BLOCK_HEAD, sum: !0, length: 0 })
    }

    /// Writes what is left, and gives back what was written to.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.write_block(true)?;
        let mut end = [0; 8];
        end[..4].copy_from_slice(&(!self.sum).to_le_bytes());
        end[4..].copy_from_slice(&self.length.to_le_bytes());
        self.out.write_all(&end)?;
        Ok(self.out)
    }

    fn write_block(&mut self, is_last: bool) -> io::Result<()> {
        let length = (self.filled - BLOCK_HEAD) as u16;
        self.block[0] = u8::from(is_last);
        self.block[1..3].copy_from_slice(&length.to_le_bytes());
        self.block[3..5].copy_from_slice(&(!length).to_le_bytes());
        self.out.write_all(&self.block[..self.filled])?;
        self.filled = BLOCK_HEAD;
        Ok(())
    }
}

impl<W: Write> Write for Gzip<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.filled == self.block.len() {
            self.write_block(false)?;
        }
        let taken = bytes.len().min(self.block.len() - self.filled);
        let bytes = &bytes[..taken];
        self.block[self.filled..self.filled + taken].copy_from_slice(bytes);
        self.filled += taken;
        self.sum = bytes.iter().fold(self.sum, |sum, byte| TABLE[usize::from(sum as u8 ^ byte)] ^ (sum >> 8));
        self.length = self.length.wrapping_add(taken as u32);
        Ok(taken)
    }

    /// Whole blocks alone go out before the end.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// CRC-32 of each byte.
static TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut sum = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 };
            bit += 1;
        }
        table[byte] = sum;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    fn zipped(bytes: &[u8], at_once: usize) -> Vec<u8> {
        let mut block = Block::reserved();
        let mut gzip = Gzip::new(Vec::new(), &mut block).unwrap();
        for part in bytes.chunks(at_once) {
            gzip.write_all(part).unwrap();
        }
        gzip.finish().unwrap()
    }

    #[test]
    fn a_file_is_what_the_format_says() {
        // The sum is that of the format's descriptions, 0xcbf43926.
        let expected =
            [&HEAD[..], &[1, 9, 0, 0xf6, 0xff], b"123456789", &[0x26, 0x39, 0xf4, 0xcb, 9, 0, 0, 0]].concat();
        assert_eq!(zipped(b"123456789", 2), expected);
        assert_eq!(zipped(b"", 1), [&HEAD[..], &[1, 0, 0, 0xff, 0xff], &[0; 8]].concat());
    }

    #[test]
    fn longer_ones_are_several_blocks() {
        for (length, blocks) in [(BLOCK, 1), (BLOCK + 1, 2), (3 * BLOCK, 3)] {
            let file = zipped(&vec![7; length], 1_000);
            assert_eq!(file.len(), HEAD.len() + 8 + length + blocks * BLOCK_HEAD, "{length}");
        }
    }
}
