//! A workflow runs: jobs in the order of their needs, legs of a matrix, steps.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::actions::{Inputs, Place, act};
use super::document::{action, of_repository};
use super::expression::Scope;
use super::world::World;

/// How a run ended.
pub(super) struct Ended {
    /// The results of the jobs.
    pub(super) jobs: BTreeMap<String, &'static str>,
    /// What all steps said.
    pub(super) log: String,
    /// What they put into the summary.
    pub(super) summary: String,
}

impl Ended {
    #[track_caller]
    pub(super) fn is(&self, jobs: &[(&str, &'static str)]) -> &Self {
        let jobs: BTreeMap<String, &str> =
            jobs.iter().map(|(job, result)| ((*job).to_owned(), *result)).collect();
        assert_eq!(self.jobs, jobs, "{}", self.log);
        self
    }

    #[track_caller]
    pub(super) fn says(&self, text: &str) -> &Self {
        assert!(self.log.contains(text), "{text:?} is not in: {}", self.log);
        self
    }
}

/// Runs a workflow in the context `github`.
pub(super) fn run(world: &World, workflow: &Value, github: &Value) -> Ended {
    let mut ended = Ended { jobs: BTreeMap::new(), log: String::new(), summary: String::new() };
    let group = json!({ "github": github });
    let _ =
        Scope { contexts: &group, is_well: true }.filled(workflow["concurrency"]["group"].as_str().unwrap());
    let jobs = workflow["jobs"].as_object().unwrap();
    let needs = |job: &Value| -> Vec<String> {
        let needs = job["needs"].as_array().into_iter().flatten();
        needs.map(|job| job.as_str().unwrap().to_owned()).collect()
    };
    while ended.jobs.len() < jobs.len() {
        let is_next = |name: &String, job: &Value| {
            !ended.jobs.contains_key(name) && needs(job).iter().all(|need| ended.jobs.contains_key(need))
        };
        let (name, job) = jobs.iter().find(|(name, job)| is_next(name, job)).expect("jobs without a circle");
        let results: BTreeMap<String, Value> = needs(job)
            .into_iter()
            .map(|need| (need.clone(), json!({ "result": ended.jobs[&need] })))
            .collect();
        let is_well = results.values().all(|need| need["result"] == "success");
        let contexts = json!({ "github": github, "needs": results });
        let result = if (Scope { contexts: &contexts, is_well }).holds(job.get("if")) {
            let legs = match &job["strategy"]["matrix"] {
                Value::Null => vec![json!({})],
                matrix if matrix.get("include").is_some() => matrix["include"].as_array().unwrap().clone(),
                matrix => {
                    let [(key, values)] =
                        Vec::from_iter(matrix.as_object().unwrap()).try_into().expect("one dimension");
                    values.as_array().unwrap().iter().map(|value| json!({ key: value })).collect()
                }
            };
            let legs = legs.into_iter().enumerate().map(|(leg, matrix)| {
                let mut contexts = contexts.clone();
                contexts["matrix"] = matrix;
                Job::new(world, &format!("{name}-{leg}"), contexts).run(job, &mut ended)
            });
            if legs.fold(true, |all, is_well| all & is_well) { "success" } else { "failure" }
        } else {
            "skipped"
        };
        ended.jobs.insert(name.clone(), result);
    }
    ended
}

struct Job<'a> {
    world: &'a World,
    contexts: Value,
    workspace: PathBuf,
    temporary: PathBuf,
}

impl<'a> Job<'a> {
    fn new(world: &'a World, name: &str, mut contexts: Value) -> Self {
        let folder = world.path(&format!("{}-{name}", contexts["github"]["run_id"]));
        if folder.exists() {
            std::fs::remove_dir_all(&folder).unwrap();
        }
        let (workspace, temporary) = (folder.join("workspace"), folder.join("temporary"));
        for folder in [&workspace, &temporary] {
            std::fs::create_dir_all(folder).unwrap();
        }
        contexts["runner"] = json!({ "temp": temporary });
        contexts["steps"] = json!({});
        Self { world, contexts, workspace, temporary }
    }

    /// Whether it succeeded.
    fn run(mut self, job: &Value, ended: &mut Ended) -> bool {
        for name in ["name", "runs-on"] {
            let _ = self.scope(true).filled(job[name].as_str().unwrap());
        }
        self.steps(&job["steps"], ended)
    }

    fn scope(&self, is_well: bool) -> Scope<'_> {
        Scope { contexts: &self.contexts, is_well }
    }

