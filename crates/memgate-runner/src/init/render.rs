//! The plan as people read it.

use anstyle::{AnsiColor, Style};
use memgate_report::text::{Noun, Paint, colored, shell_quoted};

use super::choices::{Choices, Source};
use super::diff::difference;
use super::file_plan::{Action, FilePlan, Plan};
use super::found::Found;

/// The plan, file by file: what is created, what is changed and how, what stays, and what is in the way.
#[must_use]
pub(crate) fn render_plan(plan: &Plan, found: &Found, color: bool) -> String {
    let paint = Paint::new(color);
    let mut text = format!("{} in {}\n\n", found.package.name, found.root.display());
    for FilePlan { path, action } in &plan.files {
        match action {
            Action::Create { text: content } => {
                text += &line(paint, AnsiColor::Green, "create", path, &format!(" ({})", lines(content)));
            }
            Action::Change { before, after } => {
                text += &line(paint, AnsiColor::Yellow, "change", path, "");
                text += &shown_difference(paint, before, after);
            }
            Action::Keep => text += &line(paint, AnsiColor::BrightBlack, "keep", path, ""),
            Action::Conflict { difference, advice } => {
                text += &line(paint, AnsiColor::Red, "conflict", path, "");
                if !advice.is_empty() {
                    text += &format!("            {advice}\n");
                }
                if let Some((there, wanted)) = difference {
                    text += "            - is there, + would be written:\n";
                    text += &shown_difference(paint, there, wanted);
                }
            }
        }
    }
    text
}

/// What to do once the plan is carried out. `is_target_seen` is whether git sees what is built, which is not to be committed.
#[must_use]
pub(crate) fn next_steps(plan: &Plan, choices: &Choices, is_target_seen: bool) -> String {
    let command = choices.command();
    let update = format!("{command} update");
    let mut steps = vec![
        (update.as_str(), "measures, and writes baselines/"),
        ("git add .", "commit the baselines with the rest"),
        (command, "green from then on, until memory grows"),
    ];
    if is_target_seen {
        // The last line of such a file may have no end.
        steps.insert(1, (r"printf '\n/target\n' >> .gitignore", "what is built is not to be committed"));
    }
    let install = match &choices.source {
        Source::Published => "cargo install --locked memgate-runner".to_owned(),
        Source::Checkout(checkout) => {
            let folder = checkout.join("crates/memgate-runner").display().to_string();
            format!("cargo install --locked --path {}", shell_quoted(&folder))
        }
    };
    if !choices.xtask {
        steps.insert(0, (&install, "the tool, once"));
    }
    let width = steps.iter().map(|(step, _)| step.len()).max().unwrap_or_default();
    let mut text = String::from("\nNext:\n");
    for (step, meaning) in steps {
        text += &format!("    {step:width$}    # {meaning}\n");
    }
    for note in &plan.notes {
        text += &format!("\n{note}\n");
    }
    text
}

fn lines(text: &str) -> String {
    Noun("line", "lines").counted(text.lines().count())
}

fn line(paint: Paint, color: AnsiColor, word: &str, path: &str, rest: &str) -> String {
    let word = format!("{word:>10}");
    format!("{}  {path}{rest}\n", paint.with(colored(color).bold(), &word))
}

fn shown_difference(paint: Paint, before: &str, after: &str) -> String {
    let mut text = String::new();
    for line in difference(before, after).lines() {
        let color = match line.chars().next() {
            Some('+') => Some(AnsiColor::Green),
            Some('-') => Some(AnsiColor::Red),
            Some('@') => Some(AnsiColor::Cyan),
            _ => None,
        };
        // What a file says must not steer the terminal.
        let shown: String = line
            .chars()
            .map(|character| if character.is_control() && character != '\t' { '\u{fffd}' } else { character })
            .collect();
        let style = color.map_or(Style::new(), colored);
        text += format!("            {}", paint.with(style, &shown)).trim_end();
        text.push('\n');
    }
    text
}
