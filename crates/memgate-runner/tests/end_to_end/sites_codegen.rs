//! Call sites have the same keys and numbers however the code was optimised.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Package, Project};

/// What the optimiser likes to change: calls that end alike, calls that a function ends with, what is inlined into what, and
/// loops of calls.
const OUTSIDE: &str = r#"
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

pub struct Writer(pub Vec<u8>);

impl Writer {
    pub fn number(&mut self, number: u32) {
        if number < 10 {
            self.0.push(b'0' + number as u8);
        } else if number < 100 {
            self.0.extend_from_slice(b"xx");
            self.0.push(b'-');
        } else {
            self.0.extend_from_slice(b"lots");
            self.0.push(b'-');
        }
    }
}

pub fn padded(kind: u32, out: &mut Vec<u8>) -> usize {
    match kind {
        0 => { out.push(b' '); out.push(b'a'); out.len() }
        1 => { out.extend_from_slice(b"bc"); out.len() }
        2 => { out.push(b'd'); out.len() }
        _ => { out.extend_from_slice(b"efgh"); out.len() }
    }
}

pub fn grouped(words: &[&str]) -> HashMap<String, Vec<usize>> {
    let mut map: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, word) in words.iter().enumerate() {
        map.entry(word.to_string()).or_default().push(index);
    }
    map
}

pub fn shown(words: &[&str]) -> (String, BTreeMap<String, usize>) {
    let mut text = String::new();
    for (index, word) in words.iter().enumerate() {
        write!(text, "{index}: {word}; ").unwrap();
    }
    (text + &words.join(","), words.iter().map(|word| (word.to_uppercase(), word.len())).collect())
}

#[inline(never)]
pub fn made(count: usize) -> Vec<u64> {
    Vec::with_capacity(count)
}
"#;

const LIBRARY: &str = r#"
pub fn parsed(text: &str) -> Vec<Vec<u32>> {
    let mut rows = Vec::new();
    for line in text.lines() {
        let row: Result<Vec<u32>, _> = line.split(' ').map(str::parse).collect();
        match row {
            Ok(row) => rows.push(row),
            Err(_) => rows.push(vec![0; line.len()]),
        }
    }
    rows
}

pub fn either(flag: bool, out: &mut Vec<u64>) {
    if flag { out.push(1) } else { out.push(2) }
}

pub struct Node(pub Option<Box<Node>>, pub u32);

pub fn nested(depth: u32) -> Option<Box<Node>> {
    if depth == 0 { None } else { Some(Box::new(Node(nested(depth - 1), depth))) }
}

/// Its last act is a call: optimised, it leaves no frame.
#[inline(never)]
pub fn passed_on(count: usize) -> Vec<u64> {
    codegen_outside::made(count)
}
"#;

const BENCH: &str = r#"
use std::hint::black_box;

use memgate::Bencher;

const WORDS: [&str; 6] = ["one", "two", "three", "one", "five", "six and more than that"];

fn branches(bencher: Bencher) {
    bencher.bench(|| {
        let mut writer = codegen_outside::Writer(Vec::new());
        (0..200).for_each(|number| writer.number(black_box(number)));
        let (mut padded, mut numbers) = (Vec::new(), Vec::new());
        for kind in 0..9 {
            codegen_outside::padded(black_box(kind), &mut padded);
            codegen::either(black_box(kind % 3 == 0), &mut numbers);
        }
        (writer.0, padded, numbers)
    });
}

fn collections(bencher: Bencher) {
    bencher.bench(|| {
        let rows = codegen::parsed("1 2 3\n4 5 6\nx\n7 8 9 10 11\n");
        (rows, codegen_outside::grouped(&WORDS), codegen_outside::shown(&WORDS))
    });
}

fn calls(bencher: Bencher) {
    bencher.bench(|| (codegen::passed_on(black_box(9)), codegen::nested(black_box(5))));
}

memgate::main! { branches, collections, calls }
"#;

/// The sites of every benchmark, with each choice of `opt-level`, `codegen-units` and `lto`.
fn same_keys(name: &str, choices: impl IntoIterator<Item = (u32, u32, &'static str)>) {
    let outside = Package::without_memgate("codegen_outside").file("src/lib.rs", OUTSIDE);
    let _outside = Project::new(&format!("{name}_outside"), [outside]);
    let package = Package::new("codegen")
        .manifest(&format!(
            "[dependencies]\ncodegen_outside = {{ path = \"../../{name}_outside/codegen_outside\" }}\n"
        ))
        .file("src/lib.rs", LIBRARY)
        .bench("keys", BENCH);
    let project = Project::new(name, [package]);
    let mut by_choice: BTreeMap<String, Value> = BTreeMap::new();
    for (opt_level, codegen_units, lto) in choices {
        let choice = format!("opt-level = {opt_level}\ncodegen-units = {codegen_units}\nlto = \"{lto}\"\n");
        project.write(".cargo/config.toml", format!("[profile.bench]\n{choice}"));
        if project.path("baselines").exists() {
            std::fs::remove_dir_all(project.path("baselines")).unwrap();
        }
        project.memgate("update").exits(0).says("sites of 3 benchmarks recorded");
        let files = project.baselines();
        let (_, sites) = files.iter().find(|(path, _)| path.ends_with("keys.sites.json")).unwrap();
        by_choice.insert(choice, serde_json::from_slice(sites).unwrap());
    }
    let first = by_choice.values().next().unwrap();
    let calls = first["benchmarks"]["calls"]["sites"].as_object().unwrap();
    let tail_call =
        "Vec::with_capacity <- codegen_outside::made <- codegen::passed_on <- keys::calls::{closure#0}";
    assert!(calls.contains_key(tail_call), "{calls:#?}");
    for (choice, sites) in &by_choice {
        assert_eq!(sites["benchmarks"], first["benchmarks"], "{choice}");
    }
}

#[test]
fn keys_do_not_depend_on_code_generation() {
    same_keys("codegen_few", [(3, 16, "off"), (2, 1, "fat"), (2, 16, "thin")]);
}

#[test]
#[ignore = "compiles twelve times with optimisation; by hand, after a change of the keys or of the compiler"]
fn keys_do_not_depend_on_any_code_generation() {
    let choices = [2, 3].into_iter().flat_map(|opt_level| {
        let with_units = move |units| ["off", "thin", "fat"].map(|lto| (opt_level, units, lto));
        [1, 16].into_iter().flat_map(with_units)
    });
    same_keys("codegen_all", choices);
}
