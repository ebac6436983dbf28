//! What memgate brings into somebody else's build: its own packages, and no version or feature of any other.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

const REPOSITORY: &str = env!("CARGO_MANIFEST_DIR");

/// Packages with the names and the features of well-known ones. With the real ones, the test would need a registry that has
/// old versions.
const STAND_INS: [(&str, &str); 2] = [
    ("serde", "[features]\ndefault = [\"std\"]\nstd = []\nalloc = []\nderive = []\n"),
    (
        "serde_json",
        "[features]\ndefault = [\"std\"]\nstd = [\"serde/std\"]\nalloc = [\"serde/alloc\"]\n\
         [dependencies]\nserde = { version = \"1\", default-features = false }\n",
    ),
];

/// The lines of `cargo tree`, without their order.
#[track_caller]
fn tree(folder: &Path, arguments: &[&str]) -> BTreeSet<String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["tree", "--offline", "--prefix", "none", "--no-dedupe", "--color", "never"]);
    let output = cargo.args(arguments).current_dir(folder).output().expect("cargo can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(|line| line.trim().to_owned()).collect()
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("the folder can be made");
    std::fs::write(path, text).expect("the file can be written");
}

fn package(name: &str, version: &str, rest: &str) -> String {
    format!("[package]\nname = {name:?}\nversion = {version:?}\nedition = \"2024\"\n\n{rest}")
}

/// The tree of features of a library without std, whose dependencies have a version, and what comes with memgate.
fn without_and_with_memgate(version: &str) -> [BTreeSet<String>; 2] {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let folder = folder.path();
    let mut manifest = package(
        "tiny",
        "0.1.0",
        "[dependencies]\nserde_json = { version = \"1\", default-features = false, features = [\"alloc\"] }\n\n\
         [workspace]\n\n[patch.crates-io]\n",
    );
    for (name, rest) in STAND_INS {
        write(folder, &format!("{name}/Cargo.toml"), &package(name, version, rest));
        write(folder, &format!("{name}/src/lib.rs"), "#![no_std]\n");
        manifest += &format!("{name} = {{ path = {name:?} }}\n");
    }
    write(folder, "src/lib.rs", "#![no_std]\n");
    write(folder, "Cargo.toml", &manifest);
    let without = tree(folder, &["--edges", "features"]);
    manifest += &format!("\n[dev-dependencies]\nmemgate = {{ path = {REPOSITORY:?} }}\n");
    write(folder, "Cargo.toml", &manifest);
    [without, tree(folder, &["--edges", "features"])]
}

#[test]
#[cfg_attr(miri, ignore = "it starts processes")]
fn memgate_depends_on_its_own_packages_alone() {
    let lines = tree(Path::new(REPOSITORY), &["--locked", "--package", "memgate", "--edges", "normal,build"]);
    let names: BTreeSet<&str> = lines.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(names, BTreeSet::from(["memgate", "memgate-protocol", "memgate-stacks", "memgate-target"]));
}

#[test]
#[cfg_attr(miri, ignore = "it starts processes")]
fn neither_versions_nor_features_of_others_change() {
    // Older than anything that memgate could ask for, and newer.
    for version in ["1.0.40", "1.999.0"] {
        let [without, with] = without_and_with_memgate(version);
        let has = |line: &str| without.iter().any(|found| found.starts_with(line));
        assert!(has(&format!("serde_json v{version}")) && has("serde feature \"alloc\""), "{without:?}");
        assert!(without.is_subset(&with), "{without:?}\n{with:?}");
        let brought: Vec<&String> = with.difference(&without).collect();
        assert!(
            brought.iter().any(|line| line.starts_with("memgate v"))
                && brought.iter().all(|line| line.starts_with("memgate") || line.starts_with("[dev-")),
            "{brought:?}"
        );
    }
}
