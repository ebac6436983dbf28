//! DHAT's viewer loads files, shows memgate's sums, and has no complaint under any sort metric.

use std::path::Path;

use memgate_protocol::Unit;
use memgate_protocol::units::exact;
use memgate_report::export::{CUT_OFF, dhat_json};
use memgate_report::sites::Profile;

use crate::clients;
use crate::clients::dhat_viewer::{page, root, shown};
use crate::profile::{ALLOC, GROW, PUSH, SOURCE, profile, sum};

#[test]
fn the_totals_are_the_metrics() {
    let Some(browser) = clients::browser() else { return };
    let source = clients::folder("dhat_source").join("names.rs");
    std::fs::write(&source, SOURCE).unwrap();
    let profile = profile(&source);
    let Some(page) = page("dhat", &dhat_json(&profile, "package/target/name")) else { return };

    let shown = shown(&browser, &page);
    let names: Vec<&str> = shown.iter().filter_map(|text| text.lines().next()).collect();
    assert_eq!(
        names,
        [
            "Total (bytes)",
            "Total (blocks)",
            "Total (blocks), tiny",
            "Total (blocks), short-lived",
            "At t-gmax (bytes)",
            "At t-end (bytes)"
        ]
    );
    let total = sum(&profile);
    let count = |value| exact(value, Unit::Count);
    let blocks =
        |bytes, blocks: i64| format!("{} bytes (100%) in {} blocks (100%)", count(bytes), count(blocks));
    let text = &shown[0];
    let root = root(text).join("\n");
    assert!(root.contains(&format!("Total:     {} bytes (100%, ", count(total.total_bytes))), "{text}");
    assert!(root.contains(&format!(" in {} blocks (100%, ", count(total.allocs))), "{text}");
    assert!(root.contains(&format!("At t-gmax: {}", blocks(total.peak_bytes, total.peak_blocks))), "{text}");
    assert!(
        root.contains(&format!("At t-end:  {}", blocks(total.retained_bytes, total.retained_blocks))),
        "{text}"
    );
    // 52 allocs, 1 realloc, and the frees: 52 and two older blocks, without three blocks that are left.
    assert!(text.contains("t-end:  104 events"), "{text}");
    for frame in [
        format!("0x555500001000: {PUSH} (/rustc/1/library/vec/mod.rs:2600)"),
        format!("0x555500001000: {GROW} ({}:12)", source.display()),
        format!("0x555500002000: {ALLOC} ({})", source.display()),
        "0x7FFF00001000: __libc_start_main (in /nowhere/libc.so.6)".to_owned(),
        "0x12345678: 0x12345678 (in ???)".to_owned(),
        CUT_OFF.to_owned(),
    ] {
        assert!(shown.iter().any(|text| text.contains(&frame)), "{frame}\n{text}");
    }
    assert!(
        text.contains("[blocks from before the window]: -128 bytes at t-gmax, -256 bytes at t-end"),
        "{text}"
    );
}

#[test]
fn a_profile_of_nothing_but_older_blocks_is_shown() {
    let Some(browser) = clients::browser() else { return };
    let older = profile(Path::new("names.rs")).older;
    let json = dhat_json(&Profile { older, ..Profile::default() }, "only older blocks");
    let Some(page) = page("dhat_older", &json) else { return };
    let shown = shown(&browser, &page);
    assert!(root(&shown[0]).join("\n").contains("At t-end:  -256 bytes (100%) in -2 blocks"), "{}", shown[0]);
}

#[test]
fn an_empty_profile_is_shown() {
    let Some(browser) = clients::browser() else { return };
    let Some(page) = page("dhat_empty", &dhat_json(&Profile::default(), "nothing")) else { return };
    let shown = shown(&browser, &page);
    assert!(
        root(&shown[0]).join("\n").contains("Total:     0 bytes (0%, 0/Mevents) in 0 blocks"),
        "{}",
        shown[0]
    );
}
