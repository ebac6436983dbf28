//! What varies by itself: benchmarks of which a committed number is a spread.

use std::path::Path;

use serde_json::Value;

/// How many benchmarks in the baselines of a package have a metric that is not exact.
pub(crate) fn varying(folder: &Path) -> Result<usize, String> {
    let mut count = 0;
    let mut folders = vec![folder.join("baselines")];
    while let Some(folder) = folders.pop() {
        let problem = |error| format!("failed to read {}: {error}", folder.display());
        for entry in std::fs::read_dir(&folder).map_err(problem)? {
            let path = entry.map_err(problem)?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            // Call sites have a file of their own beside the numbers.
            if path.to_string_lossy().ends_with(".sites.json") {
                continue;
            }
            let text = std::fs::read_to_string(&path)
                .map_err(|error| format!("failed to read {}: {error}", path.display()))?;
            count += varying_in(&text);
        }
    }
    Ok(count)
}

fn varying_in(baseline: &str) -> usize {
    let baseline: Value = serde_json::from_str(baseline).unwrap_or_default();
    let benchmarks = baseline["benchmarks"].as_object().into_iter().flat_map(|all| all.values());
    let is_varying =
        |metrics: &&Value| metrics.as_object().is_some_and(|metrics| metrics.values().any(Value::is_object));
    benchmarks.filter(is_varying).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_benchmark_with_a_spread_varies() {
        let spread = r#"{"minimum": 1, "median": 2, "maximum": 3, "samples": 24}"#;
        let baseline = format!(
            r#"{{"benchmarks": {{"a": {{"allocs": 1}}, "b": {{"allocs": {spread}, "peak_bytes": {spread}}}}}}}"#
        );
        assert_eq!(varying_in(&baseline), 1);
        assert_eq!(varying_in("{}"), 0);
    }
}
