//! What uses memgate and is not measured: named, with what it lacks, and never green.

use crate::report_file::ReportFile;
use crate::support::{Package, Project, repository};

const SUITE: &str =
    "fn one(bencher: NAME::Bencher) { bencher.bench(|| Box::new(1)); }\nNAME::main! { one }\n";

/// A suite that is there only under a condition, as in a target that others than memgate's users build too.
const GUARDED: &str = "#[cfg(CONDITION)] fn one(bencher: NAME::Bencher) { bencher.bench(|| Box::new(1)); }
#[cfg(CONDITION)] NAME::main! { one }
#[cfg(not(CONDITION))] fn main() {}
";

/// A suite that is made and not run.
const DROPPED: &str = "#[global_allocator] static ALLOCATOR: memgate::Alloc = memgate::Alloc::system();
fn main() { drop(memgate::Suite::new(\"p\", \"t\")); }
";

fn suite(name: &str) -> String {
    SUITE.replace("NAME", name)
}

fn guarded(name: &str, condition: &str) -> String {
    GUARDED.replace("NAME", name).replace("CONDITION", condition)
}

fn dependency() -> String {
    format!("path = {:?}", repository())
}

fn project() -> Project {
    let memgate = dependency();
    let forgotten = Package::new("forgotten")
        .bench("measured", &suite("memgate"))
        .manifest("[[bench]]\nname = \"without-harness\"\n[[bench]]\nname = \"by-hand\"\n[[bench]]\nname = \"plain\"\n")
        .file("benches/without-harness.rs", &suite("memgate"))
        .file(
            "benches/by-hand.rs",
            "#[global_allocator] static ALLOCATOR: memgate::Alloc = memgate::Alloc::system();
             fn main() -> std::process::ExitCode { memgate::Suite::new(\"p\", \"t\").main() }",
        )
        .file("benches/plain.rs", "// memgate::main! { nothing }\n#[test] fn plain() {}")
        .file("benches/unlisted.rs", &suite("memgate"))
        .file("benches/common.rs", "pub fn shared() -> &'static str { \"memgate::main! {}\" }");
    let optional = Package::without_memgate("optional")
        .manifest(&format!(
            "[features]\nheap = [\"dep:heap-probe\"]\nother = []\n[dependencies]\n\
             heap-probe = {{ package = \"memgate\", {memgate}, optional = true }}\n"
        ))
        .bench("guarded", &guarded("heap_probe", "feature = \"heap\""))
        .bench("requiring", &suite("heap_probe"))
        .manifest("required-features = [\"heap\"]\n")
        .bench("none-of-ours", "fn main() {}")
        .manifest("required-features = [\"other\"]\n");
    let helper = Package::without_memgate("helper")
        .manifest(&format!(
            "[features]\nprobe = [\"dep:memgate\"]\n[dependencies]\nmemgate = {{ {memgate}, optional = true }}\n"
        ))
        .file("src/lib.rs", "#[cfg(feature = \"probe\")] pub use memgate::*;");
    let helped = Package::without_memgate("helped")
        .manifest("[dev-dependencies]\nhelper = { path = \"../helper\" }\n")
        .bench("memory", &suite("helper"));
    let elsewhere = Package::without_memgate("elsewhere")
        .manifest(&format!(
            "[target.'cfg(target_os = \"none\")'.dev-dependencies]\nmemgate = {{ {memgate} }}\n"
        ))
        .bench("memory", &guarded("memgate", "target_os = \"none\""));
    let subtle = Package::new("subtle")
        .manifest("[features]\nheap = []\n")
        .bench("aliased", &format!("use memgate as m;\n{}", guarded("m", "feature = \"heap\"")))
        .bench("custom", &format!("#![allow(unexpected_cfgs)]\n{}", guarded("memgate", "heap_benches")))
        .bench("dropped", DROPPED)
        .bench("empty", "fn one(_: memgate::Bencher, _: u8) {}\nmemgate::main! { one: Vec::<u8>::new() }\n");
    // A helper that is no member of the workspace, and that cargo does not resolve without the feature.
    let outside = Package::without_memgate("outside")
        .manifest(
            "[features]\nheap = [\"dep:outer\"]\n[dependencies]\n\
             outer = { path = \"../../coverage-outer\", optional = true }\n",
        )
        .bench(
            "memory",
            "mod inner { pub mod deep; }\ninclude!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/main.txt\"));",
        )
        .manifest("required-features = [\"heap\"]\n")
        .file(
            "benches/inner/deep.rs",
            "pub fn one(bencher: outer::Bencher) { bencher.bench(|| Box::new(1)); }",
        )
        .file("main.txt", "use inner::deep::one; outer::main! { one }");
    // Features that hold because a dependency has them by itself.
    let held = Package::new("held")
        .manifest(
            "[features]\ndefault = [\"plain\"]\n[dependencies]\nplain = { path = \"../plain\", optional = true }\n",
        )
        .bench("memory", &suite("memgate"))
        .manifest("required-features = [\"plain\", \"plain/extra\"]\n");
    let plain = Package::without_memgate("plain").manifest("[features]\ndefault = [\"extra\"]\nextra = []\n");
    let packages = [forgotten, optional, helper, helped, elsewhere, subtle, outside, held, plain];
    let project = Project::new("coverage", packages);
    let outer = "../coverage-outer";
    let manifest = format!(
        "[package]\nname = \"outer\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\nmemgate = {{ {memgate} }}\n\
         [workspace]\n"
    );
    project.write(format!("{outer}/Cargo.toml"), manifest);
    project.write(format!("{outer}/src/lib.rs"), "pub use memgate::*;");
    project
}

#[test]
fn what_uses_memgate_and_was_not_measured_is_named_with_what_it_lacks() {
    let project = project();
    let lacking = [
        "forgotten/by-hand: it needs `harness = false` under its [[bench]] in Cargo.toml",
        "forgotten/unlisted: no [[bench]] in Cargo.toml names its file, and cargo does not look for others (`autobenches`)",
        "forgotten/without-harness: it needs `harness = false` under its [[bench]] in Cargo.toml",
        "helped/memory: it needs the feature helper/probe (--features helper/probe)",
        "optional/guarded: it needs the feature heap (--features heap)",
        "optional/requiring: it needs the feature heap (--features heap)",
        "outside/memory: it needs the feature heap (--features heap)",
        "subtle/aliased: it needs the feature heap (--features heap)",
        "subtle/custom: it uses memgate under cfg(heap_benches) alone, which does not hold",
        "subtle/dropped: it has memgate's allocator or macro, and no `main` that runs a suite",
    ];
    let mut updated = project.memgate("update").exits(0).says("added held/memory/one");
    for line in lacking {
        updated = updated.complains(&format!("warning: {}", line.replacen(':', " was not measured:", 1)));
    }
    let named = |report: &ReportFile| -> Vec<String> {
        let mut named: Vec<String> = report
            .notices("not_measured")
            .iter()
            .map(|text| {
                let (target, why) = text.split_once(" was not measured on ").unwrap();
                format!("{target}: {}", why.split_once(": ").unwrap().1)
            })
            .collect();
        named.sort();
        named
    };
    let checked = project.memgate("check --format json").exits(104).report();
    assert_eq!(named(&checked), lacking);
    assert_eq!(
        checked.notices("left_out"),
        [
            "elsewhere/memory was not measured: it uses memgate under cfg(target_os = \"none\") alone",
            "subtle/empty was not measured: it declares no benchmark",
        ]
    );
    project.memgate("check").exits(104).says("not all bench targets");
    // Whoever asks for what has none is not told that all is well.
    project.memgate("check --bench empty").exits(104).says("it declares no benchmark");
    project
        .memgate("update --bench empty")
        .exits(0)
        .says("nothing was measured")
        .complains("warning: subtle/empty was not measured on")
        .complains("it declares no benchmark");

    // Who asks for something else has not asked for it.
    project.memgate("check forgotten/measured").exits(0);
    project.memgate("check -p forgotten --bench measured").exits(0);

    // With what it lacks, it is measured; and then missed.
    let updated = project.memgate("update --features heap,helper/probe").exits(0);
    updated.says("added helped/memory/one").says("added outside/memory/one").says("added subtle/aliased/one");
    let checked = project.memgate("check --features heap,helper/probe --format json").exits(104).report();
    assert_eq!(named(&checked), [&lacking[..3], &lacking[8..]].concat());
    let missing = project.memgate("check -p optional").exits(104).complains("no bench target");
    missing.complains("optional/guarded was not measured: it needs the feature heap (--features heap)");

    // What is left out on purpose.
    project.write(
        "memgate.toml",
        "[build]\nexclude = [\"optional\", \"helped/memory\", \"forgotten/by-hand\", \"forgotten/unlisted\", \
         \"forgotten/without-harness\", \"held\", \"outside\", \"subtle\"]\n",
    );
    std::fs::remove_dir_all(project.path("baselines")).unwrap();
    project.memgate("update").exits(0);
    project.memgate("check --strict").exits(0).says("1 ok");
}

#[test]
fn where_nothing_is_measured_what_is_there_is_said_and_never_how_to_add_it() {
    let package = Package::new("waiting").bench("memory", &suite("memgate"));
    let project = Project::new("waiting", [package]);
    let refused = |line: &str, words: &str| {
        let refused = project.memgate(line).exits(104).complains(words);
        assert!(!refused.stderr.contains("to add one"), "{}", refused.stderr);
    };
    project.memgate("update").exits(0);
    for excluded in ["waiting", "waiting/memory"] {
        project.write("memgate.toml", format!("[build]\nexclude = [\"{excluded}\"]\n"));
        let words = format!(
            "waiting/memory was not measured: `exclude = [\"{excluded}\"]` under [build] in memgate.toml leaves it out"
        );
        for command in ["check", "update", "list"] {
            refused(command, &words);
        }
    }
    std::fs::remove_file(project.path("memgate.toml")).unwrap();
    project.write("waiting/benches/memory.rs", guarded("memgate", "target_os = \"none\""));
    refused(
        "check",
        "waiting/memory was not measured: it uses memgate under cfg(target_os = \"none\") alone",
    );
    std::fs::remove_file(project.path("waiting/benches/memory.rs")).unwrap();
    refused(
        "check",
        "waiting/memory has a baseline, and cargo knows no bench target of memgate's by that name",
    );
}

#[test]
fn the_facade_without_its_harness_is_named_too() {
    let manifest = format!(
        "[dev-dependencies]\ncriterion = {{ package = \"memgate-criterion\", path = {:?} }}\n[[bench]]\nname = \"forgotten\"\n",
        repository().join("crates/memgate-criterion")
    );
    let source = "fn one(criterion: &mut criterion::Criterion) { criterion.bench_function(\"one\", |b| b.iter(|| Box::new(1))); }
criterion::criterion_group!(benches, one);
criterion::criterion_main!(benches);
";
    let package = Package::without_memgate("coverage-criterion")
        .manifest(&manifest)
        .file("benches/forgotten.rs", source);
    Project::new("coverage-criterion", [package])
        .memgate("check")
        .exits(104)
        .complains("coverage-criterion/forgotten was not measured: it needs `harness = false`");
}
