//! Missing and new benchmarks that are the same under another name.

mod evidence;
mod folded;
mod pairing;
mod sites;

pub use evidence::{renames, renames_of_update, unmatched};
pub use folded::{FoldedRename, folded, folded_renames};
pub use sites::{SitesOf, renames_by_sites};
