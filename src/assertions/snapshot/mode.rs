//! Whether numbers are compared or recorded.

use std::env::VarError;
use std::sync::OnceLock;

/// The variable that asks for recording.
pub(super) const UPDATE_VARIABLE: &str = "MEMGATE_UPDATE";

/// What is done with the numbers of a snapshot assertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// They are compared with what is recorded.
    Compare,
    /// They are recorded where they are new or have changed by more than a limit, so that files stay as they are otherwise.
    Update,
    /// They are recorded.
    UpdateAll,
}

/// What is asked for in this process.
pub(super) fn mode() -> Result<Mode, String> {
    static MODE: OnceLock<Result<Mode, String>> = OnceLock::new();
    MODE.get_or_init(|| mode_of(std::env::var(UPDATE_VARIABLE))).clone()
}

fn mode_of(variable: Result<String, VarError>) -> Result<Mode, String> {
    let asked = match variable {
        Ok(asked) => asked,
        Err(VarError::NotPresent) => return Ok(Mode::Compare),
        Err(VarError::NotUnicode(asked)) => asked.to_string_lossy().into_owned(),
    };
    // `set MEMGATE_UPDATE=1 && cargo test` has a blank at the end, on Windows.
    match asked.trim() {
        "" | "0" => Ok(Mode::Compare),
        "1" => Ok(Mode::Update),
        "all" => Ok(Mode::UpdateAll),
        // A typing error would compare, and seem to have recorded.
        _ => Err(format!("{UPDATE_VARIABLE} is {asked:?}, and can be 1, all, or 0")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_word_is_no_mode() {
        let mode = |text: &str| mode_of(Ok(text.to_owned()));
        assert_eq!(
            [mode(""), mode("0"), mode_of(Err(VarError::NotPresent))],
            [(); 3].map(|()| Ok(Mode::Compare))
        );
        assert_eq!(mode("1 "), Ok(Mode::Update));
        assert_eq!((mode("1"), mode("all")), (Ok(Mode::Update), Ok(Mode::UpdateAll)));
        assert_eq!(mode("yes").unwrap_err(), "MEMGATE_UPDATE is \"yes\", and can be 1, all, or 0");
    }
}
