//! The slot of this process: taken at its first call, and again in each child of a fork.

use std::ffi::{CStr, c_void};
use std::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, Ordering::Acquire, Ordering::Relaxed, Ordering::Release,
};

use memgate_protocol::process_table::{
    ALLOCATOR_OF_ITS_OWN, CALL_SITES, EXECUTABLE_BYTES, FORKED, KIND_PROCESS, KIND_WITHDRAWN, MAGIC,
    MOST_SLOTS, SLOT_BYTES, TABLE_FILE, TABLE_VERSION, header, word,
};

use crate::c::{self, keeping_errno};
use crate::real::Real;
use crate::{block, loader, real, sites};
use memgate_protocol::process_table::Slot;

/// Where the library lies, and the table beside it.
const MOST_PATH: usize = 512;

/// As many slots are mapped where addresses are limited.
const FEW_SLOTS: usize = 1 << 10;
/// Where addresses are limited, call sites may have one of so many parts of them.
const PART_OF_ADDRESSES: usize = 8;

static NOBODYS: Slot = Slot::nobodys();
static NOT_MINE: Mine =
    Mine { counting: AtomicPtr::new(std::ptr::null_mut()), is_taken: AtomicBool::new(false) };

static TABLE: AtomicPtr<Slot> = AtomicPtr::new(std::ptr::null_mut());
/// How many slots of it are mapped.
static SLOTS: AtomicUsize = AtomicUsize::new(0);
static SLOT: AtomicPtr<Slot> = AtomicPtr::new((&raw const NOBODYS).cast_mut());
static MINE: AtomicPtr<Mine> = AtomicPtr::new((&raw const NOT_MINE).cast_mut());

/// What this process has, and its children have not: the system clears the page in them.
struct Mine {
    /// The slot, when blocks have headers, and there is nothing to be done but to count. Otherwise null.
    counting: AtomicPtr<Slot>,
    is_taken: AtomicBool,
}

static IS_ATTACHING: AtomicBool = AtomicBool::new(false);
/// How often the library has called itself while it did so.
static OWN_CALLS: AtomicUsize = AtomicUsize::new(0);
static HAS_BEGUN: AtomicBool = AtomicBool::new(false);
/// Flags of every process from here on.
static FLAGS: AtomicU64 = AtomicU64::new(0);

/// This process's slot, taken now if it has none. None while that is being done: what the library calls for it is not counted.
#[inline(always)]
pub(crate) fn slot() -> Option<&'static Slot> {
    if is_mine() { Some(taken_slot()) } else { attach() }
}

/// This process's slot and the functions, if it has one, blocks have headers, and there is nothing to be done but to count.
#[inline(always)]
pub(crate) fn to_count_in() -> Option<(&'static Slot, &'static Real)> {
    // SAFETY: null, or this process's slot of the table, which is never unmapped.
    let slot = unsafe { mine().counting.load(Acquire).as_ref() }?;
    // SAFETY: found before there was a slot.
    Some((slot, unsafe { real::real().unwrap_unchecked() }))
}

/// This process's slot, if it has one.
pub(crate) fn slot_if_taken() -> Option<&'static Slot> {
    is_mine().then(taken_slot)
}

#[inline(always)]
fn is_mine() -> bool {
    mine().is_taken.load(Acquire)
}

#[inline(always)]
fn mine() -> &'static Mine {
    // SAFETY: always points to what is never unmapped.
    unsafe { &*MINE.load(Acquire) }
}

#[inline(always)]
fn taken_slot() -> &'static Slot {
    // SAFETY: points to a slot of the table, which is never unmapped, or to the one that nobody reads.
    unsafe { &*SLOT.load(Relaxed) }
}

/// Calls what does not come from `malloc` as the program has it; see `has_another_allocator`.
pub(crate) fn without_being_first<R>(calls: impl FnOnce() -> R) -> R {
    let before = OWN_CALLS.load(Relaxed);
    let result = calls();
    OWN_CALLS.store(before, Relaxed);
    result
}

#[cold]
#[inline(never)]
fn attach() -> Option<&'static Slot> {
    // One thread alone, since a second needs memory before it is one. So it is this one, in the middle of it.
    if IS_ATTACHING.swap(true, Acquire) {
        OWN_CALLS.fetch_add(1, Relaxed);
        return None;
    }
    let has_attached = keeping_errno(|| {
        let is_fork = HAS_BEGUN.swap(true, Relaxed);
        if is_fork {
            block::begin_again_in_fork();
        } else if !begin() {
            HAS_BEGUN.store(false, Relaxed);
            return false;
        }
        take_slot(is_fork);
        true
    });
    IS_ATTACHING.store(false, Release);
    has_attached.then(taken_slot)
}

