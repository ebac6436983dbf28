//! What is said when another package has changed inside.

use super::explanation_tests::{changes, explained};
use crate::sites::samples::{stack, table};
use crate::sites::{Profile, RecordedStack, SiteTable};
use memgate_protocol::Metric;

const OUTER: &str = "d p::html::push_html @ h.rs:9; w f::render @ a.rs:3; w f::bench @ b.rs:1";

fn within(functions: &str) -> String {
    format!("s a::String::push_str; {functions}; {OUTER}")
}

/// A table of stacks within another package.
fn of(stacks: &[(&str, i64)]) -> SiteTable {
    let texts: Vec<(String, i64)> = stacks.iter().map(|(text, allocs)| (within(text), *allocs)).collect();
    table(&texts.iter().map(|(text, allocs)| (text.as_str(), *allocs)).collect::<Vec<_>>())
}

#[test]
fn code_that_moved_inside_a_package_is_no_change() {
    let base = of(&[("d p::write; d p::html::Html::run", 7), ("d p::parse; d p::html::Html::run", 7)]);
    let moved = of(&[
        ("d p::out::write; d p::html::inner::Html::run", 7),
        ("d q::parse; d p::html::inner::Html::run", 7),
    ]);
    assert_eq!(changes(&base, &moved), "");
    let more = of(&[
        ("d p::out::write @ o.rs:1; d p::html::inner::Html::run", 7),
        ("d q::parse @ p.rs:4; d p::html::inner::Html::run", 9),
    ]);
    assert_eq!(
        changes(&base, &more),
        "Moved String::push_str in f::render a.rs:3: 7 -> 9 (+2); it was in `p::parse`\n"
    );
}

#[test]
fn a_buffer_under_a_new_name_is_not_what_rose() {
    let base = of(&[
        ("d p::Wrapper::write_str; d p::Html::run", 25_221),
        ("d p::Tree::new; d p::Parser::new", 7_168),
    ]);
    let head = of(&[
        ("d p::escape::FmtWriter::write_str; d p::Html::run", 24_984),
        ("d p::Tree::new; d p::Parser::new", 10_240),
        ("d p::Links::new; d p::Parser::new", 500),
    ]);
    assert_eq!(
        changes(&base, &head),
        "Grew String::push_str in f::render a.rs:3: 7168 -> 10240 (+3072)\n\
         New String::push_str in f::render a.rs:3: - -> 500 (+500)\n\
         Moved String::push_str in f::render a.rs:3: 25221 -> 24984 (-237); it was in `p::Wrapper::write_str`\n"
    );
}

#[test]
fn what_has_nothing_but_its_caller_in_common_is_not_called_the_same() {
    let base = of(&[("d p::Compiler::push_hole; d p::compile", 65_536)]);
    let other = of(&[("d q::Hir::concat; d q::parse", 384)]);
    assert_eq!(
        changes(&base, &other),
        "New String::push_str in f::render a.rs:3: - -> 384 (+384)\n\
         Gone String::push_str in f::render ?:0: 65536 -> 0 (-65536)\n"
    );
    // A name in common, or a size that may be.
    let renamed = of(&[("d p::inner::Compiler::push_hole; d p::compile", 384)]);
    assert!(changes(&base, &renamed).starts_with("Moved "));
    let similar = of(&[("d q::Hir::concat; d q::parse", 16_384)]);
    assert!(changes(&base, &similar).contains("; it was in `p::Compiler::push_hole`"));
}

