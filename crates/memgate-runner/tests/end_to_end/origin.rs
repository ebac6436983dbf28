//! What is measured was compiled from this tree, whoever else builds in the same folder.

use std::fs::File;
use std::time::{Duration, SystemTime};

use crate::finished::Finished;
use crate::support::{Package, Project};

const BENCH: &str = r#"
use memgate::Bencher;

fn words(bencher: Bencher) {
    // Somebody else builds while this is measured.
    if std::env::var_os("REPLACE").is_some() {
        let own = std::env::current_exe().unwrap();
        std::fs::copy(&own, own.with_extension("new")).unwrap();
        std::fs::rename(own.with_extension("new"), &own).unwrap();
    }
    bencher.bench(|| common_place::words());
}

memgate::main! { words }
"#;

const ONE: &str = "pub fn words() -> Vec<Box<u8>> { vec![Box::new(1)] }\n";
const TWO: &str = "pub fn words() -> Vec<Box<u8>> { vec![Box::new(1), Box::new(2)] }\n";

/// Two clones of one repository have packages of the same names at the same places.
fn tree(name: &str, source: &str) -> Project {
    let package = Package::new("common-place").version("1.0.0").bench("memory", BENCH);
    Project::new(name, [package.file("src/lib.rs", source)])
}

#[test]
fn what_is_measured_is_of_this_tree_as_it_is_now() {
    let (first, second) = (tree("first-tree", ONE), tree("second-tree", TWO));
    let anew = |project: &Project, line: &str| {
        let mut command = project.tool();
        // Where cargo itself has what is intermediate.
        command
            .args(line.split(' '))
            .env("CARGO_BUILD_BUILD_DIR", project.target_folder().join("everybody's"));
        Finished::of(&mut command)
    };
    anew(&first, "update").exits(0);
    for (path, text) in first.baselines() {
        second.write(std::path::Path::new("baselines").join(path), text);
    }
    anew(&second, "check").exits(100).says("common-place/memory/words");
    // What is there is this tree's, and stays.
    let again = anew(&second, "check").exits(100);
    assert!(!again.stderr.contains("Compiling"), "{again:#?}");
    anew(&first, "check --strict").exits(0);
    anew(&second, "check").exits(100);

    // A change with an old time, as an archive or `cp -a` leaves it.
    let path = second.path("common-place/src/lib.rs");
    let long_ago = SystemTime::now() - Duration::from_secs(100_000);
    second.write(&path, ONE);
    File::options().append(true).open(&path).unwrap().set_modified(long_ago).unwrap();
    second.memgate("check --strict").exits(0);
    // What is no source has nothing compiled.
    second.write("common-place/README.md", "two");
    let again = second.memgate("check --strict").exits(0);
    assert!(!again.stderr.contains("Compiling"), "{again:#?}");

    #[cfg(unix)]
    {
        let mut command = second.tool();
        command.arg("check").env("REPLACE", "1");
        let replaced = Finished::of(&mut command).exits(101);
        replaced
            .says("another build has replaced")
            .says("set CARGO_TARGET_DIR to a folder of this tree's own");
        // Whoever put it there, it is not what was built here.
        second.memgate("check --strict").exits(0);
    }
}
