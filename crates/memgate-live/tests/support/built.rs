//! A program with frame pointers, built from a source: what tests are compiled with has none, and so no stacks.

use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

/// The last is for old versions of pprof alone, which look into the file at the wrong place where code does not begin with a page.
const FLAGS: [&str; 3] = [
    "-Cforce-frame-pointers=yes",
    "-Clink-arg=-Wl,--build-id",
    "-Clink-arg=-Wl,-z,separate-loadable-segments",
];

/// Builds a program, and gives its path; `features` are those of memgate-live, and `more` is further lines of dependencies. Its own target folder stays, so that it is compiled anew only after a change.
pub(crate) fn built(name: &str, source: &str, features: &[&str], more: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(folder.join("src")).unwrap();
    let manifest = format!(
        "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nmemgate-live = {{ path = {PACKAGE:?}, features = {features:?} }}\n{more}\n[workspace]\n\n\
         [profile.dev]\nopt-level = 1\ndebug = \"line-tables-only\"\n"
    );
    std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    std::fs::write(folder.join("src/main.rs"), source).unwrap();
    std::fs::copy(Path::new(PACKAGE).join("../../Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline"])
        .current_dir(&folder)
        .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"))
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env_remove("CARGO_PROFILE_DEV_DEBUG")
        .status()
        .unwrap();
    assert!(built.success());
    folder.join("target/debug").join(name)
}
