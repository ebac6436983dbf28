//! Built and run by memgate, which asks cargo what its settings come to.

fn main() {
    // A file that is never there: run every time.
    println!("cargo:rerun-if-changed=never-there");
    for name in ["CARGO", "CARGO_ENCODED_RUSTFLAGS", "HOST", "RUSTC", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "TARGET"] {
        let value = std::env::var(name).unwrap_or_default();
        // A line end in a value would end the line.
        let digits: String = value.bytes().map(|byte| format!("{byte:02x}")).collect();
        println!("cargo:rustc-env=MEMGATE_{name}={digits}");
    }
}
