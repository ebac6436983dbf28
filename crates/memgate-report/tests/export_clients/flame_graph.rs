//! Flame graphs in a browser: numbers with units, and a search that works.

use std::path::{Path, PathBuf};

use memgate_protocol::Metric;
use memgate_report::export::{difference_flame_graph, flame_graph, named_stacks};
use memgate_report::sites::Profile;

use crate::clients;
use crate::profile::{GROW, MAIN, profile};

/// Searches as Ctrl-F does, without its question for the words: the document then says what was found.
const SEARCH: &str = r#"<script>
window.addEventListener("load", () => search("names::grow"));
</script></svg>"#;

/// Writes a picture as it is, and one that searches.
fn written(folder: &str, svg: &str) -> PathBuf {
    let folder = clients::folder(folder);
    std::fs::write(folder.join("flame_graph.svg"), svg).unwrap();
    let page = folder.join("searching.svg");
    let end = svg.rfind("</svg>").unwrap();
    std::fs::write(&page, format!("{}{SEARCH}", &svg[..end])).unwrap();
    page
}

/// The colours of frames, by the beginning of their titles.
fn colour(svg: &str, name: &str) -> [u8; 3] {
    let frame = svg.split("<title>").find(|rest| clients::unescaped(rest).starts_with(name)).unwrap();
    let colour = frame.split("fill=\"rgb(").nth(1).unwrap().split(')').next().unwrap();
    let parts: Vec<u8> = colour.split(',').map(|part| part.parse().unwrap()).collect();
    parts.try_into().unwrap()
}

#[test]
fn a_browser_shows_and_searches_it() {
    let Some(browser) = clients::browser() else { return };
    let profile = profile(Path::new("names.rs"));
    let svg = flame_graph(&profile, Metric::PeakBytes, "package/target/name").unwrap();
    let dom = clients::unescaped(&clients::dom(&browser, &written("flame_graph", &svg)));
    // The rows above zero sum to 4,228; the subtitle names the other one.
    assert!(dom.contains("<title>names::grow::<[u8: 8]> (3,000 bytes, 70.96%)</title>"), "{dom}");
    assert!(dom.contains("<title>all (4,228 bytes, 100%)</title>"), "{dom}");
    assert!(
        dom.contains(
            ">peak_bytes: 4,100 bytes (4,228 bytes shown, without -128 bytes of blocks from before the window)<"
        ),
        "{dom}"
    );
    assert!(dom.contains(">package/target/name<"), "{dom}");
    // (3,000 + 600) / 4,228
    assert!(dom.contains("Matched: 85.1%"), "{dom}");
    assert!(dom.contains("rgb(230,0,230)"), "{dom}");
}

#[test]
fn a_difference_is_red_and_blue() {
    let base = profile(Path::new("names.rs"));
    let mut head = base.clone();
    head.stacks[1].numbers.allocs += 17;
    head.stacks[2].numbers.allocs -= 1;
    head.stacks.truncate(4);
    let stacks = |profile: &Profile| named_stacks(profile, Metric::Allocs);
    let svg = difference_flame_graph(&stacks(&base), &stacks(&head), Metric::Allocs, "package/target/name")
        .unwrap();

    let [red, green, blue] =
        colour(&svg, "alloc::vec::Vec<alloc::string::String, alloc::alloc::Global>::push (20 ");
    assert!(red == 255 && green < 150 && blue == green, "{red} {green} {blue}");
    let [red, green, blue] = colour(&svg, "<names::A as core::alloc::global::GlobalAlloc>::alloc (1 ");
    assert!(blue == 255 && red < 250 && red == green, "{red} {green} {blue}");
    let unchanged = colour(&svg, &format!("{MAIN} ("));
    assert_eq!(unchanged, [250; 3]);

    let Some(browser) = clients::browser() else { return };
    let dom = clients::unescaped(&clients::dom(&browser, &written("difference_flame_graph", &svg)));
    let subtitle = ">allocs: 52 → 67 allocations. Width: head. Innermost frames: red grew, blue shrank. Not shown: 1 allocation that head does not have<";
    assert!(dom.contains(subtitle), "{dom}");
    assert!(
        dom.contains(&format!("<title>{} (20 allocations, 29.85%; 0.00%)</title>", GROW.replace(';', ":"))),
        "{dom}"
    );
    assert!(dom.contains("Matched: 89.6%"), "{dom}");
}

#[test]
fn a_browser_shows_that_there_is_nothing() {
    let svg = flame_graph(&Profile::default(), Metric::LeakedBytes, "package/target/<name>").unwrap();
    let Some(browser) = clients::browser() else { return };
    let page = clients::folder("nothing").join("flame_graph.svg");
    std::fs::write(&page, svg).unwrap();
    let dom = clients::unescaped(&clients::dom(&browser, &page));
    for text in [">package/target/<name><", ">leaked_bytes: 0 bytes<", ">There is nothing to show.<"] {
        assert!(dom.contains(text), "{dom}");
    }
    assert!(!dom.contains("parsererror"), "{dom}");
}
