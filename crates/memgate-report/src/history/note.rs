//! The note of a commit: a set of lines, each a record.

use std::collections::BTreeSet;

use crate::format::{FormatError, parse_history_line, print_history_line};
use crate::model::HistoryRecord;

/// The note of a commit: a set of lines, sorted by their bytes, as git's own merge strategy `cat_sort_uniq` leaves them. Lines that
/// this memgate can't read are kept as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    lines: BTreeSet<Vec<u8>>,
}

/// What is in a note.
#[derive(Debug, Default)]
pub struct NoteContents {
    /// The records that could be read.
    pub records: Vec<HistoryRecord>,
    /// What is wrong with each other line.
    pub problems: Vec<FormatError>,
}

/// More lines than this are not read; they are kept. There is one for each target triple.
const MOST_LINES: usize = 1_000;

impl Note {
    /// The note with this text. There is no text that is none.
    #[must_use]
    pub fn of_text(text: &[u8]) -> Self {
        let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        Self { lines: lines.map(<[u8]>::to_vec).collect() }
    }

    /// Its text.
    #[must_use]
    pub fn text(&self) -> Vec<u8> {
        self.lines.iter().flat_map(|line| line.iter().copied().chain([b'\n'])).collect()
    }

    /// Adds a record, and says whether it is new. A record of the same target triple with other numbers stays beside it.
    pub fn add(&mut self, record: &HistoryRecord) -> bool {
        self.lines.insert(print_history_line(record).into_bytes())
    }

    /// Adds what another note of the same commit has, and says whether any of it is new.
    pub fn merge(&mut self, other: &Self) -> bool {
        let before = self.lines.len();
        self.lines.extend(other.lines.iter().cloned());
        self.lines.len() > before
    }

    /// Drops the lines that can't be read and are not from a newer memgate, and says whether there were any.
    pub fn drop_garbage(&mut self) -> bool {
        let before = self.lines.len();
        self.lines.retain(|line| matches!(parse_history_line(line), Ok(_) | Err(FormatError::Newer { .. })));
        self.lines.len() < before
    }

    /// Whether it has no lines.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Reads it.
    #[must_use]
    pub fn contents(&self) -> NoteContents {
        let mut contents = NoteContents::default();
        for line in self.lines.iter().take(MOST_LINES) {
            match parse_history_line(line) {
                Ok(record) => contents.records.push(record),
                Err(problem) => contents.problems.push(problem),
            }
        }
        if self.lines.len() > MOST_LINES {
            let problem = format!("it has more than {MOST_LINES} lines");
            contents.problems.push(FormatError::Unsound(problem));
        }
        contents
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::run_and_baselines;

    fn record(tool: &str) -> HistoryRecord {
        HistoryRecord { tool: tool.to_owned(), ..HistoryRecord::of_run(&run_and_baselines().0) }
    }

    #[test]
    fn notes_merge_as_sets_of_lines() {
        let (mut one, mut two) = (Note::default(), Note::default());
        assert!(one.add(&record("1")) && !one.add(&record("1")), "the second is the same");
        assert!(two.add(&record("2")) && two.add(&record("1")));
        let (mut left, mut right) = (one.clone(), two.clone());
        assert!(left.merge(&two) && !right.merge(&one));
        assert_eq!(left, right);
        assert_eq!(Note::of_text(&left.text()), left);
        assert_eq!(left.contents().records, [record("1"), record("2")]);
    }

    #[test]
    fn what_can_not_be_read_is_kept_and_said() {
        let newer = print_history_line(&record("1")).replace("\"schema\":1", "\"schema\":7");
        let mut note = Note::of_text(format!("garbage\n\n{newer}\n\u{1}\n").as_bytes());
        note.add(&record("1"));
        let text = String::from_utf8(note.text()).unwrap();
        assert!(text.contains("garbage\n") && text.contains(&newer) && text.contains("\u{1}\n"), "{text}");
        let contents = note.contents();
        assert_eq!((contents.records.len(), contents.problems.len()), (1, 3));
        assert!(note.drop_garbage());
        assert_eq!(note.contents().problems.len(), 1, "what is newer stays");
    }
}
