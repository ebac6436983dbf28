//! What is said about edits that people make.

use memgate_protocol::{Metric, StackNumbers};
use proptest::prelude::*;

use super::{ChangeSubject, Explanation, GatedNumbers, Unexplained, explain};
use crate::sites::samples::{stack, table};
use crate::sites::{Profile, SiteTable, StoredSites};

const GATED: [Metric; 2] = [Metric::Allocs, Metric::TotalBytes];

pub(super) fn explained(base: &SiteTable, head: &SiteTable, metric: Metric) -> Explanation {
    let numbers = GatedNumbers { base: Some(base.total().get(metric)), head: head.total().get(metric) };
    explain(Some(&StoredSites::of(base, &GATED)), head, metric, numbers)
}

/// The changes of allocs, one a line.
pub(super) fn changes(base: &SiteTable, head: &SiteTable) -> String {
    let explanation = explained(base, head, Metric::Allocs);
    assert_eq!(explanation.unexplained, []);
    shown(&explanation)
}

fn shown(explanation: &Explanation) -> String {
    let mut text = String::new();
    for change in &explanation.changes {
        let place = change.place.as_ref().map_or_else(String::new, |place| {
            format!("{} {}:{}", place.function, place.file.as_deref().unwrap_or("?"), place.line)
        });
        let base = change.base.map_or_else(|| "-".to_owned(), |base| base.to_string());
        let subject = match change.subject {
            ChangeSubject::Site => change.operation.clone(),
            other => format!("{other:?}"),
        };
        text += &format!(
            "{:?} {subject} in {place}: {base} -> {} ({:+})",
            change.kind, change.head, change.delta
        );
        for note in &change.notes {
            text += &format!("; {note}");
        }
        text.push('\n');
    }
    text
}

const PARSE: &str = "s a::Vec::push @ v.rs:1; w f::parse @ a.rs:10; w f::bench @ b.rs:5";
const WRITE: &str = "s a::Vec::push @ v.rs:1; w f::write @ a.rs:50; w f::bench @ b.rs:6";

#[test]
fn the_same_numbers_are_no_change() {
    let one = table(&[(PARSE, 3), (WRITE, 5)]);
    assert_eq!(changes(&one, &one), "");
}

#[test]
fn moved_lines_renamed_files_and_inlining_are_no_change() {
    let base = table(&[(PARSE, 3), (WRITE, 5)]);
    let head = table(&[
        ("s a::Vec::push @ v.rs:9;+ w f::parse @ a/mod.rs:77;+ w f::bench @ c.rs:9", 3),
        ("s a::Vec::push @ v.rs:9;+ w f::write @ a/mod.rs:11; w f::bench @ c.rs:1", 5),
    ]);
    assert_eq!(changes(&base, &head), "");
}

#[test]
fn lines_that_change_places_or_become_one_are_no_change() {
    let base = table(&[("w f::g @ a.rs:1", 3), ("w f::g @ a.rs:2", 5), ("w f::g @ a.rs:3", 7)]);
    let swapped = table(&[("w f::g @ a.rs:1", 7), ("w f::g @ a.rs:2", 3), ("w f::g @ a.rs:3", 5)]);
    let joined = table(&[("w f::g @ a.rs:1", 3), ("w f::g @ a.rs:2", 12)]);
    assert_eq!(changes(&base, &swapped), "");
    assert_eq!(changes(&base, &joined), "");
    let base_of_both = table(&[("w f::g @ a.rs:1", 3), ("w f::g @ a.rs:2", 9), ("w f::g @ a.rs:3", 5)]);
    let moved_and_joined = table(&[("w f::g @ a.rs:1", 9), ("w f::g @ a.rs:2", 8)]);
    assert_eq!(changes(&base_of_both, &moved_and_joined), "");
    let joined_and_more = table(&[("w f::g @ a.rs:1", 4), ("w f::g @ a.rs:2", 3), ("w f::g @ a.rs:3", 12)]);
    assert_eq!(changes(&base, &joined_and_more), "New alloc in f::g a.rs:1: - -> 4 (+4)\n");
}

