//! What can be set.

use std::time::Duration;

use crate::access::Access;
use crate::health::Thresholds;

/// What answers depend on, beside the process.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) access: Access,
    pub(crate) thresholds: Thresholds,
    /// Arguments may hold secrets.
    pub(crate) is_cmdline_served: bool,
    /// The longest difference that may be asked for.
    pub(crate) longest_difference: Duration,
}

impl Settings {
    /// The longest difference, unless something else is said.
    pub(crate) const LONGEST_DIFFERENCE: Duration = Duration::from_secs(300);
}
