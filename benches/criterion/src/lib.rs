//! What the criterion benchmarks and their native twins measure.

#![forbid(unsafe_code)]

use memgate_benches::fixtures::{GRAPH_JSON, SOURCES_CSV};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;

/// Each line's fields, as text of their own.
#[must_use]
pub fn fields(text: &str) -> Vec<Vec<String>> {
    text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// So many lines of a table.
#[must_use]
pub fn table(lines: usize) -> String {
    SOURCES_CSV.split_inclusive('\n').take(lines).collect()
}

/// A document of some size.
#[must_use]
pub fn document() -> serde_json::Value {
    // The fixture is this repository's own, and its tests read it.
    serde_json::from_str(GRAPH_JSON).unwrap_or_default()
}

/// Takes a document apart into the names of its packages.
#[must_use]
pub fn package_names(mut document: serde_json::Value) -> Vec<String> {
    let packages = document.get_mut("packages").map(serde_json::Value::take);
    let Some(serde_json::Value::Array(packages)) = packages else { return Vec::new() };
    packages.into_iter().filter_map(|package| Some(package.get("name")?.as_str()?.to_owned())).collect()
}

/// A runtime on this thread.
///
/// # Errors
/// When the system gives none.
pub fn runtime() -> std::io::Result<Runtime> {
    Builder::new_current_thread().build()
}

/// Spawns a task that sends so many lines through a channel, and gives the length of what comes out.
///
/// Has to run on a runtime.
pub async fn relay(lines: usize) -> usize {
    let (sender, mut receiver) = mpsc::channel::<String>(16);
    let task = tokio::spawn(async move {
        for line in SOURCES_CSV.lines().take(lines) {
            if sender.send(line.to_owned()).await.is_err() {
                break;
            }
        }
    });
    let mut length = 0;
    while let Some(line) = receiver.recv().await {
        length += line.len();
    }
    drop(task);
    length
}
