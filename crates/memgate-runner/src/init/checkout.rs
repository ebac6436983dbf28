//! A checkout of memgate's repository, as `--path` names it.

use std::path::{Path, PathBuf};

use super::dependency::Dependency;
use super::error::InitError;

/// The absolute path of a checkout, without links.
///
/// # Errors
/// When it is none.
pub(crate) fn checkout(path: &Path) -> Result<PathBuf, InitError> {
    let no_checkout = |problem: String| InitError::NoCheckout { path: path.display().to_string(), problem };
    let checkout = dunce::canonicalize(path).map_err(|error| no_checkout(error.to_string()))?;
    for dependency in
        [Dependency::Runtime, Dependency::CriterionFacade, Dependency::DivanFacade, Dependency::Runner]
    {
        let manifest = checkout.join(dependency.folder()).join("Cargo.toml");
        let text = std::fs::read_to_string(&manifest);
        let name = format!("name = \"{}\"", dependency.package());
        if !text.is_ok_and(|text| text.lines().any(|line| line == name)) {
            let place = Path::new(dependency.folder()).join("Cargo.toml");
            return Err(no_checkout(format!(
                "its {} is not that of {}",
                place.display(),
                dependency.package()
            )));
        }
    }
    Ok(checkout)
}
