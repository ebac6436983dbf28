//! Which packages are tried.

/// A package: its name, its version, and the features that its bench targets require.
pub(crate) type Crate<'a> = (&'a str, &'a str, &'a str);

/// Packages that are published with criterion benchmarks, at exact versions, so that the table can be made again; and the
/// features that their bench targets require.
pub(crate) const CRITERION: [Crate<'static>; 37] = [
    ("arc-swap", "1.9.5", ""),
    ("async-executor", "1.14.1", "static"),
    ("base64", "0.23.1", ""),
    ("bytecount", "0.6.9", ""),
    ("concurrent-queue", "2.5.0", ""),
    ("crabgraph", "0.3.3", ""),
    ("criterion", "0.8.2", "stable"),
    ("criterion-cycles-per-byte", "0.8.0", ""),
    ("dashu-int", "0.6.2", "rand"),
    ("eazy", "0.0.2", ""),
    ("firewood", "0.3.1", ""),
    ("flume", "0.12.0", ""),
    ("futures-concurrency", "7.7.1", ""),
    ("gil", "0.9.0", ""),
    ("governor", "0.10.4", ""),
    ("hamming-bitwise-fast", "1.1.0", ""),
    ("hex", "0.4.3", ""),
    ("httparse", "1.10.1", ""),
    ("hyperlimit", "0.4.0", ""),
    ("itertools", "0.15.0", ""),
    ("itoa", "1.0.19", ""),
    ("metrics", "0.24.6", ""),
    ("metrics-util", "0.20.4", ""),
    ("mfio", "0.1.0", ""),
    ("phf_generator", "0.14.0", ""),
    ("prost", "0.14.6", ""),
    ("rpds", "1.2.1", ""),
    ("rtrb", "0.4.1", ""),
    ("ryu", "1.0.23", ""),
    ("scc", "3.8.8", ""),
    ("simple_src", "0.5.1", ""),
    ("smol_str", "0.3.7", ""),
    ("sounding-analysis", "0.20.0", ""),
    ("tinyvec", "1.13.3", "alloc,real_blackbox"),
    ("tracing", "0.1.44", ""),
    ("tracing-subscriber", "0.3.23", "env-filter"),
    ("v_frame", "0.3.9", ""),
];

/// Packages that are published with divan benchmarks, as above.
pub(crate) const DIVAN: [Crate<'static>; 23] = [
    ("chili", "0.2.1", ""),
    ("fastlanes", "0.7.2", "runtime"),
    ("graaf", "0.112.0", ""),
    ("grok", "2.4.1", ""),
    ("opendal", "0.59.5", "tests"),
    ("turso_core", "0.8.3", ""),
    ("uu_cp", "0.12.0", ""),
    ("uu_cut", "0.12.0", ""),
    ("uu_df", "0.12.0", ""),
    ("uu_du", "0.12.0", ""),
    ("uu_expand", "0.12.0", ""),
    ("uu_factor", "0.12.0", ""),
    ("uu_fold", "0.12.0", ""),
    ("uu_join", "0.12.0", ""),
    ("uu_ls", "0.12.0", ""),
    ("uu_numfmt", "0.12.0", ""),
    ("uu_seq", "0.12.0", ""),
    ("uu_sort", "0.12.0", ""),
    ("uu_tsort", "0.12.0", ""),
    ("uu_unexpand", "0.12.0", ""),
    ("uu_uniq", "0.12.0", ""),
    ("uu_wc", "0.12.0", ""),
    ("uutils_term_grid", "0.8.1", ""),
];

/// A crate that is not in the table, from `name@version` or `name@version+feature,feature`.
pub(crate) fn other(word: &str) -> Option<Crate<'_>> {
    let (name, version) = word.split_once('@')?;
    let (version, features) = version.split_once('+').unwrap_or((version, ""));
    Some((name, version, features))
}
