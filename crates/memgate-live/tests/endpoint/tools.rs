//! The tools that people have.

use std::process::{Command, Stdio};

use crate::built::HAS_STACKS;
use crate::http::Live;
use crate::leak::blocks_that_stay;
use crate::program::{PROGRAM, Running};
use crate::programs::{go_pprof, output, output_with, pprof, program};

/// Whether a line ends with the leak's full name, with the type's arguments as each version of pprof shows them; where there are no stacks,
/// whether one has what stands for all of them.
fn has_leak(text: &str) -> bool {
    if !HAS_STACKS {
        return text.contains("[stacks without frame pointers]");
    }
    text.lines().any(|line| line.contains("leaking_program::cache::Entry") && line.contains(">::fill"))
}

/// The megabytes of which a table of pprof's is.
fn total_megabytes(top: &str) -> f64 {
    let line = top.lines().find(|line| line.starts_with("Showing nodes")).unwrap();
    line.split(" of ").nth(1).unwrap().split("MB").next().unwrap().parse().unwrap()
}

#[test]
fn pprof_shows_the_leak_on_top_with_its_whole_name() {
    let Some(go) = go_pprof() else { return };
    let program = Running::start(&PROGRAM);
    let url = program.url("/debug/pprof/heap");
    let top = pprof(&go, &["-top", "-cum", "-unit=MB", "-symbolize=remote", &url]);
    assert!(
        top.contains("Type: inuse_space") && top.contains("samples have no stacks") != HAS_STACKS,
        "{top}"
    );
    assert!(has_leak(&top), "{top}");
    // 4,096 blocks of 16 KiB: a standard deviation of 9 %, of which these are more than four.
    assert!((38.0..92.0).contains(&total_megabytes(&top)), "{top}");
    if !HAS_STACKS {
        return;
    }
    assert!(top.contains("leaking_program::keep") && top.contains("leaking_program::main"), "{top}");
    // From the file, with lines, as somebody does who has it.
    let listed = pprof(&go, &["-list=keep", PROGRAM.to_str().unwrap(), &url]);
    assert!(listed.contains("kept.extend((0..4096)"), "{listed}");
}

#[test]
fn pprof_subtracts_two_scrapes_and_waits_for_one() {
    let Some(go) = go_pprof() else { return };
    let mut program = Running::start(&PROGRAM);
    let folder = tempfile::tempdir().unwrap();
    let before = folder.path().join("before.pb");
    let url = program.url("/debug/pprof/heap");
    pprof(&go, &["-proto", "-symbolize=none", &format!("-output={}", before.display()), &url]);
    program.keep_more();
    let base = format!("-diff_base={}", before.display());
    let grown = pprof(&go, &["-top", "-cum", "-unit=MB", "-symbolize=remote", &base, &url]);
    assert!(has_leak(&grown), "{grown}");
    let within = std::thread::scope(|scope| {
        let url = program.url("/debug/pprof/allocs");
        let go = &go;
        let waiting = scope
            .spawn(move || pprof(go, &["-top", "-cum", "-unit=MB", "-symbolize=remote", "-seconds=3", &url]));
        std::thread::sleep(std::time::Duration::from_millis(1_500));
        program.keep_more();
        waiting.join().unwrap()
    });
    assert!(within.contains("Type: alloc_space") && within.contains("Duration: 3s"), "{within}");
    assert!(has_leak(&within) && (38.0..92.0).contains(&total_megabytes(&within)), "{within}");
}

