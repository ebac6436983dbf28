//! How metrics grow with the size of the input.

use crate::dials;

/// Dials by size: so many allocations.
fn sizes(allocs: impl Fn(u32) -> u32) -> String {
    [4, 8, 16, 32].map(|size| format!("pairs/{size} {}\n", allocs(size))).concat()
}

#[test]
fn a_routine_that_became_quadratic_says_so() {
    let linear = sizes(|size| 3 * size);
    let project = dials::project_with_baseline("scaling", &linear);
    project
        .memgate("check --verbose")
        .exits(0)
        .says("pairs")
        .never_says("4 … 32 (4 sizes)")
        .never_says("grows as");
    project.write("scaling/dials", sizes(|size| size * size));

    let sentence =
        "scaling/memory/pairs: allocs grows as n^2.00, was n^1.00 (a rise of 1.00, with 95 % confidence of";
    project.memgate("check").exits(100).says(&format!("regressed  {sentence}"));

    // It is a regression of its own, whatever the limits of the sizes.
    let lenient = "allocs = { absolute = 1000000 }\ntotal_bytes = { absolute = \"1 GiB\" }\n";
    project.write("memgate.toml", format!("[limits]\n{lenient}exponent = \"off\"\n"));
    project.memgate("check").exits(0).never_says("grows as");
    project.write("memgate.toml", format!("[limits]\n{lenient}exponent = 1.5\n"));
    project.memgate("check").exits(0).never_says("grows as");
    project.write("memgate.toml", format!("[limits]\n{lenient}"));
    project
        .memgate("check")
        .exits(100)
        .says(&format!("regressed  {sentence}"))
        .says("4 ok, 1 growing more steeply — 4 benchmarks");
    project.memgate("check --format markdown").exits(100).says("🔴 Growth is above its limit in 1 series");
    let junit = project.memgate("check --format junit").exits(100);
    junit.says("pairs (growth of allocs)").says("failures=\"2\"");

    // A series whose sizes were measured apart is one.
    for shard in 1..=4 {
        project.memgate(&format!("check --partition count:{shard}/4 --output {shard}.json")).exits(0);
    }
    project.memgate("report 1.json 2.json 3.json 4.json").exits(100).says(&format!("regressed  {sentence}"));

    // What is waived at the largest size may be as steep as it is.
    let waivers = ["allocs", "total_bytes"].map(|metric| {
        format!("[[waiver]]\nbenchmark = \"*/pairs/32\"\nmetric = \"{metric}\"\nlimit = 1000000\nreason = \"known\"\n")
    });
    project
        .write("memgate.toml", format!("[limits]\nallocs = {{ relative = \"20%\" }}\n{}", waivers.concat()));
    project.memgate("check pairs/32").exits(0);
    project.memgate("check").exits(100).never_says("grows as");
    project.write("memgate.toml", format!("[limits]\n{lenient}"));

    // It is accepted with the values.
    project.memgate("update --all").exits(0);
    project.memgate("check").exits(0).never_says("grows as");
}
