//! Workflows as data.

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value};

const WORKFLOW: &[&str] = &["name", "on", "permissions", "concurrency", "defaults", "jobs"];
const JOB: &[&str] =
    &["name", "strategy", "runs-on", "timeout-minutes", "permissions", "needs", "if", "steps"];
const STEP: &[&str] =
    &["name", "id", "if", "uses", "with", "run", "env", "continue-on-error", "shell", "working-directory"];

/// The text of a file of this repository.
pub(super) fn of_repository(path: &str) -> String {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join(path)).unwrap()
}

/// A workflow, of which everything is known here.
pub(super) fn workflow(text: &str) -> Value {
    let workflow = parse(text);
    are_known(&workflow, WORKFLOW);
    // As `run` has it.
    assert_eq!(workflow["defaults"], serde_json::json!({ "run": { "shell": "bash" } }));
    for job in workflow["jobs"].as_object().unwrap().values() {
        are_known(job, JOB);
        steps_are_known(&job["steps"]);
    }
    workflow
}

/// An action that is made of steps.
pub(super) fn action(text: &str) -> Value {
    let action = parse(text);
    are_known(&action, &["name", "description", "inputs", "runs"]);
    assert_eq!(action["runs"]["using"], "composite");
    steps_are_known(&action["runs"]["steps"]);
    action
}

fn steps_are_known(steps: &Value) {
    for step in steps.as_array().unwrap() {
        are_known(step, STEP);
        assert_ne!(step.get("run").is_some(), step.get("uses").is_some(), "{step}");
    }
}

#[track_caller]
fn are_known(value: &Value, known: &[&str]) {
    for key in value.as_object().unwrap().keys() {
        assert!(known.contains(&key.as_str()), "the tests do not know `{key}` yet: {value}");
    }
}

fn parse(text: &str) -> Value {
    let documents = Yaml::load_from_str(text).unwrap();
    let [document] = documents.as_slice() else { panic!("{} documents", documents.len()) };
    value(document)
}

fn value(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(value)) => Value::Bool(*value),
        Yaml::Value(Scalar::Integer(value)) => Value::from(*value),
        Yaml::Value(Scalar::String(text)) => Value::String(text.to_string()),
        Yaml::Sequence(items) => Value::Array(items.iter().map(value).collect()),
        Yaml::Mapping(entries) => {
            let entry = |(key, item): (&Yaml<'_>, &Yaml<'_>)| {
                (value(key).as_str().expect("a key that is a word").to_owned(), value(item))
            };
            Value::Object(entries.iter().map(entry).collect::<Map<String, Value>>())
        }
        other => panic!("the tests do not know this YAML yet: {other:?}"),
    }
}
