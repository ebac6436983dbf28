//! Names for people.

use std::collections::HashMap;

use super::symbolize::symbolize;
use crate::process::LoadedObject;

/// The names of functions that addresses are in, demangled and without hashes.
pub(crate) fn readable_names(
    objects: &[LoadedObject],
    addresses: impl IntoIterator<Item = u64>,
) -> HashMap<u64, String> {
    let readable = |name: String| format!("{:#}", rustc_demangle::demangle(&name));
    symbolize(addresses, objects).into_iter().map(|(address, name)| (address, readable(name))).collect()
}
