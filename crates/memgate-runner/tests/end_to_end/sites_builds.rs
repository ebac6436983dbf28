//! Call sites of executables that are built or started in unusual ways: the sums are those of the metrics, the verdict is
//! what it is without them, and lines are right or said to be missing.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::finished::Finished;
use crate::sites_shown::{check, names_first, place, rows, sites};
use crate::support::{Package, Project};

const LIBRARY: &str = "
pub mod lists;

pub fn counted(count: usize) -> usize {
    lists::listed(count, |index| index.to_string()).len() + outside::applied(&|| Box::new(count).to_string())
}
";

const LISTS: &str = "
pub fn listed<T>(count: usize, make: impl Fn(usize) -> T) -> Vec<T> {
    let all = (0..count).map(make);
    all.collect()
}
";

const OUTSIDE: &str = "
#[inline(never)]
pub fn applied(make: &dyn Fn() -> String) -> usize {
    std::hint::black_box(make().len())
}
";

const BENCH: &str = "
use memgate::Bencher;

fn count(bencher: Bencher) {
    bencher.bench(|| builds::counted(30));
}

memgate::main! { count }
";

const ADDED: &str =
    "    drop(std::hint::black_box(Box::new([0_u8; 3]))); // the new one\n    let all = (0..count)";

/// The project, its package and its crate have one name: two packages of a name would share what is built.
struct Builds {
    name: &'static str,
    project: Project,
    outside: Project,
}

impl Builds {
    /// `profile` is what is in `[profile.bench]`, `settings` is cargo's configuration.
    fn new(name: &'static str, profile: &str, settings: &str) -> Self {
        let outside = format!("{name}_outside");
        let dependency = Package::without_memgate(&outside)
            .file("src/lib.rs", OUTSIDE)
            .manifest("[lib]\ncrate-type = [\"lib\"]\n");
        let package = Package::new(name)
            .manifest(&format!("[dependencies]\n{outside} = {{ path = \"../../{outside}/{outside}\" }}\n"))
            .file("src/lib.rs", &LIBRARY.replace("outside::", &format!("{outside}::")))
            .file("src/lists.rs", LISTS)
            .bench("memory", &BENCH.replace("builds::", &format!("{name}::")));
        let outside = Project::new(&outside, [dependency]);
        let project = Project::new(name, [package]);
        if !profile.is_empty() {
            project.replace("Cargo.toml", "[profile.bench]\nopt-level = 0\n", profile);
        }
        project.write(".cargo/config.toml", settings);
        Self { name, project, outside }
    }

    fn id(&self) -> String {
        format!("{}/memory/count", self.name)
    }

    /// Has the dependency be a shared library.
    fn share(&self) {
        let manifest = format!("{0}_outside/Cargo.toml", self.name);
        self.outside.replace(manifest, "[\"lib\"]", "[\"dylib\"]");
    }

    /// Adds an allocation; gives where.
    fn add(&self) -> String {
        let lists = format!("{}/src/lists.rs", self.name);
        self.project.replace(&lists, "    let all = (0..count)", ADDED);
        place(&self.project, &lists, "// the new one")
    }

