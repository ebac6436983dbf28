//! `compare` with two toolchains.

use std::path::PathBuf;
use std::process::Command;

use crate::commits::History;
use crate::support::{Package, Project};

const BENCH: &str = r#"
use memgate::Bencher;

fn boxes(bencher: Bencher) {
    let count = toolchains::COUNT + if cfg!(of_the_other_compiler) { 10 } else { 0 };
    bencher.bench(|| (0..count).for_each(|n| drop(std::hint::black_box(Box::new(n)))));
}

memgate::main! { boxes }
"#;

/// A folder that looks like a toolchain: a compiler that calls itself by another name, and is told from the real one by what it makes
/// true. It has no cargo, as a compiler of one's own often has none.
fn other_toolchain(project: &Project, sysroot: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;

    let rustc = format!(
        "#!/bin/sh\n\
         if [ \"$*\" = -V ]; then echo 'rustc 1.99.0 (of the tests)'; exit; fi\n\
         exec '{sysroot}/bin/rustc' --cfg of_the_other_compiler \"$@\"\n"
    );
    project.write("other/bin/rustc", rustc);
    let path = project.path("other/bin/rustc");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    project.path("other")
}

#[test]
fn two_toolchains_tell_the_compilers_part_from_the_codes() {
    let output = Command::new("rustc").arg("--print=sysroot").output().unwrap();
    let sysroot = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    let package = Package::new("toolchains")
        .file("src/lib.rs", "pub const COUNT: u64 = 3;\n")
        .manifest("[lints.rust]\nunexpected_cfgs = \"allow\"\n")
        .bench("memory", BENCH);
    let mut history = History::of(Project::new("toolchains", [package]));
    history.commit("First");
    history.tag("v1");
    history.project.write("toolchains/src/lib.rs", "pub const COUNT: u64 = 4;\n");
    history.commit("Second");
    history.tag("v2");
    let other = other_toolchain(&history.project, &sysroot);
    let compare = |revisions: &str, toolchains: &[&str]| {
        let words = ["compare"].into_iter().chain(revisions.split(' ')).chain(["--no-explain"]);
        let toolchains = toolchains.iter().flat_map(|toolchain| ["--toolchain", toolchain]);
        history.project.memgate_words(words.chain(toolchains))
    };
    let other = other.to_str().unwrap();

    // The compiler's part alone.
    compare(". .", &[&sysroot, other])
        .exits(100)
        .says("the working tree is compared with itself")
        .says(&format!("base was built with the toolchain {sysroot} (rustc "))
        .says(&format!("head with the toolchain {other} (rustc 1.99.0 (of the tests))"))
        .says("(+10)")
        .says("whatever differs is the doing of the compiler")
        .never_says("is compared although");
    compare("v2 v2", &[other, &sysroot])
        .exits(0)
        .says("(-10)")
        .says("whatever differs is the doing of the compiler");
    // The code's, with one toolchain.
    compare("v1 v2", &[other])
        .exits(100)
        .says("(+1)")
        .says(&format!("both were built with the toolchain {other} (rustc 1.99.0 (of the tests))"))
        .never_says("whatever differs");
    // Both in one, and how to tell them apart.
    compare("v1 .", &[&sysroot, other])
        .exits(100)
        .says("(+11)")
        .says(&format!(
            "compare . . --toolchain {sysroot} --toolchain {other}` shows the compiler's part alone"
        ))
        .says(&format!("compare v1 . --toolchain {other}` the code's"));

    compare(". .", &["./nowhere"])
        .exits(2)
        .complains("no toolchain `./nowhere`: ")
        .complains("has no `bin/rustc`");
    compare(". .", &["1.2.345"]).exits(2).complains("`rustup toolchain install 1.2.345`");
    compare(". .", &[other, other, other]).exits(2).complains("--toolchain is given 3 times");
}
