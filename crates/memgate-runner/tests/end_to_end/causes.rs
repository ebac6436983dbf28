//! What is red in many benchmarks, by cause.

use serde_json::Value;

use crate::sites_shown::{check, place};
use crate::support::{Package, Project};

const LIBRARY: &str = "\
use std::collections::HashMap;

pub fn words(text: &str) -> Vec<String> {
    text.split(' ').map(owned).collect()
}

fn owned(word: &str) -> String {
    word.to_owned() // of a word
}

pub fn count(text: &str) -> HashMap<String, usize> {
    let mut counts = HashMap::new(); // the map
    for word in words(text) {
        *counts.entry(word).or_insert(0) += 1; // of the map
    }
    counts
}

pub fn squares(count: usize) -> Vec<usize> {
    let mut squares = Vec::with_capacity(count); // the room
    for number in 0..count {
        squares.push(number * number); // of the squares
    }
    squares
}
";

const BENCH: &str = "\
use memgate::Bencher;

fn text(count: usize) -> String {
    (0..count).map(|word| (word % 7).to_string()).collect::<Vec<_>>().join(\" \")
}

fn words(b: Bencher, count: usize) {
    let text = text(count);
    b.bench(|| causes::words(&text));
}

fn count(b: Bencher, count: usize) {
    let text = text(count);
    b.bench(|| causes::count(&text));
}

fn squares(b: Bencher, count: usize) {
    b.bench(|| causes::squares(count));
}

memgate::main! { words: [10, 20, 30, 40, 50], count: [10, 20, 30, 40, 50], squares: [40, 80] }
";

fn causes(report: &Value) -> &Vec<Value> {
    report["causes"]["causes"].as_array().unwrap_or_else(|| panic!("no causes in {report:#}"))
}

fn benchmarks(cause: &Value) -> usize {
    cause["benchmarks"].as_array().unwrap().len()
}

#[test]
fn one_line_is_one_cause_in_ten_benchmarks() {
    let package = Package::new("causes").file("src/lib.rs", LIBRARY).bench("memory", BENCH);
    let project = Project::new("causes", [package]);
    let library = "causes/src/lib.rs";
    project.memgate("update").exits(0);
    project.memgate("explain").exits(0).says("Nothing is red: 12 benchmarks compared.");

    project.replace(library, "word.to_owned() // of a word", "[word, \"-\"].concat() + \"!\" // of a word");
    let of_a_word = place(&project, library, "// of a word");
    let checked = check(&project, "", 100);
    let [one] = causes(&checked.json).as_slice() else { panic!("{:#}", checked.json["causes"]) };
    assert_eq!((benchmarks(one), one["share_thousandths"].as_u64()), (10, Some(1_000)));
    assert_eq!(checked.json["causes"]["red"], checked.json["causes"]["explained"]);
    let short = project.memgate("check").exits(100).says("1 cause explains all ").stdout;
    assert_eq!(short.matches(&of_a_word).count(), 1, "{short}");
    assert!(short.lines().count() <= 40, "{short}");
    assert_eq!(project.memgate("explain").exits(0).says(&of_a_word).stdout.matches(&of_a_word).count(), 1);
    let markdown = checked.markdown.split("<details>").next().unwrap();
    assert_eq!(markdown.matches(&of_a_word).count(), 1, "{markdown}");

    // Another change beside it, which shows as several sites.
    project.replace(library, "Vec::with_capacity(count); // the room", "Vec::new(); // the room");
    let checked = check(&project, "", 100);
    let [words, squares] = causes(&checked.json).as_slice() else { panic!("{:#}", checked.json["causes"]) };
    assert_eq!((benchmarks(words), benchmarks(squares)), (10, 2));
    assert_eq!(squares["was"], serde_json::json!(["Vec::with_capacity"]));
    project.memgate("check").exits(100).says("2 causes explain all ").says("was Vec::with_capacity");
}
