//! The tools that people have.

use std::process::{Command, Stdio};

use crate::http::Live;
use crate::leak::blocks_that_stay;
use crate::programs::{go_pprof, output, output_with, pprof, program};

#[test]
fn pprof_shows_the_leak_on_top_with_its_whole_name() {
    let Some(go) = go_pprof() else { return };
    let live = Live::start();
    let _kept = blocks_that_stay();
    let top = pprof(&go, &["-top", "-symbolize=remote", &live.url("/debug/pprof/heap")]);
    let row = top.lines().skip_while(|line| !line.contains("flat%")).nth(1).unwrap();
    assert!(top.contains("Type: inuse_space"), "{top}");
    // The innermost frame is the standard library's; the leak is the outermost of ours.
    assert!(row.contains("alloc::") || row.contains("one_block"), "{top}");
    let cumulative = pprof(&go, &["-top", "-cum", "-symbolize=remote", &live.url("/debug/pprof/heap")]);
    assert!(cumulative.contains("endpoint::leak::blocks_that_stay"), "{cumulative}");
    assert!(cumulative.contains("endpoint::leak::one_block"), "{cumulative}");
}

#[test]
fn pprof_subtracts_two_scrapes_and_waits_for_one() {
    let Some(go) = go_pprof() else { return };
    let live = Live::start();
    let folder = tempfile::tempdir().unwrap();
    let before = folder.path().join("before.pb");
    std::fs::write(&before, live.get("/debug/pprof/heap").body).unwrap();
    let _kept = blocks_that_stay();
    let base = format!("-diff_base={}", before.display());
    let grown = pprof(&go, &["-top", "-cum", "-symbolize=remote", &base, &live.url("/debug/pprof/heap")]);
    assert!(grown.contains("endpoint::leak::blocks_that_stay"), "{grown}");
    let within = pprof(
        &go,
        &[
            "-top",
            "-cum",
            "-symbolize=remote",
            "-seconds=1",
            "-sample_index=inuse_space",
            &live.url("/debug/pprof/allocs"),
        ],
    );
    assert!(within.contains("endpoint::leak::blocks_that_stay"), "{within}");
    assert!(within.contains("Duration: 1s"), "{within}");
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
        let top = pprof(
            &go,
            &["-top", "-symbolize=none", "-unit=MB", "-sample_index=inuse_space", path.to_str().unwrap()],
        );
        let line = top.lines().find(|line| line.starts_with("Showing nodes")).unwrap();
        let total = line.split(" of ").nth(1).unwrap().split("MB").next().unwrap();
        total.parse::<f64>().unwrap()
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
    assert!(page.contains("leak::one_block"), "{page}");
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
