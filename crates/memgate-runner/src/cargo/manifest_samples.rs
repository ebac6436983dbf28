//! Packages as `cargo metadata` describes them, for tests.

use cargo_metadata::Package;

/// A package with features, dependencies and targets in JSON.
pub(crate) fn package(name: &str, features: &str, dependencies: &str, targets: &str) -> Package {
    let text = format!(
        r#"{{
            "name": "{name}", "version": "0.1.0", "id": "path+file:///w/{name}#0.1.0", "source": null,
            "manifest_path": "/w/{name}/Cargo.toml", "edition": "2024", "authors": [], "license": null,
            "license_file": null, "description": null, "readme": null, "homepage": null, "repository": null,
            "documentation": null, "links": null, "publish": null, "default_run": null, "rust_version": null,
            "metadata": null, "categories": [], "keywords": [],
            "features": {features}, "dependencies": {dependencies}, "targets": {targets}
        }}"#
    );
    serde_json::from_str(&text).unwrap()
}

/// A dependency, with members besides its name.
pub(crate) fn dependency(name: &str, more: &str) -> String {
    let mut value = serde_json::json!({
        "name": name, "source": null, "req": "*", "kind": null, "rename": null, "optional": false,
        "uses_default_features": true, "features": [], "target": null, "registry": null
    });
    let more: serde_json::Value = serde_json::from_str(&format!("{{{more}}}")).unwrap();
    for (key, member) in more.as_object().unwrap() {
        value[key] = member.clone();
    }
    value.to_string()
}

/// The only library of a package.
pub(crate) fn library(name: &str) -> String {
    serde_json::json!([{
        "kind": ["lib"], "crate_types": ["lib"], "name": name, "src_path": "/w/src/lib.rs", "edition": "2024",
        "doctest": true, "test": true, "doc": true
    }])
    .to_string()
}
