//! The slots of the table, as they lie in the memory of whoever counts.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed, Ordering::Release};

use super::layout::{EXECUTABLE_BYTES, SLOT_BYTES, WORD_BYTES, WORDS_BYTES, header, word};

const WORDS: usize = WORDS_BYTES / WORD_BYTES;
const TEXT_BYTES: usize = SLOT_BYTES - WORDS_BYTES;

/// A slot. It is made of atomics alone, and so may be shared with other processes.
#[repr(C, align(1024))]
#[derive(Debug)]
pub struct Slot {
    words: [AtomicU64; WORDS],
    text: [AtomicU8; TEXT_BYTES],
}

const _: () = assert!(size_of::<Slot>() == SLOT_BYTES);

impl Slot {
    /// One that nobody reads.
    #[must_use]
    pub const fn nobodys() -> Self {
        Self { words: [const { AtomicU64::new(0) }; WORDS], text: [const { AtomicU8::new(0) }; TEXT_BYTES] }
    }

    /// One of its words. `word` is one of the constants, so there is one.
    #[inline(always)]
    #[must_use]
    pub fn word(&self, word: usize) -> &AtomicU64 {
        &self.words[word & (WORDS - 1)]
    }

    /// Puts down a word.
    pub fn set(&self, word: usize, value: u64) {
        self.word(word).store(value, Relaxed);
    }

    /// Says what the slot is, after all else.
    pub fn set_kind(&self, kind: u64) {
        self.word(word::KIND).store(kind, Release);
    }

    /// Puts down the path of an executable, or what is to be run.
    pub fn set_program(&self, path: &[u8]) {
        self.put(0, EXECUTABLE_BYTES, path);
    }

    /// Puts down arguments, each with a zero byte behind it.
    pub fn set_arguments(&self, arguments: &[u8]) {
        self.put(EXECUTABLE_BYTES, TEXT_BYTES, arguments);
    }

    /// Takes its texts away.
    pub fn clear_texts(&self) {
        self.text.iter().for_each(|byte| byte.store(0, Relaxed));
    }

    /// Puts down what another slot has.
    pub fn copy_texts(&self, other: &Self) {
        for (place, byte) in self.text.iter().zip(&other.text) {
            place.store(byte.load(Relaxed), Relaxed);
        }
    }

    /// Takes the next slot of a table, of which this is the header; gives its number, or none when there was no room. What was not had is
    /// counted there as well.
    #[must_use]
    pub fn take_next(&self, slots: usize) -> Option<usize> {
        let number = self.word(header::TAKEN).fetch_add(1, Relaxed);
        usize::try_from(number).ok().filter(|number| *number < slots)
    }

    /// The last byte stays zero.
    fn put(&self, from: usize, to: usize, bytes: &[u8]) {
        for (place, byte) in self.text[from..to - 1].iter().zip(bytes) {
            place.store(*byte, Relaxed);
        }
    }
}
