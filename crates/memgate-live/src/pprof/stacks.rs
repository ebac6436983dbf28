//! A profile of what threads do, as `profile.proto` and as text.

use std::collections::HashMap;
use std::fmt::Write;
use std::time::SystemTime;

use memgate_pprof::{ProfileBuilder, Summary};

use super::no_stack::name_without_addresses;
use super::samples::{LocationIds, Samples, call_address, nanoseconds};
use super::stack_kind::StackKind;
use crate::process::LoadedObject;
use crate::profile::{StackProfile, StackRow};
use crate::stack::WHY_THERE_ARE_NONE;

/// Writes a profile. `objects` is what was loaded when it was taken, the program first.
pub(crate) fn stacks_binary(profile: &StackProfile, objects: &[LoadedObject], kind: StackKind) -> Vec<u8> {
    let types = kind.sample_types();
    let mut ids = LocationIds::default();
    let mut samples = Samples::new(ProfileBuilder::new(types), objects, &mut ids);
    for row in &profile.rows {
        let values = row.values.map(|value| i64::try_from(value).unwrap_or(i64::MAX));
        let labels: Vec<(&str, &str)> =
            row.labels.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let values = values.get(..types.len()).unwrap_or(&values);
        samples.add(row.return_addresses.iter().copied(), values, without_addresses(profile, row), &labels);
    }
    let (period_type, period) = kind.period();
    samples.into_sink().finish(&Summary {
        time_nanoseconds: nanoseconds(
            profile.taken_at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default(),
        ),
        duration_nanoseconds: nanoseconds(profile.time),
        period_type,
        period,
        default_sample_type: kind.default_sample_type(),
        comments: &comments(profile, kind),
    })
}

/// Writes a profile as text, the largest first, with names for people. `names` has what is known of the addresses of calls.
pub(crate) fn stacks_text(profile: &StackProfile, names: &HashMap<u64, String>, kind: StackKind) -> String {
    let mut text = String::new();
    let counted: u64 = profile.rows.iter().map(|row| row.values[0]).sum();
    let _ = match kind {
        // As Go's, whose unit of time is one cycle of a processor with as many a second: a nanosecond.
        StackKind::Mutex => writeln!(text, "--- mutex:\ncycles/second=1000000000\nsampling period=1"),
        StackKind::Block => writeln!(text, "--- contention:\ncycles/second=1000000000"),
        _ => writeln!(text, "{} profile: total {counted}", kind.name()),
    };
    let mut rows: Vec<&StackRow> = profile.rows.iter().collect();
    rows.sort_by_key(|row| std::cmp::Reverse([row.values[1], row.values[0]]));
    for row in rows {
        let _ = match kind {
            StackKind::Mutex | StackKind::Block => write!(text, "{} {} @", row.values[1], row.values[0]),
            _ => write!(text, "{} @", row.values[0]),
        };
        for address in &row.return_addresses {
            let _ = write!(text, " {address:#x}");
        }
        text.push('\n');
        if row.return_addresses.is_empty() {
            let _ = writeln!(text, "#\t{}", without_addresses(profile, row));
        }
        for address in &row.return_addresses {
            let name = names.get(&call_address(*address)).map_or("?", String::as_str);
            let _ = writeln!(text, "#\t{address:#x}\t{name}");
        }
        for (name, label) in &row.labels {
            let _ = writeln!(text, "# {name}: {}", one_line(label));
        }
        text.push('\n');
    }
    for comment in comments(profile, kind) {
        let _ = writeln!(text, "# {comment}");
    }
    text
}

/// The name of a thread may be anything.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character }).collect()
}

pub(super) fn without_addresses<'a>(profile: &StackProfile, row: &'a StackRow) -> &'a str {
    row.without_addresses.as_deref().unwrap_or(name_without_addresses(profile.has_frame_pointers))
}

fn comments(profile: &StackProfile, kind: StackKind) -> Vec<String> {
    let mut comments = vec![
        format!("memgate-live {}, process {}", env!("CARGO_PKG_VERSION"), std::process::id()),
        kind.meaning().to_owned(),
    ];
    if !profile.has_frame_pointers {
        comments.push(WHY_THERE_ARE_NONE.to_owned());
    }
    comments.extend(profile.notes.iter().cloned());
    comments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile() -> StackProfile {
        let row = |addresses: &[u64], values| StackRow {
            return_addresses: addresses.to_vec(),
            values,
            ..StackRow::default()
        };
        StackProfile {
            rows: vec![row(&[0x11], [2, 10]), row(&[0x21, 0x31], [1, 500]), row(&[], [1, 1])],
            ..StackProfile::now()
        }
    }

    #[test]
    fn the_text_is_gos_with_names() {
        let names = HashMap::from([(0x20, "wait".to_owned())]);
        let text = stacks_text(&profile(), &names, StackKind::Block);
        let body: Vec<&str> =
            text.lines().filter(|line| !line.starts_with("# ") && !line.is_empty()).collect();
        assert_eq!(
            body,
            [
                "--- contention:",
                "cycles/second=1000000000",
                "500 1 @ 0x21 0x31",
                "#\t0x21\twait",
                "#\t0x31\t?",
                "10 2 @ 0x11",
                "#\t0x11\t?",
                "1 1 @",
                "#\t[stacks beyond the limit]"
            ]
        );
        assert!(stacks_text(&profile(), &names, StackKind::Mutex).starts_with("--- mutex:\n"));
        assert!(
            stacks_text(&profile(), &names, StackKind::Threads).starts_with("threads profile: total 4\n")
        );
    }

    #[test]
    fn a_kind_with_one_value_has_one() {
        let types = |kind| {
            let bytes = stacks_binary(&profile(), &[], kind);
            // Fields 1 of the profile: the key, a length of four, two numbers.
            bytes.chunks_exact(6).take_while(|field| field[0] == 0x0a).count()
        };
        assert_eq!([StackKind::Goroutine, StackKind::Threads, StackKind::Cpu].map(types), [1, 2, 2]);
    }
}
