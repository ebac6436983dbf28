//! Call sites: from recorded stacks to keys that survive edits, and their difference from base.

mod features;
mod key;
mod numbers;
mod path;
mod plumbing;
mod profile;
#[cfg(test)]
pub(crate) mod samples;
mod site_profile;
mod stored;
mod table;

pub use features::{BenchTargetSites, PackageFeatures};
pub use key::{SiteKey, SiteKeyError};
pub(crate) use memgate_protocol::names::{crates_of, name_without_modules};
pub use memgate_protocol::names::{erased_name, short_name};
pub use numbers::SiteNumbers;
pub use plumbing::InnerEnd;
pub use profile::{Function, Module, Origin, PhysicalFrame, Profile, RecordedStack};
pub use site_profile::{OTHER_SITES, profile_of_sites};
pub use stored::{MAXIMUM_COMPLETE_SITES, OtherSites, StoredSite, StoredSites};
pub(crate) use table::{CALLERS_SHOWN, THROUGH_SHOWN};
pub use table::{MAXIMUM_POSITIONS, Place, Position, Site, SiteTable};
