//! A disk that is full, and an update that is killed while it writes.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::dials;
use crate::finished::Finished;

#[test]
fn a_full_disk_leaves_the_old_baseline() {
    let project = dials::project_with_baseline("full-disk", "first 1\n");
    let before = project.baselines();
    project.write("full-disk/dials", "first 9\n");
    project.memgate("run --output run.json").exits(0);

    // A limit of zero on the size of files: as with a full disk, a file can be made and nothing can be put into it.
    // Its signal is ignored, so that writing fails as it does there.
    let limited = "trap '' XFSZ; ulimit -f 0; exec \"$@\"";
    let tool = env!("CARGO_BIN_EXE_cargo-memgate");
    let update = |line: &str| {
        let mut command = project.command("/bin/sh");
        command.args(["-c", limited, "sh", tool, "memgate"]).args(line.split_whitespace());
        Finished::of(&mut command)
    };
    update("update --from run.json")
        .exits(101)
        .complains("error: failed to write ")
        .complains("full-disk/memory.json: File too large");
    assert_eq!(project.baselines(), before, "neither a new file nor a half one, and no temporary one either");
    update("report run.json --format json --output report.json")
        .exits(101)
        .complains("report.json: File too large");
    assert!(!project.path("report.json").exists());

    // The same without the limit.
    project.memgate("update --from run.json").exits(0).says("changed full-disk/memory/first");
    assert_ne!(project.baselines(), before);
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_can_not_be_written_is_an_error() {
    let project = dials::project_with_baseline("full-pipe", "first 1\n");
    for command in ["check", "list", "run"] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = project.tool().arg(command).stdout(full).stderr(Stdio::piped()).output().unwrap();
        let finished = Finished::from(output);
        finished.exits(101).complains("error: failed to write to standard output: No space left on device");
    }
}

/// A run in which the bench targets of `run` are there many times, under other names.
fn multiplied(run: &str, times: usize) -> String {
    let mut run: Value = serde_json::from_str(run).unwrap();
    let parts = run["run"]["bench_targets"].as_array_mut().unwrap();
    let first = parts[0].clone();
    for number in 0..times {
        let mut part = first.clone();
        part["bench_target"] = format!("memory-{number}").into();
        parts.push(part);
    }
    run.to_string()
}

#[test]
fn a_killed_update_leaves_the_old_or_the_new_bytes_of_each_file() {
    const FILES: usize = 150;
    let project = dials::project("killed", "first 1\n");
    let mut sides: Vec<BTreeMap<PathBuf, Vec<u8>>> = Vec::new();
    for (name, dials) in [("old.json", "first 1\n"), ("new.json", "first 9\nsecond 1\n")] {
        project.write("killed/dials", dials);
        let run = project.memgate("run --no-sites").exits(0).stdout;
        project.write(name, multiplied(&run, FILES));
        project.memgate(&format!("update --from {name}")).exits(0);
        sides.push(project.baselines());
    }
    assert_eq!(sides[0].len(), FILES + 1);
    assert!(sides[0].iter().all(|(path, old)| sides[1][path] != *old));

    let mut killed_in_between = 0;
    for attempt in 0..12_u32 {
        let mut update = project.tool();
        update.args(["update", "--from", "old.json"]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut update = update.spawn().unwrap();
        let (first, old) = sides[0].iter().next().unwrap();
        let started = Instant::now();
        while std::fs::read(project.path("baselines").join(first)).unwrap() != *old {
            assert!(started.elapsed() < Duration::from_secs(60), "the update does not begin");
        }
        std::thread::sleep(Duration::from_micros(u64::from(attempt * attempt * 300)));
        update.kill().unwrap();
        update.wait().unwrap();

        let files = project.baselines();
        let is_temporary =
            |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(".memgate-");
        assert!(files.keys().filter(|path| is_temporary(path)).count() <= 1);
        let files: BTreeMap<_, _> = files.into_iter().filter(|(path, _)| !is_temporary(path)).collect();
        assert_eq!(files.len(), FILES + 1);
        let written = |side: &BTreeMap<PathBuf, Vec<u8>>| {
            files.iter().filter(|(path, bytes)| side[*path] == **bytes).count()
        };
        let (old, new) = (written(&sides[0]), written(&sides[1]));
        assert_eq!(old + new, FILES + 1, "every file is one or the other");
        killed_in_between += u32::from(old > 0 && new > 0);

        // The next update takes it from there, and tidies up.
        project.memgate("update --from new.json").exits(0);
        assert!(project.baselines() == sides[1]);
    }
    assert!(killed_in_between > 0, "no update was killed while it wrote");
}
