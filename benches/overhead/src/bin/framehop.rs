//! The platform's allocator with a call stack taken for each block, as the crate framehop walks it by unwind tables, with
//! a cache of its own for each thread; and nothing else: no table, no counter. Linux on x86-64 alone. With the option
//! `frames`, says how many frames the deepest one had.

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[global_allocator]
static ALLOCATOR: allocator::Framehopping = allocator::Framehopping;

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[expect(clippy::print_stderr, reason = "answers a question of whoever changes the workload")]
fn main() -> std::process::ExitCode {
    let is_asked = std::env::args().any(|argument| argument == "frames");
    let result = memgate_overhead::main(|_| allocator::begin(modules::unwinder()));
    if is_asked {
        eprintln!("{} frames", allocator::frames());
    }
    result
}

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
fn main() -> std::process::ExitCode {
    std::process::ExitCode::FAILURE
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod modules {
    use std::collections::BTreeMap;
    use std::ops::Range;

    use framehop::{
        ExplicitModuleSectionInfo, Module, MustNotAllocateDuringUnwind, Unwinder, UnwinderNative,
    };
    use object::{Object, ObjectSection};

    /// Knows the unwind tables of everything that is mapped into this process.
    pub(super) type ProcessUnwinder = UnwinderNative<Vec<u8>, MustNotAllocateDuringUnwind>;

    pub(super) fn unwinder() -> ProcessUnwinder {
        let maps = std::fs::read_to_string("/proc/self/maps").expect("the system says what is mapped");
        let mut ranges: BTreeMap<&str, Range<u64>> = BTreeMap::new();
        for (range, path) in maps.lines().filter_map(file_part) {
            ranges.entry(path).and_modify(|whole| whole.end = whole.end.max(range.end)).or_insert(range);
        }
        let mut unwinder = ProcessUnwinder::new();
        for (path, range) in ranges {
            if let Some(sections) = sections(path) {
                let start = range.start;
                unwinder.add_module(Module::new(path.to_owned(), range, start, sections));
            }
        }
        unwinder
    }

    /// The addresses and the file of one line of `/proc/self/maps` (proc(5)).
    fn file_part(line: &str) -> Option<(Range<u64>, &str)> {
        let mut words = line.split_whitespace();
        let (start, end) = words.next()?.split_once('-')?;
        let path = words.nth(4).filter(|path| path.starts_with('/'))?;
        Some((u64::from_str_radix(start, 16).ok()?..u64::from_str_radix(end, 16).ok()?, path))
    }

    fn sections(path: &str) -> Option<ExplicitModuleSectionInfo<Vec<u8>>> {
        let bytes = std::fs::read(path).ok()?;
        let file = object::File::parse(&*bytes).ok()?;
        let range = |name: &str| {
            let section = file.section_by_name(name)?;
            Some(section.address()..section.address() + section.size())
        };
        let data = |name: &str| Some(file.section_by_name(name)?.data().ok()?.to_vec());
        Some(ExplicitModuleSectionInfo {
            base_svma: 0,
            text_svma: range(".text"),
            text: data(".text"),
            got_svma: range(".got"),
            eh_frame_svma: range(".eh_frame"),
            eh_frame: data(".eh_frame"),
            eh_frame_hdr_svma: range(".eh_frame_hdr"),
            eh_frame_hdr: data(".eh_frame_hdr"),
            ..ExplicitModuleSectionInfo::default()
        })
    }
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[expect(unsafe_code, reason = "is an allocator, and reads the stack")]
mod allocator {
    use std::alloc::{GlobalAlloc, Layout, System};
    use std::cell::RefCell;
    use std::hint::black_box;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    use framehop::x86_64::UnwindRegsX86_64;
    use framehop::{CacheNative, MustNotAllocateDuringUnwind, Unwinder};

    use super::modules::ProcessUnwinder;

    /// Hands every call on to `System`.
    pub(super) struct Framehopping;

    static UNWINDER: OnceLock<ProcessUnwinder> = OnceLock::new();
    static FRAMES: AtomicUsize = AtomicUsize::new(0);

    type Cache = Box<CacheNative<MustNotAllocateDuringUnwind>>;

    thread_local! {
        /// Borrowed while a stack is taken, so that what the walk itself allocates is not walked for.
        static CACHE: RefCell<Option<Cache>> = const { RefCell::new(None) };
    }

    pub(super) fn begin(unwinder: ProcessUnwinder) {
        let _ = UNWINDER.set(unwinder);
    }

    /// How many frames the deepest stack had.
    pub(super) fn frames() -> usize {
        FRAMES.load(Relaxed)
    }

    fn walk() {
        let Some(unwinder) = UNWINDER.get() else { return };
        let _ = CACHE.try_with(|cache| {
            if let Ok(mut cache) = cache.try_borrow_mut() {
                walk_with(unwinder, cache.get_or_insert_with(Cache::default));
            }
        });
    }

    fn walk_with(unwinder: &ProcessUnwinder, cache: &mut Cache) {
        let (ip, sp, bp): (u64, u64, u64);
        // SAFETY: reads registers, and touches neither memory nor flags.
        unsafe {
            std::arch::asm!(
                "lea {}, [rip]",
                "mov {}, rsp",
                "mov {}, rbp",
                out(reg) ip,
                out(reg) sp,
                out(reg) bp,
                options(nomem, nostack, preserves_flags)
            );
        }
        let mut read = |address: u64| {
            if address < sp || !address.is_multiple_of(8) {
                return Err(());
            }
            // SAFETY: the unwind tables lead from frame to frame of this thread's stack, outwards from `sp`, where all is
            // mapped to the outer end, at which they say so.
            Ok(unsafe { std::ptr::with_exposed_provenance::<u64>(address as usize).read_volatile() })
        };
        let mut addresses = [0_u64; 64];
        let mut length = 0;
        let mut frames = unwinder.iter_frames(ip, UnwindRegsX86_64::new(ip, sp, bp), cache, &mut read);
        while let Ok(Some(frame)) = frames.next() {
            let Some(address) = addresses.get_mut(length) else { break };
            *address = frame.address();
            length += 1;
        }
        black_box(&addresses);
        if length > FRAMES.load(Relaxed) {
            FRAMES.store(length, Relaxed);
        }
    }

    // SAFETY: every method hands its arguments on to `System` unchanged.
    unsafe impl GlobalAlloc for Framehopping {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            walk();
            // SAFETY: the caller keeps `alloc`'s contract.
            unsafe { System.alloc(layout) }
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            // SAFETY: the caller keeps `dealloc`'s contract, and `block` came from `System`.
            unsafe { System.dealloc(block, layout) }
        }

        unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
            walk();
            // SAFETY: the caller keeps `alloc_zeroed`'s contract.
            unsafe { System.alloc_zeroed(layout) }
        }

        unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
            walk();
            // SAFETY: the caller keeps `realloc`'s contract, and `block` came from `System`.
            unsafe { System.realloc(block, layout, new_size) }
        }
    }
}
