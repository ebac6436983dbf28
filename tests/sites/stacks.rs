//! Two stacks are one only if every frame is the same. Without symbols: addresses are only compared.

use std::collections::{BTreeMap, HashMap};

use memgate_protocol::WindowPlan;
use memgate_protocol::capture::{Capture, CapturedRow, WindowKind, node};

use crate::recorded::{addresses, recorded, window};
use crate::runner;
use crate::trees::{DEEPEST, FIRST_SIZE, LEAF_DEPTH, LEAPS, Path, SEEDS, paths};

runner::cases![
    each_path_through_a_call_tree_is_one_stack,
    deep_recursion_is_cut_at_the_outer_end,
    leaps_between_depths_are_cut_as_well,
    every_leaf_of_a_call_tree_has_its_stack,
];

const PLAN: WindowPlan = WindowPlan { warm_up: 0, steady: 1, long_run_ms: 0 };
/// How many frames are taken of one stack.
const MOST_FRAMES: usize = 512;

/// The rows of both windows that allocated, each with where its stack stands and its return addresses.
fn stacks(capture: &Capture) -> impl Iterator<Item = (CapturedRow, u32, Vec<u64>)> {
    [WindowKind::Cold, WindowKind::Steady].into_iter().flat_map(move |kind| rows(capture, kind))
}

fn rows(capture: &Capture, kind: WindowKind) -> impl Iterator<Item = (CapturedRow, u32, Vec<u64>)> {
    window(capture, kind).rows.iter().filter(|row| row.numbers.allocs > 0).map(move |row| {
        let (base, addresses) = addresses(capture, row.node);
        (*row, base, addresses)
    })
}

fn each_path_through_a_call_tree_is_one_stack() {
    for seed in SEEDS {
        let capture = recorded(&format!("tree/{seed}"), PLAN);
        let (paths, order) = paths(seed);
        let mut taken: BTreeMap<usize, i64> = BTreeMap::new();
        for number in order {
            *taken.entry(number).or_default() += 1;
        }
        for kind in [WindowKind::Cold, WindowKind::Steady] {
            let mut found: HashMap<&Path, Vec<u64>> = HashMap::new();
            for (row, base, addresses) in rows(&capture, kind) {
                // Only when all blocks of a row have one size is this the path's.
                let size = row.numbers.total_bytes / row.numbers.allocs;
                let number = size as usize - FIRST_SIZE;
                assert_eq!(row.numbers.allocs * size, row.numbers.total_bytes, "seed {seed}");
                assert_eq!(row.numbers.allocs, taken[&number], "seed {seed}: {:?}", paths[number]);
                assert_eq!(base, node::ROOT);
                assert!(found.insert(&paths[number], addresses).is_none(), "seed {seed}: two stacks");
            }
            assert_eq!(found.len(), taken.len(), "seed {seed}");
            check_tree(&found);
        }
    }
}

/// The addresses of two paths are the same as far as the paths are, and no further.
fn check_tree(found: &HashMap<&Path, Vec<u64>>) {
    // Two frames for each step of a path, between what is around all of them and what is inside.
    let around = |path: &Path, addresses: &Vec<u64>| addresses.len() - 2 * path.len();
    let (some_path, some_addresses) = found.iter().next().expect("something was allocated");
    let length = around(some_path, some_addresses);
    let outside = found
        .iter()
        .flat_map(|(path, addresses)| {
            found.iter().map(move |(other, others)| (path, addresses, other, others))
        })
        .filter(|(path, _, other, _)| path.first() != other.first() && !path.is_empty() && !other.is_empty())
        .map(|(_, addresses, _, others)| common(addresses, others))
        .next()
        .expect("two paths differ from the start");
    for (path, addresses) in found {
        assert_eq!(around(path, addresses), length, "{path:?}");
        for (other, others) in found {
            if path == other {
                continue;
            }
            let shared = path.iter().zip(*other).take_while(|(call, other)| call == other).count();
            assert_eq!(common(addresses, others), outside + 2 * shared, "{path:?} and {other:?}");
        }
    }
}

/// How many return addresses are the same from the outer end.
fn common(addresses: &[u64], others: &[u64]) -> usize {
    addresses.iter().zip(others).take_while(|(address, other)| address == other).count()
}

fn deep_recursion_is_cut_at_the_outer_end() {
    let capture = recorded("recursion", PLAN);
    for kind in [WindowKind::Cold, WindowKind::Steady] {
        let total = window(&capture, kind).total();
        assert_eq!((total.allocs, total.total_bytes), (DEEPEST as i64, (DEEPEST * FIRST_SIZE) as i64));
    }
    check_cut(&capture);
    let whole = rows(&capture, WindowKind::Steady).filter(|(_, base, _)| *base == node::ROOT);
    let lengths: Vec<usize> = whole
        .map(|(row, _, addresses)| {
            assert_eq!(row.numbers.allocs, 1);
            addresses.len()
        })
        .collect();
    let (least, most) = (lengths.iter().min().unwrap(), lengths.iter().max().unwrap());
    assert_eq!(*most, MOST_FRAMES);
    assert_eq!(lengths.len(), MOST_FRAMES - least + 1, "one for each depth");
}

/// All stacks end in the one function that allocates, whatever was cut, and what was cut has as many frames as there can
/// be.
fn check_cut(capture: &Capture) {
    let mut innermost = None;
    let mut cut = 0;
    for (_, base, addresses) in stacks(capture) {
        assert!(addresses.len() <= MOST_FRAMES);
        if base == node::CUT {
            cut += 1;
            assert_eq!(addresses.len(), MOST_FRAMES);
        }
        let last = *addresses.last().expect("a stack has frames");
        assert_eq!(*innermost.get_or_insert(last), last, "an inner frame was lost");
    }
    assert!(cut > 0);
}

fn leaps_between_depths_are_cut_as_well() {
    let capture = recorded("leap", PLAN);
    check_cut(&capture);
    for kind in [WindowKind::Cold, WindowKind::Steady] {
        // One block where it dives to, one at the end of each climb, and one on the way out where it comes so deep.
        let on_the_way = LEAPS.iter().filter(|depth| **depth >= LEAPS[0]).count();
        assert_eq!(window(&capture, kind).total().allocs, (2 * LEAPS.len() + on_the_way) as i64);
        for (row, base, addresses) in rows(&capture, kind) {
            let size = (row.numbers.total_bytes / row.numbers.allocs) as usize;
            let depth = size - FIRST_SIZE;
            if depth > 0 {
                assert_eq!(
                    base == node::CUT,
                    depth > addresses.len() || addresses.len() == MOST_FRAMES && base != node::ROOT
                );
                assert!(
                    base == node::CUT || addresses.len() > depth,
                    "{} frames, {depth} deep",
                    addresses.len()
                );
            }
        }
    }
}

fn every_leaf_of_a_call_tree_has_its_stack() {
    let capture = recorded("leaves", PLAN);
    for kind in [WindowKind::Cold, WindowKind::Steady] {
        let allocs: Vec<i64> = rows(&capture, kind).map(|(row, _, _)| row.numbers.allocs).collect();
        assert_eq!(allocs, vec![1; 1 << LEAF_DEPTH]);
    }
}
