//! Criterion and divan suites: a facade in the place of what they use, by the one line of the manifest that names it.

use toml_edit::{Array, InlineTable, Item, Table, TableLike, Value, value};

use super::choices::Choices;
use super::draft::Draft;
use super::error::InitError;
use super::manifest::push_as_others;
use super::stand_in::{STAND_INS, StandIn};

/// The tables that bench targets see.
const TABLES: [&str; 3] = ["dev-dependencies", "dev_dependencies", "dependencies"];

/// What says where a dependency comes from.
const ORIGINS: [&str; 9] =
    ["package", "version", "path", "git", "branch", "tag", "rev", "registry", "registry-index"];

/// What a dependency is here.
enum Found {
    /// What the facade stands for.
    Original,
    Facade,
}

/// Plans it where there are benchmarks of criterion or divan, and says whether there are: nothing else is needed then.
pub(super) fn plan(draft: &mut Draft<'_>, choices: &Choices) -> Result<bool, InitError> {
    let package = &draft.found.package;
    if package.bench_targets.is_empty() {
        return Ok(false);
    }
    let mut is_there = false;
    for stand_in in STAND_INS {
        is_there |= plan_one(draft, choices, stand_in)?;
    }
    Ok(is_there)
}

/// Plans one facade.
fn plan_one(draft: &mut Draft<'_>, choices: &Choices, stand_in: &StandIn) -> Result<bool, InitError> {
    let package = &draft.found.package;
    let needs_allocator = stand_in.needs_allocator(package.bench_targets.values().map(String::as_str));
    let manifest = package.path("Cargo.toml");
    let folder = draft.found.root.join(&package.folder);
    let root = draft.found.root.clone();
    let shared = draft
        .document("Cargo.toml")?
        .get("workspace")
        .and_then(|workspace| workspace.get("dependencies"))
        .cloned();
    let shared = shared.as_ref().and_then(Item::as_table_like);

    let mut problems: Vec<String> = Vec::new();
    let mut is_there = false;
    let mut inherited: Vec<String> = Vec::new();
    for table in tables(draft.document(&manifest)?) {
        let keys: Vec<String> = table.iter().map(|(key, _)| key.to_owned()).collect();
        for key in keys {
            let Some(item) = table.get_mut(&key) else { continue };
            if is_inherited(item) {
                let Some(shared) = shared.and_then(|shared| shared.get(&key)) else { continue };
                let Some(found) = found(stand_in, &key, shared) else { continue };
                is_there = true;
                problems.extend(unknown_features(stand_in, item));
                add_allocator(stand_in, needs_allocator, item);
                if matches!(found, Found::Original) {
                    inherited.push(key);
                }
                continue;
            }
            match found(stand_in, &key, item) {
                None => {}
                Some(Found::Facade) => is_there = true,
                Some(Found::Original) => {
                    is_there = true;
                    problems.extend(unknown_features(stand_in, item));
                    replace(stand_in, item, stand_in.dependency.origin(&choices.source, &folder));
                    add_allocator(stand_in, needs_allocator, item);
                }
            }
        }
    }
    for key in inherited {
        let dependencies = draft
            .document("Cargo.toml")?
            .get_mut("workspace")
            .and_then(|workspace| workspace.get_mut("dependencies"));
        let Some(item) = dependencies.and_then(|dependencies| dependencies.get_mut(&key)) else { continue };
        problems.extend(unknown_features(stand_in, item));
        replace(stand_in, item, stand_in.dependency.origin(&choices.source, &root));
        // Of the whole workspace only where the allocator is among the defaults that are off: a package may have one of its own.
        add_allocator(stand_in, needs_allocator && stand_in.has_default_allocator, item);
        let others = draft.found.other_manifests.iter().filter(|(_, text)| inherits(text, &key));
        let others: Vec<&str> = others.map(|(name, _)| name.as_str()).collect();
        if !others.is_empty() {
            draft.notes.push(format!(
                "`{key}` is a dependency of the whole workspace: {} get {} as well.",
                others.join(", "),
                stand_in.dependency.package()
            ));
        }
    }
    let own_allocator = draft
        .found
        .package
        .bench_targets
        .iter()
        .find(|(_, source)| stand_in.is_in_the_way(source))
        .filter(|_| is_there && !is_off(draft, &manifest, stand_in));
    if let Some((name, _)) = own_allocator {
        problems.push(format!(
            "the bench target `{name}` has a #[global_allocator] of its own; {} of memgate says what to write",
            stand_in.document
        ));
    }
    for problem in problems {
        draft.refuse(
            &manifest,
            format!(
                "{problem}; or keep {} beside a bench target of memgate's own with --no-facade",
                stand_in.harness
            ),
        );
    }
    Ok(is_there)
}

