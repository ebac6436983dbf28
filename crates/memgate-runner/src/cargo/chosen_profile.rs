//! Which of cargo's profiles a workspace is built with.

use toml_edit::DocumentMut;

use super::configuration::Configuration;
use super::options::DEFAULT_PROFILE;
use super::{CargoError, CargoOptions, Workspace, rustflags};

impl Workspace {
    /// The same, built with another profile where no option says otherwise.
    #[must_use]
    pub fn with_profile(mut self, profile: Option<&str>) -> Self {
        if let Some(profile) = profile {
            self.profile = profile.to_owned();
        }
        self
    }

    /// The profile to build with.
    #[must_use]
    pub(super) fn profile<'a>(&'a self, options: &'a CargoOptions) -> &'a str {
        options.profile.as_deref().unwrap_or(&self.profile)
    }

    /// Whether cargo knows a profile by itself, or the workspace's `Cargo.toml` defines it.
    #[must_use]
    pub fn has_profile(&self, name: &str) -> bool {
        // What is wrong with a manifest, cargo says.
        let manifest =
            || std::fs::read_to_string(self.root().join("Cargo.toml")).ok()?.parse::<DocumentMut>().ok();
        let is_defined =
            |manifest: DocumentMut| manifest.get("profile").is_some_and(|of| of.get(name).is_some());
        matches!(name, "dev" | "release" | "test" | DEFAULT_PROFILE) || manifest().is_some_and(is_defined)
    }

    /// Whether what is to be built with is defined anywhere: in the manifest, in cargo's settings, or by a variable. Cargo itself would
    /// not say that it isn't: what we set of it on the command line is half a definition.
    ///
    /// # Errors
    /// When it is not.
    pub(super) fn require_profile(&self, options: &CargoOptions) -> Result<(), CargoError> {
        let name = self.profile(options);
        let variable = || format!("CARGO_PROFILE_{}_INHERITS", rustflags::variable_part(name));
        let is_known = self.has_profile(name)
            || Configuration::load(self.root(), options).has_profile(name)
            || std::env::var_os(variable()).is_some();
        if is_known { Ok(()) } else { Err(CargoError::UnknownProfile(name.to_owned())) }
    }
}
