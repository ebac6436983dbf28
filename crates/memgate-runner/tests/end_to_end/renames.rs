//! Benchmarks, bench targets and packages that get other names: recognised, moved, and followed by the history.

use serde_json::Value;

use crate::commits::History;
use crate::dials;
use crate::support::{Package, Project};

const LIBRARY: &str = "\
pub struct Node(pub Vec<Node>);

pub fn tree(depth: usize) -> Box<Node> {
    Box::new(Node(children(depth)))
}

pub fn children(depth: usize) -> Vec<Node> {
    (0..depth.min(3)).map(|_| Node(children(depth - 1))).collect()
}

pub fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}
";

const BENCH: &str = "\
fn tree(b: memgate::Bencher) {
    b.bench(|| renamed_sites::tree(3));
}

fn words(b: memgate::Bencher) {
    b.bench(|| renamed_sites::words(\"a b c d\"));
}

memgate::main! { tree, words }
";

#[test]
fn a_benchmark_goes_on_under_another_name() {
    let project = dials::project("renamed", "alpha 10\nsort/10 3\nsort/99 7\nstays 1\n");
    project.write(".gitignore", "*.json\n!baselines/**\n");
    project.memgate("update").exits(0);
    let mut history = History::of(project);
    history.commit("begin");
    history.project.memgate("history record").exits(0);

    let project = &history.project;
    project.write("renamed/dials", "omega 10\norder/10 3\norder/99 7\nstays 1\n");
    project
        .memgate("check")
        .exits(104)
        .says("missing  renamed/memory/alpha looks renamed to renamed/memory/omega: equal numbers\n")
        .says("missing  renamed/memory/sort looks renamed to renamed/memory/order: equal numbers of 2 benchmarks\n")
        .says("update --rename renamed/memory/sort renamed/memory/order --rename renamed/memory/alpha renamed/memory/omega")
        .never_says("drop what is gone");
    let report = project.memgate("check --format json").exits(104).json();
    let renames = report["report"]["renames"].as_array().unwrap();
    assert_eq!(renames.len(), 3);
    assert_eq!(
        (&renames[0]["from"][0], &renames[0]["by"]),
        (&"renamed/memory/alpha".into(), &"numbers".into())
    );

    let before = project.baselines();
    let refused = |line: &str, said: &str| drop(project.memgate(line).exits(2).complains(said));
    refused(
        "update --rename renamed/memory/alpa renamed/memory/omega",
        "no baseline has the benchmark `renamed/memory/alpa`",
    );
    refused(
        "update --rename renamed/memory/alpha renamed/memory/stays",
        "`renamed/memory/stays` has a baseline on",
    );
    refused(
        "update --rename renamed/memory/alpha renamed/memory",
        "can't become the bench target `renamed/memory`",
    );
    refused("update --rename renamed/memory/alpha renamed/memory/alpha", "is both the old and the new name");
    refused("update --rename renamed/memory/alpha", "2 values required");
    refused("update --all --rename renamed/memory/alpha renamed/memory/omega", "cannot be used with");
    let line = "update --rename renamed/memory/sort renamed/memory/order --rename renamed/memory/alpha renamed/memory/omega";
    project
        .memgate(&format!("{line} --dry-run"))
        .exits(0)
        .says("renamed renamed/memory/sort/10 → renamed/memory/order/10\n")
        .says("nothing was written");
    assert_eq!(project.baselines(), before);
    project
        .memgate(line)
        .exits(0)
        .says("renamed renamed/memory/alpha → renamed/memory/omega\n")
        .says("3 benchmarks on");
    assert!(
        project
            .read("baselines/renames.json")
            .contains("{ \"from\": \"renamed/memory/sort/99\", \"to\": \"renamed/memory/order/99\" }")
    );
    let sites = project.baseline_path("renamed", "memory").with_extension("sites.json");
    assert!(project.read(sites).contains("\"omega\""));
    project.memgate("check --strict").exits(0).never_says("renamed");
    project.memgate("update").exits(0).says("baselines are up to date");

    let rename = history.commit("Other names").to_string();
    let project = &history.project;
    project
        .memgate("check --base HEAD~1")
        .exits(0)
        .says("renamed: renamed/memory/alpha → renamed/memory/omega")
        .never_says("no baseline any more");
    project.memgate("history record").exits(0);
    project.write("renamed/dials", "omega 12\norder/10 3\norder/99 7\nstays 1\n");
    history.commit("Two more");
    let project = &history.project;
    project.memgate("history record").exits(0);
    project
        .memgate("history show --metric allocs omega")
        .exits(0)
        .says("renamed/memory/omega")
        .says(&format!("  renamed/memory/alpha until {} Other names\n", &rename[..10]))
        .says("10 → 12 (+20.0 %)")
        .says("3 of 3 commits have a record.");
    let trends = project.memgate("history show --metric allocs -v --format json").exits(0).json();
    let series = trends["series"].as_array().unwrap();
    let names: Vec<&str> = series.iter().map(|series| series["id"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "renamed/memory/omega",
            "renamed/memory/order/10",
            "renamed/memory/order/99",
            "renamed/memory/stays"
        ]
    );
    assert!(series.iter().all(|series| series["points"].as_array().unwrap().len() == 3));
    assert_eq!(series[0]["former_names"], serde_json::json!([{ "id": "renamed/memory/alpha", "until": 1 }]));
    assert_eq!(trends["schema"], 2);
    project.memgate("history html --metric allocs --output page.html").exits(0);
    let page = project.read("page.html");
    assert_eq!(page.matches("\"formerly\":[[1,\"renamed/memory/alpha\"]]").count(), 1);
    project.memgate("history check").exits(0).says("0 found");
}

#[test]
fn a_bench_target_and_a_package_go_on_under_other_names() {
    let project = dials::project("renamedpart", "alpha 10\nbeta 10\nnothing 0\n");
    project.memgate("update").exits(0);
    let mut history = History::of(project);
    history.commit("begin");
    history.project.memgate("history record").exits(0);
    let project = &history.project;
    let source = project.read("renamedpart/benches/memory.rs");
    project.write("renamedpart/benches/heap.rs", source);
    std::fs::remove_file(project.path("renamedpart/benches/memory.rs")).unwrap();
    project.replace("renamedpart/Cargo.toml", "\"memory\"", "\"heap\"");
    project
        .memgate("check")
        .exits(104)
        .says(
            "missing  renamedpart/memory looks renamed to renamedpart/heap: equal numbers of 3 benchmarks\n",
        )
        .says("update --rename renamedpart/memory renamedpart/heap\n");
    project.memgate("update --rename renamedpart/memory renamedpart/heap").exits(0);
    project.memgate("check --strict").exits(0);
    assert!(!project.baselines().keys().any(|path| path.ends_with("memory.json")));
    history.commit("Another target");
    let project = &history.project;
    project.memgate("history record").exits(0);

    project.replace("renamedpart/Cargo.toml", "name = \"renamedpart\"", "name = \"newpart\"");
    project
        .memgate("check")
        .exits(104)
        .says("missing  renamedpart looks renamed to newpart: equal numbers of 3 benchmarks\n")
        .says("update --rename renamedpart newpart\n");
    project.memgate("update --rename renamdpart newpart").exits(2).complains("did you mean `renamedpart`?");
    project.memgate("update --rename renamedpart newpart").exits(0);
    project.memgate("check --strict").exits(0);
    history.commit("Another package");
    let project = &history.project;
    project.memgate("history record").exits(0);
    let trends = project.memgate("history show --metric allocs -v --format json").exits(0).json();
    let series = trends["series"].as_array().unwrap();
    let points = |series: &Value| series["points"].as_array().unwrap().len();
    let names: Vec<(&str, usize)> =
        series.iter().map(|series| (series["id"].as_str().unwrap(), points(series))).collect();
    assert_eq!(names, [("newpart/heap/alpha", 3), ("newpart/heap/beta", 3), ("newpart/heap/nothing", 3)]);
    assert_eq!(
        series[0]["former_names"],
        serde_json::json!([{ "id": "renamedpart/memory/alpha", "until": 1 }, { "id": "renamedpart/heap/alpha", "until": 2 }])
    );
}

#[test]
fn a_benchmark_with_other_numbers_is_known_by_where_it_allocates() {
    let package = Package::new("renamed_sites").bench("memory", BENCH).file("src/lib.rs", LIBRARY);
    let project = Project::new("renamed-sites", [package]);
    project.memgate("update").exits(0);
    project.replace("renamed_sites/benches/memory.rs", "fn tree", "fn forest");
    project.replace("renamed_sites/benches/memory.rs", "{ tree,", "{ forest,");
    project.replace("renamed_sites/benches/memory.rs", "tree(3)", "tree(4)");
    project
        .memgate("check")
        .exits(104)
        .says("renamed_sites/memory/tree looks renamed to renamed_sites/memory/forest: the same call sites, with other numbers (");
    project.memgate("update --rename renamed_sites/memory/tree renamed_sites/memory/forest").exits(0);
    // Under its new name it is held to what it was.
    project.memgate("check").exits(100).says("renamed_sites/memory/forest");
}

#[test]
fn an_update_that_came_first_leaves_the_history_to_be_joined() {
    let project = dials::project("renamedlate", "alpha 10\nbeta 20\n");
    project.memgate("update").exits(0);
    let mut history = History::of(project);
    history.commit("begin");
    history.project.memgate("history record").exits(0);
    history.project.write("renamedlate/dials", "alpha 10\ngamma 20\n");
    history.project.memgate("update").exits(0).says(
        "renamedlate/memory/beta looks renamed to renamedlate/memory/gamma: `cargo memgate update --rename",
    );
    history
        .project
        .memgate("update --rename renamedlate/memory/beta renamedlate/memory/gamma")
        .exits(0)
        .says("the history goes on under it");
    history.commit("Another name");
    let project = &history.project;
    project.memgate("history record").exits(0);
    let trends = project.memgate("history show --metric allocs -v --format json gamma").exits(0).json();
    assert_eq!(trends["series"][0]["points"].as_array().unwrap().len(), 2);
}

#[test]
fn what_could_be_several_is_not_guessed() {
    let project = dials::project_with_baseline("renamedtwice", "alpha 10\nstays 1\n");
    project.write("renamedtwice/dials", "beta 10\ngamma/x 10\nstays 1\n");
    // One part of its name is another in `beta`, and two in `gamma/x`.
    project
        .memgate("check")
        .exits(104)
        .says("renamedtwice/memory/alpha looks renamed to renamedtwice/memory/beta");
    project.write("renamedtwice/dials", "beta 10\ngamma 10\nstays 1\n");
    project
        .memgate("check")
        .exits(104)
        .says("renamedtwice/memory/alpha may be one of renamedtwice/memory/beta and renamedtwice/memory/gamma under another name")
        .says("update --rename OLD NEW");
}
