//! The entries as divan has them: a tree by modules, in the order in which it is shown.

use std::cmp::Ordering;
use std::rc::Rc;

use crate::args::ArgsRunner;
use crate::entry::{Benches, ConstOf, Entry, GateRunner, Instance, Meta, Runner};
use crate::natural;

/// A module, a generic function or one of its types; or a benchmark.
pub(crate) enum Node {
    Parent { raw_name: String, group: Option<&'static Entry>, children: Vec<Node> },
    Leaf(Leaf),
}

/// A benchmark, with all of its arguments.
pub(crate) struct Leaf {
    pub(crate) entry: &'static Entry,
    pub(crate) name: String,
    constant: Option<&'static ConstOf>,
    /// Its place among all benchmarks, which decides where nothing else does.
    place: usize,
    pub(crate) runs: Runs,
}

/// What is run.
pub(crate) enum Runs {
    Plain(fn(crate::Bencher<'_, '_>)),
    /// With the arguments at these places.
    Args(Rc<ArgsRunner>, Vec<usize>),
}

/// Makes the tree of all entries, the last one first, and every argument: before anything is left out, as divan does it.
pub(crate) fn tree(entries: &[&'static Entry]) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut place = 0;
    for &entry in entries {
        if let Benches::One(runner) = &entry.benches {
            let name = entry.meta.display_name.to_owned();
            place += 1;
            let leaf = Leaf { entry, name, constant: None, place, runs: Runs::of(*runner) };
            insert(&mut nodes, &modules(entry), leaf);
        }
    }
    for &entry in entries {
        let Benches::Generic(slices) = entry.benches else { continue };
        for slice in slices {
            for instance in *slice {
                place += 1;
                let (name, constant) = (name_of(instance), instance.constant.as_ref());
                let leaf = Leaf { entry, name, constant, place, runs: Runs::of(instance.runner) };
                let mut path = modules(entry);
                path.push(entry.meta.raw_name);
                if let (Some(ty), Some(_)) = (&instance.ty, constant) {
                    path.push(ty.display_name());
                }
                insert(&mut nodes, &path, leaf);
            }
        }
    }
    for &entry in entries {
        if !matches!(entry.benches, Benches::One(_)) {
            put_group(&mut nodes, entry);
        }
    }
    nodes
}

/// Sorts as divan does by default: benchmarks before modules, then by name, then by place in the source.
pub(crate) fn sort(nodes: &mut [Node]) {
    let mut order = numbers(nodes.len());
    sort_places(&mut order, &|one, other| match (nodes.get(one), nodes.get(other)) {
        (Some(one), Some(other)) => one.compare(other),
        _ => Ordering::Equal,
    });
    put_in_order(nodes, &mut order);
    for node in nodes {
        match node {
            Node::Parent { children, .. } => sort(children),
            Node::Leaf(Leaf { runs: Runs::Args(runner, places), .. }) => {
                let name = |place: usize| runner.names.get(place).map_or("", String::as_str);
                sort_places(places, &|one, other| {
                    natural::compare_arguments(name(one), name(other)).then(one.cmp(&other))
                });
            }
            Node::Leaf(_) => {}
        }
    }
}

/// Sorts by insertion. The standard library's own sort is long, and compiled again for each type and each comparison.
///
/// Up to 20, from the end, as that one does it: which matters where an order is none (a whole number is equal to every argument).
fn sort_places(places: &mut [usize], compare: &dyn Fn(usize, usize) -> Ordering) {
    const FEW: usize = 20;
    for end in 1..places.len() {
        let moved = places[end];
        let mut at = end;
        if places.len() > FEW {
            at = places[..end].partition_point(|place| compare(moved, *place).is_ge());
        } else {
            while at > 0 && compare(moved, places[at - 1]).is_lt() {
                at -= 1;
            }
        }
        places.copy_within(at..end, at + 1);
        places[at] = moved;
    }
}

/// Moves each node to where `order` has its number: by swaps, since all of another list would be compiled for nodes.
fn put_in_order(nodes: &mut [Node], order: &mut [usize]) {
    for place in 0..order.len() {
        let mut from = order[place];
        // What was here when `from` was written has been moved on since, once for each place before this one.
        while from < place {
            from = order[from];
        }
        nodes.swap(place, from);
        order[place] = from;
    }
}

impl Runs {
    fn of(runner: Runner) -> Self {
        match runner.gate {
            GateRunner::Plain(function) => Self::Plain(function),
            GateRunner::Args(make) => {
                let runner = make();
                let places = numbers(runner.names.len());
                Self::Args(Rc::new(runner), places)
            }
        }
    }
}

impl Node {
    /// What divan shows.
    pub(crate) fn display_name(&self) -> &str {
        match self {
            Self::Leaf(leaf) => &leaf.name,
            Self::Parent { group: Some(group), .. } => group.meta.display_name,
            Self::Parent { raw_name, .. } => raw_name.strip_prefix("r#").unwrap_or(raw_name),
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        let is_parent = |node: &Self| matches!(node, Self::Parent { .. });
        is_parent(self)
            .cmp(&is_parent(other))
            .then_with(|| self.compare_names(other))
            .then_with(|| self.place_in_source().cmp(&other.place_in_source()))
            .then_with(|| match (self, other) {
                (Self::Leaf(one), Self::Leaf(other)) => one.place.cmp(&other.place),
                _ => Ordering::Equal,
            })
    }

    fn compare_names(&self, other: &Self) -> Ordering {
        let by_value = self
            .constant()
            .zip(other.constant())
            .and_then(|(one, other)| (one.compare)(one.index, other.index));
        match by_value {
            Some(order) if order.is_ne() => order,
            _ => natural::compare(self.display_name(), other.display_name()),
        }
    }

    fn constant(&self) -> Option<&'static ConstOf> {
        match self {
            Self::Leaf(leaf) => leaf.constant,
            Self::Parent { .. } => None,
        }
    }

    /// Of a module without an attribute, the first place of what is in it.
    fn place_in_source(&self) -> Option<(&'static str, u32, u32)> {
        let of = |Meta { file, line, column, .. }: &Meta| (*file, *line, *column);
        match self {
            Self::Leaf(leaf) => Some(of(&leaf.entry.meta)),
            Self::Parent { group: Some(group), .. } => Some(of(&group.meta)),
            Self::Parent { children, .. } => {
                let mut first = None;
                for child in children {
                    let place = child.place_in_source();
                    if first.is_none() || place.is_some() && place < first {
                        first = place;
                    }
                }
                first
            }
        }
    }
}

fn name_of(instance: &Instance) -> String {
    match (&instance.constant, &instance.ty) {
        (Some(constant), _) => (constant.name)(),
        (None, Some(ty)) => ty.display_name().to_owned(),
        (None, None) => String::new(),
    }
}

/// The modules that an entry is in, the crate first.
fn modules(entry: &Entry) -> Vec<&'static str> {
    let mut names = Vec::new();
    let mut path = entry.meta.module_path;
    while let Some((name, inner)) = path.split_once(':') {
        names.push(name);
        path = inner.trim_start_matches(':');
    }
    names.push(path);
    names
}

fn numbers(count: usize) -> Vec<usize> {
    let mut numbers = Vec::new();
    for number in 0..count {
        numbers.push(number);
    }
    numbers
}

/// The place of a module or a generic function among its neighbours.
fn find(nodes: &[Node], word: &str) -> Option<usize> {
    for (place, node) in nodes.iter().enumerate() {
        if matches!(node, Node::Parent { raw_name, .. } if raw_name == word) {
            return Some(place);
        }
    }
    None
}

/// Puts a benchmark where its path says.
fn insert(nodes: &mut Vec<Node>, path: &[&str], leaf: Leaf) {
    let mut nodes = nodes;
    for &word in path {
        let at = find(nodes, word).unwrap_or(nodes.len());
        if at == nodes.len() {
            nodes.push(Node::Parent { raw_name: word.to_owned(), group: None, children: Vec::new() });
        }
        let Some(Node::Parent { children, .. }) = nodes.get_mut(at) else { return };
        nodes = children;
    }
    nodes.push(Node::Leaf(leaf));
}

/// Gives a module or a generic function its attribute.
fn put_group(nodes: &mut [Node], entry: &'static Entry) {
    let mut nodes = nodes;
    for word in modules(entry) {
        let Some(at) = find(nodes, word) else { return };
        let Node::Parent { children, .. } = &mut nodes[at] else { return };
        nodes = children;
    }
    let Some(at) = find(nodes, entry.meta.raw_name) else { return };
    if let Node::Parent { group, .. } = &mut nodes[at] {
        *group = Some(entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_are_sorted_and_what_is_equal_stays_in_order() {
        for count in [0, 1, 2, 19, 20, 21, 300] {
            let value = |place: usize| (place * 7919) % 31;
            let mut places = numbers(count);
            sort_places(&mut places, &|one, other| value(one).cmp(&value(other)));
            let mut sorted = numbers(count);
            sorted.sort_by_key(|place| value(*place));
            assert_eq!(places, sorted, "{count}");
        }
    }

    #[test]
    fn an_order_that_is_none_is_what_the_standard_library_makes_of_it() {
        let names = ["0.5", "1", "2.5", "10", "0.25", "x", "3", "0.75", "2"];
        let compare = |one: usize, other: usize| {
            natural::compare_arguments(names[one], names[other]).then(one.cmp(&other))
        };
        let mut places = numbers(names.len());
        sort_places(&mut places, &compare);
        let mut sorted = numbers(names.len());
        sorted.sort_by(|one, other| compare(*one, *other));
        assert_eq!(places, sorted);
    }

    #[test]
    fn nodes_are_where_their_order_says() {
        let parent =
            |name: usize| Node::Parent { raw_name: name.to_string(), group: None, children: Vec::new() };
        for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3], [1, 2, 3, 4, 0], [4, 0, 1, 2, 3]] {
            let mut nodes: Vec<Node> = (0..order.len()).map(parent).collect();
            put_in_order(&mut nodes, &mut order.clone());
            let names: Vec<String> = nodes.iter().map(|node| node.display_name().to_owned()).collect();
            assert_eq!(names, order.map(|number| number.to_string()));
        }
    }
}
