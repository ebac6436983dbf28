//! The slot of this process: looked for at its first call, and taken again in each child of a fork.

use std::sync::atomic::{
    AtomicPtr, AtomicU8, AtomicU64, Ordering::Acquire, Ordering::Relaxed, Ordering::Release,
};

use memgate_protocol::process_table::{
    EXECUTABLE_BYTES, FORKED, KIND_PROCESS, LINKED, MAGIC, MOST_SLOTS, SLOT_BYTES, Slot, TABLE_BYTES,
    TABLE_VERSION, header, word,
};

use super::system;
use crate::alloc::fork::InChild;
use crate::alloc::state;

/// Whether the tool has asked for anything.
static STATUS: AtomicU8 = AtomicU8::new(NOT_LOOKED);
const NOT_LOOKED: u8 = 0;
const LOOKING: u8 = 1;
const NOT_ASKED: u8 = 2;
const ASKED: u8 = 3;

/// The header of the table, once it is mapped.
static TABLE: AtomicPtr<Slot> = AtomicPtr::new(std::ptr::null_mut());
/// This process's slot. In the child of a fork its parent's, until it has one.
static SLOT: AtomicPtr<Slot> = AtomicPtr::new(std::ptr::null_mut());

static NOT_MINE: AtomicU64 = AtomicU64::new(NOT_TAKEN);
/// A word about the slot, which is zero again in a child: the system clears its page there.
static MINE: AtomicPtr<AtomicU64> = AtomicPtr::new((&raw const NOT_MINE).cast_mut());
const NOT_TAKEN: u64 = 0;
const BEING_TAKEN: u64 = 1;
const TAKEN: u64 = 2;
/// There was none left. The table says so.
const NONE_LEFT: u64 = 3;

// SAFETY: the handler stores an atomic, and does nothing else.
static IN_CHILD: InChild = unsafe { InChild::new(forget_slot) };

/// This process's slot, taken now if it has none. None when nobody has asked for it.
#[inline(always)]
pub(super) fn slot() -> Option<&'static Slot> {
    if mine().load(Acquire) == TAKEN { taken_slot() } else { take() }
}

#[inline(always)]
fn mine() -> &'static AtomicU64 {
    // SAFETY: always points to a word that is never unmapped.
    unsafe { &*MINE.load(Acquire) }
}

#[inline(always)]
fn taken_slot() -> Option<&'static Slot> {
    // SAFETY: null, or a slot of the table, which is never unmapped and made of atomics.
    unsafe { SLOT.load(Relaxed).as_ref() }
}

extern "C" fn forget_slot() {
    mine().store(NOT_TAKEN, Relaxed);
}

#[cold]
#[inline(never)]
fn take() -> Option<&'static Slot> {
    if STATUS.load(Acquire) == NOT_ASKED {
        return None;
    }
    system::keeping_errno(|| {
        if STATUS.load(Acquire) != ASKED && !look() {
            return None;
        }
        // One thread alone: a child of a fork begins as that, and a program has one when it allocates for the first time.
        if mine().compare_exchange(NOT_TAKEN, BEING_TAKEN, Acquire, Relaxed).is_err() {
            return None;
        }
        let parent = taken_slot();
        let slot = table().and_then(claim);
        if let Some(slot) = slot {
            describe(slot, parent);
            SLOT.store(std::ptr::from_ref(slot).cast_mut(), Relaxed);
        }
        mine().store(if slot.is_some() { TAKEN } else { NONE_LEFT }, Release);
        slot
    })
}

/// Looks whether the tool asks for this process's numbers, once.
fn look() -> bool {
    if STATUS.compare_exchange(NOT_LOOKED, LOOKING, Acquire, Relaxed).is_err() {
        return false;
    }
    let table = map_table();
    let word = table.and_then(|_| system::word_of_process());
    let Some((table, word)) = table.zip(word) else {
        STATUS.store(NOT_ASKED, Release);
        state::count_no_command();
        return false;
    };
    TABLE.store(std::ptr::from_ref(table).cast_mut(), Release);
    MINE.store(word, Release);
    // An older system clears nothing, and there the handler alone tells of forks.
    IN_CHILD.watch();
    STATUS.store(ASKED, Release);
    true
}

/// The header of the table that asks for this process, if there is one of this version.
fn map_table() -> Option<&'static Slot> {
    let start = system::map_file(&system::asked_path()?, TABLE_BYTES)?;
    // SAFETY: as long as a table, which a header begins, at the start of a page; never unmapped, and made of atomics.
    let table = unsafe { &*start.cast::<Slot>() };
    let is_ours = table.word(0).load(Relaxed) == u64::from_le_bytes(MAGIC)
        && table.word(header::VERSION).load(Relaxed) == TABLE_VERSION;
    is_ours.then_some(table)
}

fn table() -> Option<&'static Slot> {
    // SAFETY: null, or the header of the table, which is never unmapped.
    unsafe { TABLE.load(Acquire).as_ref() }
}

/// The next slot.
fn claim(table: &'static Slot) -> Option<&'static Slot> {
    let number = table.take_next(MOST_SLOTS)?;
    // SAFETY: within the table, which has so many slots.
    let slot = unsafe { std::ptr::from_ref(table).add(number) };
    // SAFETY: never unmapped, and made of atomics.
    Some(unsafe { &*slot })
}

/// Puts down which process this is, and which program.
fn describe(slot: &Slot, parent: Option<&Slot>) {
    let (process, parent_process) = system::process_numbers();
    slot.set(word::PROCESS, process);
    slot.set(word::PARENT, parent_process);
    match parent {
        Some(parent) => {
            slot.copy_texts(parent);
            slot.set(word::FLAGS, LINKED | FORKED);
        }
        None => {
            let mut path = [0; EXECUTABLE_BYTES];
            let length = system::executable(&mut path);
            slot.set_program(path.get(..length).unwrap_or(&[]));
            let mut arguments = [0; SLOT_BYTES];
            let length = system::arguments(&mut arguments);
            slot.set_arguments(arguments.get(..length).unwrap_or(&[]));
            slot.set(word::FLAGS, LINKED);
        }
    }
    slot.set_kind(KIND_PROCESS);
}
