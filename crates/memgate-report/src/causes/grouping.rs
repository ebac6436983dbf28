//! Which lines belong to one change of the code.

use std::collections::HashMap;

use super::collected::Line;
use super::interner::Name;

/// The cause that each line belongs to, as a number below that of the lines.
///
/// What is gone from a function and what is new in it are one change: a `Vec::with_capacity` that became a `Vec::new` and
/// pushes. So are what is gone from a function, and the same call that is new in one that is called from there: it was
/// taken out into a function of its own. So is what one package of another version does. Everything else is by line.
pub(super) fn groups(lines: &[Line]) -> Vec<usize> {
    let mut parents: Vec<usize> = (0..lines.len()).collect();
    let mut gone: HashMap<Name, Vec<usize>> = HashMap::new();
    for (index, line) in lines.iter().enumerate().filter(|(_, line)| line.has_gone && line.function != 0) {
        gone.entry(line.function).or_default().push(index);
    }
    for (index, line) in lines.iter().enumerate().filter(|(_, line)| line.has_new) {
        for other in gone.get(&line.function).into_iter().flatten() {
            join(&mut parents, index, *other);
        }
        for (operation, caller) in &line.new {
            let taken_out = gone.get(caller).into_iter().flatten();
            for other in
                taken_out.filter(|other| lines.get(**other).is_some_and(|gone| gone.gone.contains(operation)))
            {
                join(&mut parents, index, *other);
            }
        }
    }
    join_dependencies(lines, &mut parents);
    (0..lines.len()).map(|index| root(&mut parents, index)).collect()
}

/// What a package of another version does at lines that were there before is one cause, whichever of its functions they call. What
/// is new altogether is somebody's new call.
fn join_dependencies(lines: &[Line], parents: &mut [usize]) {
    let mut firsts: HashMap<usize, usize> = HashMap::new();
    let of_before = lines.iter().enumerate().filter(|(_, line)| line.has_before);
    let roots: std::collections::BTreeSet<usize> = of_before.map(|(index, _)| root(parents, index)).collect();
    for (index, line) in lines.iter().enumerate() {
        let Some(dependency) = line.dependency.filter(|_| roots.contains(&root(parents, index))) else {
            continue;
        };
        match firsts.get(&dependency) {
            Some(first) => join(parents, index, *first),
            None => _ = firsts.insert(dependency, index),
        }
    }
}

fn root(parents: &mut [usize], mut index: usize) -> usize {
    while let Some(parent) = parents.get(index).copied().filter(|parent| *parent != index) {
        let above = parents.get(parent).copied().unwrap_or(parent);
        if let Some(slot) = parents.get_mut(index) {
            *slot = above;
        }
        index = above;
    }
    index
}

fn join(parents: &mut [usize], one: usize, other: usize) {
    let (one, other) = (root(parents, one), root(parents, other));
    // The first that came up stands for all, so that the order is the same each time.
    if let Some(slot) = parents.get_mut(one.max(other)) {
        *slot = one.min(other);
    }
}
