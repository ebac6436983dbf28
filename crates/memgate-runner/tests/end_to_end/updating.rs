//! Several updates at once: none undoes what another has written.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::dials;
use crate::support::Project;

const NAME: &str = "at-once";

/// What the baseline says of each benchmark, and what its call sites add up to.
fn calls(project: &Project) -> BTreeMap<String, (i64, i64)> {
    let path = project.baseline_path(NAME, "memory");
    let numbers: Value = serde_json::from_str(&project.read(&path)).unwrap();
    let sites: Value = serde_json::from_str(&project.read(path.with_extension("sites.json"))).unwrap();
    let benchmarks = numbers["benchmarks"].as_object().unwrap();
    let of_sites = |name: &String| -> i64 {
        let sites = sites["benchmarks"][name]["sites"].as_object().unwrap().values();
        sites.map(|numbers| numbers["allocs"].as_i64().unwrap()).sum()
    };
    let of = |(name, values): (&String, &Value)| {
        (name.clone(), (values["allocs"].as_i64().unwrap(), of_sites(name)))
    };
    benchmarks.iter().map(of).collect()
}

#[test]
fn updates_at_once_keep_what_each_has_written() {
    let project = dials::project_with_baseline(NAME, "first 1\nsecond 2\nthird 3\n");
    let expected = |values: [i64; 3]| {
        let names = ["first", "second", "third"].map(str::to_owned);
        names.into_iter().zip(values.map(|value| (value, value))).collect::<BTreeMap<_, _>>()
    };
    assert_eq!(calls(&project), expected([1, 2, 3]));
    for round in 1..4 {
        let values = [10 * round, 20 * round, 30 * round];
        let [first, second, third] = values;
        project.write("at-once/dials", format!("first {first}\nsecond {second}\nthird {third}\n"));
        // The last is of all that two more write at the same time.
        let lines = match round {
            1 => ["update --exact at-once/memory/first", "update second", "update third"],
            2 => ["update first", "update --exact at-once/memory/second third", "update --all second"],
            _ => ["update first", "update second", "update"],
        };
        std::thread::scope(|scope| {
            for line in lines {
                let project = &project;
                scope.spawn(move || project.memgate(line).exits(0));
            }
        });
        assert_eq!(calls(&project), expected(values), "{lines:?}");
        project.memgate("check --strict").exits(0).says("3 ok");
    }
    project.memgate("update").exits(0).says("baselines are up to date");
}
