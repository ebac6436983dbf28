//! Renames, looked up by the old name: a history may have thousands of both names and renames.

use std::collections::HashMap;

use crate::model::{BenchmarkId, Named, Rename};

/// A rename, and from which commit on the new name is the name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowedRename {
    /// The position of the first commit that has the rename.
    pub position: usize,
    /// The rename.
    pub rename: Rename,
}

/// Renames by what was renamed.
pub(super) struct OldNames<'a> {
    renames: &'a [FollowedRename],
    /// The places of the renames of one thing, in rising order.
    places: HashMap<NameParts<'a>, Vec<usize>>,
}

/// The name of a package, a bench target, and a benchmark, as far as they are said.
type NameParts<'a> = (&'a str, Option<&'a str>, Option<&'a str>);

impl<'a> OldNames<'a> {
    pub(super) fn of(renames: &'a [FollowedRename]) -> Self {
        let mut places: HashMap<NameParts<'a>, Vec<usize>> = HashMap::new();
        for (place, followed) in renames.iter().enumerate() {
            places.entry(parts(&followed.rename.from)).or_default().push(place);
        }
        Self { renames, places }
    }

    /// What a benchmark of a commit is called today; none when that is its name.
    pub(super) fn name_today(&self, position: usize, id: &BenchmarkId) -> Option<BenchmarkId> {
        let mut today = None;
        let mut begin = 0;
        while let Some(place) = self.next(today.as_ref().unwrap_or(id), position, begin) {
            let followed = self.renames.get(place)?;
            today = followed.rename.new_id(today.as_ref().unwrap_or(id)).or(today);
            begin = place + 1;
        }
        today
    }

    /// The place of the next rename of a benchmark, or of what it is in, that came after a commit.
    fn next(&self, id: &BenchmarkId, position: usize, begin: usize) -> Option<usize> {
        let is_later = |place: &usize| self.renames.get(*place).is_some_and(|one| one.position > position);
        let names: [NameParts<'_>; 3] = [
            (&id.package, None, None),
            (&id.package, Some(&id.bench_target), None),
            (&id.package, Some(&id.bench_target), Some(&id.name)),
        ];
        let of_name = |name: &NameParts<'_>| {
            let places = self.places.get(name)?;
            let first = places.partition_point(|place| *place < begin);
            places.iter().skip(first).copied().find(is_later)
        };
        names.iter().filter_map(of_name).min()
    }
}

fn parts(named: &Named) -> NameParts<'_> {
    match named {
        Named::Package(package) => (package, None, None),
        Named::BenchTarget { package, bench_target } => (package, Some(bench_target), None),
        Named::Benchmark(id) => (&id.package, Some(&id.bench_target), Some(&id.name)),
    }
}
