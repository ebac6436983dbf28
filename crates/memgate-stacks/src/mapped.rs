//! The bounds of a thread's stack, without asking the C library.
//!
//! `pthread_getattr_np` holds a lock of the thread while it allocates, so it can't be asked inside of `malloc`: the program itself may be
//! asking it just then. The system's list of what is mapped (proc(5)) says the same, by system calls and memory on the stack alone.

#![cfg_attr(
    not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri))),
    allow(dead_code, reason = "nothing reads the list there")
)]

/// One line of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Mapping {
    start: u64,
    limit: u64,
    is_main_stack: bool,
}

/// Reads the list byte by byte, in whatever pieces it comes.
#[derive(Debug, Default)]
struct Lines {
    part: Part,
    now: Mapping,
    /// How many bytes of `[stack]` the end of the line has so far.
    named: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Start,
    Limit,
    Rest,
}

const MAIN_STACK: &[u8] = b"[stack]";

impl Lines {
    /// Takes in a byte, and gives the mapping whose line ends with it.
    fn take(&mut self, byte: u8) -> Option<Mapping> {
        match (self.part, byte) {
            (_, b'\n') => {
                let mapping = Mapping { is_main_stack: self.named == MAIN_STACK.len(), ..self.now };
                *self = Self::default();
                return Some(mapping);
            }
            (Part::Start, b'-') => self.part = Part::Limit,
            (Part::Limit, b' ') => self.part = Part::Rest,
            (Part::Start, digit) => self.now.start = with_digit(self.now.start, digit),
            (Part::Limit, digit) => self.now.limit = with_digit(self.now.limit, digit),
            (Part::Rest, byte) => {
                let goes_on = MAIN_STACK.get(self.named) == Some(&byte);
                self.named = if goes_on { self.named + 1 } else { usize::from(byte == b'[') };
            }
        }
        None
    }
}

fn with_digit(number: u64, digit: u8) -> u64 {
    let digit = char::from(digit).to_digit(16).unwrap_or(0);
    number << 4 | u64::from(digit)
}

/// The lowest address of the stack that holds `top`, and the one after the highest. `thread` is where the thread's own block lies: at
/// the outer end of the stack, other than for the first thread.
fn bounds_in(mappings: impl IntoIterator<Item = Mapping>, top: u64, thread: u64) -> Option<(u64, u64)> {
    let mut free_from = 0;
    for mapping in mappings {
        let range = mapping.start..mapping.limit;
        if range.contains(&top) {
            // Neighbours may be one mapping, of which what is not the stack may go at any time.
            return match (mapping.is_main_stack, range.contains(&thread) && thread > top) {
                // It grows until it meets what comes before.
                (true, _) => Some((free_from, mapping.limit)),
                (false, true) => Some((mapping.start, thread)),
                (false, false) => None,
            };
        }
        free_from = mapping.limit;
    }
    None
}

