//! Which missing and new benchmarks allocate at the same call sites.

use std::collections::BTreeSet;

use super::evidence::add;
use super::pairing::paired;
use crate::model::BenchmarkId;
use crate::report::{RenameEvidence, RenameReport};
use crate::sites::StoredSites;

/// Of all call sites of two benchmarks together, how many both have to have, in percent.
const COMMON_PERCENT: usize = 80;

/// A benchmark's call sites.
pub type SitesOf<'a> = (&'a BenchmarkId, &'a StoredSites);

/// The missing benchmarks that allocate where new ones do.
///
/// What a call site is known by ends with the benchmark's own functions, which have its name and that of its bench target, so these
/// are left out; and a package has its own name in front of all of its functions. Two benchmarks have to share something besides
/// that: a `Vec::new` in the benchmark itself is a call that any benchmark may have.
#[must_use]
pub fn renames_by_sites(target: &str, old: &[SitesOf<'_>], new: &[SitesOf<'_>]) -> Vec<RenameReport> {
    let keys = |sites: &[SitesOf<'_>]| -> Vec<BTreeSet<String>> {
        sites.iter().map(|(id, sites)| common_keys(id, sites)).collect()
    };
    let (old_keys, new_keys) = (keys(old), keys(new));
    let mut group_of_new: Vec<Option<usize>> = vec![None; new.len()];
    let mut groups: Vec<(Vec<&BenchmarkId>, Vec<&BenchmarkId>)> = Vec::new();
    for (old_index, old_keys) in old_keys.iter().enumerate() {
        let alike: Vec<usize> =
            (0..new.len()).filter(|&index| are_alike(old_keys, &new_keys[index])).collect();
        if alike.is_empty() {
            continue;
        }
        let known = alike.iter().find_map(|&index| group_of_new[index]);
        let group = known.unwrap_or_else(|| {
            groups.push((Vec::new(), Vec::new()));
            groups.len() - 1
        });
        groups[group].0.push(old[old_index].0);
        for index in alike {
            if group_of_new[index].is_none() {
                group_of_new[index] = Some(group);
                groups[group].1.push(new[index].0);
            }
        }
    }
    let mut found = Vec::new();
    for (old, new) in groups {
        add(&mut found, target, paired(old, new, true), RenameEvidence::Sites, true);
    }
    found
}

fn are_alike(old: &BTreeSet<String>, new: &BTreeSet<String>) -> bool {
    let common = old.intersection(new).count();
    let all = old.len() + new.len() - common;
    common > 0 && common * 100 >= all * COMMON_PERCENT
}

/// The call sites without what has the benchmark's, its bench target's or its package's name; those that are only that are left out.
fn common_keys(id: &BenchmarkId, sites: &StoredSites) -> BTreeSet<String> {
    let bench_target = crate_name(&id.bench_target);
    let package = crate_name(&id.package);
    let is_own = |frame: &str| {
        function_of(frame).strip_prefix(&*bench_target).is_some_and(|rest| rest.starts_with("::"))
    };
    let renamed = |frame: &str| match function_of(frame).strip_prefix(&*package) {
        Some(rest) if rest.starts_with("::") => format!("crate{rest}"),
        _ => frame.to_owned(),
    };
    sites
        .sites
        .iter()
        .filter_map(|site| {
            let frames: Vec<String> =
                site.key.frames.iter().filter(|frame| !is_own(frame)).map(|frame| renamed(frame)).collect();
            (!frames.is_empty()).then(|| format!("{} <- {}", site.key.operation, frames.join(" <- ")))
        })
        .collect()
}

fn crate_name(name: &str) -> String {
    name.replace('-', "_")
}

/// The path of a function, also of one in an implementation: `<parser::Reader as …>::read`.
fn function_of(frame: &str) -> &str {
    frame.trim_start_matches(['<', '&'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sites::{SiteNumbers, StoredSite};

    fn sites(keys: &[&str]) -> StoredSites {
        let site =
            |key: &&str| StoredSite { key: key.parse().unwrap(), positions: vec![SiteNumbers::default()] };
        StoredSites { sites: keys.iter().map(site).collect(), ..StoredSites::default() }
    }

    fn found(old: (&str, &[&str]), new: &[(&str, &[&str])]) -> Vec<String> {
        let (old_id, old_sites) = (old.0.parse().unwrap(), sites(old.1));
        let new: Vec<(BenchmarkId, StoredSites)> =
            new.iter().map(|(id, keys)| (id.parse().unwrap(), sites(keys))).collect();
        let new: Vec<SitesOf<'_>> = new.iter().map(|(id, sites)| (id, sites)).collect();
        let found = renames_by_sites("x86", &[(&old_id, &old_sites)], &new);
        found
            .iter()
            .map(|one| {
                format!("{} -> {:?}", one.from[0], one.to.iter().map(ToString::to_string).collect::<Vec<_>>())
            })
            .collect()
    }

    const OLD: &[&str] = &[
        "Vec::push <- par_ser::split <- memory::parse::{closure#0}",
        "Box::new <- <par_ser::Node>::new <- par_ser::split <- memory::parse::{closure#0}",
    ];

    #[test]
    fn functions_with_the_names_of_the_renamed_are_the_same() {
        let new: &[&str] = &[
            "Vec::push <- reader::split <- heap::read::{closure#0}",
            "Box::new <- <reader::Node>::new <- reader::split <- heap::read::{closure#0}",
        ];
        // `<` is not part of a path: both have lost it in the same way.
        assert_eq!(
            found(("par-ser/memory/parse", OLD), &[("reader/heap/read", new)]),
            ["par-ser/memory/parse -> [\"reader/heap/read\"]"]
        );
    }

    #[test]
    fn what_any_benchmark_does_is_no_likeness() {
        let own: &[&str] = &["Vec::push <- memory::parse::{closure#0}"];
        assert_eq!(found(("p/memory/a", own), &[("p/memory/b", own)]), Vec::<String>::new());
        let half: &[&str] = &[OLD[0]];
        assert_eq!(found(("par-ser/memory/a", OLD), &[("par-ser/memory/b", half)]), Vec::<String>::new());
    }

    #[test]
    fn several_that_are_alike_are_said_to_be() {
        let new = [("par-ser/memory/b", OLD), ("par-ser/memory/c", OLD)];
        assert_eq!(
            found(("par-ser/memory/a", OLD), &new),
            ["par-ser/memory/a -> [\"par-ser/memory/b\", \"par-ser/memory/c\"]"]
        );
    }
}