    fn steps(&mut self, steps: &Value, ended: &mut Ended) -> bool {
        let mut is_well = true;
        for step in steps.as_array().unwrap() {
            let scope = self.scope(is_well);
            if !scope.holds(step.get("if")) {
                continue;
            }
            let filled = |map: &Value| -> Inputs {
                let text = |value: &Value| {
                    value.as_str().map_or_else(|| value.to_string(), |text| scope.filled(text))
                };
                map.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), text(value))).collect()
            };
            let (inputs, variables) = (filled(&step["with"]), filled(&step["env"]));
            let (is_done, outputs) = match step["uses"].as_str() {
                Some(uses) => (self.uses(uses, inputs, ended), json!({})),
                None => self.script(step, &variables, ended),
            };
            if let Some(id) = step["id"].as_str() {
                let outcome = if is_done { "success" } else { "failure" };
                self.contexts["steps"][id] = json!({ "outputs": outputs, "outcome": outcome });
            }
            is_well &= is_done || step["continue-on-error"] == true;
        }
        is_well
    }

    fn uses(&mut self, uses: &str, inputs: Inputs, ended: &mut Ended) -> bool {
        let (name, commit) = uses.split_once('@').expect("a pinned action");
        assert!(commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()), "{uses}");
        let github = &self.contexts["github"];
        let (run, commit) = (github["run_id"].as_u64().unwrap(), github["sha"].as_str().unwrap());
        let place = Place { world: self.world, run, commit, workspace: &self.workspace };
        if let Some((is_done, said)) = act(&place, name, &inputs) {
            ended.log += &said;
            return is_done;
        }
        assert_eq!(name, "memgate/memgate/.github/actions/memgate", "the tests do not know this action yet");
        let action = action(&of_repository(".github/actions/memgate/action.yml"));
        let declared = action["inputs"].as_object().unwrap();
        assert!(inputs.keys().all(|input| declared.contains_key(input)), "{inputs:?}");
        let values = declared.iter().map(|(input, declared)| {
            let value = inputs.get(input).map(String::as_str).or(declared["default"].as_str());
            (input.clone(), Value::from(value.unwrap_or_else(|| panic!("{input} is required"))))
        });
        let values = Value::Object(values.collect());
        let outer = self.contexts.clone();
        self.contexts["inputs"] = values;
        self.contexts["steps"] = json!({});
        let is_done = self.steps(&action["runs"]["steps"], ended);
        self.contexts = outer;
        is_done
    }

    /// Whether a script succeeded, and its outputs.
    fn script(&self, step: &Value, variables: &Inputs, ended: &mut Ended) -> (bool, Value) {
        let script = step["run"].as_str().unwrap();
        assert!(!script.contains("${{"), "an expression in a script: {script}");
        let file = |name: &str| -> PathBuf {
            let path = self.temporary.with_file_name(name);
            std::fs::write(&path, "").unwrap();
            path
        };
        let (path, outputs, summary) = (file("script.sh"), file("outputs"), file("summary"));
        let event = file("event.json");
        let github = &self.contexts["github"];
        std::fs::write(&path, script).unwrap();
        std::fs::write(&event, github["event"].to_string()).unwrap();
        let folder = self.scope(true).filled(step["working-directory"].as_str().unwrap_or("."));
        let bin = self.world.path("bin");
        let search = std::env::join_paths(
            std::iter::once(bin).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
        );
        let text = |name: &str| github[name].as_str().map_or_else(|| github[name].to_string(), str::to_owned);
        let mut bash = Command::new("bash");
        bash.args(["--noprofile", "--norc", "-eo", "pipefail"])
            .arg(&path)
            .current_dir(self.workspace.join(folder));
        bash.env_clear().env("PATH", search.unwrap()).env("HOME", self.world.path("home"));
        // What cargo needs to find its toolchain from another home.
        for (name, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
            let usual = std::env::home_dir().unwrap().join(folder);
            bash.env(name, std::env::var_os(name).map_or(usual, PathBuf::from));
        }
        bash.envs(std::env::var_os("RUSTUP_TOOLCHAIN").map(|value| ("RUSTUP_TOOLCHAIN", value)));
        bash.env("CI", "true").env("GITHUB_ACTIONS", "true").env("GITHUB_SERVER_URL", "https://github.com");
        bash.env("GITHUB_API_URL", &self.world.github.address).env("GITHUB_EVENT_PATH", &event);
        bash.env("GITHUB_OUTPUT", &outputs)
            .env("GITHUB_STEP_SUMMARY", &summary)
            .env("RUNNER_TEMP", &self.temporary);
        for (variable, name) in [
            ("GITHUB_REPOSITORY", "repository"),
            ("GITHUB_RUN_ID", "run_id"),
            ("GITHUB_SHA", "sha"),
            ("GITHUB_REF", "ref"),
            ("GITHUB_EVENT_NAME", "event_name"),
        ] {
            bash.env(variable, text(name));
        }
        let output = bash.envs(variables).output().unwrap();
        for said in [&output.stdout, &output.stderr] {
            ended.log += &String::from_utf8_lossy(said);
        }
        ended.summary += &std::fs::read_to_string(&summary).unwrap();
        (output.status.success(), outputs_of(&outputs))
    }
}

fn outputs_of(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap();
    let entry = |line: &str| {
        let (name, value) = line.split_once('=').expect("an output of one line");
        (name.to_owned(), Value::from(value))
    };
    Value::Object(text.lines().map(entry).collect())
}
