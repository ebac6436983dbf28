//! Where criterion keeps what it knows of one benchmark.

use std::path::{Path, PathBuf};

use memgate_report::model::{BenchmarkId, folder_name};

/// The name of criterion's baseline in which times are saved, unless another is named.
pub(crate) const DEFAULT_TIME_BASELINE: &str = "memgate";

/// Criterion's home for one benchmark.
///
/// Each has one of its own. In a common one, criterion names folders by the start of an id, without odd characters and
/// without the package, and numbers those that are taken in the order in which it meets them: with one benchmark a
/// process, two of them would be compared with each other.
pub(super) fn criterion_home(target_folder: &Path, id: &BenchmarkId) -> PathBuf {
    target_folder.join("times").join(folder_name(id))
}
