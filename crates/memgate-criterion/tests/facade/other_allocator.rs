//! A bench target with a global allocator of its own: the compiler's message says what to do, and doing it helps.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::runner::cases;

cases!(the_compiler_says_what_to_do_about_a_second_allocator,);

const OWN: &str = "use std::alloc::System;
#[global_allocator]
static ALLOCATOR: System = System;
fn main() {
    criterion::Criterion::default().final_summary();
}";

const WRAPPED: &str = "use std::alloc::System;
#[global_allocator]
static ALLOCATOR: memgate::Alloc<System> = memgate::Alloc::new(System);
fn main() {
    criterion::Criterion::default().final_summary();
}";

fn the_compiler_says_what_to_do_about_a_second_allocator() {
    let project = project();
    let installed = check(&project, &["--bench", "own", "--features", "criterion/allocator"]);
    let message = String::from_utf8_lossy(&installed.stderr);
    assert_eq!(installed.status.code(), Some(101), "{message}");
    let expected = "error: the `#[global_allocator]` in this crate conflicts with global allocator in: \
                    memgate__turn_off_the_feature_allocator_and_wrap_yours_in_memgate_Alloc";
    assert!(message.contains(expected), "{message}");

    let advised = check(&project, &["--bench", "wrapped"]);
    assert!(advised.status.success(), "{}", String::from_utf8_lossy(&advised.stderr));
}

/// A package whose two bench targets have a global allocator each, at a place that is the same in every run.
fn project() -> PathBuf {
    let project = Path::new(env!("CARGO_TARGET_TMPDIR")).join("other_allocator");
    let facade = Path::new(env!("CARGO_MANIFEST_DIR"));
    let repository = facade.ancestors().nth(2).unwrap();
    let manifest = format!(
        "[package]\nname = \"other-allocator\"\nversion = \"0.0.0\"\nedition = \"2024\"\nautobenches = false\n\
         [dependencies]\n\
         criterion = {{ package = \"memgate-criterion\", path = {facade:?}, default-features = false }}\n\
         memgate = {{ path = {repository:?} }}\n\
         [[bench]]\nname = \"own\"\nharness = false\n[[bench]]\nname = \"wrapped\"\nharness = false\n[workspace]\n"
    );
    std::fs::create_dir_all(project.join("src")).unwrap();
    std::fs::create_dir_all(project.join("benches")).unwrap();
    for (path, text) in [
        ("Cargo.toml", &*manifest),
        ("src/lib.rs", ""),
        ("benches/own.rs", OWN),
        ("benches/wrapped.rs", WRAPPED),
    ] {
        std::fs::write(project.join(path), text).unwrap();
    }
    // The versions of this repository: nothing has to be looked up or downloaded.
    std::fs::copy(repository.join("Cargo.lock"), project.join("Cargo.lock")).unwrap();
    project
}

fn check(project: &Path, arguments: &[&str]) -> Output {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    Command::new(cargo)
        .args(["check", "--color", "never"])
        .args(arguments)
        .current_dir(project)
        .env("CARGO_TARGET_DIR", project.join("target"))
        .output()
        .expect("cargo can be started")
}