#[test]
fn a_stripped_program_says_that_it_has_no_names() {
    // Another architecture's program is not for the machine's own.
    let strips = [&format!("{}-linux-gnu-strip", std::env::consts::ARCH), "strip"];
    let (Some(strip), Some(curl)) = (program(&strips), program(&["curl"])) else { return };
    let folder = tempfile::tempdir().unwrap();
    let stripped = folder.path().join("stripped");
    output(Command::new(strip).arg("-o").arg(&stripped).arg(&*PROGRAM));
    let running = Running::start(&stripped);
    let get = |path: &str| output(Command::new(&curl).args(["--silent", "--fail", &running.url(path)]));
    assert_eq!(get("/debug/pprof/symbol"), "num_symbols: 0\n");
    let text = get("/debug/pprof/heap?debug=1");
    assert!(text.contains("@ heap_v2/1") && text.contains("\t?\n") == HAS_STACKS, "{text}");
    let Some(go) = go_pprof() else { return };
    // With the program that has the names.
    let copy = folder.path().join("profile");
    pprof(
        &go,
        &[
            "-proto",
            "-symbolize=none",
            &format!("-output={}", copy.display()),
            &running.url("/debug/pprof/heap"),
        ],
    );
    let top = pprof(&go, &["-top", "-cum", PROGRAM.to_str().unwrap(), copy.to_str().unwrap()]);
    assert!(top.contains(if HAS_STACKS { "keep" } else { "[stacks without frame pointers]" }), "{top}");
}

#[test]
fn pprof_reads_the_text_to_the_same_sums() {
    let Some(go) = go_pprof() else { return };
    let live = Live::start();
    let _kept = blocks_that_stay();
    let folder = tempfile::tempdir().unwrap();
    let sums = ["", "?debug=1"].map(|query| {
        let path = folder.path().join("profile");
        std::fs::write(&path, live.get(&format!("/debug/pprof/heap{query}")).body).unwrap();
        let path = path.to_str().unwrap();
        total_megabytes(&pprof(
            &go,
            &["-top", "-symbolize=none", "-unit=MB", "-sample_index=inuse_space", path],
        ))
    });
    assert!(sums[0] > 90.0 && (sums[0] - sums[1]).abs() < 1.0, "{sums:?}");
}

#[test]
fn pprof_shows_why_there_is_no_profile() {
    let Some(go) = go_pprof() else { return };
    let live = Live::with(memgate_live::Options::new().token("sesame"));
    let with = |token: &str| {
        Command::new(&go)
            .args(["tool", "pprof", "-top", "-symbolize=remote"])
            .arg(format!("http://any:{token}@{}/debug/pprof/heap", live.address()))
            .env("PPROF_TMPDIR", tempfile::tempdir().unwrap().path())
            .output()
            .unwrap()
    };
    let refused = with("open");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("this is not the token"), "{said}");
    assert!(with("sesame").status.success());
}

#[test]
fn curl_and_promtool_take_what_they_get() {
    let live = Live::start();
    let _kept = blocks_that_stay();
    let Some(curl) = program(&["curl"]) else { return };
    let page = output(
        Command::new(&curl).args(["--silent", "--show-error", "--fail", "--location"]).arg(live.url("/")),
    );
    assert!(page.contains("<h1>Heap of process"), "{page}");
    let running = Running::start(&PROGRAM);
    let page = output(Command::new(&curl).args(["--silent", "--fail", &running.url("/debug/pprof/")]));
    if HAS_STACKS {
        assert!(
            page.contains("leaking_program::cache::Entry&lt;") && page.contains("&gt;::fill</th>"),
            "{page}"
        );
    } else {
        assert!(page.contains("samples have no stacks"), "{page}");
    }
    let status = |arguments: &[&str]| {
        let format = ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}"];
        output(Command::new(&curl).args(format).args(arguments))
    };
    assert_eq!(status(&["--head", &live.url("/debug/pprof/heap")]), "200");
    assert_eq!(status(&["--data", "0x1+0x2", &live.url("/debug/pprof/symbol")]), "200");
    // curl asks for permission to send a longer body.
    let long = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(long.path(), "0x10+".repeat(100_000)).unwrap();
    let body = format!("@{}", long.path().display());
    assert_eq!(status(&["--data-binary", &body, &live.url("/debug/pprof/symbol")]), "200");
    std::fs::write(long.path(), "0x10+".repeat(1_000_000)).unwrap();
    assert_eq!(status(&["--data-binary", &body, &live.url("/debug/pprof/symbol")]), "413");

    let Some(promtool) = program(&["promtool"]) else { return };
    let metrics = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(metrics.path(), live.get("/metrics").body).unwrap();
    let input = Stdio::from(std::fs::File::open(metrics.path()).unwrap());
    output_with(Command::new(promtool).args(["check", "metrics"]), input);
}
