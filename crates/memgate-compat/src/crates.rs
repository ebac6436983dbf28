//! Which packages are tried.

/// Packages that are published with criterion benchmarks, at exact versions, so that the table can be made again; and the
/// features that their bench targets require.
pub(crate) const CRATES: [(&str, &str, &str); 15] = [
    ("async-executor", "1.14.1", "static"),
    ("base64", "0.23.1", ""),
    ("flume", "0.12.0", ""),
    ("futures-concurrency", "7.7.1", ""),
    ("governor", "0.10.4", ""),
    ("hex", "0.4.3", ""),
    ("httparse", "1.10.1", ""),
    ("itertools", "0.15.0", ""),
    ("itoa", "1.0.19", ""),
    ("metrics", "0.24.6", ""),
    ("prost", "0.14.6", ""),
    ("ryu", "1.0.23", ""),
    ("smol_str", "0.3.7", ""),
    ("tinyvec", "1.13.3", "alloc,real_blackbox"),
    ("tracing", "0.1.44", ""),
];

/// A crate that is not in the table, from `name@version` or `name@version+feature,feature`.
pub(crate) fn other(word: &str) -> Option<(&str, &str, &str)> {
    let (name, version) = word.split_once('@')?;
    let (version, features) = version.split_once('+').unwrap_or((version, ""));
    Some((name, version, features))
}
