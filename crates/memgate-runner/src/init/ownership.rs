//! What else keeps a gate honest, and is the user's to decide.

use super::draft::Draft;

/// Where GitHub looks for owners, in its order.
pub(super) const PLACES: [&str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/// What decides what the gate is, besides the xtask, from the root of the workspace.
const OWNED: [&str; 8] = [
    // What is accepted.
    "/baselines/",
    // Limits, budgets, waivers, and what is left out.
    "/memgate.toml",
    // Whether and how the gate runs; and this list, as a rule.
    "/.github/",
    // What `cargo xtask` and `cargo memgate` are, flags of the compiler, other sources of packages.
    "/.cargo/",
    // The compiler.
    "/rust-toolchain.toml",
    // Profiles, and `[patch]` of memgate itself.
    "/Cargo.toml",
    // The version of the tool, and of what is measured.
    "/Cargo.lock",
    // `-diff` and `linguist-generated` fold the diff of the baselines.
    "/.gitattributes",
];

/// Notes about owners, the toolchain and the lock file. The tool is the xtask in a folder, or installed.
pub(super) fn note(draft: &mut Draft<'_>, xtask_folder: Option<&str>) {
    let found = draft.found;
    let place = PLACES.into_iter().find(|place| found.text(place).is_some());
    let text = place.and_then(|place| found.text(place)).unwrap_or_default();
    let below = found.in_repository.display().to_string().replace('\\', "/");
    let patterns =
        OWNED.into_iter().map(str::to_owned).chain(xtask_folder.map(|folder| format!("/{folder}/")));
    let patterns = patterns.map(|path| match path.as_str() {
        // GitHub reads it in the root of the repository alone.
        "/.github/" => path,
        _ if below.is_empty() => path,
        _ => format!("/{below}{path}"),
    });
    let has = |pattern: &String| text.lines().any(|line| line.split_whitespace().next() == Some(pattern));
    let lacking: Vec<String> = patterns.filter(|pattern| !has(pattern)).collect();
    if !lacking.is_empty() {
        let place = place.unwrap_or(PLACES[0]);
        let width = lacking.iter().map(String::len).max().unwrap_or_default();
        let lines: Vec<String> =
            lacking.iter().map(|pattern| format!("    {pattern:width$}  @your-team")).collect();
        draft.notes.push(format!(
            "Who may accept more memory, or change what the gate is? With these lines in {place}, whatever does so needs their \
             review:\n{}",
            lines.join("\n")
        ));
    }
    let pins = ["rust-toolchain.toml", "rust-toolchain"];
    if !pins.iter().any(|pin| found.text(pin).is_some()) {
        draft.notes.push(
            "Baselines hold for one compiler. Pin it, in rust-toolchain.toml, so that everybody and CI measure with the same."
                .to_owned(),
        );
    }
    let ignored = found.text(".gitignore").unwrap_or_default();
    if ignored.lines().any(|line| matches!(line.trim(), "Cargo.lock" | "/Cargo.lock")) {
        draft.notes.push(
            "Cargo.lock is ignored by git. Commit it: a dependency's new version changes the numbers, and would turn \
             the gate red by itself."
                .to_owned(),
        );
    }
}
