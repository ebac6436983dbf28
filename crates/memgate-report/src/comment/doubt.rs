//! Whether a report is about a pull request as it is now.

use crate::report::MeasuredPullRequest;

/// Why what was measured may not be what is to be merged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// There are several pull requests from the branch, and the report does not say which of them it is about.
    #[error("There are several pull requests from this branch ({}), and the report does not say for which it was measured", listed(.0))]
    Several(Vec<u64>),
    /// The report says that it is about another one.
    #[error("The report was measured for pull request {0}, and not for this one")]
    OtherPullRequest(u64),
    /// It is to be merged into another branch by now.
    #[error(
        "The report was measured for `{}`, and this is to be merged into `{}` now",
        quoted(measured),
        quoted(now)
    )]
    OtherBase {
        /// The branch that it was measured for.
        measured: String,
        /// The branch that it is to be merged into.
        now: String,
    },
}

/// Of the pull requests from one branch with one head, those that a report may be about.
#[must_use]
pub fn candidates(pulls: Vec<u64>, measured: Option<&MeasuredPullRequest>) -> Vec<u64> {
    match measured {
        Some(measured) if pulls.contains(&measured.number) => vec![measured.number],
        // That none is named, or a wrong one, is no reason to leave an older verdict standing.
        _ => pulls,
    }
}

/// Why a report may not be about a pull request as it is now. `candidates` are those that it may be about; `base` is the
/// branch that the pull request is to be merged into, as far as it is known.
#[must_use]
pub fn doubt(
    number: u64,
    base: Option<&str>,
    measured: Option<&MeasuredPullRequest>,
    candidates: &[u64],
) -> Option<Doubt> {
    let Some(measured) = measured else {
        return (candidates.len() > 1).then(|| Doubt::Several(candidates.to_vec()));
    };
    if measured.number != number {
        return Some(Doubt::OtherPullRequest(measured.number));
    }
    let now = base.filter(|base| *base != measured.base_branch)?;
    Some(Doubt::OtherBase { measured: measured.base_branch.clone(), now: now.to_owned() })
}

fn listed(numbers: &[u64]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// A branch can't leave its quotation.
fn quoted(branch: &str) -> String {
    branch.replace('`', "'")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(number: u64) -> MeasuredPullRequest {
        MeasuredPullRequest { number, base_branch: "main".into() }
    }

    #[test]
    fn a_report_is_about_the_pull_request_that_it_names() {
        assert_eq!(candidates(vec![5, 7], Some(&measured(7))), [7]);
        assert_eq!(candidates(vec![5, 7], Some(&measured(6))), [5, 7]);
        assert_eq!(candidates(vec![5, 7], None), [5, 7]);
        assert_eq!(doubt(5, Some("main"), Some(&measured(5)), &[5]), None);
        assert_eq!(doubt(5, None, Some(&measured(5)), &[5]), None);
        assert_eq!(doubt(5, Some("main"), None, &[5]), None);
        assert_eq!(doubt(5, None, None, &[5, 7]), Some(Doubt::Several(vec![5, 7])));
        assert_eq!(doubt(5, None, Some(&measured(6)), &[5]), Some(Doubt::OtherPullRequest(6)));
        let said = doubt(5, Some("next"), Some(&measured(5)), &[5]).unwrap().to_string();
        assert_eq!(said, "The report was measured for `main`, and this is to be merged into `next` now");
    }
}
