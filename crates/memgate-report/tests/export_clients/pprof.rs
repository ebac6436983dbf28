//! `go tool pprof` reads profiles, with full names and the same sums.

use std::path::{Path, PathBuf};

use memgate_report::export::{BEYOND_LIMIT, CUT_OFF, Moment, OLDER, UNKNOWN, pprof};
use memgate_report::sites::Profile;

use crate::clients;
use crate::profile::{ALLOC, DESCEND, GROW, MAIN, PUSH, SOURCE, START, profile, sum};

/// Writes the source and a profile, and gives both with the profile's file.
fn written(folder: &str, moment: Moment) -> (PathBuf, Profile, String) {
    let folder = clients::folder(folder);
    let source = folder.join("names.rs");
    std::fs::write(&source, SOURCE).unwrap();
    let profile = profile(&source);
    let file = write(&folder, "profile.pb.gz", &profile, moment);
    (folder, profile, file)
}

fn write(folder: &Path, name: &str, profile: &Profile, moment: Moment) -> String {
    let file = folder.join(name);
    std::fs::write(&file, pprof(profile, moment, "package/target/name")).unwrap();
    file.to_str().unwrap().to_owned()
}

/// The values of each sample, from `-raw`.
fn samples(raw: &str) -> Vec<[i64; 4]> {
    let samples = raw.lines().skip_while(|line| *line != "Samples:").skip(2);
    samples
        .take_while(|line| *line != "Locations")
        .map(|line| {
            let (values, _) = line.split_once(": ").unwrap();
            let values: Vec<i64> = values.split_whitespace().map(|value| value.parse().unwrap()).collect();
            values.try_into().unwrap()
        })
        .collect()
}

/// The samples of `-raw`, added up.
fn sums(raw: &str) -> [i64; 4] {
    let samples = samples(raw);
    std::array::from_fn(|index| samples.iter().map(|sample| sample[index]).sum())
}

/// Flat, cumulative and name of each line of `-top`.
fn top(text: &str) -> Vec<(String, String, String)> {
    let rows = text.lines().skip_while(|line| !line.trim_start().starts_with("flat ")).skip(1);
    rows.map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [flat, _, _, cumulative, _, name @ ..] = words.as_slice() else { panic!("{line}") };
        (flat.to_string(), cumulative.to_string(), name.join(" "))
    })
    .collect()
}

#[test]
fn sums_are_the_metrics() {
    let Some(go) = clients::go_pprof() else { return };
    let (folder, profile, peak) = written("pprof_sums", Moment::Peak);
    let total = sum(&profile);

    let raw = clients::pprof(&go, &["-raw", &peak]);
    assert_eq!(sums(&raw), [total.allocs, total.total_bytes, total.peak_blocks, total.peak_bytes], "{raw}");
    assert!(
        raw.contains("alloc_objects/count alloc_space/bytes inuse_objects/count inuse_space/bytes[dflt]"),
        "{raw}"
    );
    assert!(raw.contains("PeriodType: space bytes\nPeriod: 1\n"), "{raw}");
    // All rows but the stack of zeros.
    assert_eq!(samples(&raw).len(), 7, "{raw}");

    let end = write(&folder, "end.pb.gz", &profile, Moment::End);
    let raw = clients::pprof(&go, &["-raw", &end]);
    assert_eq!(
        sums(&raw),
        [total.allocs, total.total_bytes, total.retained_blocks, total.retained_bytes],
        "{raw}"
    );
    assert!(raw.contains("alloc_space/bytes[dflt]"), "{raw}");
}