/// What is done once, and what forks have as well.
fn begin() -> bool {
    if !real::find() {
        return false;
    }
    // SAFETY: new memory, of which nobody else knows.
    let page = unsafe {
        let protection = c::PROT_READ | c::PROT_WRITE;
        c::map(std::ptr::null_mut(), SLOT_BYTES, protection, c::MAP_PRIVATE | c::MAP_ANONYMOUS, -1, 0)
    };
    if !c::is_mapped(page) {
        return false;
    }
    // SAFETY: the page just mapped. An older system does not know this, and there the handler alone tells of forks.
    unsafe { c::madvise(page, SLOT_BYTES, c::MADV_WIPEONFORK) };
    MINE.store(page.cast(), Release);
    // SAFETY: a function of this library, which is never unloaded.
    unsafe { c::pthread_atfork(None, None, Some(in_child)) };
    loader::find();
    let has_another = has_another_allocator() || !real::real().is_some_and(|real| real.is_of_one);
    FLAGS.store(if has_another { ALLOCATOR_OF_ITS_OWN } else { 0 }, Relaxed);
    if let Some(table) = map_table() {
        TABLE.store(table.cast(), Release);
    }
    true
}

extern "C" fn in_child() {
    mine().counting.store(std::ptr::null_mut(), Relaxed);
    mine().is_taken.store(false, Relaxed);
}

/// Takes a slot and begins to count in it. Where there is none, nothing is said, and the tool says that the process was not seen.
fn take_slot(is_fork: bool) {
    let slot = claim().unwrap_or(&NOBODYS);
    let is_wanted = |what| table().is_some_and(|table| table.word(header::WANTED).load(Relaxed) & what != 0);
    // SAFETY: always allowed.
    slot.set(word::PROCESS, unsafe { c::getpid() } as u64);
    if is_fork {
        // Known without asking: a child may have lost the right to ask for more than its number.
        slot.set(word::PARENT, taken_slot().word(word::PROCESS).load(Relaxed));
        slot.copy_texts(taken_slot());
    } else {
        // SAFETY: always allowed.
        slot.set(word::PARENT, unsafe { c::getppid() } as u64);
        describe(slot);
    }
    slot.set(word::FLAGS, FLAGS.load(Relaxed) | if is_fork { FORKED } else { 0 });
    slot.set_kind(KIND_PROCESS);
    // Where the program's own `malloc` comes first, what is recorded would be kept in its blocks, and not all of it.
    let counts_alone = !is_wanted(CALL_SITES) && real::real().is_some_and(|real| real.has_headers);
    let records = is_wanted(CALL_SITES) && FLAGS.load(Relaxed) & ALLOCATOR_OF_ITS_OWN == 0;
    if records {
        if is_fork {
            // SAFETY: the only thread of a child, at its first call: nothing is being recorded.
            unsafe { sites::begin_again_in_fork() };
        } else {
            sites::begin(c::most_addresses().map_or(usize::MAX, |all| all / PART_OF_ADDRESSES));
        }
    }
    SLOT.store(std::ptr::from_ref(slot).cast_mut(), Relaxed);
    if counts_alone {
        mine().counting.store(std::ptr::from_ref(slot).cast_mut(), Release);
    }
    mine().is_taken.store(true, Release);
}

/// The header of the table.
fn table() -> Option<&'static Slot> {
    // SAFETY: null, or the table's first slot, which is never unmapped.
    unsafe { TABLE.load(Acquire).as_ref() }
}

/// The next slot, for whatever is to be said.
pub(crate) fn claim() -> Option<&'static Slot> {
    let table = table()?;
    let number = table.word(header::TAKEN).fetch_add(1, Relaxed);
    let index = usize::try_from(number).ok().filter(|index| *index < SLOTS.load(Relaxed))?;
    // SAFETY: within what is mapped of the table.
    let slot = unsafe { std::ptr::from_ref(table).add(index) };
    // SAFETY: never unmapped, and made of atomics.
    Some(unsafe { &*slot })
}

/// Gives a slot back, of which nothing is to be said after all: it is the next one's, unless somebody has taken one since.
pub(crate) fn give_back(slot: &Slot) {
    slot.clear_texts();
    slot.set_kind(KIND_WITHDRAWN);
    if let Some((table, number)) = table().zip(number(slot)) {
        let (number, next) = (number as u64, number as u64 + 1);
        let _ = table.word(header::TAKEN).compare_exchange(next, number, Relaxed, Relaxed);
    }
}

/// The number of a slot of the table.
pub(crate) fn number(slot: &Slot) -> Option<usize> {
    let first = table()?;
    let offset = std::ptr::from_ref(slot).addr().checked_sub(std::ptr::from_ref(first).addr())?;
    Some(offset / SLOT_BYTES).filter(|index| *index < SLOTS.load(Relaxed))
}

