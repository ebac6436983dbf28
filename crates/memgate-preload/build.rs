//! Compiles the library that is preloaded, and puts it where `src/lib.rs` includes it.
//!
//! By the compiler itself: cargo would want a target folder and a lock of its own, and has no stable way to hand a shared library to
//! another package. Where it can't be compiled, this package is still built, and says why it has none.

use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A crate that the library consists of.
struct Part {
    name: &'static str,
    root: &'static str,
    features: &'static [&'static str],
    /// Optimising takes most of the time, and changes nothing where a process passes once, at its end.
    optimisation: &'static str,
    uses: &'static [&'static str],
}

/// In the order in which they use each other.
const PARTS: [Part; 3] = [
    Part {
        name: "memgate_stacks",
        root: "parts/memgate-stacks/lib.rs",
        features: &["mapped"],
        optimisation: "3",
        uses: &[],
    },
    Part {
        name: "memgate_protocol",
        root: "parts/memgate-protocol/lib.rs",
        features: &["processes"],
        optimisation: "0",
        uses: &[],
    },
    Part {
        name: "memgate",
        root: "parts/memgate/lib.rs",
        features: &["preloaded"],
        optimisation: "3",
        uses: &["memgate_stacks", "memgate_protocol"],
    },
];

const LIBRARY: Part = Part {
    name: "memgate_preloaded",
    root: "library/lib.rs",
    features: &[],
    optimisation: "3",
    uses: &["memgate", "memgate_protocol"],
};

fn main() -> Result<(), Box<dyn Error>> {
    for path in ["build.rs", "library", "parts/memgate", "parts/memgate-protocol", "parts/memgate-stacks"] {
        println!("cargo::rerun-if-changed={path}");
    }
    let folder = PathBuf::from(env::var_os("OUT_DIR").ok_or("there is no OUT_DIR")?);
    let constant = match library(&folder) {
        Ok(path) => format!("Ok(include_bytes!({path:?}))"),
        Err(reason) => {
            println!("cargo::warning=no library to preload: {reason}");
            format!("Err({:?})", reason.to_string())
        }
    };
    let text = format!("const LIBRARY: Result<&[u8], &str> = {constant};\n");
    Ok(fs::write(folder.join("library.rs"), text)?)
}

/// Compiles the library, and gives its path.
fn library(folder: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let of_target = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    let (system, environment, processor) = (of_target("OS"), of_target("ENV"), of_target("ARCH"));
    if system != "linux" || environment != "gnu" {
        return Err("programs are counted without being changed on Linux with glibc alone".into());
    }
    if !matches!(&*processor, "x86_64" | "aarch64") {
        return Err(format!("call stacks can't be taken on {processor}").into());
    }
    for part in &PARTS {
        compile(part, "rlib", folder)?;
    }
    // The unwinder from an archive: as a shared library it would already be there when the program loads it, and what that takes would
    // be missing in its numbers. Where there is no archive, it is that.
    let script = folder.join("libgcc_s.so");
    fs::write(&script, "INPUT(-lgcc_eh -lgcc)\n")?;
    if compile(&LIBRARY, "cdylib", folder).is_err() {
        fs::remove_file(&script)?;
        compile(&LIBRARY, "cdylib", folder)?;
    }
    Ok(folder.join("libmemgate_preloaded.so"))
}

fn compile(part: &Part, kind: &str, folder: &Path) -> Result<(), Box<dyn Error>> {
    let variable = |name: &str| env::var_os(name).ok_or_else(|| format!("there is no {name}"));
    let mut compiler = Command::new(variable("RUSTC")?);
    compiler.args(["--crate-name", part.name, "--crate-type", kind, "--edition", "2024"]);
    compiler.arg("--target").arg(variable("TARGET")?);
    // Lints are for whoever compiles the packages themselves.
    compiler.args(["--cap-lints", "allow"]);
    // Stacks begin in the library's own functions. Nothing there unwinds.
    let optimisation = format!("opt-level={}", part.optimisation);
    let settings = [&*optimisation, "panic=abort", "force-frame-pointers=yes", "strip=debuginfo"];
    compiler.args(settings.iter().flat_map(|setting| ["-C", setting]));
    if let Some(linker) = env::var_os("RUSTC_LINKER") {
        let mut setting = OsString::from("linker=");
        setting.push(linker);
        compiler.arg("-C").arg(setting);
    }
    compiler.args(part.features.iter().flat_map(|name| ["--cfg".to_owned(), format!("feature=\"{name}\"")]));
    for name in part.uses {
        compiler.arg("--extern").arg(format!("{name}={}", folder.join(format!("lib{name}.rlib")).display()));
    }
    compiler.arg("-L").arg(folder).arg("--out-dir").arg(folder).arg(part.root);
    let done = compiler.output().map_err(|error| format!("failed to start the compiler: {error}"))?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    Err(format!("failed to compile {}: {}", part.name, said.trim()).into())
}
