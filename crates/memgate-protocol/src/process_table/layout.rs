//! Where what stands in the file. All words are of 64 bits, with the least significant byte first.
//!
//! ```text
//! slot 0      the header: 8 bytes MAGIC, then words, see `header`
//! slot 1…     what one process says: words, see `word`; then the path of its executable, and its arguments, each ended by a zero byte,
//!             both cut where the slot ends
//! ```

/// What the file begins with.
pub const MAGIC: [u8; 8] = *b"memgatep";
/// The version of what is written here. Another one is read by nobody.
pub const TABLE_VERSION: u64 = 1;

/// The file's name, beside the library's.
pub const TABLE_FILE: &str = "processes";
/// The variable that has the file's path where no library is preloaded, which is so on Windows and macOS.
pub const TABLE_VARIABLE: &std::ffi::CStr = c"MEMGATE_COMMAND_TABLE";
/// The library's name.
pub const LIBRARY_FILE: &str = "libmemgate.so";
/// The capture of the call sites of the process with the slot `n` is `n.capture`, in the same folder.
pub const CAPTURE_EXTENSION: &str = "capture";

/// A word.
pub const WORD_BYTES: usize = 8;
/// A slot.
pub const SLOT_BYTES: usize = 1024;
/// The words of a slot, which the texts follow.
pub const WORDS_BYTES: usize = 16 * WORD_BYTES;
/// The path of the executable, with the zero byte that ends it. The arguments follow.
pub const EXECUTABLE_BYTES: usize = 448;
/// As many slots, the header included; what comes later is counted as lost.
pub const MOST_SLOTS: usize = 1 << 16;
/// The whole file.
pub const TABLE_BYTES: usize = MOST_SLOTS * SLOT_BYTES;

/// The words of the header, after [`MAGIC`].
pub mod header {
    /// [`TABLE_VERSION`](super::TABLE_VERSION).
    pub const VERSION: usize = 1;
    /// How many slots have been asked for, the header included. More than there are when some were lost.
    pub const TAKEN: usize = 2;
    /// What is asked of the processes: [`CALL_SITES`](super::CALL_SITES), or zero.
    pub const WANTED: usize = 3;
}

/// The words of a slot.
pub mod word {
    /// What the slot is: [`KIND_PROCESS`](super::KIND_PROCESS) and so on. Written last.
    pub const KIND: usize = 0;
    /// The number of the process.
    pub const PROCESS: usize = 1;
    /// The number of the process that has started it.
    pub const PARENT: usize = 2;
    /// [`ENDED`](super::ENDED) and so on.
    pub const FLAGS: usize = 3;
    /// Successful calls that gave a block.
    pub const ALLOCS: usize = 4;
    /// Successful calls that gave a block another size.
    pub const REALLOCS: usize = 5;
    /// Bytes of allocs, plus the growth of reallocs.
    pub const TOTAL_BYTES: usize = 6;
    /// Bytes that are live.
    pub const LIVE_BYTES: usize = 7;
    /// The highest that they were.
    pub const PEAK_BYTES: usize = 8;
    /// Blocks that were freed.
    pub const FREES: usize = 9;
    /// Blocks that were freed, or given another size, and that nobody had seen being allocated.
    pub const UNKNOWN_BLOCKS: usize = 10;
    /// Bytes of private memory that the program itself has mapped and not unmapped, around the allocator.
    pub const MAPPED_BYTES: usize = 11;
    /// The highest that they were.
    pub const MAPPED_PEAK_BYTES: usize = 12;
    /// The highest resident memory of the program, as the kernel says it when that ends; zero where it was not asked.
    pub const RESIDENT_PEAK_BYTES: usize = 13;
}

/// A slot that nobody has begun to fill, or whose process was killed while it did so.
pub const KIND_NOT_BEGUN: u64 = 0;
/// A process, from the start of a program or from a fork on.
pub const KIND_PROCESS: u64 = 1;
/// A program that a process is about to become, or has started: its number, and the program's path. What the C library starts by
/// itself has the number of its parent instead. Where no entry of a process follows, that program was not counted.
pub const KIND_ANNOUNCED: u64 = 2;
/// An announcement of what could not be run after all.
pub const KIND_WITHDRAWN: u64 = 3;

/// The process has ended by itself, or become another program.
pub const ENDED: u64 = 1;
/// The process was forked, and has its parent's program.
pub const FORKED: u64 = 2;
/// The program's `malloc` is not the library's, or there is another allocator that can be called without it.
pub const ALLOCATOR_OF_ITS_OWN: u64 = 4;
/// There are blocks that are not counted, since there was no memory to write down how large they are.
pub const UNCOUNTED_BLOCKS: u64 = 8;

/// The process was about to become another program when it ended. The next entry with its number is that; otherwise, the number was
/// given to another process.
pub const BECAME_ANOTHER: u64 = 16;

/// The process counts by itself, with what is linked into its program: what its global allocator is asked for, and no call sites. Otherwise it
/// is counted by the library that was preloaded.
pub const LINKED: u64 = 32;

/// Record the call sites as well.
pub const CALL_SITES: u64 = 1;

/// The header of a file of which no slot is taken.
#[must_use]
pub fn new_header(wanted: u64) -> [u8; SLOT_BYTES] {
    let mut bytes = [0; SLOT_BYTES];
    let words = [u64::from_le_bytes(MAGIC), TABLE_VERSION, 1, wanted];
    for (place, word) in bytes.chunks_exact_mut(WORD_BYTES).zip(words) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    bytes
}
