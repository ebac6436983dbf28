//! Trees of sources in memory, of which something does not hold.

use std::collections::BTreeMap;

use crate::house::House;
use crate::{Package, check_package};

const HOUSE: House = House {
    folder: "src",
    rooms: &["low", "high"],
    is_pure: false,
    circles: &[],
    short_files: &[],
    definitions: &[],
};

/// A file that is long enough to be one.
fn long(text: &str) -> String {
    format!("{text}\n{}", "// …\n".repeat(16))
}

fn problems_of(house: &House, files: &[(&str, &str)]) -> Vec<String> {
    let files: BTreeMap<&str, String> = files
        .iter()
        .map(|(file, text)| {
            let is_list = *file == "lib.rs" || file.ends_with("mod.rs");
            (*file, if is_list { (*text).to_owned() } else { long(text) })
        })
        .collect();
    let package = Package::of(|file| files.get(file).cloned()).unwrap();
    check_package(&package, house).iter().map(ToString::to_string).collect()
}

const ROOT: (&str, &str) = ("lib.rs", "mod low;\nmod high;\n");

#[test]
fn what_imports_downwards_holds() {
    let files = [
        ROOT,
        ("low.rs", "pub(crate) struct Low;"),
        ("high/mod.rs", "mod part;\npub use part::Part;\n"),
        ("high/part.rs", "use crate::low::Low;\npub struct Part(Low);"),
    ];
    assert_eq!(problems_of(&HOUSE, &files), [""; 0]);
}

#[test]
fn an_import_that_is_turned_around_is_named_with_its_line_however_it_is_written() {
    for (low, line) in [
        ("use crate::high::Part;", 1),
        ("use std::fmt;\nuse super::high::Part;", 2),
        ("use std::{fmt, io};\nuse crate::{\n    high::{self, Part},\n};", 3),
        ("fn low() {\n    crate::high::part();\n}", 2),
        ("fn low() {\n    use crate::high::part;\n    part();\n}", 2),
        ("fn low() {\n    println!(\"{}\",\n        crate::high::part());\n}", 3),
        ("#[error(\"{}\", crate::high::part())]\nstruct Low;", 1),
        ("mod inner {\n    use super::super::high::Part;\n}", 2),
        ("pub(crate) use crate::high::*;", 1),
        ("use crate::high as above;\nfn low() { above::part() }", 1),
    ] {
        let files = [ROOT, ("low.rs", low), ("high.rs", "pub struct Part; pub fn part() {}")];
        let problems = problems_of(&HOUSE, &files);
        assert!(problems[0].starts_with(&format!("low.rs:{line}: `")), "{low}: {problems:?}");
        assert!(problems[0].ends_with("is in the room `high`, which is above `low`"), "{low}: {problems:?}");
    }
}

#[test]
fn words_in_texts_and_comments_and_tests_import_nothing() {
    for low in [
        "// use crate::high::Part;",
        "/// See [`crate::high::Part`].\nstruct Low;",
        "const LOW: &str = \"use crate::high::Part;\";",
        "#[cfg(test)]\nmod tests {\n    use crate::high::Part;\n}",
        "#[cfg(test)]\nuse crate::high::Part;\n",
        "#[cfg(all(test, unix))]\nfn low() { crate::high::part() }",
        "macro_rules! low { () => { $crate::high::Part }; }",
    ] {
        let files = [ROOT, ("low.rs", low), ("high.rs", "pub struct Part;")];
        assert_eq!(problems_of(&HOUSE, &files), [""; 0], "{low}");
    }
    // What comes after a test is none.
    let low = "#[cfg(test)]\nuse crate::high::Part;\nuse crate::high::Other;\n";
    let files = [ROOT, ("low.rs", low), ("high.rs", "pub struct Part; pub struct Other;")];
    assert_eq!(problems_of(&HOUSE, &files).len(), 1);
}

#[test]
fn what_is_for_tests_alone_is_not_read() {
    let files = [ROOT, ("low.rs", "#[cfg(test)]\nmod tests;"), ("high.rs", "")];
    assert_eq!(problems_of(&HOUSE, &files), [""; 0]);
}

