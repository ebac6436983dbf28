//! Numbers: their grammar, and integers in full.

use super::{Decode, DecodeError, DecodeProblem, Encode, Reader, Writer};

impl<'a> Reader<'a> {
    /// Reads a number of any form, as it stands there.
    pub(super) fn number(&mut self, expected: &'static str) -> Result<&'a str, DecodeError> {
        self.peek();
        let start = self.position;
        if self.byte() == Some(b'-') {
            self.position += 1;
        }
        match self.byte() {
            // A zero stands alone: another digit after it is nothing that can follow a number.
            Some(b'0') => self.position += 1,
            Some(b'1'..=b'9') => self.digits(expected)?,
            _ => return Err(self.expected(expected)),
        }
        if self.byte() == Some(b'.') {
            self.position += 1;
            self.digits("a digit")?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.position += 1;
            if let Some(b'+' | b'-') = self.byte() {
                self.position += 1;
            }
            self.digits("a digit")?;
        }
        Ok(&self.text[start..self.position])
    }

    fn digits(&mut self, expected: &'static str) -> Result<(), DecodeError> {
        let start = self.position;
        while let Some(b'0'..=b'9') = self.byte() {
            self.position += 1;
        }
        if self.position == start { Err(self.expected(expected)) } else { Ok(()) }
    }

    /// Reads an integer, which has to be between two others.
    fn integer(&mut self, least: i128, most: i128, expected: &'static str) -> Result<i128, DecodeError> {
        self.peek();
        let start = self.position;
        let number = self.number(expected)?;
        let mut size = 0_i128;
        // `-0` is a number that integers do not have; `serde_json` refuses it too.
        let mut is_integer = number != "-0";
        for byte in number.bytes() {
            match byte {
                b'-' => {}
                // What is too long for any integer of 64 bits stays too long.
                b'0'..=b'9' => size = size.saturating_mul(10).saturating_add(i128::from(byte - b'0')),
                _ => is_integer = false,
            }
        }
        if !is_integer {
            return Err(DecodeError::new(start, DecodeProblem::Expected(expected)));
        }
        let value = if number.starts_with('-') { -size } else { size };
        if least <= value && value <= most {
            Ok(value)
        } else {
            Err(DecodeError::new(start, DecodeProblem::OutOfRange(expected)))
        }
    }
}

macro_rules! integer {
    ($type:ty, $expected:literal) => {
        impl Decode for $type {
            fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                let value = reader.integer(<$type>::MIN as i128, <$type>::MAX as i128, $expected)?;
                // Between the two, as was just seen.
                Ok(value as $type)
            }
        }
    };
}

integer!(u32, "an unsigned integer of 32 bits");
integer!(u64, "an unsigned integer of 64 bits");
#[cfg(any(feature = "asking", test))]
integer!(usize, "an unsigned integer of the machine's size");
#[cfg(any(feature = "asking", feature = "snapshots", test))]
integer!(i64, "an integer of 64 bits");

impl Writer {
    fn digits(&mut self, mut number: u64) {
        // As long as the longest.
        let mut digits = [b'0'; 20];
        let mut start = digits.len();
        loop {
            start -= 1;
            digits[start] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.bytes.extend_from_slice(&digits[start..]);
    }
}

impl Encode for u64 {
    fn encode(&self, writer: &mut Writer) {
        writer.digits(*self);
    }
}

impl Encode for u32 {
    fn encode(&self, writer: &mut Writer) {
        writer.digits(u64::from(*self));
    }
}

impl Encode for usize {
    fn encode(&self, writer: &mut Writer) {
        writer.digits(*self as u64);
    }
}

impl Encode for i64 {
    fn encode(&self, writer: &mut Writer) {
        if *self < 0 {
            writer.bytes.push(b'-');
        }
        writer.digits(self.unsigned_abs());
    }
}
