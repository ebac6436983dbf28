//! The slots of the table, as they lie in memory.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed, Ordering::Release};

use memgate_protocol::process_table::{EXECUTABLE_BYTES, SLOT_BYTES, WORD_BYTES, WORDS_BYTES, word};

const WORDS: usize = WORDS_BYTES / WORD_BYTES;
const TEXT_BYTES: usize = SLOT_BYTES - WORDS_BYTES;

/// A slot; see `memgate_protocol::process_table`, which says what stands where.
#[repr(C, align(1024))]
pub(crate) struct Slot {
    words: [AtomicU64; WORDS],
    text: [AtomicU8; TEXT_BYTES],
}

const _: () = assert!(size_of::<Slot>() == SLOT_BYTES && cfg!(target_endian = "little"));

impl Slot {
    /// One that nobody reads.
    pub(crate) const fn nobodys() -> Self {
        Self { words: [const { AtomicU64::new(0) }; WORDS], text: [const { AtomicU8::new(0) }; TEXT_BYTES] }
    }

    /// One of its words. `word` is one of the constants, so there is one.
    #[inline(always)]
    pub(crate) fn word(&self, word: usize) -> &AtomicU64 {
        &self.words[word & (WORDS - 1)]
    }

    pub(crate) fn set(&self, word: usize, value: u64) {
        self.word(word).store(value, Relaxed);
    }

    /// Says what the slot is, after all else.
    pub(crate) fn set_kind(&self, kind: u64) {
        self.word(word::KIND).store(kind, Release);
    }

    /// Puts down the path of an executable, or what is to be run.
    pub(crate) fn set_program(&self, path: &[u8]) {
        self.put(0, EXECUTABLE_BYTES, path);
    }

    /// Puts down arguments, each with a zero byte behind it.
    pub(crate) fn set_arguments(&self, arguments: &[u8]) {
        self.put(EXECUTABLE_BYTES, TEXT_BYTES, arguments);
    }

    /// Takes its texts away.
    pub(crate) fn clear_texts(&self) {
        self.text.iter().for_each(|byte| byte.store(0, Relaxed));
    }

    /// Puts down what another slot has.
    pub(crate) fn copy_texts(&self, other: &Self) {
        for (place, byte) in self.text.iter().zip(&other.text) {
            place.store(byte.load(Relaxed), Relaxed);
        }
    }

    /// The last byte stays zero.
    fn put(&self, from: usize, to: usize, bytes: &[u8]) {
        for (place, byte) in self.text[from..to - 1].iter().zip(bytes) {
            place.store(*byte, Relaxed);
        }
    }
}
