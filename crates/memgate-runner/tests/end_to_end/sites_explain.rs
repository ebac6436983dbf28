//! `explain`: tables that sum to the metrics, files that other tools read, and what it refuses.

use memgate_protocol::Unit;
use memgate_protocol::units::exact;
use serde_json::Value;

use crate::clients;
use crate::clients::dhat_viewer;
use crate::sites_shown::{Row, place, row};
use crate::support::{Package, Project};
#[cfg(target_os = "linux")]
use crate::terminal::open_terminal;

const LIBRARY: &str = "
pub struct Table<T> {
    rows: Vec<T>,
}

impl<T: Clone> Table<T> {
    pub fn filled(row: &T, count: usize) -> Self {
        let mut rows = Vec::new();
        for _ in 0..count {
            rows.push(row.clone()); // a row
        }
        Self { rows }
    }

    pub fn length(&self) -> usize {
        self.rows.len()
    }
}

pub fn mapped<T>(count: usize, make: impl Fn(usize) -> T) -> Vec<T> {
    (0..count).map(|index| make(index)).collect()
}
";

const BENCH: &str = "
use memgate::Bencher;

fn table(bencher: Bencher) {
    bencher.with_inputs(|| \"row\".to_owned()).bench_values(|row| shapes::Table::filled(&row, 100));
}

fn map(bencher: Bencher) {
    bencher.bench(|| shapes::mapped(20, |index| vec![index as u16; index + 1]));
}

memgate::main! { table, map }
";

const METRICS: [&str; 6] =
    ["peak_bytes", "total_bytes", "allocs", "reallocs", "retained_bytes", "leaked_bytes"];

/// The project, its package and its crate have one name: two packages of a name would share what is built.
struct Shapes {
    project: Project,
    name: &'static str,
}

impl Shapes {
    fn new(name: &'static str) -> Self {
        let bench = BENCH.replace("shapes::", &format!("{name}::"));
        let package = Package::new(name).file("src/lib.rs", LIBRARY).bench("memory", &bench);
        let project = Project::new(name, [package]);
        project.memgate("update").exits(0);
        Self { project, name }
    }

    /// The full name of a function that is generic.
    fn filled(&self) -> String {
        format!("<{}::Table<alloc::string::String>>::filled", self.name)
    }

    /// What is committed of a metric.
    fn committed(&self, benchmark: &str, metric: &str) -> i64 {
        let text = self.project.read(self.project.baseline_path(self.name, "memory"));
        let baseline: Value = serde_json::from_str(&text).unwrap();
        baseline["benchmarks"][benchmark][metric].as_i64().unwrap_or_default()
    }
}

/// The sites of a metric in JSON, whose sum is checked.
#[track_caller]
fn sites(explained: &Value, metric: &str) -> (i64, Vec<Row>) {
    let metrics = explained["benchmarks"][0]["metrics"].as_array().unwrap();
    let found = metrics.iter().find(|found| found["metric"] == metric).unwrap();
    let rows: Vec<Row> = found["sites"].as_array().unwrap().iter().map(row).collect();
    let rest = ["older_blocks", "beyond_limit"].map(|key| found[key].as_i64().unwrap());
    let head = found["head"].as_i64().unwrap();
    let sum = rows.iter().map(|row| row.delta).sum::<i64>() + rest.iter().sum::<i64>();
    assert_eq!(sum, head, "{metric}: {found:#}");
    assert_eq!(found["difference"]["changes"], Value::Array(Vec::new()), "{found:#}");
    (head, rows)
}

#[test]
fn tables_sum_to_the_metrics() {
    let shapes = Shapes::new("explained");
    let project = &shapes.project;
    // A cold window has no leaks: those are what grows from iteration to iteration.
    let cold = METRICS.map(|metric| format!("--metric cold.{metric}"))[..5].join(" ");
    let all = METRICS.map(|metric| format!("--metric {metric}")).join(" ") + " " + &cold;
    for name in ["table", "map"] {
        let line = format!("explain --exact explained/memory/{name} --format json {all}");
        let explained = project.memgate(&line).exits(0).json();
        assert_eq!(explained["kind"], "memgate explanation");
        for metric in METRICS {
            let (head, rows) = sites_of_both(&explained, metric);
            assert_eq!(head, shapes.committed(name, metric), "{name} {metric}");
            assert!(rows.is_sorted_by_key(|row| std::cmp::Reverse(row.delta)));
        }
    }
    let explained = project.memgate("explain --exact table --metric allocs --format json").exits(0).json();
    let (_, rows) = sites(&explained, "allocs");
    let cloned = rows.iter().find(|row| row.operation == "String::clone").unwrap();
    assert_eq!(cloned.delta, 100);
    assert_eq!(cloned.place, place(project, "explained/src/lib.rs", "// a row"));
    assert_eq!(cloned.function, shapes.filled());
    assert_eq!(cloned.callers, ["memory::table::{closure#1}"]);

    let table =
        |options: &str| project.memgate(&format!("explain explained/memory/table {options}")).exits(0);
    // Nothing differs, so it is the peak that is shown.
    table("").says("explained/memory/table  peak_bytes ").says("no call site differs from the baseline");
    table("--metric allocs")
        .says("String::clone in explained::Table::filled")
        .says("← memory::table::{closure#1}  explained/benches/memory.rs:5")
        .never_says("more call site");
    table("--metric allocs --top 1")
        .says("at 1 more call site")
        .says("String::clone")
        .never_says("Vec::push");
    table("--metric allocs --callers 0").says("String::clone").never_says("←");
    table("--metric allocs --full-names").says(&format!("String::clone in {}", shapes.filled()));
    // Several benchmarks and metrics, one table after the other.
    let several = project.memgate("explain explained --metric allocs --metric total_bytes").exits(0);
    let headlines: Vec<&str> = several.lines().into_iter().filter(|line| line.contains(" at ")).collect();
    assert_eq!(headlines.len(), 4, "{headlines:#?}");
}

/// Of cold windows too, of which no sites are committed to be different from.
fn sites_of_both(explained: &Value, metric: &str) -> (i64, Vec<Row>) {
    let metrics = explained["benchmarks"][0]["metrics"].as_array().unwrap();
    for cold in metrics.iter().filter(|found| found["metric"] == format!("cold.{metric}")) {
        let values = cold["sites"].as_array().unwrap().iter().map(|site| site["value"].as_i64().unwrap());
        let rest = ["older_blocks", "beyond_limit"].map(|key| cold[key].as_i64().unwrap());
        assert_eq!(Some(values.chain(rest).sum()), cold["head"].as_i64(), "{cold:#}");
    }
    sites(explained, metric)
}

#[test]
fn what_can_not_be_asked_is_a_usage_error() {
    let shapes = Shapes::new("misasked");
    let project = &shapes.project;
    let refuses = |line: &str, problem: &str| {
        project.memgate(line).exits(2).complains(problem);
        assert!(!project.path("x").exists(), "{line}");
    };
    refuses("explain --pprof x", "which benchmark is it to be of? `cargo memgate list` has them");
    refuses("explain tabel", "no benchmark matches `tabel`; the nearest are:\n    misasked/memory/table");
    refuses(
        "explain misasked --pprof x",
        "a file is about one benchmark, and 2 are selected; name one of them:",
    );
    refuses("explain misasked --folded x", "2 are selected");
    refuses("explain table --engine dhat", "--engine dhat writes a file: say where, with --dhat PATH");
    refuses("explain table --metric alocs", "alocs");
    let committed = project.baseline_path("misasked", "memory").with_extension("sites.json");
    std::fs::remove_file(project.path(committed)).unwrap();
    refuses(
        "explain table --difference-flamegraph x",
        "the baseline has no call sites of misasked/memory/table; `update` records them",
    );
    project
        .memgate("explain table --metric allocs")
        .exits(0)
        .says("  the baseline has 101, and no call sites: `update` records them");
}

#[test]
fn other_tools_read_the_files() {
    let shapes = Shapes::new("exported");
    let project = &shapes.project;
    let value = |metric: &str| shapes.committed("table", metric);
    let filled = shapes.filled();
    project
        .memgate(
            "explain --exact table --metric allocs --pprof out/table.pb.gz --dhat out/table.dhat.json --folded \
             out/table.folded --flamegraph out/table.svg --difference-flamegraph out/difference.svg",
        )
        .exits(0);
    let folded = project.read("out/table.folded");
    let values = folded.lines().map(|line| line.rsplit_once(' ').unwrap().1.parse::<i64>().unwrap());
    assert_eq!(values.sum::<i64>(), value("allocs"), "{folded}");
    assert!(folded.contains(&filled), "{folded}");
    for picture in ["out/table.svg", "out/difference.svg"] {
        assert!(project.read(picture).contains("<svg"), "{picture}");
    }
    assert!(project.read("out/table.svg").contains(&format!(">allocs: {} allocations<", value("allocs"))));

    if let Some(browser) = clients::browser()
        && let Some(page) = dhat_viewer::page("explained_table", &project.read("out/table.dhat.json"))
    {
        let shown = dhat_viewer::shown(&browser, &page);
        let root = dhat_viewer::root(&shown[0]).join("\n");
        let count = |metric| exact(value(metric), Unit::Count);
        let total = format!("Total:     {} bytes (100%, ", count("total_bytes"));
        assert!(root.contains(&total), "{root}");
        assert!(root.contains(&format!(" in {} blocks (100%, ", count("allocs"))), "{root}");
        assert!(root.contains(&format!("At t-gmax: {} bytes (100%)", count("peak_bytes"))), "{root}");
        assert!(root.contains(&format!("At t-end:  {} bytes (100%)", count("retained_bytes"))), "{root}");
        assert!(shown.iter().any(|text| text.contains(&filled)), "{}", shown[0]);
    }

    let Some(go) = clients::go_pprof() else { return };
    let end = project.path("out/table.pb.gz");
    let end = end.to_str().unwrap();
    let peak = project.path("out/table.peak.pb.gz");
    let all = ["-top", "-nodefraction=0", "-unit=B", "-symbolize=none"];
    let flat = |sample_index: &str, file: &str| -> (i64, String) {
        let index = format!("-sample_index={sample_index}");
        let text = clients::pprof(&go, &[all.as_slice(), &[index.as_str(), file]].concat());
        let rows = text.lines().skip_while(|line| !line.trim_start().starts_with("flat ")).skip(1);
        let flat = rows.map(|row| row.split_whitespace().next().unwrap().trim_end_matches('B').to_owned());
        (flat.map(|value| value.parse::<i64>().unwrap()).sum(), text)
    };
    let (sum, text) = flat("alloc_objects", end);
    assert_eq!(sum, value("allocs"), "{text}");
    for name in [filled.as_str(), "memory::table::{closure#1}"] {
        assert!(text.contains(name), "{name}:\n{text}");
    }
    assert!(!text.contains("::push"), "the user's functions are innermost:\n{text}");
    assert_eq!(flat("alloc_space", end).0, value("total_bytes"));
    assert_eq!(flat("inuse_space", end).0, value("retained_bytes"));
    assert_eq!(flat("inuse_space", peak.to_str().unwrap()).0, value("peak_bytes"));

    let sources = format!("-source_path={}", project.path("").display());
    let list = clients::pprof(&go, &["-list=Table.*filled", "-sample_index=alloc_objects", &sources, end]);
    let line = list.lines().find(|line| line.contains("// a row")).unwrap_or_else(|| panic!("{list}"));
    let values: Vec<&str> = line.split_whitespace().take(2).collect();
    assert_eq!(values.last(), Some(&value("allocs").to_string().as_str()), "{list}");

    // The other benchmark is not in the file.
    assert!(!text.contains("exported::mapped"), "{text}");
}

#[test]
fn dhat_writes_its_own_file() {
    let shapes = Shapes::new("recorded_by_dhat");
    let project = &shapes.project;
    project
        .memgate("explain --exact map --engine dhat --dhat out/own.json")
        .exits(0)
        .says("dhat's own file is");
    let file: Value = serde_json::from_str(&project.read("out/own.json")).unwrap();
    assert_eq!(file["dhatFileVersion"], 2);
    let points = file["pps"].as_array().unwrap();
    let blocks: i64 = points.iter().map(|point| point["tbk"].as_i64().unwrap()).sum();
    assert!(blocks >= shapes.committed("map", "allocs"), "{blocks}");
    let frames = file["ftbl"].to_string();
    assert!(frames.contains("recorded_by_dhat::mapped"), "{frames}");
}

/// What a terminal of so many columns shows.
#[cfg(target_os = "linux")]
fn shown_at(project: &Project, columns: u16, line: &str) -> String {
    use std::io::Read;

    use rustix::termios::{Winsize, tcsetwinsize};

    let (mut user, tool) = open_terminal();
    tcsetwinsize(&user, Winsize { ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    let mut command = project.tool();
    command.args(line.split(' ')).stdout(tool);
    let reader = std::thread::spawn(move || {
        let mut shown = Vec::new();
        let mut part = [0; 4096];
        // A terminal that nobody has open any more is an error to read from.
        while let Ok(length @ 1..) = user.read(&mut part) {
            shown.extend_from_slice(&part[..length]);
        }
        String::from_utf8(shown).unwrap()
    });
    assert!(command.output().unwrap().status.success());
    drop(command);
    reader.join().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn it_is_as_wide_as_the_terminal() {
    let shapes = Shapes::new("wide");
    let whole = shapes.project.memgate("explain table --metric allocs --callers 8").exits(0);
    let widest = whole.stdout.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(widest > 60, "{}", whole.stdout);
    for columns in [40, 60] {
        let line = "explain table --metric allocs --callers 8 --color never";
        let shown = shown_at(&shapes.project, columns, line);
        assert!(shown.split_whitespace().eq(whole.stdout.split_whitespace()), "{shown}");
        for line in shown.lines() {
            let is_one_word = line.split_whitespace().count() <= 1;
            assert!(line.chars().count() <= usize::from(columns) || is_one_word, "{line}");
        }
    }
}