#[test]
fn a_renamed_function_type_module_or_crate_is_no_change() {
    let with = |parse: &str, write: &str, bench: &str| {
        let parse_vec = format!("s a::Vec::push; w {parse}; w {bench}");
        let parse_box = format!("s a::Box::new; w {parse}; w {bench}");
        let write_vec = format!("s a::Vec::push; w {write}; w {parse}; w {bench}");
        // Equal numbers, so that they say nothing.
        table(&[(&parse_vec, 3), (&parse_box, 3), (&write_vec, 3)])
    };
    let base = with("f::parse", "<f::Writer<u8>>::write", "f::bench");
    for head in [
        with("f::parse", "<f::Writer<u8>>::write", "f::benchmark"),
        with("f::read", "<f::Writer<u8>>::write", "f::bench"),
        with("f::parse", "<f::Output<u16, u8>>::put", "f::bench"),
        with("f::json::parse", "<f::json::Writer>::write", "f::bench"),
        with("g::parse", "<g::Writer>::write", "g::bench"),
        with("f::json::read", "<f::json::Output>::put", "f::bench"),
    ] {
        assert_eq!(changes(&base, &head), "");
        assert_eq!(changes(&head, &base), "");
    }
}

#[test]
fn what_is_added_three_calls_deep_is_named() {
    let base = table(&[(PARSE, 3), (WRITE, 5)]);
    let head = table(&[
        (PARSE, 3),
        (WRITE, 5),
        ("s a::Box::new; d dep::intern; w f::token @ t.rs:8; w f::parse @ a.rs:12; w f::bench @ b.rs:5", 100),
    ]);
    assert_eq!(changes(&base, &head), "New Box::new in f::token t.rs:8: - -> 100 (+100)\n");
    let callers = &explained(&base, &head, Metric::Allocs).changes[0].callers;
    assert_eq!(callers.iter().map(|caller| caller.line).collect::<Vec<_>>(), [12, 5]);
    assert_eq!(changes(&head, &base), "Gone Box::new in f::token ?:0: 100 -> 0 (-100)\n");
}

#[test]
fn what_is_added_in_a_function_that_allocated_before_has_its_line() {
    let base = table(&[("w f::g @ a.rs:10", 3), ("w f::g @ a.rs:20", 3)]);
    let added = table(&[("w f::g @ a.rs:11", 3), ("w f::g @ a.rs:15", 9), ("w f::g @ a.rs:23", 3)]);
    assert_eq!(changes(&base, &added), "New alloc in f::g a.rs:15: - -> 9 (+9)\n");
    assert_eq!(changes(&added, &base), "Gone alloc in f::g a.rs:0: 9 -> 0 (-9)\n");
    let grown = table(&[("w f::g @ a.rs:11", 3), ("w f::g @ a.rs:15", 9)]);
    assert_eq!(changes(&base, &grown), "Grew alloc in f::g a.rs:15: 3 -> 9 (+6)\n");
}

#[test]
fn one_that_moved_is_not_taken_for_one_that_was_added() {
    let base = table(&[(PARSE, 3), (WRITE, 5)]);
    let moved = "s a::Vec::push; w f::json::parse @ json.rs:4; w f::bench @ b.rs:5";
    let head =
        table(&[(moved, 3), (WRITE, 5), ("s a::Vec::push; w f::check @ a.rs:70; w f::bench @ b.rs:7", 4)]);
    assert_eq!(changes(&base, &head), "New Vec::push in f::check a.rs:70: - -> 4 (+4)\n");
    let changed =
        table(&[(moved, 4), (WRITE, 5), ("s a::Vec::push; w f::check @ a.rs:70; w f::bench @ b.rs:7", 9)]);
    assert_eq!(
        changes(&base, &changed),
        "New Vec::push in f::check a.rs:70: - -> 9 (+9)\n\
         Moved Vec::push in f::json::parse json.rs:4: 3 -> 4 (+1); it was in `f::parse`\n"
    );
}

#[test]
fn another_operation_in_the_same_function_is_compared_with_the_one_before() {
    let base = table(&[(PARSE, 3)]);
    let head = table(&[("s a::String::from; w f::parse @ a.rs:10; w f::bench @ b.rs:5", 8)]);
    assert_eq!(
        changes(&base, &head),
        "Grew String::from in f::parse a.rs:10: 3 -> 8 (+5); it was `Vec::push`\n"
    );
}

#[test]
fn several_ways_to_one_function_are_compared_as_a_sum() {
    let base = table(&[("w f::g @ a.rs:1; d dep::x; w f::m", 3), ("w f::g @ a.rs:1; d dep::y; w f::m", 5)]);
    let head = table(&[
        ("w f::g @ a.rs:1; d dep::z; w f::m", 5),
        ("w f::g @ a.rs:1; d dep::v; w f::m", 4),
        ("w f::g @ a.rs:2; d dep::w; w f::m", 6),
    ]);
    assert_eq!(
        changes(&base, &head),
        "Grew alloc in f::g a.rs:2: 3 -> 10 (+7); the sum of 2 call sites, 1 in the baseline; the largest is shown\n"
    );
}

