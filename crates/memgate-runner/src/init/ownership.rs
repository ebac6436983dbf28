//! What else keeps a gate honest, and is the user's to decide.

use super::draft::Draft;

/// Where GitHub looks for owners, in its order.
pub(super) const PLACES: [&str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/// Notes about owners, the toolchain and the lock file.
pub(super) fn note(draft: &mut Draft<'_>) {
    let found = draft.found;
    let place = PLACES.into_iter().find(|place| found.text(place).is_some());
    let text = place.and_then(|place| found.text(place)).unwrap_or_default();
    if !["/baselines/", "/memgate.toml"].iter().all(|owned| text.contains(owned)) {
        let place = place.unwrap_or(PLACES[0]);
        draft.notes.push(format!(
            "Who may accept more memory? With these lines in {place}, a raised baseline or a waiver needs their review:\n\
             \x20   /baselines/    @your-team\n    /memgate.toml  @your-team"
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
