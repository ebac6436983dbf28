//! Which numbers can be, and what has to stand beside them: the same in each file that has some, so that what is read of one can be
//! written into another.

use memgate_protocol::Metric;

use super::FormatError;
use crate::model::{COMMAND_ALLOCATOR, Environment, MetricKey, MetricMap, Observation};

/// What is wrong with a value, in words that go on after its metric; none when nothing is.
pub(crate) fn what_is_unsound(key: MetricKey, value: &Observation) -> Option<&'static str> {
    if !value.is_sound() {
        return Some("is no spread of values");
    }
    let may_be_negative = key.metric == Metric::RetainedBytes;
    (!may_be_negative && value.minimum() < 0).then_some("is negative")
}

/// Checks the values of a benchmark.
pub(super) fn check_metrics(name: &str, metrics: &MetricMap) -> Result<(), FormatError> {
    let mut problems = metrics.iter().filter_map(|(key, value)| Some((key, what_is_unsound(key, value)?)));
    match problems.next() {
        Some((key, problem)) => Err(FormatError::Unsound(format!("`{key}` of `{name}` {problem}"))),
        None => Ok(()),
    }
}

/// Whether what was measured in an environment are commands.
pub(super) fn has_commands(environment: &Environment) -> bool {
    !environment.commands.is_empty() || environment.allocator == COMMAND_ALLOCATOR
}

/// Checks that of each command that has numbers there is what decides them: without, it would be compared with whatever is called like it.
pub(super) fn check_commands<'a>(
    environment: &Environment,
    mut with_numbers: impl Iterator<Item = &'a String>,
) -> Result<(), FormatError> {
    let lacking = with_numbers.find(|name| !environment.commands.contains_key(*name));
    match lacking.filter(|_| has_commands(environment)) {
        Some(name) => Err(FormatError::Unsound(format!(
            "nothing says what decides the numbers of the command {name:?}"
        ))),
        None => Ok(()),
    }
}