#[test]
fn ways_to_one_function_are_told_apart_by_their_callers() {
    let base = table(&[("d dep::x; w f::g; w f::p", 3), ("d dep::x; w f::g; w f::q", 5)]);
    let head = table(&[("d dep::y; w f::g @ a.rs:1; w f::p", 4), ("d dep::y; w f::g @ a.rs:1; w f::q", 9)]);
    assert_eq!(
        changes(&base, &head),
        "Grew alloc in f::g a.rs:1: 5 -> 9 (+4); it was in `dep::x`\n\
         Grew alloc in f::g a.rs:1: 3 -> 4 (+1); it was in `dep::x`\n"
    );
}

#[test]
fn numbers_that_only_one_site_has_are_known_again() {
    let base = table(&[("s a::Box::new; w f::a; w f::x", 3), (PARSE, 1)]);
    let head = table(&[("s a::Rc::new; w f::b; w f::y", 3), (PARSE, 1)]);
    assert_eq!(changes(&base, &head), "");
    let twice = table(&[
        ("s a::Rc::new; w f::b @ a.rs:1; w f::y", 3),
        ("s a::Arc::new; w f::c @ a.rs:2; w f::z", 3),
        (PARSE, 1),
    ]);
    assert_eq!(
        changes(&base, &twice),
        "New Arc::new in f::c a.rs:2: - -> 3 (+3)\n\
         New Rc::new in f::b a.rs:1: - -> 3 (+3)\n\
         Gone Box::new in f::a ?:0: 3 -> 0 (-3)\n"
    );
}

/// Here the peak was on the line of before; now it is on the new one.
#[test]
fn what_is_added_has_its_line_when_the_peak_goes_elsewhere() {
    let numbers =
        |bytes, peak| [(Metric::Allocs, 1), (Metric::TotalBytes, bytes), (Metric::PeakBytes, peak)].to_vec();
    let table = |stacks: &[(&str, Vec<(Metric, i64)>)]| {
        let stacks = stacks.iter().map(|(text, numbers)| stack(text, numbers)).collect();
        SiteTable::from_profile(&Profile { stacks, ..Profile::default() })
    };
    let base = table(&[("w f::g @ a.rs:1", numbers(16, 16))]);
    let head = table(&[("w f::g @ a.rs:1", numbers(24, 24)), ("w f::g @ a.rs:2", numbers(16, 0))]);
    assert_eq!(changes(&base, &head), "New alloc in f::g a.rs:1: - -> 1 (+1)\n");
    assert_eq!(
        shown(&explained(&base, &head, Metric::PeakBytes)),
        "New alloc in f::g a.rs:1: - -> 24 (+24)\nShrank alloc in f::g a.rs:2: 16 -> 0 (-16)\n"
    );
}

#[test]
fn positions_that_are_summed_on_one_side_are_compared_as_a_sum() {
    let with = |positions: i64| {
        let stacks: Vec<String> = (1..=positions).map(|line| format!("w f::g @ a.rs:{line}")).collect();
        table(&stacks.iter().map(|text| (text.as_str(), 2)).collect::<Vec<_>>())
    };
    assert_eq!(changes(&with(16), &with(17)), "Grew alloc in f::g a.rs:1: 32 -> 34 (+2)\n");
    assert_eq!(changes(&with(17), &with(16)), "Shrank alloc in f::g a.rs:1: 34 -> 32 (-2)\n");
}

#[test]
fn a_closure_that_is_added_before_another_is_the_new_one() {
    let zero = "w f::parse::{closure#0} @ a.rs:10; d dep::map; w f::parse @ a.rs:10";
    let base = table(&[(zero, 3)]);
    let added = "w f::parse::{closure#0} @ a.rs:7; d dep::map; w f::parse @ a.rs:7";
    let later = "w f::parse::{closure#1} @ a.rs:12; d dep::map; w f::parse @ a.rs:12";
    let head = table(&[(added, 1), (later, 3)]);
    assert_eq!(changes(&base, &head), "New alloc in f::parse::{closure#0} a.rs:7: - -> 1 (+1)\n");
    assert_eq!(changes(&base, &table(&[(later, 3)])), "");
    assert_eq!(
        changes(&base, &table(&[(later, 4)])),
        "Grew alloc in f::parse::{closure#1} a.rs:12: 3 -> 4 (+1); it was in `f::parse::{closure#0}`\n"
    );
    let both_changed = table(&[(zero, 4), (later, 7)]);
    assert_eq!(
        changes(&base, &both_changed),
        "New alloc in f::parse::{closure#1} a.rs:12: - -> 7 (+7)\nGrew alloc in f::parse::{closure#0} a.rs:10: 3 -> 4 \
         (+1)\n"
    );
}

