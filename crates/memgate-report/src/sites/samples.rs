//! Profiles for tests, from a line of text a stack.

use std::sync::Arc;

use memgate_protocol::{Metric, StackNumbers};

use super::{Function, Origin, PhysicalFrame, Profile, RecordedStack, SiteNumbers, SiteTable};

/// A stack from text: functions innermost first with `; ` between them, each `origin name @ file:line`. The origin is
/// the first letter of its name (`w`, `d`, `s`, `u`). What begins with `+` is the function that the one before was
/// inlined into.
pub(crate) fn stack(text: &str, numbers: &[(Metric, i64)]) -> RecordedStack {
    let mut frames: Vec<PhysicalFrame> = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let inlined = part.strip_prefix('+');
        let function = function(inlined.unwrap_or(part).trim());
        match frames.last_mut() {
            Some(frame) if inlined.is_some() => frame.functions.push(function),
            _ => frames.push(PhysicalFrame {
                address: 4_096 + frames.len() as u64,
                module: None,
                functions: vec![function],
            }),
        }
    }
    RecordedStack {
        frames: frames.into_iter().map(Arc::new).collect(),
        is_cut: false,
        numbers: stack_numbers(numbers),
    }
}

fn function(text: &str) -> Function {
    let (origin, rest) = text.split_once(' ').unwrap();
    let (name, place) = rest.split_once(" @ ").unwrap_or((rest, ""));
    let (file, line) = place.split_once(':').unwrap_or(("", "0"));
    Function {
        name: name.into(),
        file: (!file.is_empty()).then(|| file.into()),
        line: line.parse().unwrap(),
        origin: match origin {
            "w" => Origin::Workspace,
            "d" => Origin::Dependency,
            "s" => Origin::Standard,
            "u" => Origin::Unknown,
            other => panic!("no origin: {other}"),
        },
    }
}

fn stack_numbers(numbers: &[(Metric, i64)]) -> StackNumbers {
    let mut stack_numbers = StackNumbers::default();
    for (metric, value) in numbers {
        *match metric {
            Metric::PeakBytes => &mut stack_numbers.peak_bytes,
            Metric::TotalBytes => &mut stack_numbers.total_bytes,
            Metric::Allocs => &mut stack_numbers.allocs,
            Metric::Reallocs => &mut stack_numbers.reallocs,
            Metric::RetainedBytes => &mut stack_numbers.retained_bytes,
            Metric::LeakedBytes => &mut stack_numbers.leaked_bytes,
        } = *value;
    }
    stack_numbers
}

/// The table of stacks that have a number of allocs each, of 8 bytes each.
pub(crate) fn table(stacks: &[(&str, i64)]) -> SiteTable {
    let stacks = stacks
        .iter()
        .map(|(text, allocs)| {
            stack(text, &[(Metric::Allocs, *allocs), (Metric::TotalBytes, allocs.wrapping_mul(8))])
        })
        .collect();
    SiteTable::from_profile(&Profile { stacks, ..Profile::default() })
}

/// What a site has that allocates so often, 8 bytes each.
pub(crate) fn numbers(allocs: i64) -> SiteNumbers {
    SiteNumbers::default().with(Metric::Allocs, allocs).with(Metric::TotalBytes, allocs.wrapping_mul(8))
}
