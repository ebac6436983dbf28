//! `exponent` under `[limits]`.

use super::Problem;
use super::table::Item;
use crate::rules::ExponentLimit;

/// How far an exponent may rise, such as `0.1`, or `"off"`.
pub(super) fn exponent_limit(item: Item<'_>) -> Result<ExponentLimit, Problem> {
    /// In thousandths. A limit above this allows everything.
    const HIGHEST: f64 = 10_000.0;
    if item.string().is_ok_and(|text| text == "off") {
        return Ok(ExponentLimit::Off);
    }
    let thousandths = item.number().map(|number| (number * 1_000.0).round());
    match thousandths.filter(|thousandths| (0.0..=HIGHEST).contains(thousandths)) {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and within the bounds above")]
        Some(thousandths) => Ok(ExponentLimit::Gated(thousandths as i64)),
        None => Err(item.problem("it must be a number from 0 to 10, such as 0.1, or \"off\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse_config;
    use crate::rules::ExponentLimit;

    #[test]
    fn exponents_are_limited_for_the_whole_workspace() {
        let limit = |text: &str| {
            parse_config(&format!("[limits]\nexponent = {text}"))
                .map(|config| config.policy.exponent)
                .map_err(|problem| problem.to_string())
        };
        assert_eq!(limit("0.25"), Ok(ExponentLimit::Gated(250)));
        assert_eq!(limit("1"), Ok(ExponentLimit::Gated(1_000)));
        assert_eq!(limit("\"off\""), Ok(ExponentLimit::Off));
        assert_eq!(parse_config("").unwrap().policy.exponent, ExponentLimit::Gated(100));
        for text in ["-0.1", "nan", "inf", "11", "\"0.1\"", "{}"] {
            assert_eq!(
                limit(text),
                Err("2: `exponent`: it must be a number from 0 to 10, such as 0.1, or \"off\"".to_owned())
            );
        }
        let rule = "[[benchmark]]\nmatch = \"*\"\nlimits = { exponent = 0.1 }";
        assert_eq!(
            parse_config(rule).unwrap_err().to_string(),
            "3: `exponent`: it belongs to several benchmarks; it is limited in [limits], for all"
        );
    }
}
