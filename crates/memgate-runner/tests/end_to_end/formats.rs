//! The formats of a report, where they go, and their colours.

use std::process::Stdio;

use quick_xml::events::Event;
use serde_json::Value;

use crate::dials;
use crate::finished::Finished;
use crate::support::Project;

/// One of every verdict that dials can make.
fn project(name: &str) -> Project {
    let project = dials::project_with_baseline(name, "same 1\nrises 1\nfalls 3\ngone 1\nbreaks 1\n");
    project.write(format!("{name}/dials"), "same 1\nrises 2\nfalls 1\nbreaks panic\nnew 1\n");
    project
}

/// A line up to ` in 0.3 s (build 1.2 s)`.
fn before_time(line: &str) -> &str {
    let is_time = |at: &usize| line[at + 4..].starts_with(|character: char| character.is_ascii_digit());
    line.match_indices(" in ").map(|(at, _)| at).find(is_time).map_or(line, |at| &line[..at])
}

#[test]
fn the_json_report_is_complete() {
    let project = project("formats");
    let outputs = "--output report.json --output report.md --output deep/er/report.xml --output terminal:report.out \
                   --output github-action-benchmark:gab.json --output bencher:bmf.json --output gitlab:quality.json";
    let shown = project.memgate(&format!("check --cold --verbose --format json {outputs}")).exits(101);
    assert_eq!(shown.stdout, project.read("report.json"));
    let formats = [
        ("markdown", "report.md"),
        ("junit", "deep/er/report.xml"),
        ("json", "report.json"),
        ("github-action-benchmark", "gab.json"),
        ("bencher", "bmf.json"),
        ("gitlab", "quality.json"),
        ("terminal", "report.out"),
    ];
    for (format, file) in formats {
        let again =
            project.memgate(&format!("report report.json --cold --verbose --format {format}")).exits(101);
        // When it took how long is of no interest to those who read it again.
        let without_time = |text: &str| match (format, text.find("\"timing\"")) {
            ("json", Some(_)) => {
                let mut json: Value = serde_json::from_str(text).unwrap();
                json["report"].as_object_mut().unwrap().remove("timing");
                json.to_string()
            }
            ("json", None) => serde_json::from_str::<Value>(text).unwrap().to_string(),
            _ => text.lines().map(before_time).collect::<Vec<_>>().join("\n"),
        };
        assert_eq!(without_time(&again.stdout), without_time(&project.read(file)), "{format}");
    }

    // What follows from the report is in it, too.
    let report = shown.report();
    let allocs = report.metric("formats/memory/rises", "allocs");
    assert_eq!((&allocs["base"], &allocs["head"]), (&1.into(), &2.into()));
    assert_eq!(allocs["limit"], serde_json::json!({"relative": 0, "absolute": 0}));
    assert!(report.target("memory")["environment"]["rustc"].is_string());
    assert_eq!(report.benchmark("formats/memory/same")["metrics"].as_array().unwrap().len(), 11);

    // A report that is compared with nothing has the outcome that it had.
    project.memgate("report report.json").exits(101);
    project.memgate("report report.json report.json").exits(101).complains("is in two of the files");
}

#[test]
fn every_format_is_well_formed() {
    let project = project("shapes");
    let check = |format: &str| project.memgate(&format!("check --format {format}")).exits(101).stdout;

    let markdown = check("markdown");
    assert!(
        markdown.starts_with(
            "## 🔴 Memory could not be measured: 1 of 6 benchmarks failed\n\n**1** failed · **1** regressed · "
        ),
        "{markdown}"
    );
    assert!(
        markdown.contains("limits: allocs any rise")
            && markdown.contains("| `shapes/memory/rises` | **+1**<br><sub>1\u{a0}→\u{a0}2</sub> |"),
        "{markdown}"
    );
    let renamed =
        "- 🟠 **missing** `shapes/memory/gone` looks renamed to `shapes/memory/new`: equal numbers\n";
    assert!(markdown.contains(renamed), "{markdown}");

    let junit = check("junit");
    let mut reader = quick_xml::Reader::from_str(&junit);
    let (mut cases, mut failures, mut errors) = (0, 0, 0);
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => break,
            Event::Start(element) | Event::Empty(element) => {
                for attribute in element.attributes() {
                    attribute.unwrap().normalized_value(quick_xml::XmlVersion::Implicit1_0).unwrap();
                }
                match element.name().as_ref() {
                    "testcase" => cases += 1,
                    "failure" => failures += 1,
                    "error" => errors += 1,
                    _ => {}
                }
            }
            _ => {}
        }
    }
    assert_eq!((cases, failures, errors), (6, 1, 2), "{junit}");
    assert!(
        junit.contains("<testsuites name=\"memgate\" tests=\"6\" failures=\"1\" errors=\"2\">"),
        "{junit}"
    );

    let entries: Value = serde_json::from_str(&check("github-action-benchmark")).unwrap();
    let entry = |name: &str| entries.as_array().unwrap().iter().find(|entry| entry["name"] == name).cloned();
    let rises = entry("shapes/memory/rises allocs").unwrap();
    assert_eq!((&rises["unit"], &rises["value"]), (&"calls".into(), &2.into()));
    assert_eq!(entry("shapes/memory/gone allocs"), None, "what was not measured has no value");

    let bencher: Value = serde_json::from_str(&check("bencher")).unwrap();
    assert_eq!(bencher["shapes/memory/rises"]["allocs"], serde_json::json!({"value": 2}));
    assert_eq!(bencher["shapes/memory/new"]["total_bytes"], serde_json::json!({"value": 64}));
    assert_eq!(bencher.get("shapes/memory/breaks"), None);
}