    /// A shell script; gives its path.
    fn script(&self, name: &str, commands: &str) -> PathBuf {
        self.project.write(name, format!("#!/bin/sh\n{commands}\n"));
        let path = self.project.path(name);
        std::fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// Has a script start the bench targets.
    fn runs_with(&self, script: &Path) {
        self.project.write(".cargo/config.toml", format!("[target.'cfg(unix)']\nrunner = [{script:?}]\n"));
    }

    /// Every metric is the sum of its sites.
    #[track_caller]
    fn sums(&self) -> Value {
        let explained = self
            .project
            .memgate(
                "explain count --format json --metric peak_bytes --metric total_bytes --metric allocs --metric reallocs",
            )
            .exits(0)
            .json();
        for metric in explained["benchmarks"][0]["metrics"].as_array().unwrap() {
            let values =
                metric["sites"].as_array().unwrap().iter().map(|site| site["value"].as_i64().unwrap());
            let rest = ["older_blocks", "beyond_limit"].map(|key| metric[key].as_i64().unwrap());
            let sum = values.chain(rest).sum();
            assert_eq!(
                (metric["head"].as_i64(), metric["base"].as_i64()),
                (Some(sum), Some(sum)),
                "{metric:#}"
            );
        }
        explained
    }

    /// One more allocation is named with its line, and nothing else is.
    #[track_caller]
    fn names_what_is_added(&self) {
        self.project.memgate("update").exits(0).says("sites of 1 benchmark recorded");
        let explained = self.sums();
        assert_eq!(explained["benchmarks"][0]["notes"], Value::Array(Vec::new()), "{explained:#}");
        let line = self.add();
        let checked = check(&self.project, "", 100);
        let (id, first) = (self.id(), names_first(&checked, &self.id(), "allocs", 1, &line));
        assert_eq!(first.operation, "Box::new");
        let function = format!("{}::lists::listed::<alloc::string::String", self.name);
        assert!(first.function.starts_with(&function), "{first:?}");
        assert_eq!(rows(&checked.json, &id, "allocs").len(), 1, "{:#}", sites(&checked.json, &id));
    }
}

/// What the user takes off, the tool needs.
#[test]
fn debug_information_is_there_whatever_the_profile_says() {
    let profile = "[profile.bench]\nopt-level = 0\nstrip = true\ndebug = false\n\
                   [profile.bench.package.\"*\"]\ndebug = false\n";
    let builds =
        Builds::new("stripped_profile", profile, "[profile.bench]\ndebug = 0\nstrip = \"symbols\"\n");
    builds.names_what_is_added();

    // The dependency has names, if no lines.
    let more = "    drop(std::hint::black_box(Box::new([0_u8; 5])));\n    std::hint::black_box(make";
    builds.project.memgate("update").exits(0);
    let outside = format!("{}_outside", builds.name);
    builds.outside.replace(format!("{outside}/src/lib.rs"), "    std::hint::black_box(make", more);
    let checked = check(&builds.project, "", 100);
    let line = place(&builds.project, &format!("{}/src/lib.rs", builds.name), "outside::applied");
    let first = names_first(&checked, &builds.id(), "allocs", 1, &line);
    assert_eq!(first.through, [format!("{outside}::applied")]);
}

#[test]
fn fat_lto_without_unwinding() {
    let profile = "[profile.bench]\nopt-level = 3\nlto = \"fat\"\npanic = \"abort\"\ncodegen-units = 1\n";
    Builds::new("lto_sites", profile, "").names_what_is_added();
}

/// With a target, the flags are not those of procedural macros, which can't be at a fixed address.
#[test]
fn an_executable_at_a_fixed_address() {
    let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let settings = format!(
        "[build]\ntarget = \"{target}\"\n[target.{target}]\nrustflags = [\"-Crelocation-model=static\"]\n"
    );
    Builds::new("fixed_sites", "", &settings).names_what_is_added();
}

/// Only unstable compilers have them, or those that are told to be.
#[test]
fn old_names_that_the_user_asks_for() {
    let flags = "[\"-Zunstable-options\", \"-Csymbol-mangling-version=legacy\"]";
    let builds = Builds::new("old_names", "", "");
    let wrapper = builds.script("unstable.sh", "RUSTC_BOOTSTRAP=1 exec \"$@\"");
    let settings = format!("[build]\nrustc-wrapper = {wrapper:?}\nrustflags = {flags}\n");
    builds.project.write(".cargo/config.toml", settings);
    builds.names_what_is_added();
}

/// An allocator of the user's own around memgate's is on every stack, and no site of any.
#[test]
fn an_allocator_around_memgates() {
    let builds = Builds::new("wrapped_allocator", "", "");
    let allocator = "
struct Mine(memgate::Alloc);

// SAFETY: every method hands its arguments on to memgate's allocator unchanged.
unsafe impl std::alloc::GlobalAlloc for Mine {
    unsafe fn alloc(&self, layout: std::alloc::Layout) -> *mut u8 {
        // SAFETY: the caller keeps `alloc`'s contract.
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: std::alloc::Layout) {
        // SAFETY: the caller keeps `dealloc`'s contract, and `block` came from `self.0`.
        unsafe { self.0.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Mine = Mine(memgate::Alloc::system());

memgate::main! { allocator = none; count }";
    builds.project.replace("wrapped_allocator/benches/memory.rs", "memgate::main! { count }", allocator);
    builds.names_what_is_added();
}

/// Functions of a shared library, which calls back into the executable.
/// With a shared library of Rust's the standard library is shared too, and what its code allocates is counted by nobody.
#[test]
fn a_library_of_rust_that_is_shared_can_not_be_measured() {
    let builds = Builds::new("shared_sites", "", "");
    builds.share();
    let update = builds.project.memgate("update");
    update.exits(101).complains("(the standard library is a shared library here");
}

/// Not every way to start the tool brings the folder of the standard library, as `cargo run` does.
#[test]
fn a_shared_library_needs_no_help_of_the_surroundings() {
    let builds = Builds::new("shared_alone", "", "");
    builds.share();
    let mut command = builds.project.tool();
    command.args(["list"]).env_remove("LD_LIBRARY_PATH");
    Finished::of(&mut command).exits(0);
}

/// What runs is a copy without symbols of what was built: the built one knows its names.
#[test]
fn a_runner_that_strips() {
    let builds = Builds::new("stripping_runner", "", "");
    let copies = builds.project.path("copies");
    std::fs::create_dir_all(&copies).unwrap();
    let copy = format!("copy={}/app.$$\nstrip -o $copy \"$1\"\nshift\nexec $copy \"$@\"", copies.display());
    builds.runs_with(&builds.script("strips.sh", &copy));
    builds.project.memgate("update").exits(0).says("sites of 1 benchmark recorded");
    builds.sums();
    let line = builds.add();
    let checked = check(&builds.project, "", 100);
    names_first(&checked, &builds.id(), "allocs", 1, &line);

    // At the path of what was built, for as long as it runs.
    let swap = "cp \"$1\" \"$1.full\"\nstrip \"$1\"\n\"$@\"\ncode=$?\nmv \"$1.full\" \"$1\"\nexit $code";
    builds.runs_with(&builds.script("swaps.sh", swap));
    let checked = check(&builds.project, "", 100);
    let failure = sites(&checked.json, &builds.id())["failure"].as_str().unwrap_or_default();
    assert!(failure.contains(" is not the executable that was measured (its length was "), "{failure}");
    assert!(checked.terminal.contains("could not be recorded: "), "{}", checked.terminal);
}