#[test]
fn deeper_recursion_is_one_site_that_grew() {
    let recursive = |depth: usize| {
        let stacks: Vec<String> = (1..=depth)
            .map(|count| {
                format!("w f::walk @ a.rs:2; {}w f::bench @ b.rs:5", "w f::walk @ a.rs:3; ".repeat(count - 1))
            })
            .collect();
        table(&stacks.iter().map(|text| (text.as_str(), 1)).collect::<Vec<_>>())
    };
    assert_eq!(changes(&recursive(3), &recursive(8)), "Grew alloc in f::walk a.rs:2: 3 -> 8 (+5)\n");
}

fn with_older(stacks: &[(&str, i64)], older: i64, beyond_limit: i64) -> SiteTable {
    let numbers = |allocs| StackNumbers { allocs, total_bytes: 8 * allocs, ..StackNumbers::default() };
    let stacks = stacks.iter().map(|(text, allocs)| stack(text, &[(Metric::Allocs, *allocs)])).collect();
    let (older, beyond_limit) = (numbers(older), numbers(beyond_limit));
    SiteTable::from_profile(&Profile { stacks, older, beyond_limit, ..Profile::default() })
}

#[test]
fn older_blocks_and_what_was_beyond_the_limit_have_rows() {
    let base = with_older(&[(PARSE, 3)], -2, 0);
    let head = with_older(&[(PARSE, 4)], -7, 6);
    assert_eq!(
        changes(&base, &head),
        "New OtherSites in : - -> 6 (+6); with what was allocated when no more stacks could be told apart\n\
         Grew Vec::push in f::parse a.rs:10: 3 -> 4 (+1)\n\
         Shrank OlderBlocks in : -2 -> -7 (-5)\n"
    );
}

#[test]
fn a_peak_that_moves_between_sites_shows_both() {
    let at_peak = |parse: i64, write: i64| {
        let stacks = vec![
            stack(PARSE, &[(Metric::PeakBytes, parse), (Metric::Allocs, 1)]),
            stack(WRITE, &[(Metric::PeakBytes, write), (Metric::Allocs, 1)]),
        ];
        SiteTable::from_profile(&Profile { stacks, ..Profile::default() })
    };
    let explanation = explained(&at_peak(4_096, 0), &at_peak(1_024, 8_192), Metric::PeakBytes);
    assert_eq!(
        shown(&explanation),
        "Grew Vec::push in f::write a.rs:50: 0 -> 8192 (+8192)\n\
         Shrank Vec::push in f::parse a.rs:10: 4096 -> 1024 (-3072)\n"
    );
    assert_eq!(explained(&at_peak(4_096, 0), &at_peak(1_024, 8_192), Metric::Allocs).changes, []);
}

#[test]
fn small_sites_are_held_against_what_base_has_only_as_a_sum() {
    let names: Vec<String> =
        (0..80).map(|index| format!("s a::Vec::push; w f::g{index}; w f::bench")).collect();
    let with = |small: i64, added: &[(&str, i64)]| {
        let mut stacks: Vec<(&str, i64)> = vec![(PARSE, 10_000)];
        stacks.extend(names.iter().map(|name| (name.as_str(), 2)));
        stacks.extend(names.first().map(|name| (name.as_str(), small)));
        stacks.extend(added);
        table(&stacks)
    };
    let base = with(0, &[]);
    assert_eq!(StoredSites::of(&base, &GATED).sites.len(), 1);
    assert_eq!(changes(&base, &base), "");
    assert_eq!(
        changes(&base, &with(0, &[(WRITE, 2)])),
        "Grew OtherSites in : 160 -> 162 (+2); 81 small call sites, of which the baseline has only a sum\n"
    );
    assert_eq!(changes(&base, &with(0, &[(WRITE, 3)])), "New Vec::push in f::write a.rs:50: - -> 3 (+3)\n");
}