#[test]
fn full_names_survive() {
    let Some(go) = clients::go_pprof() else { return };
    let (_, _, file) = written("pprof_names", Moment::Peak);
    for demangle in ["-symbolize=none", "-symbolize=demangle=full", "-symbolize=local"] {
        let text = clients::pprof(
            &go,
            &["-top", "-unit=B", "-nodefraction=0", "-sample_index=alloc_space", demangle, &file],
        );
        let rows = top(&text);
        for name in [ALLOC, DESCEND, GROW, MAIN, START, OLDER, BEYOND_LIMIT, UNKNOWN, CUT_OFF] {
            assert!(rows.iter().any(|row| row.2 == name), "{name} with {demangle}:\n{text}");
        }
        let push =
            rows.iter().find(|row| row.2 == format!("{PUSH} (inline)")).unwrap_or_else(|| panic!("{text}"));
        assert_eq!((&*push.0, &*push.1), ("6000B", "6000B"), "{text}");
        // Recursion counts once.
        let descend = rows.iter().find(|row| row.2 == DESCEND).unwrap();
        assert_eq!((&*descend.0, &*descend.1), ("0", "5064B"), "{text}");
    }
    let comments = clients::pprof(&go, &["-comments", &file]);
    assert!(comments.contains("benchmark: package/target/name\n"), "{comments}");
    assert!(comments.contains(concat!("memgate ", env!("CARGO_PKG_VERSION"), "\n")), "{comments}");
    assert!(comments.contains("a realloc counts its growth"), "{comments}");
}

#[test]
fn what_the_type_shows_first_is_by_the_moment() {
    let Some(go) = clients::go_pprof() else { return };
    let (folder, profile, peak) = written("pprof_first", Moment::Peak);
    let end = write(&folder, "end.pb.gz", &profile, Moment::End);
    assert!(clients::pprof(&go, &["-top", &peak]).contains("Type: inuse_space\n"));
    assert!(clients::pprof(&go, &["-top", &end]).contains("Type: alloc_space\n"));
}

#[test]
fn lines_of_the_source_are_listed() {
    let Some(go) = clients::go_pprof() else { return };
    let (_, _, file) = written("pprof_list", Moment::Peak);
    let list = clients::pprof(&go, &["-list=names::grow", "-unit=B", "-sample_index=alloc_space", &file]);
    let line = list
        .lines()
        .find(|line| line.contains("the line that allocates"))
        .unwrap_or_else(|| panic!("{list}"));
    assert_eq!(line.split_whitespace().take(3).collect::<Vec<_>>(), [".", "6000B", "12:"], "{list}");
}

#[test]
fn a_graph_is_drawn() {
    let Some(go) = clients::go_pprof() else { return };
    let (_, _, file) = written("pprof_graph", Moment::Peak);
    let format = if clients::optional_program(&["dot"]).is_some() { "-svg" } else { "-dot" };
    let graph = clients::pprof(&go, &[format, "-output=/dev/stdout", &file]);
    assert!(graph.contains("Type: inuse_space"), "{graph}");
    assert!(graph.contains("descend"), "{graph}");
}

#[test]
fn profiles_are_subtracted() {
    let Some(go) = clients::go_pprof() else { return };
    let (folder, mut profile, base) = written("pprof_diff", Moment::Peak);
    profile.stacks[1].numbers.total_bytes += 500;
    profile.stacks[2].numbers.total_bytes -= 200;
    let head = write(&folder, "head.pb.gz", &profile, Moment::Peak);
    let base = format!("-diff_base={base}");
    let text = clients::pprof(&go, &["-top", "-unit=B", "-sample_index=alloc_space", &base, &head]);
    let flat: Vec<(String, String)> =
        top(&text).into_iter().filter(|row| row.0 != "0").map(|row| (row.0, row.2)).collect();
    assert_eq!(
        flat,
        [("500B".to_owned(), format!("{PUSH} (inline)")), ("-200B".to_owned(), ALLOC.to_owned())],
        "{text}"
    );
}

#[test]
fn an_empty_profile_is_valid() {
    let Some(go) = clients::go_pprof() else { return };
    let file = write(&clients::folder("pprof_empty"), "empty.pb.gz", &Profile::default(), Moment::End);
    assert_eq!(sums(&clients::pprof(&go, &["-raw", &file])), [0; 4]);
}

#[test]
fn the_same_profile_is_the_same_file() {
    let source = Path::new("names.rs");
    let file = || pprof(&profile(source), Moment::Peak, "name");
    assert_eq!(file(), file());
    // No time in the header of gzip.
    assert_eq!(file()[4..8], [0; 4]);
}
