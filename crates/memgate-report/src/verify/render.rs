//! A verification for people.

use anstyle::{AnsiColor, Style};

use super::{Finding, Second, Verification};

/// Says where the engines disagree, and how many benchmarks each agrees on. With `verbose`, every benchmark.
#[must_use]
pub fn render_verification(verifications: &[Verification], verbose: bool, color: bool) -> String {
    let paint = |foreground: AnsiColor, text: &str| {
        let style = Style::new().fg_color(Some(foreground.into()));
        if color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    };
    let mut text = String::new();
    for Verification { id, checks } in verifications {
        for check in checks {
            let line = match &check.finding {
                Finding::Differs(differences) => {
                    paint(AnsiColor::Red, &format!("differs: {}", differences.join("; ")))
                }
                _ if !verbose => continue,
                Finding::Agrees => paint(AnsiColor::Green, "agrees"),
                Finding::AgreesWithin { older_bytes } => paint(
                    AnsiColor::Green,
                    &format!("agrees, but for {older_bytes} B of older blocks that it can't see"),
                ),
                Finding::Varies => paint(AnsiColor::Yellow, "varies, so there is nothing to compare"),
                Finding::NotMeasured(why) => format!("not measured: {why}"),
            };
            text += &format!("{id}  {}: {line}\n", check.second.name());
        }
    }
    for second in Second::ALL {
        text += &format!("{:>13}: {}\n", second.name(), tally(verifications, second));
    }
    text
}

fn tally(verifications: &[Verification], second: Second) -> String {
    let (mut agree, mut within, mut vary, mut unmeasured, mut differ) = (0, 0, 0, 0, 0);
    let checks = verifications.iter().flat_map(|verification| &verification.checks);
    for check in checks.filter(|check| check.second == second) {
        match check.finding {
            Finding::Agrees => agree += 1,
            Finding::AgreesWithin { .. } => within += 1,
            Finding::Varies => vary += 1,
            Finding::NotMeasured(_) => unmeasured += 1,
            Finding::Differs(_) => differ += 1,
        }
    }
    let counts = [
        (agree, "agree"),
        (within, "agree but for blocks older than the window"),
        (vary, "vary"),
        (unmeasured, "can't be measured"),
        (differ, "differ"),
    ];
    let counts: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    if counts.is_empty() { "nothing to compare".to_owned() } else { counts.join(", ") }
}
