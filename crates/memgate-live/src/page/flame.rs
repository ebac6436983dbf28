//! What is live as a tree of calls, from the outermost function inwards.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use super::stacks::{calls, is_plumbing, largest};
use crate::pprof::without_addresses;
use crate::profile::HeapProfile;

/// Below this part of all that is live, a function is narrower than a pixel.
const LEAST_PART: f64 = 0.001;

/// A function that was called, by the one above it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Frame {
    /// Of itself and of all that it called.
    pub(super) live_bytes: f64,
    pub(super) samples: u64,
    /// By their names.
    pub(super) called: BTreeMap<String, Frame>,
}

/// Puts the stacks with the most live bytes together where they are called by the same functions.
pub(super) fn tree(profile: &HeapProfile, names: &HashMap<u64, String>) -> Frame {
    let mut all = Frame::default();
    for stack in largest(profile) {
        let mut frame = &mut all;
        frame.add(stack.live.bytes, stack.live.samples);
        let mut path: Vec<String> = calls(stack)
            .map(|address| names.get(&address).cloned().unwrap_or_else(|| format!("{address:#x}")))
            .collect();
        if path.is_empty() {
            path.push(without_addresses(profile).to_owned());
        }
        for name in path.into_iter().rev() {
            frame = frame.called.entry(name).or_default();
            frame.add(stack.live.bytes, stack.live.samples);
        }
    }
    let least = all.live_bytes * LEAST_PART;
    all.prune(least);
    all
}

impl Frame {
    fn add(&mut self, live_bytes: f64, samples: u64) {
        self.live_bytes += live_bytes;
        self.samples += samples;
    }

    /// What is left out of those that are called is the caller's own.
    fn prune(&mut self, least: f64) {
        self.called.retain(|_, frame| frame.live_bytes >= least);
        self.called.values_mut().for_each(|frame| frame.prune(least));
    }

    /// As JSON: `[name, bytes, samples, whether it is the program's own, those that are called]`, the widest first.
    pub(super) fn json(&self, name: &str) -> String {
        let mut json = String::new();
        self.write_json(name, &mut json);
        json
    }

    fn write_json(&self, name: &str, json: &mut String) {
        json.push('[');
        quote(name, json);
        let is_own = u8::from(!is_plumbing(name));
        let _ = write!(json, ",{:.0},{},{is_own},[", self.live_bytes, self.samples);
        let mut called: Vec<_> = self.called.iter().collect();
        called.sort_by(|(_, one), (_, other)| other.live_bytes.total_cmp(&one.live_bytes));
        for (index, (name, frame)) in called.into_iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            frame.write_json(name, json);
        }
        json.push_str("]]");
    }
}

/// A text of JSON within HTML: names come from files, and nothing of them ends the element that they are in.
fn quote(text: &str, json: &mut String) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => json.extend(['\\', character]),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(json, "\\u{:04x}", u32::from(character));
            }
            _ if character.is_control() => json.push('\u{fffd}'),
            _ => json.push(character),
        }
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::samples::{estimate, profile, stack};

    #[test]
    fn stacks_that_are_called_by_the_same_are_one_until_they_part() {
        let names: HashMap<u64, String> =
            HashMap::from([(0, "alloc::grow"), (1, "a"), (2, "b"), (9, "main")])
                .into_iter()
                .map(|(address, name)| (address, name.to_owned()))
                .collect();
        let live = |addresses: &[usize], bytes| stack(addresses, estimate(20, 1_000.0), estimate(6, bytes));
        let profile = profile(vec![
            live(&[1, 2, 10], 700.0),
            live(&[1, 3, 10], 200.0),
            live(&[3, 10], 99.5),
            // Too little to be seen.
            live(&[100, 10], 0.5),
        ]);
        assert_eq!(
            tree(&profile, &names).json("all"),
            r#"["all",1000,24,1,[["main",1000,24,1,[["a",700,6,1,[["alloc::grow",700,6,0,[]]]],["b",300,12,1,[["alloc::grow",200,6,0,[]]]]]]]]"#
        );
    }

    #[test]
    fn a_name_is_a_text_and_ends_nothing() {
        let frame = Frame { live_bytes: 1.0, samples: 1, called: BTreeMap::new() };
        assert_eq!(
            frame.json("</script>\"\\\u{7}&<!--"),
            "[\"\\u003c/script\\u003e\\\"\\\\\u{fffd}\\u0026\\u003c!--\",1,1,1,[]]"
        );
    }
}