/// Whether the facade is there already, and does not install an allocator: nothing is in a global allocator's way.
fn is_off(draft: &Draft<'_>, manifest: &str, stand_in: &StandIn) -> bool {
    draft.found.text(manifest).is_some_and(|text| {
        text.contains(stand_in.dependency.package())
            && (!stand_in.has_default_allocator || text.contains("default-features = false"))
            && !text.contains("\"allocator\"")
    })
}

/// The tables of dependencies of a manifest, those of single targets included.
fn tables(manifest: &mut Table) -> Vec<&mut dyn TableLike> {
    let mut tables: Vec<&mut dyn TableLike> = Vec::new();
    for (name, item) in manifest.iter_mut() {
        if TABLES.contains(&name.get()) {
            tables.extend(item.as_table_like_mut());
        } else if name.get() == "target"
            && let Some(targets) = item.as_table_like_mut()
        {
            let targets = targets.iter_mut().filter_map(|(_, target)| target.as_table_like_mut());
            for target in targets {
                let found = target.iter_mut().filter(|(name, _)| TABLES.contains(&name.get()));
                tables.extend(found.filter_map(|(_, item)| item.as_table_like_mut()));
            }
        }
    }
    tables
}

fn is_inherited(item: &Item) -> bool {
    item.as_table_like().and_then(|table| table.get("workspace")).and_then(Item::as_bool) == Some(true)
}

fn inherits(manifest: &str, key: &str) -> bool {
    let manifest = super::line_ends::plain(manifest).parse::<toml_edit::DocumentMut>();
    manifest.is_ok_and(|mut manifest| {
        tables(&mut manifest).iter().any(|table| table.get(key).is_some_and(is_inherited))
    })
}

/// What a dependency is to a facade, if anything.
fn found(stand_in: &StandIn, key: &str, item: &Item) -> Option<Found> {
    let package = item.as_table_like().and_then(|table| table.get("package")).and_then(Item::as_str);
    match package.unwrap_or(key) {
        package if stand_in.originals.contains(&package) => Some(Found::Original),
        package if package == stand_in.dependency.package() => Some(Found::Facade),
        _ => None,
    }
}

fn unknown_features(stand_in: &StandIn, item: &Item) -> Option<String> {
    let features = item.as_table_like()?.get("features")?.as_array()?;
    let unknown: Vec<&str> = features
        .iter()
        .filter_map(Value::as_str)
        .filter(|feature| !stand_in.features.contains(feature))
        .collect();
    let verb = if unknown.len() == 1 { "is a feature" } else { "are features" };
    (!unknown.is_empty()).then(|| {
        format!(
            "`{}` {verb} of {} that {}, which is {}, does not have",
            unknown.join("`, `"),
            stand_in.harness,
            stand_in.dependency.package(),
            stand_in.release
        )
    })
}

/// Puts the facade in the original's place. Features, and what else is said about the dependency, stay.
fn replace(stand_in: &StandIn, item: &mut Item, (key, origin): (&str, String)) {
    let package = stand_in.dependency.package();
    match item {
        Item::Value(old) => {
            let mut new = InlineTable::from_iter([("package", package), (key, origin.as_str())]);
            if let Value::InlineTable(old) = old {
                for (key, value) in old.iter().filter(|(key, _)| !ORIGINS.contains(key)) {
                    let mut value = value.clone();
                    value.decor_mut().clear();
                    new.insert(key, value);
                }
            }
            // A comment at the end of the line is part of the value's decoration.
            let decor = old.decor().clone();
            *old = Value::InlineTable(new);
            *old.decor_mut() = decor;
        }
        Item::Table(table) => {
            for origin in ORIGINS {
                table.remove(origin);
            }
            table.insert("package", value(package));
            table.insert(key, value(origin));
        }
        _ => {}
    }
}

/// Turns the allocator on where it is needed and is not among the defaults, or the defaults are off; without it, nothing is measured.
fn add_allocator(stand_in: &StandIn, is_needed: bool, item: &mut Item) {
    let Some(table) = item.as_table_like_mut() else { return };
    let without_defaults =
        table.get("default-features").or_else(|| table.get("default_features")).and_then(Item::as_bool)
            == Some(false);
    if !is_needed || (stand_in.has_default_allocator && !without_defaults) {
        return;
    }
    match table.get_mut("features").and_then(Item::as_array_mut) {
        Some(features) if features.iter().any(|feature| feature.as_str() == Some("allocator")) => {}
        Some(features) => push_as_others(features, "allocator"),
        None => drop(table.insert("features", value(Array::from_iter(["allocator"])))),
    }
}
