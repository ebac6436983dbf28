//! Threads as text, one after the other: what `debug=2` is in Go.

use std::collections::HashMap;
use std::fmt::Write;

use super::samples::call_address;
use super::stacks::{one_line, without_addresses};
use crate::profile::StackProfile;

/// Writes each thread with its stack. `names` has what is known of the addresses of calls.
pub(crate) fn threads_text(profile: &StackProfile, names: &HashMap<u64, String>) -> String {
    let mut text = String::new();
    for row in &profile.rows {
        let label = |name: &str| {
            row.labels.iter().find(|(known, _)| *known == name).map_or("?", |(_, text)| text.as_str())
        };
        let [_, nanoseconds] = row.values;
        let _ = writeln!(
            text,
            "thread {} \"{}\" [{}, {:.3} s of processor time]:",
            label("thread_id"),
            one_line(label("thread")),
            label("state"),
            nanoseconds as f64 / 1e9
        );
        if row.return_addresses.is_empty() {
            let _ = writeln!(text, "{}", without_addresses(profile, row));
        }
        for address in &row.return_addresses {
            let name = names.get(&call_address(*address)).map_or("?", String::as_str);
            let _ = writeln!(text, "{name}\n\t{address:#x}");
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::StackRow;

    #[test]
    fn each_thread_has_its_state_and_its_stack_or_the_reason_why_not() {
        let row = |id: &str, name: &str, return_addresses, why: Option<&str>| StackRow {
            return_addresses,
            values: [1, 1_500_000_000],
            labels: vec![
                ("thread", name.to_owned()),
                ("thread_id", id.to_owned()),
                ("state", "sleeping".to_owned()),
            ],
            without_addresses: why.map(str::to_owned),
        };
        let profile = StackProfile {
            rows: vec![row("7", "main", vec![0x11], None), row("8", "a\nb", vec![], Some("[no stack: why]"))],
            ..StackProfile::now()
        };
        assert_eq!(
            threads_text(&profile, &HashMap::from([(0x10, "wait".to_owned())])),
            "thread 7 \"main\" [sleeping, 1.500 s of processor time]:\nwait\n\t0x11\n\n\
             thread 8 \"a\u{fffd}b\" [sleeping, 1.500 s of processor time]:\n[no stack: why]\n\n"
        );
    }
}
