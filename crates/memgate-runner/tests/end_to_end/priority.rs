//! Which exit code wins when several hold.

use crate::dials;

#[test]
fn the_most_serious_wins() {
    let project = dials::project_with_baseline("priority", "same 1\nrises 1\nfalls 3\ngone 1\nbreaks 1\n");
    project.memgate("check --strict").exits(0);
    project.write("priority/dials", "same 1\nrises 2\nfalls 1\nbreaks panic\nnew 1\n");
    let report = project.memgate("check --strict --format json").exits(101).report();
    report.has_verdicts(&[
        ("priority/memory/breaks", "failed"),
        ("priority/memory/falls", "improved"),
        ("priority/memory/gone", "missing"),
        ("priority/memory/new", "new"),
        ("priority/memory/rises", "regressed"),
        ("priority/memory/same", "ok"),
    ]);
    project
        .memgate("check --strict")
        .exits(101)
        .says("1 failed, 1 regressed, 1 missing, 1 new, 1 improved, 1 ok — 6 benchmarks");

    // One after the other is taken away.
    let steps = [
        ("", 101),
        ("--skip breaks", 100),
        ("--skip breaks --skip rises", 104),
        ("--skip breaks --skip rises --skip gone", 103),
        ("--skip breaks --skip rises --skip gone --skip falls", 103),
        ("--exact same", 0),
    ];
    for (line, code) in steps {
        project.memgate(&format!("check --strict {line}")).exits(code);
    }
    // Without --strict, what is stale is no error, and nothing else changes.
    project.memgate("check").exits(101);
    project.memgate("check --skip breaks").exits(100);
    project.memgate("check --skip breaks --skip rises").exits(104);
    project.memgate("check --skip breaks --skip rises --skip gone").exits(0);

    // A usage error wins over everything, since nothing is run.
    project.memgate("check --strict --jobs 0").exits(2);
    project.write("memgate.toml", "[limit]\n");
    project.memgate("check --strict").exits(2);
}
