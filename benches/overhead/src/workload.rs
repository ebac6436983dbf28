//! What the allocators are made to do.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::hint::black_box;

/// A program that allocates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workload {
    /// Nothing but a block of 64 bytes, again and again: the worst that a counting allocator can meet.
    Tight,
    /// The same from 25 frames deep: what it costs to take a call stack.
    Deep,
    /// Parses about 50 KiB of JSON to a tree of values, and drops it.
    SerdeJson,
    /// Fills a map from strings to byte vectors, and takes the entries out in another order.
    Btree,
    /// Puts a new block in the place of another, anywhere among 100,000 that live, of 16 to 512 bytes.
    Churn,
}

/// Entries in the map of [`Workload::Btree`].
const ENTRIES: usize = 500;
/// Calls around the blocks of [`Workload::Deep`]; with what is outside of them, 25 frames as the engine `sites` sees them.
const DEPTH: usize = 16;
/// The blocks that live in [`Workload::Churn`].
const LIVE: usize = 100_000;
/// Blocks of one run of [`Workload::Churn`], whose each takes longer.
pub const CHURNED_BLOCKS: usize = 1_000;
/// Blocks of one run of [`Workload::Tight`] and of [`Workload::Deep`].
pub const BLOCKS: usize = 10_000;
/// The JSON document is the first of at least this size.
const DOCUMENT_BYTES: usize = 50 * 1024;

impl Workload {
    /// The workloads of this package's own table, in their order.
    pub const ALL: [Self; 4] = [Self::Tight, Self::Deep, Self::SerdeJson, Self::Btree];

    /// The name on the command line and in the table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tight => "tight",
            Self::Deep => "deep",
            Self::SerdeJson => "serde_json",
            Self::Btree => "btree",
            Self::Churn => "churn",
        }
    }

    /// The workload of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().chain([Self::Churn]).find(|workload| workload.name() == name)
    }

    /// What the runs read, made before the clock starts.
    #[must_use]
    pub fn fixture(self) -> String {
        match self {
            Self::SerdeJson => document(),
            Self::Tight | Self::Deep | Self::Btree | Self::Churn => String::new(),
        }
    }

    /// Runs it once.
    pub fn run(self, fixture: &str) {
        match self {
            Self::Tight => tight(),
            Self::Deep => deep(DEPTH),
            Self::SerdeJson => {
                let value: serde_json::Value =
                    serde_json::from_str(black_box(fixture)).expect("the document is valid JSON");
                black_box(value);
            }
            Self::Btree => btree(),
            Self::Churn => CHURN.with_borrow_mut(Churn::run),
        }
    }
}

fn tight() {
    for _ in 0..BLOCKS {
        black_box(Box::new(black_box([0_u8; 64])));
    }
}

/// `tight`, so many calls further in.
#[inline(never)]
fn deep(depth: usize) {
    if depth > 0 {
        deep(black_box(depth - 1));
        // So that the call above is no jump.
        black_box(depth);
    } else {
        tight();
    }
}

fn btree() {
    let key = |index: usize| format!("key {:05}", index * 7_919 % 65_536);
    let mut map = BTreeMap::new();
    for index in 0..ENTRIES {
        map.insert(key(index), vec![1_u8; 16 + index % 64]);
    }
    for index in (0..ENTRIES).rev() {
        black_box(map.remove(&key(index)));
    }
    black_box(map);
}

/// The blocks of one thread, and a generator that says which is next (Knuth's MMIX).
struct Churn {
    blocks: Vec<Vec<u8>>,
    state: u64,
}

thread_local! {
    static CHURN: RefCell<Churn> = const { RefCell::new(Churn { blocks: Vec::new(), state: 1 }) };
    static OTHERS: RefCell<Churn> = const { RefCell::new(Churn { blocks: Vec::new(), state: 1 }) };
}

/// Has [`Workload::Churn`] go on with other blocks in this thread; and the next call, with the ones from before.
pub fn change_churned_blocks() {
    CHURN.with(|blocks| OTHERS.with(|others| blocks.swap(others)));
}

impl Churn {
    fn run(&mut self) {
        while self.blocks.len() < LIVE {
            let size = self.size();
            self.blocks.push(Vec::with_capacity(size));
        }
        for _ in 0..CHURNED_BLOCKS {
            let size = self.size();
            let index = (self.state >> 20) as usize % LIVE;
            self.blocks[index] = black_box(Vec::with_capacity(size));
        }
    }

    fn size(&mut self) -> usize {
        self.state =
            self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        16 + (self.state >> 40) as usize % 496
    }
}

/// Records with the usual mix of strings, numbers, lists and nested objects.
fn document() -> String {
    let mut text = String::from("[");
    let mut index = 0_u32;
    while text.len() < DOCUMENT_BYTES {
        if index > 0 {
            text.push(',');
        }
        write!(
            text,
            r#"{{"id":{index},"name":"user {index}","active":{},"score":{}.25,"tags":["alpha","beta","gamma {index}"],"address":{{"street":"{index} Long Street","city":"Springfield","zip":null}}}}"#,
            index.is_multiple_of(3),
            index * 37 % 1_000,
        )
        .expect("writing to a string does not fail");
        index += 1;
    }
    text.push(']');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_json_of_about_50_kib() {
        let text = document();
        assert!((DOCUMENT_BYTES..DOCUMENT_BYTES + 300).contains(&text.len()), "{}", text.len());
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(value.as_array().is_some_and(|records| records.len() > 200));
    }

    #[test]
    fn names_lead_back_to_their_workloads() {
        for workload in Workload::ALL {
            assert_eq!(Workload::named(workload.name()), Some(workload));
        }
    }
}
