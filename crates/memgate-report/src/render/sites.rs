//! The call sites behind red metrics in the words that all renderings share.

use memgate_protocol::Metric;
use memgate_protocol::units::{exact, human};

use crate::attribution::{ChangeKind, ChangeSubject, Explanation, SiteChange, Unexplained};
use crate::model::MetricKey;
use crate::sites::{Place, erased_name};
use crate::text::MORE_SITES;

/// More sites than this are not read.
const MOST_SITES: usize = 5;

/// How many sites that shrank are shown beside those that grew.
const MOST_SHRUNK: usize = 2;

/// An explanation in words: what all renderings show of it.
pub(super) struct Shown<'a> {
    /// Such as `allocs +2`.
    pub(super) headline: String,
    /// The worst sites, then those that shrank by as much: code that was replaced, or moved out of sight.
    pub(super) sites: Vec<ShownSite<'a>>,
    /// What is not in `sites`, and what is odd about the whole.
    pub(super) remarks: Vec<String>,
}

/// One site in words.
pub(super) struct ShownSite<'a> {
    /// Such as `+2`.
    pub(super) delta: String,
    /// Such as `new`, or `3 → 5`.
    pub(super) values: String,
    /// File and line, as far as they are known.
    pub(super) location: Option<String>,
    /// Such as `Box::new`, or what it is instead of a site.
    pub(super) operation: String,
    /// The functions on the way to it, the one that calls it first.
    pub(super) way: Vec<WayStep<'a>>,
    /// What else there is to know.
    pub(super) notes: Vec<String>,
}

/// A step on the way from an allocation outwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WayStep<'a> {
    /// A function.
    Function(&'a Place),
    /// A function of another package, on the way from the user's code to the allocation.
    Through(&'a Place),
    /// Functions of other packages that are not shown.
    Hidden(&'a [Place]),
}

/// The way from an allocation outwards: the innermost function, the one in the user's code that the site is shown at, and
/// its callers.
pub(crate) fn way<'a>(
    place: Option<&'a Place>,
    through: &'a [Place],
    callers: &'a [Place],
) -> Vec<WayStep<'a>> {
    let innermost = through.first().map(WayStep::Through);
    let hidden = through.get(1..).filter(|hidden| !hidden.is_empty()).map(WayStep::Hidden);
    let outer = place.into_iter().chain(callers).map(WayStep::Function);
    innermost.into_iter().chain(hidden).chain(outer).collect()
}

/// Shows of sites that would look the same as much of what is hidden as tells them apart.
fn tell_apart(sites: &mut [ShownSite<'_>]) {
    let looks = |site: &ShownSite<'_>| {
        let shown = site.way.iter().map(|step| step.text(false, site.location.as_deref()));
        (site.location.clone(), site.operation.clone(), shown.collect::<Vec<_>>())
    };
    let all: Vec<_> = sites.iter().map(|site| (looks(site), hidden(site))).collect();
    for (index, (site, (own_looks, own))) in sites.iter_mut().zip(&all).enumerate() {
        let alike =
            all.iter().enumerate().filter(|(other, (looks, _))| *other != index && looks == own_looks);
        let common = |(_, (_, other)): (usize, &(_, &[Place]))| {
            own.iter().zip(*other).take_while(|(one, other)| one == other).count()
        };
        let Some(common) = alike.map(common).max() else { continue };
        let (shown, rest) = own.split_at_checked(common + 1).unwrap_or((own, &[]));
        let rest = (!rest.is_empty()).then_some(WayStep::Hidden(rest));
        let steps = std::mem::take(&mut site.way).into_iter();
        site.way = steps
            .flat_map(|step| match step {
                WayStep::Hidden(_) => shown.iter().map(WayStep::Through).chain(rest).collect(),
                WayStep::Function(_) | WayStep::Through(_) => vec![step],
            })
            .collect();
    }
}

fn hidden<'a>(site: &ShownSite<'a>) -> &'a [Place] {
    let mut steps = site.way.iter();
    steps
        .find_map(|step| if let WayStep::Hidden(hidden) = step { Some(*hidden) } else { None })
        .unwrap_or(&[])
}

impl<'a> WayStep<'a> {
    /// What the step stands for.
    pub(crate) fn places(self) -> &'a [Place] {
        match self {
            Self::Function(place) | Self::Through(place) => std::slice::from_ref(place),
            Self::Hidden(hidden) => hidden,
        }
    }

    /// The step in words, and where it is. `location` is where the whole site is shown at already.
    pub(crate) fn text(self, full_names: bool, shown_at: Option<&str>) -> String {
        match self {
            Self::Function(place) | Self::Through(place) => {
                let function = shown_function(&place.function, full_names);
                match location(place).filter(|location| Some(location.as_str()) != shown_at) {
                    Some(location) => format!("{function}  {location}"),
                    None => function,
                }
            }
            Self::Hidden(_) => "… more of other packages".to_owned(),
        }
    }
}

