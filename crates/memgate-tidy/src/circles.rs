//! Circles in a graph: its strongly connected components of more than one node.

use std::collections::{BTreeMap, BTreeSet};

/// The circles of a graph, each in the order of its names.
pub(crate) fn circles<'a>(edges: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Vec<Vec<&'a str>> {
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        edges.keys().map(|start| (*start, reachable(edges, start))).collect();
    let reaches = |from: &str, to: &str| reached.get(from).is_some_and(|there| there.contains(to));
    let mut seen = BTreeSet::new();
    let mut circles = Vec::new();
    for start in edges.keys() {
        if reaches(start, start) && !seen.contains(start) {
            let circle: Vec<&str> = edges
                .keys()
                .copied()
                .filter(|other| reaches(start, other) && reaches(other, start))
                .collect();
            seen.extend(circle.iter().copied());
            circles.push(circle);
        }
    }
    circles
}

/// What can be reached from a node, over one edge at least.
fn reachable<'a>(edges: &BTreeMap<&'a str, BTreeSet<&'a str>>, start: &str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut waiting: Vec<&str> = edges.get(start).into_iter().flatten().copied().collect();
    while let Some(node) = waiting.pop() {
        if reached.insert(node) {
            waiting.extend(edges.get(node).into_iter().flatten().copied());
        }
    }
    reached
}
