//! Benchmarks that get in each other's way when they run side by side.

use crate::support::{Package, Project};

const BENCH: &str = r#"
use memgate::Bencher;

/// Needs for itself what there is one of.
fn exclusive(bencher: Bencher, _: u32) {
    let lock = std::path::Path::new("exclusive.lock");
    std::fs::File::create_new(lock).expect("somebody else is here");
    std::thread::sleep(std::time::Duration::from_millis(300));
    bencher.bench(|| vec![1, 2, 3]);
    std::fs::remove_file(lock).unwrap();
}

fn broken(bencher: Bencher) {
    bencher.bench(|| panic!("out of luck"));
}

memgate::main! { exclusive: [1, 2, 3], broken }
"#;

#[test]
fn a_failure_of_running_side_by_side_says_so_and_the_settings_end_it() {
    let project = Project::new("alone", [Package::new("alone").bench("memory", BENCH)]);
    let says = "; run alone, it passes: benchmarks run side by side, so set `alone = true` for it in memgate.toml, or `jobs = 1` \
                for all";
    project.memgate("update exclusive --jobs 1").exits(0);

    let report = project.memgate("check --jobs 3 --format json").exits(101).report();
    let verdicts = report.verdicts();
    let failed: Vec<_> =
        verdicts.iter().filter(|(id, verdict)| id.contains("exclusive") && **verdict == "failed").collect();
    assert!(!failed.is_empty(), "they did not meet: {verdicts:?}");
    for (id, _) in failed {
        let (kind, message, stderr) = report.failure(id);
        assert_eq!(kind, "crashed");
        assert!(message.ends_with(says) && stderr.contains("somebody else is here"), "{message}: {stderr}");
    }
    let (_, message, _) = report.failure("alone/memory/broken");
    assert!(!message.contains("alone"), "{message}");

    project.write("memgate.toml", "[[benchmark]]\nmatch = \"alone/memory/exclusive/*\"\nalone = true\n");
    project.memgate("check exclusive --jobs 3").exits(0).says("3 ok");
    project.memgate("verify exclusive --jobs 3").exits(0);
    project.write("memgate.toml", "jobs = 1\n");
    project.memgate("check exclusive").exits(0).says("3 ok");
    // The command line wins.
    project.memgate("check exclusive --jobs 3").exits(101).says(says);
}
