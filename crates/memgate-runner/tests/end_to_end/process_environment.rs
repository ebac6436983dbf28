//! A bench process finds what `cargo bench` would have given it: folder, variables, shared libraries.

use std::collections::BTreeMap;
use std::path::Path;

use crate::finished::Finished;
use crate::support::{Package, Project, repository};

/// Writes all that it finds around it into a file.
const BENCH: &str = r#"
#[global_allocator]
static ALLOCATOR: memgate::Alloc = memgate::Alloc::system();

fn main() -> std::process::ExitCode {
    let mut seen = format!("folder={}\n", std::env::current_dir().unwrap().display());
    seen += &format!("program={}\n", std::env::args().next().unwrap());
    for (name, value) in std::env::vars() {
        seen += &format!("{name}={}\n", value.replace('\n', "\\n"));
    }
    std::fs::write(std::env::var_os("SEEN").unwrap(), seen).unwrap();
    memgate::Suite::new("around", "around").bench("answer", answer).main()
}

fn answer(bencher: memgate::Bencher) {
    bencher.bench(|| Box::new(around::answer()));
}
"#;

/// Builds a shared library into a folder that only cargo knows.
const BUILD_SCRIPT: &str = r##"
use std::process::Command;

fn main() {
    let out = std::env::var("OUT_DIR").unwrap();
    std::fs::write(format!("{out}/answer.rs"), "#[unsafe(no_mangle)] pub extern \"C\" fn answer() -> i32 { 42 }").unwrap();
    let rustc = std::env::var("RUSTC").unwrap();
    let library = ["--edition", "2024", "--crate-type", "cdylib", "--out-dir", &out, &format!("{out}/answer.rs")];
    assert!(Command::new(rustc).args(library).status().unwrap().success());
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-link-search=native={out}");
    println!("cargo:rustc-link-search=/usr/lib");
    println!("cargo:rustc-link-lib=dylib=answer");
    println!("cargo:rustc-env=FROM_DEPENDENCY=1");
}
"##;

/// What the gate changes on purpose: the request itself, and backtraces, which would be counted.
const CHANGED: [&str; 3] = ["MEMGATE_REQUEST", "RUST_BACKTRACE", "RUST_LIB_BACKTRACE"];

#[test]
fn a_bench_process_finds_what_cargo_bench_gives_it() {
    let library = Package::without_memgate("around-sys")
        .manifest("build = \"build.rs\"\nlinks = \"answer\"\n")
        .file("build.rs", BUILD_SCRIPT)
        .file(
            "src/lib.rs",
            // SAFETY: what the build script compiles takes nothing, and gives a number.
            "unsafe extern \"C\" { fn answer() -> i32; }\npub fn get() -> i32 { unsafe { answer() } }\n",
        );
    let package = Package::without_memgate("around")
        .manifest("authors = [\"A\", \"B\"]\nlicense = \"MIT\"\nbuild = \"build.rs\"\n")
        .manifest(&format!("[dev-dependencies]\nmemgate = {{ path = {:?} }}\n", repository()))
        .manifest("[dependencies]\naround-sys = { path = \"../around-sys\" }\n[[bin]]\nname = \"helper\"\n")
        .bench("around", BENCH)
        .file("src/lib.rs", "pub fn answer() -> i32 { around_sys::get() }\n")
        .file("src/bin/helper.rs", "fn main() {}\n")
        .file("build.rs", "fn main() { println!(\"cargo:rustc-env=FROM_SCRIPT=two words\"); }\n");
    let project = Project::new("around", [library, package]);
    project.write(
        ".cargo/config.toml",
        "[env]\nPLAIN = \"it's # \\\"q\\\"\"\nRELATIVE = { value = \"data\", relative = true }\n\
         FORCED = { value = \"forced\", force = true }\nCARGO_PKG_NAME = \"never\"\nFROM_SCRIPT = \"never\"\n",
    );

    let seen = |command: &mut std::process::Command| -> BTreeMap<String, String> {
        let file = project.path("seen");
        Finished::of(command.env("SEEN", &file).env("FORCED", "outside")).exits(0);
        let lines = std::fs::read_to_string(file).unwrap();
        let pairs = lines.lines().map(|line| line.split_once('=').unwrap());
        pairs
            .filter(|(name, _)| !CHANGED.contains(name))
            .map(|(name, value)| (name.into(), value.into()))
            .collect()
    };
    let mut gate = seen(project.tool().arg("list"));
    // The same build, by cargo.
    let mut bench = project.cargo();
    bench.args(["bench", "--bench", "around", "--target-dir"]).arg(project.target_folder().join("memgate"));
    bench.args(["--config", "profile.bench.debug=1", "--config", "profile.bench.strip=\"none\"", "--config"]);
    bench.arg("build.rustflags=[\"-Cforce-frame-pointers=yes\", \"-Csymbol-mangling-version=v0\"]");
    let cargos = seen(&mut bench);

    // Who does not come from rustup may lack the compiler's own libraries, without which proc macros do not load.
    if let (Some(gates), Some(cargos)) = (gate.get_mut("LD_LIBRARY_PATH"), cargos.get("LD_LIBRARY_PATH")) {
        assert!(gates.starts_with(&**cargos), "{gates} and {cargos}");
        gates.clone_from(cargos);
    }
    assert_eq!(gate, cargos);
    assert_eq!(gate["RELATIVE"], project.path("data").display().to_string());
    assert_eq!(gate["FORCED"], "forced");
    assert_eq!(gate["FROM_SCRIPT"], "two words");
    assert!(!gate.contains_key("FROM_DEPENDENCY"));
    assert!(Path::new(&gate["CARGO_BIN_EXE_helper"]).is_file());
}
