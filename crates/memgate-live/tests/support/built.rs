//! A program with frame pointers, built from a source: what tests are compiled with has none, and so no stacks.

use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

/// The linkers of other systems know the last two not. The very last is for old versions of pprof alone, which look into the file at the wrong
/// place where code does not begin with a page.
const FLAGS: &[&str] = if cfg!(target_os = "linux") {
    &[
        "-Cforce-frame-pointers=yes",
        "-Clink-arg=-Wl,--build-id",
        "-Clink-arg=-Wl,-z,separate-loadable-segments",
    ]
} else {
    &["-Cforce-frame-pointers=yes"]
};

/// Whether these programs have call stacks on this platform.
pub(crate) const HAS_STACKS: bool =
    cfg!(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")));

/// The target triple that cargo was asked for with `--target`: what it builds then, and the folder for these tests, is in a folder of that name.
fn asked_target() -> Option<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let name = folder.file_name().unwrap().to_str().unwrap();
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let known = Command::new(compiler).args(["--print", "target-list"]).output().unwrap();
    let is_known = String::from_utf8(known.stdout).unwrap().lines().any(|known| known == name);
    is_known.then(|| name.to_owned())
}

/// Builds a program for the platform of the tests, and gives its path; `features` are those of memgate-live, and `more` is further lines of dependencies. Its own target folder stays, so that it is compiled anew only after a change.
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
    let mut command = Command::new(env!("CARGO"));
    let mut target_folder = folder.join("target");
    command.args(["build", "--quiet", "--offline"]).env("CARGO_TARGET_DIR", &target_folder);
    if let Some(target) = asked_target() {
        command.args(["--target", &target]);
        target_folder.push(target);
    }
    let built = command
        .current_dir(&folder)
        .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"))
        .env_remove("CARGO_PROFILE_DEV_DEBUG")
        .status()
        .unwrap();
    assert!(built.success());
    target_folder.join("debug").join(name).with_extension(std::env::consts::EXE_EXTENSION)
}
