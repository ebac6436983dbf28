//! The largest call sites of one metric, as lines for people.

use memgate_protocol::Unit;
use memgate_protocol::units::exact;

use super::ExplainedSite;
use crate::render::sites::{location, way};
use crate::render::sites_text::way_lines;
use crate::text::{BOLD, DIM, MORE_SITES, Paint};

/// How to show call sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExplainOptions {
    /// How many sites to show of each metric.
    pub top: usize,
    /// How many callers to show of each site.
    pub callers: usize,
    /// Show generic arguments too.
    pub full_names: bool,
    /// Use colours.
    pub color: bool,
}

/// The sites of one metric, the largest first.
pub(crate) struct SiteListing<'a> {
    /// What the metric counts.
    pub(crate) unit: Unit,
    /// What the sites are parts of.
    pub(crate) whole: i64,
    /// The sites.
    pub(crate) sites: &'a [ExplainedSite],
    /// What is counted for no site, and what it is.
    pub(crate) without_site: &'a [(i64, &'a str)],
}

/// The largest sites, a few lines each, then the sum of the others, then what is counted for no site. `change` is what to say of
/// a site beside its place.
pub(crate) fn listing_lines(
    listing: &SiteListing<'_>,
    options: ExplainOptions,
    paint: Paint,
    change: impl Fn(&ExplainedSite) -> String,
) -> Vec<String> {
    let SiteListing { unit, sites, .. } = *listing;
    let shown = sites.get(..options.top).unwrap_or(sites);
    let width = shown.iter().map(|site| exact(site.value, unit).chars().count()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for site in shown {
        lines.extend(site_lines(site, listing, &change(site), width, options, paint));
    }
    let rest: i64 = sites.iter().skip(shown.len()).fold(0, |sum, site| sum.wrapping_add(site.value));
    let hidden = sites.len() - shown.len();
    if hidden > 0 {
        lines.push(format!(
            "  {:>width$}  {}",
            exact(rest, unit),
            paint.with(DIM, &format!("at {}", MORE_SITES.counted(hidden)))
        ));
    }
    for (value, what) in listing.without_site {
        if *value != 0 {
            lines.push(format!("  {:>width$}  {}", exact(*value, unit), paint.with(DIM, what)));
        }
    }
    lines
}

fn site_lines(
    site: &ExplainedSite,
    listing: &SiteListing<'_>,
    change: &str,
    width: usize,
    options: ExplainOptions,
    paint: Paint,
) -> Vec<String> {
    let value = format!("{:>width$}", exact(site.value, listing.unit));
    let share = share(site.value, listing.whole);
    let indent = " ".repeat(4 + width + share.chars().count() + 2);
    let location = site.place.as_ref().and_then(location);
    let way = way(site.place.as_ref(), &site.through, &site.callers);
    let mut way = way_lines(&site.operation, &way, location.as_deref(), options.callers, options.full_names);
    let first = if way.is_empty() { String::new() } else { way.remove(0) };
    let start = format!("  {}  {}  ", paint.with(BOLD, &value), paint.with(DIM, &share));
    let mut lines = match location {
        Some(location) => {
            vec![format!("{start}{}{change}", paint.with(BOLD, &location)), format!("{indent}{first}")]
        }
        None => vec![format!("{start}{first}{change}")],
    };
    lines.extend(way.iter().map(|line| format!("{indent}{}", paint.with(DIM, line))));
    lines
}

/// A part of the whole; nothing where the whole is nothing.
fn share(value: i64, whole: i64) -> String {
    if whole == 0 {
        return String::new();
    }
    format!("{:>6.1} %", value as f64 / whole as f64 * 100.0)
}
