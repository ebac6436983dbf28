//! "Did you mean …?"

/// The candidate that is most like `text`, when one is like it at all.
#[must_use]
pub fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    ranked(text, candidates).into_iter().next()
}

/// The candidates that are like `text`, the most like first. Case is ignored.
#[must_use]
pub fn ranked<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    // Below this, suggestions are guesses: `jaro_winkler("abc", "xyz")` is 0, unrelated words come out at 0.5.
    const LEAST_LIKENESS: f64 = 0.7;
    let text = text.to_lowercase();
    let mut ranked: Vec<(f64, &str)> = candidates
        .into_iter()
        .map(|candidate| {
            // A part of an id is as good a hint as a slip of the pen.
            let parts = std::iter::once(candidate).chain(candidate.split('/'));
            let likeness = parts.map(|part| strsim::jaro_winkler(&text, &part.to_lowercase()));
            (likeness.fold(0.0, f64::max), candidate)
        })
        .filter(|(likeness, _)| *likeness >= LEAST_LIKENESS)
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    ranked.into_iter().map(|(_, candidate)| candidate.to_owned()).collect()
}

/// What an error says at its end of names that are like the one that is not there.
#[cfg(feature = "tool")]
pub(crate) fn did_you_mean(nearest: &[String]) -> String {
    match nearest {
        [] => String::new(),
        [one] => format!("; did you mean `{one}`?"),
        several => format!("; the nearest are:\n    {}", several.join("\n    ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        assert_eq!(nearest("peek_bytes", ["allocs", "peak_bytes"]), Some("peak_bytes".into()));
        assert_eq!(nearest("tokns", ["p/t/tokens/1", "p/t/sort"]), Some("p/t/tokens/1".into()));
        assert_eq!(nearest("qqq", ["allocs", "peak_bytes"]), None);
    }
}