#[test]
fn a_reexport_is_followed_to_what_it_is() {
    // `high` has it from `low`, so nothing goes upwards between the files of `high`, and `low` still imports upwards.
    let files = [
        ROOT,
        ("low.rs", "use crate::high::Low;\npub struct Low;"),
        ("high/mod.rs", "mod part;\npub use part::*;\n"),
        ("high/part.rs", "pub use crate::low::Low;"),
    ];
    let problems = problems_of(&HOUSE, &files);
    assert_eq!(problems, [""; 0], "it is its own");
}

#[test]
fn files_that_import_each_other_are_named_unless_they_are_excepted() {
    let files = [
        ROOT,
        ("low/mod.rs", "mod a;\nmod b;\npub use a::A;\npub use b::B;\n"),
        ("low/a.rs", "use super::B;\npub struct A(B);"),
        ("low/b.rs", "use super::a::A;\npub struct B(Vec<A>);"),
        ("high.rs", ""),
    ];
    let said = "low/a.rs: it imports itself by way of others: low/a.rs, low/b.rs";
    assert_eq!(problems_of(&HOUSE, &files), [said]);
    let excepted = House { circles: &[(&["low/a.rs", "low/b.rs"], "why")], ..HOUSE };
    assert_eq!(problems_of(&excepted, &files), [""; 0]);
    let fixed: Vec<(&str, &str)> = files
        .iter()
        .map(|(file, text)| (*file, if *file == "low/a.rs" { "pub struct A;" } else { text }))
        .collect();
    let gone = "low/a.rs: the circle of low/a.rs, low/b.rs is not there any more; strike it off the list";
    assert_eq!(problems_of(&excepted, &fixed), [gone]);
}

#[test]
fn lists_only_list() {
    let files =
        [ROOT, ("low/mod.rs", "mod a;\n\npub(crate) fn low() {}\n"), ("low/a.rs", ""), ("high.rs", "")];
    let said = "low/mod.rs:3: `fn low () …` is in a file that only lists modules and what they have";
    assert_eq!(problems_of(&HOUSE, &files), [said]);
    assert_eq!(problems_of(&House { definitions: &[("low/mod.rs", "why")], ..HOUSE }, &files), [""; 0]);
}

#[test]
fn files_are_neither_long_nor_short() {
    let text = |lines: usize| "// …\n".repeat(lines);
    let problems = |house: &House, lines| {
        let package = Package::of(|file| match file {
            "lib.rs" => Some(ROOT.1.to_owned()),
            "low.rs" => Some(text(lines)),
            "high.rs" => Some(text(16)),
            _ => None,
        });
        check_package(&package.unwrap(), house).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(problems(&HOUSE, 16), "");
    assert_eq!(problems(&HOUSE, 500), "");
    assert_eq!(problems(&HOUSE, 501), "low.rs: it has 501 lines, more than 500");
    let short = "low.rs: it has 15 lines, and nothing says why they are a file of their own";
    assert_eq!(problems(&HOUSE, 15), short);
    let excepted = House { short_files: &[("low.rs", "why")], ..HOUSE };
    assert_eq!(problems(&excepted, 15), "");
    assert_eq!(problems(&excepted, 16), "low.rs: it is not short any more; strike it off the list");
}

#[test]
fn a_room_that_is_not_in_the_list_is_named() {
    let files = [
        ("lib.rs", "mod low;\nmod cellar;"),
        ("low.rs", "use crate::cellar::Wine;"),
        ("cellar.rs", "pub struct Wine;"),
    ];
    assert_eq!(problems_of(&HOUSE, &files), ["low.rs:1: the room `cellar` is not in the list of rooms"]);
}

#[test]
fn what_is_pure_names_nothing_of_the_world() {
    let files =
        [ROOT, ("low.rs", "use std::{fmt, fs};\nfn low() { std::process::exit(1) }"), ("high.rs", "")];
    let pure = House { is_pure: true, ..HOUSE };
    let said = ["low.rs:1: `std::fs` touches the world", "low.rs:2: `std::process::exit` touches the world"];
    assert_eq!(problems_of(&pure, &files), said);
    assert_eq!(problems_of(&HOUSE, &files), [""; 0]);
}
