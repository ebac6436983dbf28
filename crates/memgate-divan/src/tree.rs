//! The entries as divan has them: a tree by modules, in the order in which it is shown.

use std::cmp::Ordering;
use std::rc::Rc;

use crate::args::ArgsRunner;
use crate::entry::{Benches, ConstOf, Entry, GateRunner, Instance, Meta, Runner, TypeOf};
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

/// Makes the tree, and every argument: before anything is left out, as divan does it.
pub(crate) fn tree(entries: &[&'static Entry]) -> Vec<Node> {
    let mut nodes = Vec::new();
    // The last one first, as divan's list has them.
    let functions = entries.iter().rev().filter_map(|entry| match &entry.benches {
        Benches::One(runner) => Some((*entry, runner)),
        _ => None,
    });
    let mut place = 0;
    let mut next_place = || {
        place += 1;
        place
    };
    for (entry, runner) in functions {
        let name = entry.meta.display_name.to_owned();
        let leaf = Leaf { entry, name, constant: None, place: next_place(), runs: Runs::of(*runner) };
        insert(&mut nodes, &modules(entry), leaf);
    }
    for entry in entries.iter().rev() {
        let Benches::Generic(slices) = &entry.benches else { continue };
        for instance in slices.iter().copied().flatten() {
            let leaf = Leaf {
                entry,
                name: name_of(instance),
                constant: instance.constant.as_ref(),
                place: next_place(),
                runs: Runs::of(instance.runner),
            };
            let ty = instance.ty.as_ref().filter(|_| instance.constant.is_some());
            let mut path = modules(entry);
            path.push(entry.meta.raw_name);
            path.extend(ty.map(TypeOf::display_name));
            insert(&mut nodes, &path, leaf);
        }
    }
    let groups = entries.iter().rev().filter(|entry| !matches!(entry.benches, Benches::One(_)));
    groups.for_each(|group| put_group(&mut nodes, group));
    nodes
}

/// Sorts as divan does by default: benchmarks before modules, then by name, then by place in the source.
pub(crate) fn sort(nodes: &mut Vec<Node>) {
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    sort_places(&mut order, &|one, other| match (nodes.get(one), nodes.get(other)) {
        (Some(one), Some(other)) => one.compare(other),
        _ => Ordering::Equal,
    });
    let mut unsorted: Vec<Option<Node>> = nodes.drain(..).map(Some).collect();
    nodes.extend(order.into_iter().filter_map(|place| unsorted.get_mut(place)?.take()));
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

/// The one sort of this package: the standard library's is long, and compiled again for each type and each comparison.
fn sort_places(places: &mut [usize], compare: &dyn Fn(usize, usize) -> Ordering) {
    places.sort_by(|one, other| compare(*one, *other));
}

impl Runs {
    fn of(runner: Runner) -> Self {
        match runner.gate {
            GateRunner::Plain(function) => Self::Plain(function),
            GateRunner::Args(make) => {
                let runner = make();
                let places = (0..runner.names.len()).collect();
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
            Self::Parent { children, .. } => children.iter().filter_map(Self::place_in_source).min(),
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
    entry.meta.module_path.split(':').filter(|name| !name.is_empty()).collect()
}

/// Puts a benchmark where its path says.
fn insert(nodes: &mut Vec<Node>, path: &[&str], leaf: Leaf) {
    let mut nodes = nodes;
    for &word in path {
        let is_it = |node: &Node| matches!(node, Node::Parent { raw_name, .. } if raw_name == word);
        let at = nodes.iter().position(is_it).unwrap_or_else(|| {
            nodes.push(Node::Parent { raw_name: word.to_owned(), group: None, children: Vec::new() });
            nodes.len() - 1
        });
        let Some(Node::Parent { children, .. }) = nodes.get_mut(at) else { return };
        nodes = children;
    }
    nodes.push(Node::Leaf(leaf));
}

/// Gives a module or a generic function its attribute.
fn put_group(nodes: &mut [Node], entry: &'static Entry) {
    let mut nodes = nodes;
    for word in modules(entry) {
        let found = nodes.iter_mut().find_map(|node| match node {
            Node::Parent { raw_name, children, .. } if raw_name == word => Some(children),
            _ => None,
        });
        let Some(children) = found else { return };
        nodes = children;
    }
    let found = nodes.iter_mut().find_map(|node| match node {
        Node::Parent { raw_name, group, .. } if raw_name == entry.meta.raw_name => Some(group),
        _ => None,
    });
    if let Some(group) = found {
        *group = Some(entry);
    }
}
