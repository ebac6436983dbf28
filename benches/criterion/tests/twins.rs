//! The committed numbers of criterion benchmarks are those of their native twins, to the byte.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The benchmarks of a committed baseline, by name.
fn benchmarks(triple: &Path, bench_target: &str) -> Value {
    let file = triple.join("memgate-criterion-benches").join(bench_target).with_extension("json");
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str::<Value>(&text).expect("it is JSON")["benchmarks"].clone()
}

fn triples() -> Vec<PathBuf> {
    let baselines = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../baselines");
    let triples =
        std::fs::read_dir(baselines).expect("there are baselines").map(|entry| entry.unwrap().path());
    let triples: Vec<PathBuf> =
        triples.filter(|triple| triple.join("memgate-criterion-benches").is_dir()).collect();
    assert!(!triples.is_empty());
    triples
}

#[test]
fn twins_have_the_same_numbers() {
    for triple in triples() {
        let (criterion, native) = (benchmarks(&triple, "criterion"), benchmarks(&triple, "native"));
        let names: Vec<&String> = native.as_object().expect("benchmarks have names").keys().collect();
        assert_eq!(names, ["twins/fields", "twins/package_names", "twins/push"]);
        for name in names {
            assert!(native[name]["allocs"].is_i64() || native[name]["allocs"].is_u64());
            assert_eq!(criterion[name], native[name], "{name}");
        }
    }
}

#[test]
fn a_batch_size_changes_nothing() {
    for triple in triples() {
        let criterion = benchmarks(&triple, "criterion");
        let small = &criterion["package_names/small"];
        assert!(small.is_object());
        assert_eq!(&criterion["package_names/large"], small);
        assert_eq!(&criterion["package_names/iteration"], small);
    }
}
