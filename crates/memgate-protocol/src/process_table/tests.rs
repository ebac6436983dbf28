use super::*;

type Words<'a> = &'a [(usize, u64)];

/// A file of slots with these words, and texts.
fn file(slots: &[(Words<'_>, &[u8])], taken: u64) -> Vec<u8> {
    let mut bytes = new_header(0).to_vec();
    bytes[header::TAKEN * WORD_BYTES..][..WORD_BYTES].copy_from_slice(&taken.to_le_bytes());
    for (words, text) in slots {
        let mut slot = vec![0; SLOT_BYTES];
        for (word, value) in *words {
            slot[word * WORD_BYTES..][..WORD_BYTES].copy_from_slice(&value.to_le_bytes());
        }
        slot[WORDS_BYTES..][..text.len()].copy_from_slice(text);
        bytes.append(&mut slot);
    }
    bytes
}

#[test]
fn what_a_process_and_an_announcement_say_is_read() {
    let mut text = [0; EXECUTABLE_BYTES + 10];
    text[..7].copy_from_slice(b"/bin/ls");
    text[EXECUTABLE_BYTES..][..6].copy_from_slice(b"ls\0-l\0");
    let words = [
        (word::KIND, KIND_PROCESS),
        (word::PROCESS, 12),
        (word::PARENT, 11),
        (word::FLAGS, ENDED | ALLOCATOR_OF_ITS_OWN | LINKED),
        (word::ALLOCS, 3),
        (word::LIVE_BYTES, -5_i64 as u64),
        (word::PEAK_BYTES, 70),
        (word::RESIDENT_PEAK_BYTES, 9),
    ];
    let announced = [(word::KIND, KIND_ANNOUNCED), (word::PROCESS, 12)];
    let bytes = file(&[(&words, &text), (&announced, b"true\0")], 4);
    let bytes = [bytes, vec![0; SLOT_BYTES]].concat();
    let table = ProcessTable::parse(&bytes).unwrap();
    let [process] = &table.processes[..] else { panic!("{table:?}") };
    assert_eq!((process.slot, process.process, process.parent), (1, 12, 11));
    assert_eq!(process.executable, "/bin/ls");
    assert_eq!(process.arguments, ["ls", "-l"]);
    assert!(process.has_ended && process.has_allocator_of_its_own && process.is_linked && !process.is_forked);
    assert_eq!(process.resident_peak_bytes, Some(9));
    assert_eq!(process.numbers, ProcessNumbers { allocs: 3, peak_bytes: 70, ..ProcessNumbers::default() });
    assert_eq!(table.announcements[0].program, "true");
    assert_eq!(table.lost, 1, "a slot that was taken and not filled");
}

#[test]
fn what_is_none_is_refused() {
    assert!(matches!(ProcessTable::parse(b""), Err(ProcessTableError::NoTable)));
    assert!(matches!(ProcessTable::parse(&MAGIC), Err(ProcessTableError::Truncated)));
    assert!(matches!(ProcessTable::parse(&file(&[], 2)), Err(ProcessTableError::Truncated)));
    let mut other = file(&[], 1);
    other[WORD_BYTES] = 9;
    assert!(matches!(ProcessTable::parse(&other), Err(ProcessTableError::Version(9))));
}

#[test]
fn no_more_is_read_than_was_taken_and_what_found_no_slot_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(TABLE_FILE);
    let announced = [(word::KIND, KIND_ANNOUNCED)];
    std::fs::write(&path, file(&[(&announced, b"a"), (&announced, b"b")], 2)).unwrap();
    assert_eq!(ProcessTable::read(&path).unwrap().announcements.len(), 1);
    let full = file(&[], MOST_SLOTS as u64 + 3);
    let whole = [full, vec![0; TABLE_BYTES - SLOT_BYTES]].concat();
    assert_eq!(ProcessTable::parse(&whole).unwrap().lost, 3 + MOST_SLOTS as u64 - 1);
}

#[test]
fn slots_are_taken_one_after_the_other_and_those_that_were_not_had_are_counted() {
    let table = Slot::nobodys();
    table.set(header::TAKEN, 1);
    let taken: Vec<_> = (0..4).map(|_| table.take_next(3)).collect();
    assert_eq!(taken, [Some(1), Some(2), None, None]);
    assert_eq!(table.word(header::TAKEN).load(std::sync::atomic::Ordering::Relaxed), 5);
}