#[test]
fn what_is_gone_and_what_is_new_of_the_same_size_are_one() {
    let base = of(&[("d p::a; d p::run", 40), ("d p::b; d p::run", 9), ("d p::c; d p::run", 2)]);
    let head = of(&[("d p::x @ p.rs:7; d p::run", 12), ("d p::y; d p::run", 41)]);
    // 40 and 41 are one; the rest is too different for anything but a sum.
    assert_eq!(
        changes(&base, &head),
        "Grew String::push_str in f::render a.rs:3: 11 -> 12 (+1); the sum of 1 call site, 2 in the baseline; the largest is \
         shown\n\
         Moved String::push_str in f::render a.rs:3: 40 -> 41 (+1); it was in `p::a`\n"
    );
    let explanation = explained(&base, &head, Metric::Allocs);
    let through: Vec<&str> =
        explanation.changes[0].through.iter().map(|place| place.function.as_str()).collect();
    // Nobody knows that it was in `p::x`.
    assert_eq!(through, ["p::run", "p::html::push_html"]);
}

#[test]
fn a_sum_of_which_one_site_is_the_most_names_it() {
    let base = of(&[("d p::a; d p::run", 2), ("d p::b; d p::run", 3)]);
    let head = of(&[("d p::x; d p::run", 1), ("d p::y; d p::run", 100)]);
    let explanation = explained(&base, &head, Metric::Allocs);
    assert_eq!(explanation.changes[0].through[0].function, "p::y");
}

#[test]
fn what_is_gone_has_the_way_to_it() {
    let base = of(&[("d p::a; d p::run", 2), ("d p::b; d p::run", 30)]);
    let head = of(&[("d p::a; d p::run", 2)]);
    let explanation = explained(&base, &head, Metric::Allocs);
    let [change] = explanation.changes.as_slice() else { panic!("{explanation:?}") };
    let names = |places: &[crate::sites::Place]| -> Vec<String> {
        places.iter().map(|place| place.function.clone()).collect()
    };
    assert_eq!(names(&change.through), ["p::b", "p::run", "p::html::push_html"]);
    assert_eq!(names(&change.callers), ["f::bench"]);
    assert_eq!((change.base, change.head), (Some(30), 0));
}

#[test]
fn lines_of_one_function_of_another_package_are_told_apart() {
    let base = of(&[("d p::push_ns @ p.rs:588", 1)]);
    let head = of(&[("d p::push_ns @ p.rs:588", 1), ("d p::push_ns @ p.rs:597", 4)]);
    let explanation = explained(&base, &head, Metric::Allocs);
    let [change] = explanation.changes.as_slice() else { panic!("{explanation:?}") };
    assert_eq!((change.base, change.delta, change.through[0].line), (None, 4, 597));
}

/// The first line's type has become as large as the second's, so that the numbers alone put the second in its place.
#[test]
fn lines_of_one_function_that_are_gone_and_new_of_the_same_size_are_no_change() {
    let line = |function: &str, line: u32, bytes: i64| {
        let text = within(&format!("d p::{function} @ p.rs:{line}"));
        stack(&text, &[(Metric::Allocs, 2), (Metric::TotalBytes, bytes)])
    };
    let table =
        |lines: Vec<RecordedStack>| SiteTable::from_profile(&Profile { stacks: lines, ..Profile::default() });
    let base = table(vec![line("new", 38, 32), line("new", 39, 64)]);
    let head = table(vec![line("new", 54, 64), line("new", 55, 64), line("run", 644, 99)]);
    let explanation = explained(&base, &head, Metric::Allocs);
    let [change] = explanation.changes.as_slice() else { panic!("{explanation:?}") };
    assert_eq!((change.delta, change.through[0].line), (2, 644));
}

#[test]
fn lines_that_a_baseline_has_as_one_are_compared_as_a_sum() {
    let base = of(&[("d p::push_ns @ p.rs:588", 5)]);
    let head = of(&[("d p::push_ns @ p.rs:588", 2), ("d p::push_ns @ p.rs:597", 4)]);
    assert_eq!(
        changes(&base, &head),
        "Grew String::push_str in f::render a.rs:3: 5 -> 6 (+1); the sum of 2 call sites, 1 in the baseline; the largest is \
         shown\n"
    );
    let equal = of(&[("d p::push_ns @ p.rs:588", 2), ("d p::push_ns @ p.rs:597", 3)]);
    assert_eq!(changes(&base, &equal), "");
}
