//! `baselines/<target-triple>/<package>/<bench-target>.sites.json`.

use std::collections::BTreeMap;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::{FormatError, check_envelope, text_of};
use super::{canonical, check_benchmark, check_part, unique_map};
use crate::sites::{
    BenchTargetSites, MAXIMUM_POSITIONS, OtherSites, PackageFeatures, SiteKey, SiteNumbers, StoredSite,
    StoredSites,
};

/// The schema version of files of sites that this memgate writes.
///
/// # Changelog
/// - 1: first version.
/// - 2: `features`.
pub const SITES_SCHEMA: u32 = 2;

/// What a file of sites says it is.
pub const SITES_KIND: &str = "memgate sites";

/// Objects from here on take one line: `benchmarks` → name → `sites` → key → numbers.
const INLINE_DEPTH: usize = 4;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SitesFile {
    #[serde(deserialize_with = "unique_map::deserialize")]
    benchmarks: BTreeMap<String, BenchmarkSites>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    features: Option<PackageFeatures>,
    kind: String,
    schema: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BenchmarkSites {
    #[serde(default, skip_serializing_if = "SiteNumbers::is_zero")]
    older: SiteNumbers,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    other: Option<Other>,
    #[serde(deserialize_with = "unique_sites")]
    sites: BTreeMap<String, Positions>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Other {
    #[serde(default, skip_serializing_if = "SiteNumbers::is_zero")]
    largest: SiteNumbers,
    #[serde(default, skip_serializing_if = "SiteNumbers::is_zero")]
    numbers: SiteNumbers,
    sites: u64,
}

/// The numbers of a site, by far most often of one position.
#[derive(Serialize)]
#[serde(untagged)]
enum Positions {
    One(SiteNumbers),
    Several(Vec<SiteNumbers>),
}

/// Reads a file of sites.
///
/// # Errors
/// When the file is no file of sites, has a newer schema, unknown or repeated keys, or sites that can't be.
pub fn parse_sites(bytes: &[u8]) -> Result<BenchTargetSites, FormatError> {
    let text = text_of(bytes)?;
    check_envelope(text, SITES_KIND, SITES_SCHEMA)?;
    let SitesFile { benchmarks, features, .. } = serde_json::from_str(text)?;
    features.iter().try_for_each(check_features)?;
    let benchmarks = benchmarks.into_iter().map(|(name, sites)| {
        let sites = stored(&name, sites)?;
        check_benchmark(&name)?;
        Ok((name, sites))
    });
    Ok(BenchTargetSites { benchmarks: benchmarks.collect::<Result<_, FormatError>>()?, features })
}

/// Checks that packages and features have names that a report can show.
pub(super) fn check_features(features: &PackageFeatures) -> Result<(), FormatError> {
    features.iter().flat_map(|(package, features)| std::iter::once(package).chain(features)).try_for_each(
        |name| {
            check_part(name)
                .map_err(|_| FormatError::Unsound(format!("{name:?} is no name of a package or a feature")))
        },
    )
}

fn stored(name: &str, file: BenchmarkSites) -> Result<StoredSites, FormatError> {
    let mut sites = Vec::with_capacity(file.sites.len());
    for (text, positions) in file.sites {
        let key: SiteKey = text
            .parse()
            .map_err(|error| FormatError::Unsound(format!("a site of `{name}` is no site: {error}")))?;
        let positions = match positions {
            Positions::One(numbers) => vec![numbers],
            Positions::Several(all) => all,
        };
        if positions.is_empty() || positions.len() > MAXIMUM_POSITIONS {
            return Err(FormatError::Unsound(format!(
                "the site `{key}` of `{name}` has {} positions; it may have 1 to {MAXIMUM_POSITIONS}",
                positions.len()
            )));
        }
        sites.push(StoredSite { key, positions });
    }
    let other = match file.other {
        Some(Other { sites: 0, .. }) => {
            return Err(FormatError::Unsound(format!("`other` of `{name}` is of no sites")));
        }
        Some(Other { largest, numbers, sites }) => OtherSites { sites, numbers, largest },
        None => OtherSites::default(),
    };
    Ok(StoredSites { sites, other, older: file.older })
}

/// Prints a file of sites: keys sorted, one site on a line, zeros left out; the same data always gives the same bytes.
#[must_use]
pub fn print_sites(sites: &BenchTargetSites) -> String {
    let features = sites.features.clone();
    // The oldest that can say it.
    let schema = if features.is_some() { SITES_SCHEMA } else { 1 };
    let benchmarks = sites.benchmarks.iter().map(|(name, stored)| (name.clone(), in_file(stored))).collect();
    let file = SitesFile { benchmarks, features, kind: SITES_KIND.to_owned(), schema };
    let value = serde_json::to_value(file).expect("sites have string keys and whole numbers");
    canonical::print(&value, INLINE_DEPTH)
}

fn in_file(stored: &StoredSites) -> BenchmarkSites {
    let OtherSites { sites, numbers, largest } = stored.other;
    let positions = |site: &StoredSite| match site.positions.as_slice() {
        [numbers] => Positions::One(*numbers),
        several => Positions::Several(several.to_vec()),
    };
    BenchmarkSites {
        older: stored.older,
        other: (sites > 0).then_some(Other { largest, numbers, sites }),
        sites: stored.sites.iter().map(|site| (site.key.to_string(), positions(site))).collect(),
    }
}

/// In a run, as in a file of sites.
impl Serialize for StoredSites {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        in_file(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for StoredSites {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        stored("a benchmark", BenchmarkSites::deserialize(deserializer)?).map_err(Error::custom)
    }
}

/// Not an untagged enum: that would lose the line of what is wrong in it.
impl<'de> Deserialize<'de> for Positions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrSeveral;

        impl<'de> Visitor<'de> for OneOrSeveral {
            type Value = Positions;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of metrics, or an array of them")
            }

            fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Positions, A::Error> {
                SiteNumbers::deserialize(MapAccessDeserializer::new(entries)).map(Positions::One)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Positions, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(items)).map(Positions::Several)
            }
        }

        deserializer.deserialize_any(OneOrSeveral)
    }
}

fn unique_sites<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Positions>, D::Error> {
    struct Unique;

    impl<'de> Visitor<'de> for Unique {
        type Value = BTreeMap<String, Positions>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object of sites")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
            let mut sites = BTreeMap::new();
            while let Some(key) = entries.next_key::<String>()? {
                if sites.contains_key(&key) {
                    return Err(Error::custom(format!("the site `{key}` stands twice")));
                }
                sites.insert(key, entries.next_value()?);
            }
            Ok(sites)
        }
    }

    deserializer.deserialize_map(Unique)
}
