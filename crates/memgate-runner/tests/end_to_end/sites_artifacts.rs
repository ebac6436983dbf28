//! `check --artifacts` and `check --no-explain`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::clients;
use crate::sites_shown::{check, sites};
use crate::support::{Package, Project};

const LIBRARY: &str = "
pub fn first() -> Vec<u8> {
    grown(10)
}

pub fn grown(length: usize) -> Vec<u8> {
    vec![1; length]
}
";

const BENCH: &str = "
use memgate::Bencher;

fn plain(bencher: Bencher) {
    bencher.bench(artifacts::first);
}

fn steady(bencher: Bencher) {
    bencher.bench(|| Box::new(1));
}

memgate::main! { plain, steady, \"../../up/..and.away\" => plain, \"/root\" => plain, \"..\" => plain }
";

/// All files below a folder, relative to it.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut files = BTreeSet::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                files.insert(path.strip_prefix(folder).unwrap().to_path_buf());
            }
        }
    }
    files
}

#[test]
fn both_sides_are_left_for_other_tools() {
    let package = Package::new("artifacts").file("src/lib.rs", LIBRARY).bench("memory", BENCH);
    let project = Project::new("artifacts", [package]);
    project.memgate("update").exits(0);
    project.memgate("check --artifacts out").exits(0);
    assert!(!project.path("out").exists(), "nothing is red");

    project.replace(
        "artifacts/src/lib.rs",
        "    vec![1; length]",
        "    let again: Vec<u8> = std::hint::black_box(vec![2; 5_000]);\n    drop(again);\n    vec![1; length]",
    );
    let without = check(&project, "--no-explain", 100);
    assert!(sites(&without.json, "artifacts/memory/plain").is_null());
    assert!(!without.terminal.contains("by call site") && !without.markdown.contains("Call sites of"));
    project.memgate("check --no-explain --artifacts out").exits(2).complains("cannot be used with");

    let before = files(&project.path(""));
    // From a folder further down, so that names which climb would be seen.
    project.memgate("check --quiet --artifacts a/b/c/d/out").exits(100);
    let out = project.path("a/b/c/d/out");
    let written = files(&out);
    let outside: Vec<PathBuf> = files(&project.path(""))
        .into_iter()
        .filter(|path| !before.contains(path) && !path.starts_with("a/b/c/d/out"))
        .collect();
    assert_eq!(outside, Vec::<PathBuf>::new());
    let folders: BTreeSet<&Path> = written.iter().filter_map(|path| path.parent()).collect();
    assert_eq!(folders.len(), 4, "{folders:#?}");
    assert!(folders.iter().all(|folder| folder.parent() == Some(Path::new("artifacts/memory"))));
    let plain: Vec<&str> = written
        .iter()
        .filter_map(|path| path.strip_prefix("artifacts/memory/plain").ok()?.to_str())
        .collect();
    insta::assert_snapshot!(plain.join("\n"), @"
    base.sites.allocs.folded
    base.sites.allocs.svg
    base.sites.dhat.json
    base.sites.pb.gz
    base.sites.peak.pb.gz
    base.sites.peak_bytes.folded
    base.sites.peak_bytes.svg
    base.sites.total_bytes.folded
    base.sites.total_bytes.svg
    difference.allocs.svg
    difference.peak_bytes.svg
    difference.total_bytes.svg
    head.allocs.svg
    head.dhat.json
    head.pb.gz
    head.peak.pb.gz
    head.peak_bytes.svg
    head.sites.allocs.folded
    head.sites.dhat.json
    head.sites.pb.gz
    head.sites.peak.pb.gz
    head.sites.peak_bytes.folded
    head.sites.total_bytes.folded
    head.total_bytes.svg
    ");

    let Some(go) = clients::go_pprof() else { return };
    let folder = out.join("artifacts/memory/plain");
    let base = format!("-diff_base={}", folder.join("base.sites.pb.gz").display());
    let head = folder.join("head.sites.pb.gz");
    let arguments = ["-top", "-cum", "-unit=B", "-nodefraction=0", "-sample_index=alloc_space", &base];
    let top = clients::pprof(&go, &[arguments.as_slice(), &[head.to_str().unwrap()]].concat());
    let rows: Vec<Vec<&str>> = top
        .lines()
        .skip_while(|line| !line.trim_start().starts_with("flat "))
        .skip(1)
        .map(|line| line.split_whitespace().collect())
        .collect();
    let grown = rows.iter().find(|row| row[5] == "artifacts::grown").unwrap_or_else(|| panic!("{top}"));
    assert_eq!(grown[3], "5000B", "{top}");
    let flat: Vec<&str> = rows.iter().filter(|row| row[0] != "0").map(|row| row[0]).collect();
    assert_eq!(flat, ["5000B"], "{top}");
}
