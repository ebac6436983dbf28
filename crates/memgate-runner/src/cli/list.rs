//! `list`: the ids.

use std::collections::BTreeSet;
use std::io::IsTerminal;

use memgate_report::format::{visible, visible_json};
use memgate_report::model::{BenchTargetRun, BenchmarkId};

use super::arguments::MeasureArguments;
use super::output::write_stdout;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::process::Interrupt;
use crate::session::{Project, say_gaps, selected_part};

/// List the benchmarks.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ListArguments {
    #[command(flatten)]
    measure: MeasureArguments,
    /// How to print [default: a tree on a terminal, one id a line elsewhere]
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = "Output")]
    format: Option<ListFormat>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum ListFormat {
    /// Packages, their bench targets, their benchmarks
    Tree,
    /// One id a line
    Lines,
    /// An array of ids
    Json,
}

pub(super) fn list(arguments: &ListArguments, command: &str) -> Result<ExitCode, Error> {
    let request = arguments.measure.request()?;
    let selection = &request.selection;
    let project = Project::load(&request)?;
    let options = request.options(&project.config);
    let listed = project.list_selected(&request, &options, &Interrupt::listen(), command)?;
    let default = if std::io::stdout().is_terminal() { ListFormat::Tree } else { ListFormat::Lines };
    let selected = selected_part(&listed.parts, selection, request.partition);
    let text = match arguments.format.unwrap_or(default) {
        ListFormat::Tree => tree(&listed.parts, &selected),
        ListFormat::Lines => ids(&listed.parts, &selected).iter().map(|id| format!("{id}\n")).collect(),
        ListFormat::Json => {
            visible_json(format!("{:#}\n", serde_json::Value::from(ids(&listed.parts, &selected))))
        }
    };
    write_stdout(&text)?;
    say_gaps(&listed.left_out, selection);
    let mut code = ExitCode::Passed;
    for part in &listed.parts {
        if let Some(failure) = &part.failure {
            code = ExitCode::Failed;
            let line = format!(
                "error: failed to list {}/{}: {}\n",
                part.package, part.bench_target, failure.message
            );
            // With standard error closed, the exit code still tells.
            drop(std::io::Write::write_all(&mut anstream::stderr(), visible(&line, false).as_bytes()));
        }
    }
    Ok(code)
}

fn ids(parts: &[BenchTargetRun], selected: &BTreeSet<BenchmarkId>) -> Vec<String> {
    let all = parts.iter().flat_map(|part| part.declared.iter().map(|name| part.id(name)));
    all.filter(|id| selected.contains(id)).map(|id| id.to_string()).collect()
}

fn tree(parts: &[BenchTargetRun], selected: &BTreeSet<BenchmarkId>) -> String {
    let mut text = String::new();
    let mut package = "";
    for part in parts {
        let names: Vec<&String> =
            part.declared.iter().filter(|name| selected.contains(&part.id(name))).collect();
        if names.is_empty() {
            continue;
        }
        if part.package != package {
            package = &part.package;
            text += &format!("{package}\n");
        }
        text += &format!("  {}\n", part.bench_target);
        for (index, name) in names.iter().enumerate() {
            let branch = if index + 1 == names.len() { "└" } else { "├" };
            text += &format!("  {branch} {name}\n");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use memgate_report::model::Selection;

    use super::*;

    #[test]
    fn a_tree_shows_each_package_once() {
        let part = |bench_target: &str, declared: &[&str]| BenchTargetRun {
            package: "p".into(),
            bench_target: bench_target.into(),
            environment: None,
            failure: None,
            declared: declared.iter().map(|name| (*name).into()).collect(),
            results: std::collections::BTreeMap::new(),
            sites: std::collections::BTreeMap::new(),
            package_features: None,
        };
        let parts = [part("a", &["x", "y/1"]), part("b", &["z"])];
        let tree_of = |selection: Selection| tree(&parts, &selected_part(&parts, &selection, None));
        assert_eq!(tree_of(Selection::default()), "p\n  a\n  ├ x\n  └ y/1\n  b\n  └ z\n");
        let only_y = Selection { filters: vec!["y".into()], ..Selection::default() };
        assert_eq!(tree_of(only_y), "p\n  a\n  └ y/1\n");
    }
}