/// A function's name as it is shown: without generic arguments, unless they are asked for.
pub(crate) fn shown_function(name: &str, full: bool) -> String {
    if full { name.to_owned() } else { erased_name(name) }
}

/// An explanation in words.
pub(super) fn shown(explanation: &Explanation) -> Shown<'_> {
    let metric = explanation.metric;
    let is_listing =
        explanation.lacks_base_sites() || explanation.unexplained.contains(&Unexplained::NothingGrew);
    let (grown, shrunk): (Vec<&SiteChange>, Vec<&SiteChange>) =
        explanation.changes.iter().partition(|change| change.delta > 0);
    let sum: i64 = explanation.changes.iter().fold(0, |sum, change| sum.wrapping_add(change.delta));
    let headline = if is_listing {
        format!("{metric} {}", human(sum, metric.unit()))
    } else {
        format!("{metric} {}", signed(metric, sum))
    };
    let mut remarks = Vec::new();
    let rest = grown.get(MOST_SITES..).unwrap_or(&[]);
    if !rest.is_empty() {
        let sum = total(rest);
        let sum = if is_listing { exact(sum, metric.unit()) } else { signed(metric, sum) };
        remarks.push(format!("and {sum} at {}", sites(rest.len())));
    }
    // What shrank by half of the growth or more is perhaps its other half; of many small ones, the largest stands for all.
    let growth = grown.first().map_or(0, |change| change.delta.unsigned_abs());
    let is_of_its_size = |delta: i64| growth > 0 && delta.unsigned_abs() >= growth.div_ceil(2);
    let all_are = is_of_its_size(total(&shrunk));
    let other_halves = shrunk.iter().copied().enumerate();
    let other_halves = other_halves
        .take_while(|(index, change)| is_of_its_size(change.delta) || (*index == 0 && all_are))
        .map(|(_, change)| change)
        .take(MOST_SHRUNK);
    let other_halves: Vec<&SiteChange> = if is_listing { Vec::new() } else { other_halves.collect() };
    let rest = shrunk.get(other_halves.len()..).unwrap_or(&[]);
    if !rest.is_empty() {
        remarks.push(format!("{} at {}", signed(metric, total(rest)), sites(rest.len())));
    }
    remarks.extend(explanation.remarks());
    let changes = grown.into_iter().take(MOST_SITES).chain(other_halves);
    let mut sites: Vec<ShownSite<'_>> =
        changes.map(|change| shown_site(metric, change, is_listing)).collect();
    tell_apart(&mut sites);
    Shown { headline, sites, remarks }
}

fn shown_site(metric: MetricKey, change: &SiteChange, is_listing: bool) -> ShownSite<'_> {
    let unit = metric.unit();
    let values = match (change.kind, change.base) {
        _ if is_listing => String::new(),
        (ChangeKind::New, _) => "new".to_owned(),
        (ChangeKind::Gone, _) => "gone".to_owned(),
        (_, Some(base)) => format!("{} → {}", human(base, unit), human(change.head, unit)),
        (_, None) => human(change.head, unit),
    };
    let operation = match change.subject {
        ChangeSubject::OtherSites => "small call sites".to_owned(),
        ChangeSubject::OlderBlocks => "blocks from before the window".to_owned(),
        ChangeSubject::Site => change.operation.clone(),
    };
    let is_leak = metric.metric == Metric::LeakedBytes && change.subject == ChangeSubject::Site;
    let of_leak = (is_leak && change.head > 0).then(|| "allocated here, never freed".to_owned());
    ShownSite {
        delta: if is_listing { exact(change.delta, unit) } else { signed(metric, change.delta) },
        values,
        location: change.place.as_ref().and_then(location),
        operation,
        way: way(change.place.as_ref(), &change.through, &change.callers),
        notes: change.notes.iter().map(ToString::to_string).chain(of_leak).collect(),
    }
}

/// File and line.
pub(crate) fn location(place: &Place) -> Option<String> {
    let file = place.file.as_ref()?;
    Some(if place.line == 0 { file.clone() } else { format!("{file}:{}", place.line) })
}

fn signed(metric: MetricKey, delta: i64) -> String {
    let sign = if delta > 0 { "+" } else { "" };
    format!("{sign}{}", exact(delta, metric.unit()))
}

fn total(changes: &[&SiteChange]) -> i64 {
    changes.iter().fold(0, |sum, change| sum.wrapping_add(change.delta))
}

fn sites(count: usize) -> String {
    MORE_SITES.counted(count)
}
