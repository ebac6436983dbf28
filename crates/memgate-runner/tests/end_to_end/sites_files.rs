//! The files of call sites beside the baselines: what `update` writes, and what `check` and `update` do with broken ones.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use crate::sites_shown::{check, place, rows, sites};
use crate::support::{Package, Project};

const BENCH: &str = "
use memgate::Bencher;

fn first(bencher: Bencher) {
    bencher.bench(|| {
        vec![1_u8; 10]
    });
}

fn second(bencher: Bencher) {
    bencher.bench(|| (String::from(\"second\"), Box::new(2)));
}

memgate::main! { first, second }
";

const ONE_MORE: &str = "std::hint::black_box(Box::new([0_u8; 3]));\n        vec![1_u8; 10]";

/// A package with two bench targets, `memory` and `other`.
fn project(name: &str) -> Project {
    Project::new(name, [Package::new(name).bench("memory", BENCH).bench("other", BENCH)])
}

/// The path of a file of sites, relative to the project.
fn sites_path(project: &Project, name: &str, bench_target: &str) -> PathBuf {
    project.baseline_path(name, bench_target).with_extension("sites.json")
}

/// The sites of each benchmark of a file, as it is written.
#[track_caller]
fn committed(project: &Project, path: &PathBuf) -> BTreeMap<String, Value> {
    let file: Value = serde_json::from_str(&project.read(path)).unwrap();
    assert_eq!((&file["kind"], &file["schema"]), (&"memgate sites".into(), &2.into()));
    serde_json::from_value(file["benchmarks"].clone()).unwrap()
}

#[test]
fn update_writes_what_is_new_and_keeps_the_rest() {
    let name = "site-files";
    let project = project(name);
    project.memgate("update").exits(0).says("sites of 4 benchmarks recorded").says("4 files");
    let written = project.baselines();
    assert_eq!(written.len(), 4);
    let memory = sites_path(&project, name, "memory");
    insta::assert_snapshot!(project.read(&memory), @r#"
    {
      "benchmarks": {
        "first": {
          "sites": {
            "vec::from_elem <- memory::first::{closure#0}": { "allocs": 1, "peak_bytes": 10, "retained_bytes": 10, "total_bytes": 10 }
          }
        },
        "second": {
          "sites": {
            "Box::new <- memory::second::{closure#0}": { "allocs": 1, "peak_bytes": 4, "retained_bytes": 4, "total_bytes": 4 },
            "String::from <- memory::second::{closure#0}": { "allocs": 1, "peak_bytes": 6, "retained_bytes": 6, "total_bytes": 6 }
          }
        }
      },
      "features": {},
      "kind": "memgate sites",
      "schema": 2
    }
    "#);

    // The same bytes again: when nothing changed, when all is written, when a file was lost.
    project.memgate("update").exits(0).says("baselines are up to date (4 benchmarks measured)");
    project.memgate("update --all").exits(0).says("sites of 4 benchmarks recorded");
    assert_eq!(project.baselines(), written);
    std::fs::remove_file(project.path(&memory)).unwrap();
    project.memgate("update --dry-run").exits(0);
    assert!(!project.path(&memory).exists());
    project.memgate("update").exits(0).says("sites of 2 benchmarks recorded").says("1 file under");
    assert_eq!(project.baselines(), written);

    // A filtered update touches its own benchmarks only.
    let bench = format!("{name}/benches/memory.rs");
    project.replace(&bench, "vec![1_u8; 10]", "vec![1_u8; 1000]");
    project.replace(&bench, "String::from(\"second\")", "String::from(\"second\").repeat(300)");
    let before = committed(&project, &memory);
    project.memgate("update first --bench memory").exits(0).says("sites of 1 benchmark recorded");
    let after = committed(&project, &memory);
    assert_ne!(after["first"], before["first"]);
    assert_eq!(after["second"], before["second"]);

    // Without sites, those that would explain other numbers go.
    project.memgate("update --no-sites").exits(0).never_says("recorded");
    assert_eq!(committed(&project, &memory).keys().collect::<Vec<_>>(), ["first"]);
    let other = sites_path(&project, name, "other");
    assert_eq!(project.read(&other).as_bytes(), written[other.strip_prefix("baselines").unwrap()]);

    // A removed benchmark's sites go with it, and a removed target's file.
    project.memgate("update").exits(0).says("sites of 1 benchmark recorded");
    project.replace(&bench, "{ first, second }", "{ second }");
    project.memgate("update").exits(0).says(&format!("removed {name}/memory/first"));
    assert_eq!(committed(&project, &memory).keys().collect::<Vec<_>>(), ["second"]);
    project.replace(format!("{name}/Cargo.toml"), "[[bench]]\nname = \"other\"\nharness = false\n", "");
    // A file that calls `main!` and that nothing lists is forgotten rather than gone.
    std::fs::remove_file(project.path(format!("{name}/benches/other.rs"))).unwrap();
    project.memgate("update").exits(0).says(&format!("removed {name}/other/first"));
    assert_eq!(project.baselines().len(), 2);
    assert!(!project.path(&other).exists() && project.path(&memory).exists());
}

#[test]
fn a_dry_run_says_that_sites_would_be_recorded() {
    let name = "dry-sites";
    let project = project(name);
    project.memgate("update --no-sites").exits(0);
    let before = project.baselines();
    project
        .memgate("update --dry-run")
        .exits(0)
        .says("2 files under baselines/ would change; nothing was written")
        .never_says("up to date")
        .never_says("sites of 4 benchmarks recorded");
    assert_eq!(project.baselines(), before);
}

#[test]
fn what_was_measured_elsewhere_has_the_sites_that_it_brings() {
    let name = "site-runs";
    let project = project(name);
    project.memgate("run --output run.json").exits(0);
    project.memgate("update --from run.json").exits(0).says("sites of 4 benchmarks recorded");
    let brought = project.baselines();
    std::fs::remove_dir_all(project.path("baselines")).unwrap();
    project.memgate("update").exits(0);
    assert_eq!(project.baselines(), brought);
    std::fs::remove_dir_all(project.path("baselines")).unwrap();

    project.memgate("run --no-sites --output run.json").exits(0);
    project
        .memgate("update --from run.json")
        .exits(0)
        .says("(and those of 3 more) could not be recorded: the run has none");
    assert_eq!(project.baselines().len(), 2);

    // Such a baseline is as one from before there were sites.
    let id = &format!("{name}/memory/first");
    let bench = format!("{name}/benches/memory.rs");
    project.replace(&bench, "vec![1_u8; 10]", ONE_MORE);
    let checked = check(&project, "--bench memory", 100);
    let without =
        "the baseline has no call sites, which `update` records: the largest of this run are listed";
    assert!(checked.terminal.contains(without) && checked.markdown.contains(without), "{}", checked.terminal);
    assert!(checked.terminal.contains(&format!("{id}  allocs 2, by call site:")), "{}", checked.terminal);
    let listed = rows(&checked.json, id, "allocs");
    assert_eq!(listed.iter().map(|row| row.delta).collect::<Vec<_>>(), [1, 1]);
    // The largest first, here of the same delta.
    assert!(listed.iter().any(|row| row.place == place(&project, &bench, "Box::new([0_u8; 3])")));

    // The sites come with the next update, the numbers' change or not.
    project.memgate("update --bench other").exits(0).says("sites of 2 benchmarks recorded");
    assert_eq!(project.baselines().len(), 3);
}

#[test]
fn a_broken_file_changes_no_verdict_is_said_and_written_anew() {
    let name = "broken-sites";
    let project = project(name);
    project.memgate("update --bench memory").exits(0);
    let memory = sites_path(&project, name, "memory");
    let good = project.read(&memory);
    let bench = format!("{name}/benches/memory.rs");
    let id = &format!("{name}/memory/first");
    let place = memory.display().to_string();
    let cut = good[..good.len() / 2].to_owned();
    let conflict = good.replacen("{\n", "{\n<<<<<<< HEAD\n=======\n>>>>>>> other\n", 1);
    for (text, problem) in [(&cut, "it is cut short"), (&conflict, "line 2 is a merge conflict marker")] {
        // Nothing in it is a number that is compared; but it is no file to merge.
        project.write(&memory, text);
        let said = format!("failed to read the call sites {place}: {problem}");
        project.memgate("check --bench memory").exits(0).says(&said).says("; `update` writes them anew");
        project.memgate("check --bench memory --strict").exits(103).says(&said);

        project.replace(&bench, "vec![1_u8; 10]", ONE_MORE);
        let checked = check(&project, "--bench memory", 100);
        let note = sites(&checked.json, id)["notes"][0].as_str().unwrap_or_default().to_owned();
        assert!(note.contains(&place) && note.contains(problem), "{note}");
        for text in [&checked.terminal, &checked.markdown] {
            assert!(text.contains(problem) && text.contains("call sites can't be read"), "{text}");
            assert!(!text.contains("has no call sites"), "{text}");
        }
        assert!(checked.markdown.contains("memory.sites.json"));
        // What can be said without it is said.
        let shown = rows(&checked.json, id, "allocs");
        assert!(
            shown
                .iter()
                .any(|row| row.place == crate::sites_shown::place(&project, &bench, "Box::new([0_u8; 3])"))
        );
        project
            .memgate(&format!("explain --bench memory --exact {id}"))
            .exits(0)
            .says(problem)
            .says("the baseline has 10 B, and call sites that can't be read");
        project
            .memgate(&format!("explain --bench memory --exact {id} --difference-flamegraph x.svg"))
            .exits(101)
            .complains(problem);
        project.replace(&bench, ONE_MORE, "vec![1_u8; 10]");

        // What is not recorded leaves it as it is, also where the bench target is another.
        for line in ["update --bench other --dry-run", "update --no-sites --bench memory"] {
            project.memgate(line).exits(0).complains(&format!("{place} can't be read ({problem}"));
            assert_eq!(&project.read(&memory), text);
        }
        project
            .memgate("update --bench memory second")
            .exits(0)
            .complains("call sites of 1 of 2 benchmarks are recorded anew");
        assert_eq!(committed(&project, &memory).keys().collect::<Vec<_>>(), ["second"]);
        project.memgate("update --bench memory").exits(0).says("sites of 1 benchmark recorded");
        assert_eq!(project.read(&memory), good);

        project.write(&memory, text);
        project
            .memgate("update --bench memory")
            .exits(0)
            .complains("and is replaced: all its call sites are recorded anew")
            .says("sites of 2 benchmarks recorded")
            .says("1 file under");
        assert_eq!(project.read(&memory), good);
        project.memgate("check --bench memory --strict").exits(0).never_says("sites.json");
    }

    // One of a newer memgate is not broken, and not written over.
    let newer = good.replace("\"schema\": 2", "\"schema\": 3");
    project.write(&memory, &newer);
    let said = "it has schema 3, written by a newer memgate";
    project.memgate("check --bench memory").exits(0).says(said).never_says("writes them anew");
    project.memgate("update --bench memory").exits(101).complains(said);
    assert_eq!(project.read(&memory), newer);
    project.write(&memory, &good);

    // Nor is a file of renames that nothing can be read from; what it says nobody measures.
    let renames = "baselines/renames.json";
    project.write(renames, "garbage");
    let said = format!("failed to read the renames {renames}: ");
    let advice = "; put the file back as it was committed before, or remove it";
    project.memgate("check --bench memory").exits(0).says(&said).says(advice);
    project
        .memgate("update --bench memory")
        .exits(0)
        .complains("failed to read the renames ")
        .complains(advice);
    project
        .memgate(&format!("update --rename {id} {name}/memory/third"))
        .exits(101)
        .complains("failed to read the renames ")
        .complains(advice);
    assert_eq!(project.read(renames), "garbage");
}

#[test]
fn what_is_committed_of_a_benchmark_is_of_one_state() {
    let name = "one-state";
    let project = project(name);
    project.memgate("update --bench memory").exits(0);
    let memory = sites_path(&project, name, "memory");
    // One call more, beyond its limit, and a few bytes, within theirs.
    project.replace(format!("{name}/benches/memory.rs"), "vec![1_u8; 10]", ONE_MORE);
    project.memgate("update --bench memory").exits(0);
    let numbers: Value = serde_json::from_str(&project.read(project.baseline_path(name, "memory"))).unwrap();
    let sites = &committed(&project, &memory)["first"]["sites"];
    for metric in ["peak_bytes", "total_bytes", "allocs", "reallocs", "retained_bytes"] {
        let of_sites =
            sites.as_object().unwrap().values().filter_map(|site| site[metric].as_i64()).sum::<i64>();
        assert_eq!(numbers["benchmarks"]["first"][metric], of_sites, "{metric}");
    }
    let written = project.baselines();
    project.memgate("update --bench memory").exits(0).says("baselines are up to date");
    assert_eq!(project.baselines(), written);

    // Bytes alone have crept since, and the sites are lost: neither is written, until all is.
    project.replace(format!("{name}/benches/memory.rs"), "[0_u8; 3]", "[0_u8; 7]");
    std::fs::remove_file(project.path(&memory)).unwrap();
    project
        .memgate("update --bench memory")
        .exits(0)
        .says(&format!("the call sites of {name}/memory/first are left out"))
        .says("`update --all` writes both");
    assert_eq!(committed(&project, &memory).keys().collect::<Vec<_>>(), ["second"]);
    project.memgate("update --bench memory --all").exits(0).never_says("left out");
    assert_eq!(committed(&project, &memory).len(), 2);
}