#[test]
fn a_wrong_output_is_found_before_anything_is_measured() {
    let project = dials::project("outputs", "first 1\n");
    project.memgate("check --output report").exits(2).complains(
        "--output report: no format follows from this name; write FORMAT:PATH, such as markdown:report",
    );
    project.memgate("check --format yaml").exits(2).complains("possible values");
    project.write("file", "");
    project
        .memgate("check --output file/report.json")
        .exits(101)
        .complains("failed to write file/report.json");
    for (text, problem) in [
        ("", "it is empty"),
        ("{}", "it is not a memgate run"),
        ("{\"kind\": \"memgate report\", \"schema\": 12}", "it has schema 12, written by a newer memgate"),
        ("{\"kind\": \"memgate run\", \"schema\": 1}", "missing field `run`"),
        ("{\"kind\": \"other\", \"schema\": 1}", "it is not a memgate run"),
    ] {
        project.write("file", text);
        project.memgate("report file").exits(101).complains("failed to read file: ").complains(problem);
        project.memgate("update --from file").exits(101).complains("failed to read file: ");
    }
    project.memgate("report absent").exits(101).complains("failed to read absent");
}

#[test]
fn colours_are_for_those_who_want_them() {
    let project = project("colours");
    let is_coloured = |line: &str, variables: &[(&str, &str)]| {
        let mut command = project.tool();
        command.arg("check").args(line.split_whitespace()).envs(variables.iter().copied());
        Finished::of(&mut command).exits(101).stdout.contains('\u{1b}')
    };
    assert!(!is_coloured("", &[]), "a pipe is no terminal");
    assert!(is_coloured("--color always", &[]));
    assert!(is_coloured("--color always", &[("NO_COLOR", "1")]), "what is asked for wins");
    assert!(is_coloured("", &[("CARGO_TERM_COLOR", "always")]));
    assert!(!is_coloured("", &[("CARGO_TERM_COLOR", "always"), ("NO_COLOR", "1")]));
    assert!(is_coloured("", &[("CARGO_TERM_COLOR", "always"), ("NO_COLOR", "")]), "empty is not set");
    assert!(!is_coloured("--color never", &[("CARGO_TERM_COLOR", "always")]));
    assert!(!is_coloured("--color always --format json", &[]), "colours are for people");
    assert!(!is_coloured("--color always --format markdown", &[]));
    project.memgate("check --color always --output terminal:report").exits(101);
    assert!(!project.read("report").contains('\u{1b}'), "a file is no terminal");
}

#[test]
fn quiet_is_quiet_and_a_closed_pipe_is_no_error() {
    let project = dials::project_with_baseline("pipes", "first 1\n");
    let quiet = project.memgate("check --quiet").exits(0).says("1 ok");
    assert_eq!(quiet.stderr, "");
    project.memgate("run --output run.json").exits(0);
    for line in ["check --verbose", "list", "run", "report run.json", "help", "help metrics", "update"] {
        let mut command = project.tool();
        command
            .args(line.split_whitespace())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // As `head` does when it has seen enough.
        drop(child.stdout.take());
        let finished = Finished::from(child.wait_with_output().unwrap()).exits(0);
        assert!(!finished.stderr.contains("panicked"), "{finished:#?}");
    }
}