#[test]
fn small_sites_are_not_taken_for_a_large_one_that_changed() {
    let names: Vec<String> =
        (0..80).map(|index| format!("s a::Vec::push; w f::parse; w f::c{index}")).collect();
    let with = |caller: &str, large: i64| {
        let large_one = format!("s a::Vec::push; w f::parse @ a.rs:10; w {caller}");
        let mut stacks: Vec<(&str, i64)> = names.iter().map(|name| (name.as_str(), 2)).collect();
        stacks.push((&large_one, large));
        table(&stacks)
    };
    assert_eq!(
        changes(&with("f::bench", 10_000), &with("f::benchmark", 9_000)),
        "Shrank Vec::push in f::parse a.rs:10: 10000 -> 9000 (-1000)\n"
    );
}

#[test]
fn sites_that_are_not_the_gated_numbers_are_said_to_be_so() {
    let one = table(&[(PARSE, 3)]);
    let stored = StoredSites::of(&one, &GATED);
    let numbers = GatedNumbers { base: Some(4), head: 5 };
    let explanation = explain(Some(&stored), &one, Metric::Allocs, numbers);
    assert_eq!(
        explanation.unexplained,
        [Unexplained::BaseDiffers { sites: 3, gated: 4 }, Unexplained::HeadDiffers { sites: 3, gated: 5 }]
    );
    let alone = explain(
        None,
        &table(&[(PARSE, 3), (WRITE, 5)]),
        Metric::Allocs,
        GatedNumbers { base: None, head: 8 },
    );
    assert_eq!(alone.unexplained, [Unexplained::NoBaseSites]);
    assert_eq!(
        shown(&alone),
        "New Vec::push in f::write a.rs:50: - -> 5 (+5)\nNew Vec::push in f::parse a.rs:10: - -> 3 (+3)\n"
    );
}

#[test]
fn an_explanation_reads_back() {
    let base = with_older(&[(PARSE, 3)], -2, 0);
    let head = with_older(&[("s a::Vec::push; w f::json::parse; w f::bench", 4), (WRITE, 1)], -7, 6);
    let explanation = explained(&base, &head, Metric::Allocs);
    let text = serde_json::to_string(&explanation).unwrap();
    assert_eq!(serde_json::from_str::<Explanation>(&text).unwrap(), explanation);
    let unknown = text.replacen("\"operation\"", "\"operations\"", 1);
    assert!(serde_json::from_str::<Explanation>(&unknown).is_err());
}

fn any_table() -> impl Strategy<Value = SiteTable> {
    let function = prop_oneof![
        "w f::[ab]::[gh] @ a\\.rs:[1-4]",
        "w f::g::\\{closure#[0-3]\\} @ a\\.rs:[1-4]",
        "w <f::[AB]<u8>>::m @ a\\.rs:[1-4]",
        "d dep::[xyz]",
        "s a::(Vec|Box)::(push|new)",
    ];
    let stack_text = proptest::collection::vec(function, 0..5).prop_map(|functions| functions.join("; "));
    let value = prop_oneof![9 => -3_i64..9, 1 => any::<i64>()];
    let stacks = proptest::collection::vec((stack_text, value.clone()), 0..120);
    (stacks, -5_i64..5, prop_oneof![3 => Just(0_i64), 1 => 0_i64..9]).prop_map(
        |(stacks, older, beyond_limit)| {
            let stacks: Vec<(&str, i64)> =
                stacks.iter().map(|(text, allocs)| (text.as_str(), *allocs)).collect();
            with_older(&stacks, older, beyond_limit)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn deltas_add_up_to_the_difference(base in any_table(), head in any_table()) {
        let stored = StoredSites::of(&base, &[Metric::Allocs]);
        prop_assert_eq!(stored.total(), base.total());
        for metric in Metric::ALL {
            let explanation = explained(&base, &head, metric);
            let sum = explanation.changes.iter().fold(0_i64, |sum, change| sum.wrapping_add(change.delta));
            prop_assert_eq!(sum, (head.total() - base.total()).get(metric));
            prop_assert_eq!(&explanation.unexplained, &[]);
            prop_assert!(explanation.changes.iter().all(|change| change.delta != 0));
            prop_assert!(explanation.changes.is_sorted_by_key(|change| change.delta < 0));
        }
    }

    #[test]
    fn a_table_against_itself_has_no_changes(one in any_table()) {
        for metric in Metric::ALL {
            prop_assert_eq!(explained(&one, &one, metric).changes, []);
        }
    }
}