/// The bounds of the calling thread's stack, if `top` lies on it; none where the list can't be read. Neither allocates nor locks.
pub(crate) fn stack_bounds(top: u64) -> Option<Option<(u64, u64)>> {
    // One question is enough for a thread's own stack, however many mappings the process has. The first thread's, which grows, is known by its
    // name and by what comes before it.
    let asked = platform::mapping_of(top);
    if let Some(bounds) = bounds_in(asked, top, platform::thread()) {
        return Some(Some(bounds));
    }
    platform::with_mappings(|mappings| bounds_in(mappings, top, platform::thread()))
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
mod platform {
    use std::ffi::c_long;

    use super::{Lines, Mapping};

    // Not `open` and its like, at which a thread that was cancelled ends: `malloc` is no such place.
    unsafe extern "C" {
        fn syscall(number: c_long, ...) -> c_long;
    }

    #[cfg(target_arch = "x86_64")]
    const NUMBERS: [c_long; 4] = [257, 0, 3, 16];
    #[cfg(target_arch = "aarch64")]
    const NUMBERS: [c_long; 4] = [56, 63, 57, 29];
    const OPENAT: c_long = NUMBERS[0];
    const READ: c_long = NUMBERS[1];
    const CLOSE: c_long = NUMBERS[2];
    const IOCTL: c_long = NUMBERS[3];
    /// Paths are as the process has them.
    const AT_FDCWD: c_long = -100;
    const O_CLOEXEC: c_long = 0o2_000_000;

    /// Three lines or so. Signal handlers have stacks of 8 KiB, of which half is used when they begin, and code that is not optimised has this
    /// several times.
    const BUFFER_BYTES: usize = 256;

    /// A file that is closed in the end.
    struct Open(c_long);

    impl Drop for Open {
        fn drop(&mut self) {
            // SAFETY: opened by us, and used by nobody else.
            unsafe { syscall(CLOSE, self.0) };
        }
    }

    fn open_list() -> Option<Open> {
        // SAFETY: the path ends with a zero byte.
        let file = unsafe { syscall(OPENAT, AT_FDCWD, c"/proc/self/maps".as_ptr(), O_CLOEXEC, 0) };
        (file >= 0).then_some(Open(file))
    }

    /// `struct procmap_query` of Linux (include/uapi/linux/fs.h).
    #[repr(C)]
    struct Question {
        size: u64,
        flags: u64,
        address: u64,
        start: u64,
        limit: u64,
        /// What else is answered: flags, page size, offset, inode, device, and names, none of which are asked for.
        rest: [u64; 8],
    }

    /// `PROCMAP_QUERY`: `_IOWR('f', 17, struct procmap_query)`.
    const PROCMAP_QUERY: c_long = 3 << 30 | (size_of::<Question>() as c_long) << 16 | 0x66 << 8 | 17;

    /// The mapping that holds an address, by one question; none where the system is older than Linux 6.11, which has it.
    pub(super) fn mapping_of(address: u64) -> Option<Mapping> {
        let file = open_list()?;
        let size = size_of::<Question>() as u64;
        let mut question = Question { size, flags: 0, address, start: 0, limit: 0, rest: [0; 8] };
        // SAFETY: the structure is as long as it says it is, and lives until the call returns.
        let error = unsafe { syscall(IOCTL, file.0, PROCMAP_QUERY, &raw mut question) };
        let Question { start, limit, .. } = question;
        (error == 0).then_some(Mapping { start, limit, is_main_stack: false })
    }

    /// Lets `look` have what is mapped, in the order of the addresses.
    pub(super) fn with_mappings<R>(look: impl FnOnce(&mut dyn Iterator<Item = Mapping>) -> R) -> Option<R> {
        let file = open_list()?;
        let (mut bytes, mut next, mut length) = ([0_u8; BUFFER_BYTES], 0, 0);
        let mut lines = Lines::default();
        let mut mappings = std::iter::from_fn(|| {
            loop {
                if next >= length {
                    // SAFETY: as many bytes as there is room for.
                    let read = unsafe { syscall(READ, file.0, bytes.as_mut_ptr(), bytes.len()) };
                    (next, length) = (0, usize::try_from(read).ok().filter(|length| *length > 0)?);
                }
                let byte = *bytes.get(next)?;
                next += 1;
                if let Some(mapping) = lines.take(byte) {
                    return Some(mapping);
                }
            }
        });
        Some(look(&mut mappings))
    }

    /// Where the calling thread's own block lies.
    pub(super) fn thread() -> u64 {
        let address: u64;
        #[cfg(target_arch = "x86_64")]
        // SAFETY: reads the first word of the thread's block, which is its address (ELF handling for thread-local storage, 3.4.6).
        unsafe {
            std::arch::asm!("mov {}, fs:0", out(reg) address, options(nostack, preserves_flags, readonly));
        }
        #[cfg(target_arch = "aarch64")]
        // SAFETY: reads a register.
        unsafe {
            std::arch::asm!("mrs {}, tpidr_el0", out(reg) address, options(nomem, nostack, preserves_flags));
        }
        address
    }
}

#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri))))]
mod platform {
    use super::Mapping;

    pub(super) fn mapping_of(_: u64) -> Option<Mapping> {
        None
    }

    pub(super) fn with_mappings<R>(_: impl FnOnce(&mut dyn Iterator<Item = Mapping>) -> R) -> Option<R> {
        None
    }

    pub(super) fn thread() -> u64 {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "\
5643e7b46000-5643e7b5d000 r--p 00000000 fe:00 10355208                   /tmp/a [stack
7f9a80000000-7f9a80200000 rw-p 00000000 00:00 0
7ffe10000000-7ffe10021000 rw-p 00000000 00:00 0                          [stack]
7ffe10100000-7ffe10102000 r-xp 00000000 00:00 0                          [vdso]
";

    fn mappings() -> Vec<Mapping> {
        let mut lines = Lines::default();
        LIST.bytes().filter_map(|byte| lines.take(byte)).collect()
    }

    #[test]
    fn a_list_is_read_line_by_line() {
        let all = mappings();
        assert_eq!(all.len(), 4);
        assert_eq!((all[0].start, all[0].limit), (0x5643_e7b4_6000, 0x5643_e7b5_d000));
        let stacks: Vec<bool> = all.iter().map(|mapping| mapping.is_main_stack).collect();
        assert_eq!(stacks, [false, false, true, false]);
    }

    #[test]
    fn a_stack_ends_where_the_thread_begins_and_the_first_one_grows() {
        let of = |top, thread| bounds_in(mappings(), top, thread);
        assert_eq!(of(0x7ffe_1001_0000, 0x1000), Some((0x7f9a_8020_0000, 0x7ffe_1002_1000)));
        assert_eq!(of(0x7f9a_8010_0000, 0x7f9a_8018_0000), Some((0x7f9a_8000_0000, 0x7f9a_8018_0000)));
        // A coroutine's, and no stack at all.
        assert_eq!(of(0x7f9a_8010_0000, 0x7f9a_8000_1000), None);
        assert_eq!(of(0x7f9a_8010_0000, 0x1000), None);
        assert_eq!(of(0x1000, 0x1000), None);
    }

    #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
    #[test]
    fn one_question_says_what_the_list_says() {
        let top = crate::frame::stack_pointer();
        let holds = |mapping: &Mapping| (mapping.start..mapping.limit).contains(&top);
        let of_list = platform::with_mappings(|mut all| Iterator::find(&mut all, holds));
        let of_list = of_list.flatten().unwrap();
        // A system that does not know the question gives no answer.
        if let Some(asked) = platform::mapping_of(top) {
            assert_eq!((asked.start, asked.limit), (of_list.start, of_list.limit));
        }
        assert_eq!(platform::mapping_of(1), None);
    }

    #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
    #[test]
    fn a_variable_of_any_thread_lies_within() {
        let look = || {
            let variable = 0_u64;
            let address = (&raw const variable).addr() as u64;
            let (low, limit) = stack_bounds(crate::frame::stack_pointer()).flatten().unwrap();
            assert!((low..limit).contains(&address), "{low:#x}..{limit:#x} {address:#x}");
            let (_, by_library) = crate::unwind::stack_bounds().unwrap();
            // musl's own answer ends where the thread's variables begin, before its block.
            assert!(limit <= by_library || cfg!(target_env = "musl"), "{limit:#x} {by_library:#x}");
        };
        look();
        std::thread::spawn(look).join().unwrap();
    }
}
