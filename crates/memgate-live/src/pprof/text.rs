//! The text of `debug=1`: pprof's older format, which tools read, with names for people in its comments.

use std::collections::HashMap;
use std::fmt::Write;

use super::comments::{Taken, comments};
use super::no_stack::without_addresses;
use super::samples::{call_address, values};
use crate::process::LoadedObject;
use crate::profile::HeapProfile;

/// Writes a profile as text, the largest live stacks first. `names` has what is known of the addresses of calls.
pub(crate) fn text(
    profile: &HeapProfile,
    objects: &[LoadedObject],
    names: &HashMap<u64, String>,
    taken: Taken,
) -> String {
    let mut rows: Vec<_> = profile
        .stacks
        .iter()
        .map(|stack| (values(&stack.allocated, &stack.live), &stack.return_addresses))
        .collect();
    rows.retain(|(values, _)| *values != [0; 4]);
    rows.sort_by_key(|([_, bytes, _, live_bytes], addresses)| (-live_bytes, -bytes, *addresses));
    let sum = |index: usize| rows.iter().fold(0_i64, |sum, (values, _)| sum.saturating_add(values[index]));
    let mut text = String::new();
    // A rate of 1: values are unsampled already, and readers would do it again by the mean size of each line.
    let _ = writeln!(text, "heap profile: {}: {} [{}: {}] @ heap_v2/1", sum(2), sum(3), sum(0), sum(1));
    for (values, addresses) in &rows {
        let _ = write!(text, "{}: {} [{}: {}] @", values[2], values[3], values[0], values[1]);
        // Readers subtract the 1 themselves.
        for address in *addresses {
            let _ = write!(text, " {address:#x}");
        }
        text.push('\n');
        if addresses.is_empty() {
            let _ = writeln!(text, "#\t{}", without_addresses(profile));
        }
        for address in *addresses {
            let name = names.get(&call_address(*address as u64)).map_or("?", String::as_str);
            let _ = writeln!(text, "#\t{address:#x}\t{name}");
        }
    }
    text.push('\n');
    for comment in comments(profile, taken, std::process::id()) {
        let _ = writeln!(text, "# {comment}");
    }
    text.push_str("\nMAPPED_LIBRARIES:\n");
    for object in objects {
        let LoadedObject { start, limit, file_offset, path, .. } = object;
        let _ = writeln!(text, "{start:x}-{limit:x} r-xp {file_offset:08x} 00:00 0 {path}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::samples::{estimate, profile, stack};

    #[test]
    fn the_largest_live_stack_comes_first_with_its_names() {
        let profile = profile(vec![
            stack(&[0x11, 0x21], estimate(1, 8.0), estimate(0, 0.0)),
            stack(&[0x31], estimate(2, 9.6), estimate(2, 9.6)),
            stack(&[], estimate(1, 1.0), estimate(1, 1.0)),
            stack(&[0x41], estimate(0, 0.0), estimate(0, 0.0)),
        ]);
        let names = HashMap::from([(0x30, "grow".to_owned()), (0x20, "main".to_owned())]);
        let text = text(&profile, &[], &names, Taken::SinceStart);
        let body: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).collect();
        assert_eq!(
            body,
            [
                "heap profile: 11: 11 [19: 19] @ heap_v2/1",
                "10: 10 [10: 10] @ 0x31",
                "#\t0x31\tgrow",
                "1: 1 [1: 1] @",
                "#\t[stacks beyond the limit]",
                "0: 0 [8: 8] @ 0x11 0x21",
                "#\t0x11\t?",
                "#\t0x21\tmain",
            ]
        );
    }
}
