//! The workflows that `init --no-xtask` writes: like those with an xtask, and the tool is installed.

use std::process::Command;

use memgate_report::format::print_report;
use memgate_report::report::Verdict;
use serde_json::{Value, json};

use super::document::workflow;
use super::run::run;
use super::world::{LINUX, World, pull_request};
use crate::tool::{RUN, report_of, workflow_run};

#[test]
fn without_an_xtask_the_workflows_install_the_tool() {
    let world = World::new(&[LINUX]);
    world.measures(LINUX, Verdict::Ok);
    let source = world.path("source");
    let mut init = Command::new(env!("CARGO_BIN_EXE_cargo-memgate"));
    init.args(["memgate", "init", "--yes", "--no-xtask", "--history"]).current_dir(&source);
    let output = init.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read = |name: &str| -> Value {
        let path = source.join(".github/workflows").join(format!("{name}.yml"));
        workflow(&std::fs::read_to_string(path).unwrap())
    };
    let install = format!("install --locked memgate-runner@{}", env!("CARGO_PKG_VERSION"));
    let calls = || {
        let calls = world.played("calls");
        world.play("calls", "");
        calls
    };

    run(&world, &read("memgate"), &world.github(7, "pull_request", pull_request()))
        .is(&[("measure", "success"), ("gate", "success")]);
    assert!(calls().starts_with(&format!("{install}\ncheck --output ")));

    run(&world, &read("memgate-history"), &world.github(8, "push", json!({})))
        .is(&[("measure", "success"), ("record", "success")]);
    assert_eq!(calls().matches(&install).count(), 2);

    let comment = || {
        let ended = run(&world, &read("memgate-comment"), &world.github(900, "workflow_run", workflow_run()));
        ended.is(&[("comment", "success")]);
        calls()
    };
    assert_eq!(comment(), "", "there is nothing to say");
    let report = print_report(&report_of(LINUX, Verdict::Regressed));
    world.artifact(RUN, &format!("memgate-{LINUX}"), "report.json", &report);
    assert!(comment().starts_with(&format!("{install} --features github\ncomment --help\n")));
    assert_eq!((world.github.marked().len(), world.played("leaks")), (1, String::new()));
}
