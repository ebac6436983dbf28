//! Reading what the tool says of call sites: the rows under a red metric, and places of the source by their comments.

use serde_json::Value;

use crate::finished::Finished;
use crate::support::Project;

/// One row of an explanation in the JSON report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) delta: i64,
    /// File and line, such as `app/src/lib.rs:3`; empty when they are not known.
    pub(crate) place: String,
    pub(crate) operation: String,
    /// The user's function, with generic arguments.
    pub(crate) function: String,
    pub(crate) through: Vec<String>,
    pub(crate) callers: Vec<String>,
    pub(crate) kind: String,
}

/// The place of a text that stands once in a file of the project, as reports show it: `app/src/lib.rs:3`.
#[track_caller]
pub(crate) fn place(project: &Project, file: &str, text: &str) -> String {
    let source = project.read(file);
    let lines: Vec<usize> =
        (1..).zip(source.lines()).filter(|(_, line)| line.contains(text)).map(|(number, _)| number).collect();
    let [line] = lines.as_slice() else { panic!("{text:?} is on {} lines of {file}", lines.len()) };
    format!("{file}:{line}")
}

/// What the JSON report says of the call sites of a benchmark; null when it says nothing.
#[track_caller]
pub(crate) fn sites<'a>(report: &'a Value, id: &str) -> &'a Value {
    let benchmarks = report["report"]["benchmarks"].as_array().unwrap();
    let benchmark = benchmarks.iter().find(|benchmark| benchmark["id"] == id);
    &benchmark.unwrap_or_else(|| panic!("{id} is not in {report:#}"))["sites"]
}

/// The explanation of a red metric.
#[track_caller]
pub(crate) fn explanation<'a>(report: &'a Value, id: &str, metric: &str) -> &'a Value {
    let sites = sites(report, id);
    let explanations = sites["explanations"].as_array().into_iter().flatten();
    explanations
        .into_iter()
        .find(|explanation| explanation["metric"] == metric)
        .unwrap_or_else(|| panic!("{metric} is not explained: {sites:#}"))
}

/// The rows of an explanation, in the order of the report.
#[track_caller]
pub(crate) fn rows(report: &Value, id: &str, metric: &str) -> Vec<Row> {
    let changes = explanation(report, id, metric)["changes"].as_array();
    changes.into_iter().flatten().map(row).collect()
}

/// The metrics that are explained.
pub(crate) fn explained_metrics<'a>(report: &'a Value, id: &str) -> Vec<&'a str> {
    let explanations = sites(report, id)["explanations"].as_array().into_iter().flatten();
    explanations.map(|explanation| explanation["metric"].as_str().unwrap()).collect()
}

/// A site as `explain` and the report write it in JSON.
pub(crate) fn row(site: &Value) -> Row {
    let functions = |key: &str| {
        let places = site[key].as_array().into_iter().flatten();
        places.map(|place| place["function"].as_str().unwrap().to_owned()).collect()
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Row {
        delta: site["delta"].as_i64().or(site["value"].as_i64()).unwrap(),
        place: shown_place(&site["place"]),
        operation: text(&site["operation"]),
        function: text(&site["place"]["function"]),
        through: functions("through"),
        callers: functions("callers"),
        kind: text(&site["kind"]),
    }
}

fn shown_place(place: &Value) -> String {
    match (place["file"].as_str(), place["line"].as_u64()) {
        (Some(file), Some(line)) => format!("{file}:{line}"),
        _ => String::new(),
    }
}

/// The lines about one metric of a benchmark in the terminal's report, without the headline.
#[track_caller]
pub(crate) fn terminal_lines<'a>(text: &'a str, id: &str, metric: &str) -> Vec<&'a str> {
    let headline = format!("{id}  {metric} ");
    let mut lines = text.lines();
    let found = lines.any(|line| line.starts_with(&headline) && line.ends_with(", by call site:"));
    assert!(found, "{headline}…, by call site: is not in\n{text}");
    lines.take_while(|line| line.starts_with("  ")).map(str::trim).collect()
}

/// The sites in Markdown at which one metric of a benchmark rose.
#[track_caller]
pub(crate) fn markdown_rows<'a>(text: &'a str, id: &str, metric: &str) -> Vec<&'a str> {
    let mut lines = text.lines();
    let id = format!("<code>{id}</code>");
    let found = lines.any(|line| line.starts_with("<details><summary>") && line.contains(&id));
    assert!(found, "<summary>{id} is not in\n{text}");
    let lines = lines.take_while(|line| *line != "</details>");
    lines.filter(|line| line.starts_with("- ") && line.contains(&format!(" {metric} **"))).collect()
}

/// `check` in all three formats: the terminal's text, Markdown and JSON.
pub(crate) struct Checked {
    pub(crate) terminal: String,
    pub(crate) markdown: String,
    pub(crate) json: Value,
}

/// Checks once, with all that there is to say, and asserts the exit code.
#[track_caller]
pub(crate) fn check(project: &Project, line: &str, code: i32) -> Checked {
    let outputs = format!("check --verbose {line} --output report.json --output report.md");
    let Finished { stdout, .. } = project.memgate(&outputs).exits(code);
    Checked {
        terminal: stdout,
        markdown: without_entities(&project.read("report.md")),
        json: serde_json::from_str(&project.read("report.json")).unwrap(),
    }
}

/// Markdown with its characters as they are shown.
pub(crate) fn without_entities(markdown: &str) -> String {
    let entity = |character: char| format!("&#{};", u32::from(character));
    "_*#~|[]!"
        .chars()
        .fold(markdown.to_owned(), |text, character| text.replace(&entity(character), &character.to_string()))
}

/// Asserts that every format names the same first row under a metric.
#[track_caller]
pub(crate) fn names_first(checked: &Checked, id: &str, metric: &str, delta: i64, place: &str) -> Row {
    let first = rows(&checked.json, id, metric).into_iter().next().unwrap();
    assert_eq!((first.delta, first.place.as_str()), (delta, place), "{:#}", sites(&checked.json, id));
    let line = terminal_lines(&checked.terminal, id, metric)[0];
    let words: Vec<&str> = line.split_whitespace().collect();
    assert!(words[0] == format!("{delta:+}") && words.contains(&place), "{line}");
    let rows = markdown_rows(&checked.markdown, id, metric);
    let is_named = |row: &&str| {
        row.starts_with(&format!("- `{place}` — ")) && row.contains(&format!(" {metric} **{delta:+}**"))
    };
    assert!(rows.iter().any(is_named), "{rows:#?}");
    first
}
