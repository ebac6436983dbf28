//! What was found, for people.

use std::collections::HashSet;

use memgate_protocol::units::{exact, human};

use super::Shape;
use crate::attribution::Explanation;
use crate::model::{BenchmarkId, MetricKey, Observation};
use crate::render::sites_text::difference_lines;
use crate::text::{BOLD, Paint, RED, fitted};

/// What was found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The benchmark.
    pub id: BenchmarkId,
    /// The metric.
    pub metric: MetricKey,
    /// The good end: its name and what was measured there.
    pub good: (String, Observation),
    /// The bad end: its name and what was measured there.
    pub bad: (String, Observation),
    /// Who did it.
    pub suspects: Suspects,
    /// What was measured on both sides of the suspects.
    pub values: (Observation, Observation),
    /// What the measurements say of the whole line.
    pub shape: Shape,
    /// Every measured commit with its value, in the order of the line.
    pub measured: Vec<(String, Observation)>,
    /// What grew, when call sites could be recorded.
    pub explanation: Option<Explanation>,
    /// What else there is to say.
    pub notes: Vec<String>,
    /// The command that goes on, where there is one.
    pub next: Option<(&'static str, String)>,
}

/// Who did it.
#[derive(Clone, Debug)]
pub enum Suspects {
    /// One commit.
    One(FoundCommit),
    /// One of these: those between can't be measured.
    OneOf(Vec<FoundCommit>),
}

/// A commit as it is shown.
#[derive(Clone, Debug)]
pub struct FoundCommit {
    /// The whole id.
    pub commit: String,
    /// The author's name.
    pub author: String,
    /// The day of authorship.
    pub author_date: String,
    /// The first line of the message.
    pub subject: String,
}

/// How many callers are shown of each site.
const CALLERS: usize = 3;

/// Renders what was found, in lines of at most `width` characters where there is one. A command is one line however long it is.
#[must_use]
pub fn render_finding(finding: &Finding, color: bool, width: Option<usize>) -> String {
    let paint = Paint::new(color);
    let Finding { id, metric, good, bad, values, .. } = finding;
    let mut lines = vec![format!(
        "{}  {metric}: {} at {}, {} at {}",
        paint.with(BOLD, &id.to_string()),
        shown(*metric, &good.1),
        good.0,
        shown(*metric, &bad.1),
        bad.0,
    )];
    let change = format!("{} → {}", shown(*metric, &values.0), shown(*metric, &values.1));
    match &finding.suspects {
        Suspects::One(commit) => {
            lines.push(format!("{} in this commit:", paint.with(RED, &change)));
            lines.extend(commit_lines(commit, paint));
        }
        Suspects::OneOf(commits) => {
            let change = paint.with(RED, &change);
            lines.push(format!("{change} in one of these, between which none can be measured:"));
            for commit in commits {
                lines.extend(commit_lines(commit, paint));
            }
        }
    }
    if let Some(explanation) = &finding.explanation {
        lines.push(String::new());
        lines.extend(difference_lines(explanation, CALLERS, false, paint, &mut HashSet::new()));
    }
    let says = match finding.shape {
        Shape::OneStep => None,
        Shape::SeveralSteps => {
            Some("the metric rose at more than one commit; this is the first that was found")
        }
        Shape::NotMonotone => {
            Some("the metric rose and fell between the two ends; there may be other commits that raised it")
        }
        Shape::Creep => {
            Some("no single commit needs to be at fault: the metric crept, and here it passed its limit")
        }
    };
    if let Some(says) = says {
        lines.push(format!("{}: {says}. Measured:", paint.with(BOLD, "warning")));
        let values =
            finding.measured.iter().map(|(name, value)| format!("  {name}  {}", shown(*metric, value)));
        lines.extend(values);
    }
    lines.extend(finding.notes.iter().map(|note| format!("{}: {note}", paint.with(BOLD, "note"))));
    let mut text = fitted(&(lines.join("\n") + "\n"), width);
    if let Some((why, command)) = &finding.next {
        text += &format!("{why}: {command}\n");
    }
    text
}

fn commit_lines(commit: &FoundCommit, paint: Paint) -> Vec<String> {
    // A subject may say anything, also to a terminal.
    let subject: String = commit
        .subject
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    let author: String = commit.author.chars().filter(|character| !character.is_control()).collect();
    vec![
        format!("  commit  {}", paint.with(BOLD, &commit.commit)),
        format!("  date    {} by {author}", commit.author_date),
        format!("  subject {subject}"),
    ]
}

fn shown(metric: MetricKey, value: &Observation) -> String {
    let unit = metric.unit();
    match value {
        Observation::Exact(value) => {
            let (exact, human) = (exact(*value, unit), human(*value, unit));
            if exact == human { exact } else { format!("{exact} ({human})") }
        }
        Observation::Noisy(spread) => {
            format!("{}…{}", exact(spread.minimum, unit), exact(spread.maximum, unit))
        }
    }
}

#[cfg(test)]
mod tests {
    use memgate_protocol::Metric;

    use super::*;

    #[test]
    fn a_finding_names_the_commit() {
        let commit = |subject: &str| FoundCommit {
            commit: "1a".repeat(20),
            author: "Ada".into(),
            author_date: "2026-01-02".into(),
            subject: subject.into(),
        };
        let mut finding = Finding {
            id: BenchmarkId::new("p", "t", "n"),
            metric: MetricKey::steady(Metric::Allocs),
            good: ("v1".into(), Observation::Exact(3)),
            bad: ("v2".into(), Observation::Exact(6)),
            suspects: Suspects::One(commit("Copy\u{1b}[2J it")),
            values: (Observation::Exact(3), Observation::Exact(4)),
            shape: Shape::OneStep,
            measured: vec![("v1".into(), Observation::Exact(3))],
            explanation: None,
            notes: vec!["5 measurements".into()],
            next: None,
        };
        insta::assert_snapshot!(render_finding(&finding, false, None), @r#"
        p/t/n  allocs: 3 at v1, 6 at v2
        3 → 4 in this commit:
          commit  1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a
          date    2026-01-02 by Ada
          subject Copy [2J it
        note: 5 measurements
        "#);
        finding.shape = Shape::SeveralSteps;
        finding.suspects = Suspects::OneOf(vec![commit("Copy it"), commit("Keep it")]);
        insta::assert_snapshot!(render_finding(&finding, false, None), @r#"
        p/t/n  allocs: 3 at v1, 6 at v2
        3 → 4 in one of these, between which none can be measured:
          commit  1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a
          date    2026-01-02 by Ada
          subject Copy it
          commit  1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a
          date    2026-01-02 by Ada
          subject Keep it
        warning: the metric rose at more than one commit; this is the first that was found. Measured:
          v1  3
        note: 5 measurements
        "#);
    }
}