/// Puts down which program this is.
fn describe(slot: &Slot) {
    let mut path = [0_u8; EXECUTABLE_BYTES];
    // SAFETY: as many bytes as there is room for.
    let length = unsafe { c::readlink(c"/proc/self/exe".as_ptr(), path.as_mut_ptr().cast(), path.len()) };
    slot.set_program(path.get(..usize::try_from(length).unwrap_or(0)).unwrap_or(&[]));
    let mut arguments = [0_u8; SLOT_BYTES];
    let length = read_file(c"/proc/self/cmdline", &mut arguments);
    slot.set_arguments(arguments.get(..length).unwrap_or(&[]));
}

/// Reads the beginning of a file, and gives how much.
fn read_file(path: &CStr, bytes: &mut [u8]) -> usize {
    // SAFETY: a path that ends with a zero byte.
    let file = unsafe { c::open(path.as_ptr(), c::O_RDONLY | c::O_CLOEXEC) };
    if file < 0 {
        return 0;
    }
    // SAFETY: as many bytes as there is room for.
    let length = unsafe { c::read(file, bytes.as_mut_ptr().cast(), bytes.len()) };
    // SAFETY: ours.
    unsafe { c::close(file) };
    usize::try_from(length).unwrap_or(0)
}

/// The path of a file in the folder in which the library lies, with a zero byte behind it.
pub(crate) fn beside_library(name: &[u8]) -> Option<[u8; MOST_PATH]> {
    let own = c::information((&raw const NOBODYS).cast())?;
    // SAFETY: the loader's own text, which stays as long as the library does.
    let path = unsafe { CStr::from_ptr(own.file_name) }.to_bytes();
    let folder = path.get(..=path.iter().rposition(|byte| *byte == b'/')?)?;
    let mut whole = [0; MOST_PATH];
    whole.get_mut(..folder.len())?.copy_from_slice(folder);
    // Not to the end: a zero byte stays behind it.
    whole.get_mut(folder.len()..MOST_PATH - 1)?.get_mut(..name.len())?.copy_from_slice(name);
    Some(whole)
}

fn map_table() -> Option<*mut c_void> {
    let path = beside_library(TABLE_FILE.as_bytes())?;
    // SAFETY: a path that ends with a zero byte.
    let file = unsafe { c::open(path.as_ptr().cast(), c::O_RDWR | c::O_CLOEXEC) };
    if file < 0 {
        return None;
    }
    let slots = if c::most_addresses().is_some() { FEW_SLOTS } else { MOST_SLOTS };
    // SAFETY: new memory; the file is as long as that, as the tool has made it.
    let table = unsafe {
        let protection = c::PROT_READ | c::PROT_WRITE;
        c::map(std::ptr::null_mut(), slots * SLOT_BYTES, protection, c::MAP_SHARED, file, 0)
    };
    SLOTS.store(slots, Relaxed);
    // SAFETY: ours.
    unsafe { c::close(file) };
    let header = c::is_mapped(table).then(|| {
        // SAFETY: just mapped, and as large as a slot at least.
        unsafe { &*table.cast::<Slot>() }
    })?;
    let is_ours = header.word(0).load(Relaxed) == u64::from_le_bytes(MAGIC)
        && header.word(header::VERSION).load(Relaxed) == TABLE_VERSION;
    is_ours.then_some(table)
}

/// Whether calls go to an allocator that this library does not stand before: the executable's own `malloc` comes first, and an
/// allocator that is a shared library has functions of its own besides.
fn has_another_allocator() -> bool {
    let default = |name: &CStr| {
        // SAFETY: looks for a symbol.
        unsafe { c::dlsym(c::RTLD_DEFAULT, name.as_ptr()) }
    };
    // Called rather than compared: the address that a function has for all may be a jump in the executable.
    let is_first = {
        let before = OWN_CALLS.load(Relaxed);
        let (get, give_back) = (default(c"malloc"), default(c"free"));
        // SAFETY: these are the C library's functions, or what the program has in their place; see malloc(3).
        let get: Option<unsafe extern "C" fn(usize) -> *mut c_void> = unsafe { std::mem::transmute(get) };
        // SAFETY: as above.
        let give_back: Option<unsafe extern "C" fn(*mut c_void)> = unsafe { std::mem::transmute(give_back) };
        if let (Some(get), Some(give_back)) = (get, give_back) {
            // SAFETY: any number is allowed.
            let block = unsafe { get(1) };
            // SAFETY: given back to where it is from.
            unsafe { give_back(block) };
        }
        OWN_CALLS.load(Relaxed) > before
    };
    if !is_first {
        return true;
    }
    let others = [c"mallctl", c"je_mallctl", c"mi_malloc", c"tc_malloc", c"rpmalloc", c"hoard_malloc"];
    let has_others = others.iter().any(|name| !default(name).is_null());
    // What was not found is an error that the program would be told of at its next question; what is found then takes it away. Asking
    // for its text would translate it, with locks that whoever allocates just now may hold.
    default(c"malloc");
    has_others
}

extern "C" fn at_start() {
    slot();
}

#[used]
#[unsafe(link_section = ".init_array")]
static AT_START: extern "C" fn() = at_start;
