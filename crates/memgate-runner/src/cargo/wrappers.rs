//! Programs that are started in the compiler's place.

use std::path::Path;

/// A program that cargo starts in the compiler's place, with the compiler as its first argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrapper {
    /// The variable by which cargo is told: `RUSTC_WRAPPER` or `RUSTC_WORKSPACE_WRAPPER`.
    pub(super) variable: &'static str,
    pub(super) program: String,
}

/// The variables, in the order in which what they name is started.
pub(super) const VARIABLES: [&str; 2] = ["RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"];

/// Caches: what they give is what the compiler would have.
const CACHES: [&str; 3] = ["cachepot", "ccache", "sccache"];

impl Wrapper {
    /// Whether it may change what is compiled. Only of what is known not to is that sure.
    pub(super) fn decides(&self) -> bool {
        let name = Path::new(&self.program).file_stem().unwrap_or_default();
        !self.program.is_empty() && !CACHES.iter().any(|cache| name == *cache)
    }
}

/// As it is recorded: without its folder, which is of one machine.
impl std::fmt::Display for Wrapper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = Path::new(&self.program).file_name().unwrap_or_default();
        write!(f, "{}={}", self.variable, name.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caches_decide_nothing_and_all_others_do() {
        let wrapper = |program: &str| Wrapper { variable: VARIABLES[0], program: program.to_owned() };
        for program in ["", "sccache", "/usr/bin/sccache", "ccache.exe"] {
            assert!(!wrapper(program).decides(), "{program}");
        }
        let unknown = wrapper("/home/somebody/with-cfg.sh");
        assert!(unknown.decides());
        assert_eq!(unknown.to_string(), "RUSTC_WRAPPER=with-cfg.sh");
    }
}
