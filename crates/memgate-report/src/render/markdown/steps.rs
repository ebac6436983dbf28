//! What to do next, with the commands.

use super::Page;
use super::inert::whole_code;
use crate::render::next_steps::{next_steps, reproduction};
use crate::report::Report;

pub(super) fn render(report: &Report, page: &Page<'_>) -> String {
    let steps = reproduction(report, page.command, page.cargo_flags, page.filters).into_iter();
    let steps: Vec<_> =
        steps.chain(next_steps(report, page.command, page.cargo_flags, page.filters)).collect();
    if steps.is_empty() {
        return String::new();
    }
    let mut text = "### What to do next\n\n".to_owned();
    for step in steps {
        let mut why = step.why.chars();
        let first: String = why.next().into_iter().flat_map(char::to_uppercase).collect();
        text += &format!("- {first}{}: {}\n", why.as_str(), whole_code(&step.command));
    }
    text + "\n"
}
