//! Stacks to sites: the innermost function that is the program's.

use std::collections::{BTreeMap, HashMap};

use super::stacks::{STACKS, calls, is_plumbing, largest};
use crate::pprof::without_addresses;
use crate::profile::{HeapProfile, SampledStack};

/// What is live at one function.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Site {
    pub(super) name: String,
    pub(super) samples: u64,
    pub(super) live_bytes: f64,
    pub(super) live_objects: f64,
    pub(super) variance: f64,
    pub(super) allocated_bytes: f64,
}

impl Site {
    /// Half of the interval in which the truth lies in 95 of 100 cases; none with too few samples to say.
    pub(super) fn margin_bytes(&self) -> Option<f64> {
        (self.samples >= 10).then(|| 1.96 * self.variance.sqrt())
    }
}

/// The sites with the most live bytes, largest first, and how many stacks were not looked at.
pub(super) fn sites(profile: &HeapProfile, names: &HashMap<u64, String>) -> (Vec<Site>, usize) {
    let mut sites: BTreeMap<String, Site> = BTreeMap::new();
    for stack in largest(profile) {
        let name = site_name(stack, names, without_addresses(profile));
        let site = sites.entry(name.clone()).or_insert_with(|| Site { name, ..Site::default() });
        site.samples += stack.live.samples;
        site.live_bytes += stack.live.bytes;
        site.live_objects += stack.live.objects;
        site.variance += stack.live.bytes_variance;
        site.allocated_bytes += stack.allocated.bytes;
    }
    let mut sites: Vec<Site> = sites.into_values().collect();
    sites.sort_by(|one, other| other.live_bytes.total_cmp(&one.live_bytes));
    let live = profile.stacks.iter().filter(|stack| stack.live.samples > 0).count();
    (sites, live.saturating_sub(STACKS))
}

fn site_name(stack: &SampledStack, names: &HashMap<u64, String>, without_addresses: &str) -> String {
    let known = || calls(stack).filter_map(|address| names.get(&address));
    match (known().find(|name| !is_plumbing(name)).or_else(|| known().next()), calls(stack).next()) {
        (Some(name), _) => name.clone(),
        (None, Some(address)) => format!("{address:#x}"),
        (None, None) => without_addresses.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::samples::{estimate, profile, stack};

    #[test]
    fn stacks_are_added_up_by_the_programs_innermost_function() {
        let names: HashMap<u64, String> = [
            (0, "<alloc::vec::Vec<service::Row> as core::clone::Clone>::clone"),
            (1, "service::cache::insert"),
            (2, "<service::Row as core::clone::Clone>::clone"),
            (3, "std::thread::spawn"),
        ]
        .map(|(address, name)| (address, name.to_owned()))
        .into();
        let live = |addresses: &[usize], bytes| stack(addresses, estimate(20, 100.0), estimate(6, bytes));
        let profile = profile(vec![
            live(&[1, 2], 10.0),
            live(&[1, 1, 2], 5.0),
            live(&[1, 3], 70.0),
            live(&[4], 3.0),
            live(&[100], 2.0),
            live(&[], 1.0),
            stack(&[2], estimate(5, 5.0), estimate(0, 0.0)),
        ]);
        let (sites, left_out) = sites(&profile, &names);
        let rows: Vec<_> =
            sites.iter().map(|site| (site.name.as_str(), site.live_bytes, site.samples)).collect();
        assert_eq!(
            rows,
            [
                ("<service::Row as core::clone::Clone>::clone", 70.0, 6),
                ("service::cache::insert", 15.0, 12),
                ("std::thread::spawn", 3.0, 6),
                ("0x63", 2.0, 6),
                ("[stacks beyond the limit]", 1.0, 6),
            ]
        );
        assert_eq!(left_out, 0);
        assert_eq!(sites[0].margin_bytes(), None);
        assert!((sites[1].margin_bytes().unwrap() - 1.96 * 15_f64.sqrt()).abs() < 1e-9);
    }
}
