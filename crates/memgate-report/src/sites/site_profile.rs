//! Sites as a profile, so that what is committed can be shown by the same tools as what was recorded.

use std::collections::HashMap;
use std::sync::Arc;

use memgate_protocol::{Metric, StackNumbers};

use super::{Function, Origin, PhysicalFrame, Profile, RecordedStack, SiteNumbers, StoredSites};

/// What stands for the sites that are committed only as a sum.
pub const OTHER_SITES: &str = "[other sites]";

/// A profile with a stack for each site: the operation, and the frames of its key. There are no lines, and the addresses
/// only tell functions apart.
///
/// The profiles of two sides have the same names, and can be subtracted by any tool that goes by names.
#[must_use]
pub fn profile_of_sites(sites: &StoredSites) -> Profile {
    let mut frames: HashMap<String, Arc<PhysicalFrame>> = HashMap::new();
    let mut frame = |name: &str| {
        let address = frames.len() as u64 + 1;
        let frame = frames.entry(name.to_owned()).or_insert_with(|| {
            let function = Function { name: Arc::from(name), file: None, line: 0, origin: Origin::Unknown };
            Arc::new(PhysicalFrame { address, module: None, functions: vec![function] })
        });
        Arc::clone(frame)
    };
    let mut stacks: Vec<RecordedStack> = sites
        .sites
        .iter()
        .map(|site| {
            let names = std::iter::once(&site.key.operation).chain(&site.key.frames);
            let frames = names.map(|name| frame(name)).collect();
            RecordedStack { frames, is_cut: false, numbers: stack_numbers(site.numbers()) }
        })
        .collect();
    if !sites.other.numbers.is_zero() {
        let numbers = stack_numbers(sites.other.numbers);
        stacks.push(RecordedStack { frames: vec![frame(OTHER_SITES)], is_cut: false, numbers });
    }
    Profile { stacks, older: stack_numbers(sites.older), ..Profile::default() }
}

fn stack_numbers(numbers: SiteNumbers) -> StackNumbers {
    StackNumbers {
        allocs: numbers.get(Metric::Allocs),
        reallocs: numbers.get(Metric::Reallocs),
        total_bytes: numbers.get(Metric::TotalBytes),
        peak_bytes: numbers.get(Metric::PeakBytes),
        retained_bytes: numbers.get(Metric::RetainedBytes),
        leaked_bytes: numbers.get(Metric::LeakedBytes),
        ..StackNumbers::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{OtherSites, SiteTable, StoredSite};
    use super::*;

    #[test]
    fn nothing_is_lost() {
        let numbers =
            |value| SiteNumbers::default().with(Metric::Allocs, value).with(Metric::PeakBytes, -value);
        let sites = StoredSites {
            sites: vec![StoredSite {
                key: "Vec::push <- app::a <- app::b".parse().unwrap(),
                positions: vec![numbers(1), numbers(2)],
            }],
            other: OtherSites { sites: 2, numbers: numbers(4), ..OtherSites::default() },
            older: numbers(-8),
        };
        let profile = profile_of_sites(&sites);
        assert_eq!(SiteTable::from_profile(&profile).total(), sites.total());
        let names: Vec<&str> =
            profile.stacks[0].frames.iter().map(|frame| &*frame.functions[0].name).collect();
        assert_eq!(names, ["Vec::push", "app::a", "app::b"]);
    }
}
