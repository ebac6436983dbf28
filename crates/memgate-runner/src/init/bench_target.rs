//! A native bench target: the dev-dependency, `[[bench]]`, and a file to begin with.

use std::collections::BTreeMap;

use toml_edit::{ArrayOfTables, Item, Table, TableLike, value};

use super::choices::Choices;
use super::dependency::Dependency;
use super::draft::Draft;
use super::error::InitError;
use super::first_call::name_of;
use super::found::FoundPackage;
use super::manifest::{insert_in_order, table_in};

const NAME: &str = "memory";
const SOURCE: &str = include_str!("templates/memory.rs");
/// A benchmark of what was found in the library.
const FIRST: &str = include_str!("templates/memory_first.rs");
/// One where nothing was found.
const EXAMPLE: &str = include_str!("templates/memory_example.rs");

pub(super) fn plan(draft: &mut Draft<'_>, choices: &Choices) -> Result<(), InitError> {
    let package = &draft.found.package;
    let (manifest, bench) = (package.path("Cargo.toml"), package.path("benches/memory.rs"));
    let folder = draft.found.root.join(&package.folder);
    let document = draft.document(&manifest)?;
    if is_set_up(document.as_table(), &package.bench_targets) {
        if draft.found.text(&bench).is_some() {
            draft.keep(&bench);
        }
        return Ok(());
    }
    let mut refusals = Vec::new();
    if !depends_on_runtime(document.as_table()) {
        if table_in(document.as_table_mut(), "dev-dependencies").is_none() {
            refusals.push("its dev-dependencies are no table");
        } else if let Some(item) = document.get_mut("dev-dependencies") {
            let dependency = Dependency::Runtime.value(&choices.source, &folder);
            insert_in_order(item, Dependency::Runtime.package(), dependency);
        }
    }
    match document.entry("bench").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new())) {
        Item::ArrayOfTables(benches) => {
            let memory = benches.iter().find(|bench| is_named(bench, NAME)).map(has_own_main);
            if memory == Some(false) {
                refusals.push("it has a bench target `memory`; add `harness = false` to it, or rename it");
            } else if memory.is_none() {
                let mut bench = Table::new();
                bench.insert("name", value(NAME));
                bench.insert("harness", value(false));
                benches.push(bench);
            }
        }
        _ => refusals.push("its bench targets are in an inline array; write [[bench]] for each"),
    }
    for refusal in refusals {
        draft.refuse(&manifest, refusal);
    }
    match draft.found.text(&bench) {
        Some(source) if is_ours(source) => draft.keep(&bench),
        _ => {
            let text = source_for(package, choices);
            draft.file(
                &bench,
                text,
                "rename your own file, or make it memgate's by hand, as docs/SETUP.md of memgate has it",
            );
        }
    }
    Ok(())
}

/// Whether a bench target speaks to memgate already, under whatever name. What is in it is the user's.
fn is_set_up(manifest: &Table, sources: &BTreeMap<String, String>) -> bool {
    let benches = manifest.get("bench").and_then(Item::as_array_of_tables);
    let is_declared = |name: &str| {
        benches
            .is_some_and(|benches| benches.iter().any(|bench| is_named(bench, name) && has_own_main(bench)))
    };
    depends_on_runtime(manifest) && sources.iter().any(|(name, source)| is_ours(source) && is_declared(name))
}

fn is_ours(source: &str) -> bool {
    source.contains("memgate::main!")
}

fn is_named(bench: &Table, name: &str) -> bool {
    bench.get("name").and_then(Item::as_str) == Some(name)
}

/// Whether libtest's harness is off.
fn has_own_main(bench: &Table) -> bool {
    bench.get("harness").and_then(Item::as_bool) == Some(false)
}

/// Whether a manifest has the runtime among the dependencies that bench targets see.
fn depends_on_runtime(manifest: &dyn TableLike) -> bool {
    ["dev-dependencies", "dependencies"].iter().any(|table| {
        let table = manifest.get(table).and_then(Item::as_table_like);
        table.is_some_and(|table| table.contains_key(Dependency::Runtime.package()))
    })
}

fn source_for(package: &FoundPackage, choices: &Choices) -> String {
    let (name, first) = match &package.first_call {
        Some(call) => (name_of(call), FIRST.replace("@call@", call)),
        None => {
            let hint = match &package.library {
                Some(library) => format!("`bencher.bench(|| {library}::parse(INPUT))`"),
                None => "code of a library, since a bench target can't see what is in main.rs".to_owned(),
            };
            ("example".to_owned(), EXAMPLE.replace("@hint@", &hint))
        }
    };
    SOURCE.replace("@first@", &first).replace("@name@", &name).replace("@memgate@", choices.command())
}
