//! The benchmarks when the gate runs this process: each is declared, and the one that is asked for is run.

use std::borrow::Cow;
use std::thread::available_parallelism;

use memgate::__private::facade::{self, Gate};
use memgate_protocol::{check_name, is_invisible, keep_divan_marker};

use crate::Bencher;
use crate::bencher::gated;
use crate::entry::{self, Benches, Entry};
use crate::settings::Settings;
use crate::threads::OnThreads;
use crate::tree::{self, Leaf, Node, Runs};

/// What the gate asks of this process, or none when nobody asks. Also says in the executable that it is divan otherwise.
pub(crate) fn gate() -> Option<&'static Gate> {
    keep_divan_marker();
    facade::gate()
}

/// Declares every benchmark in divan's order, runs the one that is asked for, and answers.
pub(crate) fn run(gate: &Gate, settings: &Settings) {
    let mut nodes = tree::tree(&entry::all());
    tree::sort(&mut nodes);
    let run = Run { gate, settings };
    for node in &nodes {
        run.node(node, "", &Asked::default());
    }
    gate.answer();
}

/// One run of all benchmarks.
struct Run<'a> {
    gate: &'a Gate,
    settings: &'a Settings,
}

/// What the attributes around a benchmark say of it.
#[derive(Clone, Debug, Default)]
struct Asked {
    threads: Option<Vec<usize>>,
    is_ignored: Option<bool>,
}

impl Asked {
    /// With what one more attribute says, which wins.
    fn with(&self, entry: &Entry) -> Self {
        let Some(options) = entry.meta.options else { return self.clone() };
        let options = options();
        Self {
            threads: options.threads.map(Cow::into_owned).or_else(|| self.threads.clone()),
            is_ignored: options.ignore.or(self.is_ignored),
        }
    }
}

impl Run<'_> {
    fn node(&self, node: &Node, path: &str, asked: &Asked) {
        let name = node.display_name();
        let path = if path.is_empty() { name.to_owned() } else { format!("{path}::{name}") };
        match node {
            Node::Parent { group, children, .. } => {
                let asked = group.map_or_else(|| asked.clone(), |group| asked.with(group));
                for child in children {
                    self.node(child, &path, &asked);
                }
            }
            Node::Leaf(leaf) => self.leaf(leaf, &path, asked),
        }
    }

    fn leaf(&self, leaf: &Leaf, path: &str, asked: &Asked) {
        // What a generic function's attribute says was said where its instances are.
        let asked = if matches!(leaf.entry.benches, Benches::One(_)) {
            asked.with(leaf.entry)
        } else {
            asked.clone()
        };
        if !self.settings.runs(asked.is_ignored.unwrap_or(false)) {
            return;
        }
        let threads = counts(self.settings.threads.as_ref().or(asked.threads.as_ref()));
        match &leaf.runs {
            Runs::Plain(function) => self.benchmark(path, &threads, function),
            Runs::Args(runner, places) => {
                for &place in places {
                    let Some(argument) = runner.names.get(place) else { continue };
                    self.benchmark(&format!("{path}::{argument}"), &threads, &|bencher| {
                        (runner.bench)(bencher, place);
                    });
                }
            }
        }
    }

    /// One benchmark, on each number of threads.
    fn benchmark(&self, name: &str, threads: &[usize], function: &dyn Fn(Bencher<'_, '_>)) {
        if self.settings.skips(name) {
            return;
        }
        for &count in threads {
            // As divan shows it: one number is not worth a branch.
            let name = if threads.len() > 1 { format!("{name}::t={count}") } else { name.to_owned() };
            self.gate.bench(&visible(&name), |benchmark| function(gated(OnThreads { benchmark, count })));
        }
    }
}

/// The numbers of threads, in order and once each; 0 stands for as many as there are.
fn counts(asked: Option<&Vec<usize>>) -> Vec<usize> {
    let all = || available_parallelism().map_or(1, usize::from);
    let mut counts = Vec::new();
    for &count in asked.map_or(&[][..], Vec::as_slice) {
        let count = if count == 0 { all() } else { count };
        let mut place = 0;
        while place < counts.len() && counts[place] < count {
            place += 1;
        }
        if counts.get(place) != Some(&count) {
            counts.insert(place, count);
        }
    }
    if counts.is_empty() { vec![1] } else { counts }
}

/// A name with what nobody sees as an escape: arguments may be any text.
fn visible(name: &str) -> String {
    if check_name(name).is_ok() { name.to_owned() } else { with_escapes(name) }
}

#[cold]
fn with_escapes(name: &str) -> String {
    // Where spaces are between what is seen.
    let (mut start, mut end) = (name.len(), 0);
    for (at, character) in name.char_indices() {
        if !character.is_whitespace() {
            (start, end) = (start.min(at), at);
        }
    }
    let is_outer = |at: usize| at < start || at > end;
    let mut escaped = String::new();
    for (at, character) in name.char_indices() {
        if is_invisible(character) || is_outer(at) {
            escaped.push_str(&escape(character));
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// As the standard library writes a character for people, but spaces, which are as they are there.
fn escape(character: char) -> String {
    if character.is_whitespace() && !matches!(character, '\n' | '\r' | '\t') {
        return format!("\\u{{{:x}}}", u32::from(character));
    }
    // Between quotes.
    let written = format!("{character:?}");
    written[1..written.len() - 1].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_in_a_name_is_written_out() {
        assert_eq!(visible("a::b c"), "a::b c");
        assert_eq!(visible("a::two\nlines"), "a::two\\nlines");
        assert_eq!(visible("a::end "), "a::end\\u{20}");
        assert_eq!(visible("a::\u{202e}b"), "a::\\u{202e}b");
        assert!(check_name(&visible("a::\u{2028} ")).is_ok());
    }

    #[test]
    fn threads_are_in_order_and_once_each() {
        assert_eq!(counts(None), [1]);
        assert_eq!(counts(Some(&vec![])), [1]);
        assert_eq!(counts(Some(&vec![4, 1, 4])), [1, 4]);
        assert_eq!(counts(Some(&vec![0])), [available_parallelism().unwrap().get()]);
    }
}
