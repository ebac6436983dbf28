//! Changes that lie in a dependency: `Cargo.lock` and features say what changed there.

use crate::commits::History;
use crate::support::{Package, Project};

/// A registry that is never asked: what is in it lies in the folder `vendor`.
const SETTINGS: &str = "[registries.own]\nindex = \"https://registry.invalid/index\"\n\
    [source.own]\nregistry = \"https://registry.invalid/index\"\nreplace-with = \"vendored\"\n\
    [source.vendored]\ndirectory = \"vendor\"\n";

const BENCH: &str = r#"
use memgate::Bencher;

fn line(bencher: Bencher) {
    bencher.bench(|| quiet_words::joined(&["a", "b", "c"]));
}

memgate::main! { line }
"#;

/// Puts a version of a package into the folder of the registry.
fn publish(project: &Project, name: &str, version: &str, manifest: &str, source: &str) {
    let folder = format!("vendor/{name}-{version}");
    let head = format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2024\"\n");
    project.write(format!("{folder}/Cargo.toml"), head + manifest);
    project.write(format!("{folder}/src/lib.rs"), source);
    project.write(format!("{folder}/.cargo-checksum.json"), "{\"files\": {}, \"package\": null}");
}

/// A project that depends on `quiet-words` of that registry.
fn history(name: &str) -> History {
    let package = Package::new(name)
        .manifest("[dependencies]\nquiet-words = { version = \"1\", registry = \"own\" }\n")
        .bench("memory", BENCH);
    let project = Project::new(name, [package]);
    project.write(".cargo/config.toml", SETTINGS);
    let source = "pub fn joined(words: &[&str]) -> String {\n    let mut text = String::with_capacity(16);\n    \
                  for word in words {\n        text.push_str(word);\n    }\n    text\n}\n";
    publish(&project, "quiet-words", "1.0.0", "", source);
    History::of(project)
}

#[test]
fn a_cause_in_a_dependency_names_both_versions() {
    let mut history = history("locked");
    history.project.memgate("update --offline").exits(0);
    assert!(history.project.read("Cargo.lock").contains("name = \"quiet-words\"\nversion = \"1.0.0\"\n"));
    history.commit("With 1.0.0");
    let source = "pub fn joined(words: &[&str]) -> String {\n    \
                  words.iter().map(|word| word.to_uppercase()).collect::<Vec<_>>().join(\" \")\n}\n";
    publish(&history.project, "quiet-words", "1.0.1", "", source);
    let mut cargo = history.project.cargo();
    cargo.args(["update", "--offline", "-p", "quiet-words", "--precise", "1.0.1"]);
    crate::finished::Finished::of(&mut cargo).exits(0);

    let checked = history.project.memgate("check --offline --output report.json").exits(100);
    checked.says("quiet-words 1.0.0 → 1.0.1").says("in quiet_words::joined");
    let report: serde_json::Value = serde_json::from_str(&history.project.read("report.json")).unwrap();
    let first = &report["causes"]["causes"][0];
    assert_eq!(first["dependency"]["package"], "quiet-words", "{first:#}");
    assert_eq!(first["dependency"]["base"][0], "1.0.0");
    assert_eq!(first["dependency"]["head"][0], "1.0.1");
    // The same between two revisions, and since one.
    history.project.memgate("compare HEAD . --offline").exits(100).says("quiet-words 1.0.0 → 1.0.1");
    history.project.memgate("check --since HEAD --offline").exits(100).says("quiet-words 1.0.0 → 1.0.1");
    // What the lock file says is not said of what did not change.
    history.project.memgate("update --offline").exits(0);
    history.project.memgate("check --offline").exits(0).never_says("quiet-words");
}

#[test]
fn a_cause_in_a_package_with_other_features_names_them() {
    let source = "pub fn joined(words: &[&str]) -> String {\n    \
                  if cfg!(feature = \"loud\") {\n        words.concat().to_uppercase()\n    } else {\n        \
                  words.concat()\n    }\n}\n";
    let history = history("featured");
    let project = &history.project;
    publish(
        project,
        "quiet-words",
        "1.0.0",
        "[features]\nloud = []\nsoft = []\ndefault = [\"soft\"]\n",
        source,
    );
    project.memgate("update --offline").exits(0);
    let sites = project.read(project.baseline_path("featured", "memory").with_extension("sites.json"));
    assert!(sites.contains("\"quiet-words\": [\"default\", \"soft\"]"), "{sites}");

    project.replace(
        "featured/Cargo.toml",
        "registry = \"own\"",
        "registry = \"own\", features = [\"loud\"], default-features = false",
    );
    let said = "quiet-words gained feature loud, lost features default and soft";
    project.memgate("check --offline --output report.json").exits(100).says(said);
    project.memgate("explain --offline").exits(0).says(said);
    // As a report, and by a run that was made elsewhere.
    project.memgate("report report.json").exits(100).says(said);
    project.memgate("run --offline --output run.json").exits(0);
    project.memgate("update --from run.json").exits(0);
    let sites = project.read(project.baseline_path("featured", "memory").with_extension("sites.json"));
    assert!(sites.contains("\"quiet-words\": [\"loud\"]"), "{sites}");
    project.memgate("check --offline").exits(0).never_says("quiet-words");
}
