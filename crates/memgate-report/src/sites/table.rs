//! The sites of one window.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};

use memgate_protocol::Metric;
use serde::{Deserialize, Serialize};

use super::key::SiteKey;
use super::path::{ErasedNames, Path, Step};
use super::{Origin, Profile, SiteNumbers};

/// How many positions a site may have. Where there are more, such as in a function that a macro made of a thousand
/// lines, they are summed.
pub const MAXIMUM_POSITIONS: usize = 16;

/// How many callers decide a position, besides the first frame.
const CALLERS_OF_POSITION: usize = 3;

/// How many callers are kept for showing.
pub(crate) const CALLERS_SHOWN: usize = 8;

/// How many functions of other packages are kept for showing.
pub(crate) const THROUGH_SHOWN: usize = 8;

/// The sites of one window of one benchmark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteTable {
    /// The sites, in the order of their keys' texts. None is there twice, and none has no numbers.
    pub sites: Vec<Site>,
    /// What is counted for no stack: blocks from before the window that were freed or moved in it. Mostly negative.
    pub older: SiteNumbers,
    /// What was counted when no more stacks could be told apart.
    pub beyond_limit: SiteNumbers,
    /// The erased names of the workspace's functions on all stacks.
    pub workspace_functions: BTreeSet<String>,
}

/// All that allocates under one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// What it is known by.
    pub key: SiteKey,
    /// The places in the source that have this key, in the order of the source. Never empty, and none is zero.
    pub positions: Vec<Position>,
}

/// One of the places in the source that have the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The first function of the workspace, else the first that is not the standard library's.
    pub place: Option<Place>,
    /// The functions of other packages between that and the allocation, innermost first; the first eight.
    pub through: Vec<Place>,
    /// What called it, outwards, without recursion and without the standard library.
    pub callers: Vec<Place>,
    /// How much it makes up.
    pub numbers: SiteNumbers,
}

/// A line of a function.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The function's full name, generic arguments included.
    pub function: String,
    /// The source file, as far as it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line, from 1; 0 when it is not known.
    pub line: u32,
}

/// A line of a file.
type SourceLine<'a> = (Option<&'a str>, u32);

/// The source lines that tell positions of one key apart: those of the user's function and its callers, then that of the
/// innermost function of another package.
type SourceLines<'a> = (Vec<SourceLine<'a>>, Option<SourceLine<'a>>);

impl SiteTable {
    /// The sites of what was recorded.
    #[must_use]
    pub fn from_profile(profile: &Profile) -> Self {
        let mut names = ErasedNames::default();
        let mut workspace_functions = BTreeSet::new();
        let mut sites: BTreeMap<String, (SiteKey, BTreeMap<SourceLines<'_>, Position>)> = BTreeMap::new();
        for stack in &profile.stacks {
            let numbers = SiteNumbers::from(&stack.numbers);
            if numbers.is_zero() {
                continue;
            }
            let path = Path::of(stack, &mut names);
            for step in path.steps.iter().filter(|step| step.function.origin == Origin::Workspace) {
                if !workspace_functions.contains(&*step.name) {
                    workspace_functions.insert(step.name.to_string());
                }
            }
            let key = SiteKey::of(&path);
            let shown = path.steps.iter().skip(path.first_user_step());
            let innermost = path.steps.iter().take(path.first_user_step()).map(source_line).next();
            let lines = (shown.clone().take(1 + CALLERS_OF_POSITION).map(source_line).collect(), innermost);
            let mut places = shown.take(1 + CALLERS_SHOWN).map(place);
            let through = path.steps.iter().take(path.first_user_step().min(THROUGH_SHOWN)).map(place);
            let position = Position {
                place: places.next(),
                through: through.collect(),
                callers: places.collect(),
                numbers,
            };
            let (_, positions) = sites.entry(key.to_string()).or_insert_with(|| (key, BTreeMap::new()));
            join(positions, lines, position);
        }
        let sites = sites
            .into_values()
            .map(|(key, positions)| Site { key, positions: limited(positions) })
            .filter(|site| !site.positions.is_empty())
            .collect();
        Self {
            sites,
            older: SiteNumbers::from(&profile.older),
            beyond_limit: SiteNumbers::from(&profile.beyond_limit),
            workspace_functions,
        }
    }

    /// The exact sum of everything: the sites, what is older, and what was beyond the limit.
    #[must_use]
    pub fn total(&self) -> SiteNumbers {
        self.sites.iter().map(Site::numbers).sum::<SiteNumbers>() + self.older + self.beyond_limit
    }
}

impl Site {
    /// The sum of its positions.
    #[must_use]
    pub fn numbers(&self) -> SiteNumbers {
        self.positions.iter().map(|position| position.numbers).sum()
    }

    /// The position that has the most of a metric; the first of equal ones.
    #[must_use]
    pub fn largest(&self, metric: Metric) -> Option<&Position> {
        self.positions.iter().rev().max_by_key(|position| position.numbers.get(metric).unsigned_abs())
    }
}

impl Position {
    /// Joins another with the same lines. Which of the two is shown must not depend on the order of the stacks.
    fn join(&mut self, other: Self) {
        self.numbers += other.numbers;
        let order =
            |position: &Self| (position.place.clone(), position.callers.clone(), position.through.clone());
        if order(&other) < order(self) {
            (self.place, self.through, self.callers) = (other.place, other.through, other.callers);
        }
    }
}

fn source_line<'a>(step: &Step<'a>) -> SourceLine<'a> {
    (step.function.file.as_deref(), step.function.line)
}

fn place(step: &Step<'_>) -> Place {
    Place {
        function: step.function.name.to_string(),
        file: step.function.file.as_deref().map(str::to_owned),
        line: step.function.line,
    }
}

fn join<K: Ord>(positions: &mut BTreeMap<K, Position>, lines: K, position: Position) {
    match positions.entry(lines) {
        Entry::Vacant(entry) => _ = entry.insert(position),
        Entry::Occupied(mut entry) => entry.get_mut().join(position),
    }
}

/// The positions that are not zero. When there are too many, those of the user's own lines; when these are too many, one with
/// the sum, shown at the place of the largest.
fn limited(positions: BTreeMap<SourceLines<'_>, Position>) -> Vec<Position> {
    let is_there = |position: &Position| !position.numbers.is_zero();
    if positions.values().filter(|position| is_there(position)).count() <= MAXIMUM_POSITIONS {
        return positions.into_values().filter(is_there).collect();
    }
    let mut of_users_lines = BTreeMap::new();
    for ((lines, _), position) in positions {
        join(&mut of_users_lines, lines, position);
    }
    let positions: Vec<Position> = of_users_lines.into_values().filter(is_there).collect();
    if positions.len() <= MAXIMUM_POSITIONS {
        return positions;
    }
    let numbers: SiteNumbers = positions.iter().map(|position| position.numbers).sum();
    let size = |position: &Position| position.numbers.get(Metric::TotalBytes).unsigned_abs();
    // The first of those that are equally large.
    let largest = positions.into_iter().rev().max_by_key(size);
    largest
        .into_iter()
        .filter(|_| !numbers.is_zero())
        .map(|position| Position { numbers, ..position })
        .collect()
}

#[cfg(test)]
mod tests {
    use memgate_protocol::{Metric, StackNumbers};

    use super::super::samples::{stack, table};
    use super::*;

    fn shown(table: &SiteTable) -> String {
        let mut text = String::new();
        for site in &table.sites {
            let positions: Vec<String> = site
                .positions
                .iter()
                .map(|position| {
                    let line = position.place.as_ref().map_or(0, |place| place.line);
                    format!("{}@{line}", position.numbers.get(Metric::Allocs))
                })
                .collect();
            text += &format!("{}: {}\n", site.key, positions.join(", "));
        }
        text
    }

    #[test]
    fn positions_are_told_apart_by_line_and_sorted_by_it() {
        let table = table(&[
            ("s a::Vec::push @ v.rs:1; w f::g @ a.rs:30; w f::main @ a.rs:2", 3),
            ("s a::Vec::push @ v.rs:2; w f::g @ a.rs:10; w f::main @ a.rs:2", 1),
            ("s a::Vec::push @ v.rs:9; w f::g @ a.rs:10; w f::main @ a.rs:2", 5),
            ("s a::Vec::push @ v.rs:9; w f::g @ a.rs:10; w f::main @ a.rs:1", 7),
            ("d dep::x @ d.rs:1; w f::g @ a.rs:10", 11),
            ("d dep::x @ d.rs:2; w f::g @ a.rs:10", 13),
            ("s a::Vec::push; w f::g @ a.rs:99", 0),
        ]);
        insta::assert_snapshot!(shown(&table), @r"
        Vec::push <- f::g <- f::main: 7@10, 6@10, 3@30
        alloc <- dep::x <- f::g: 11@10, 13@10
        ");
        assert_eq!(table.workspace_functions.iter().collect::<Vec<_>>(), ["f::g", "f::main"]);
    }

    #[test]
    fn the_place_is_the_first_of_the_workspace_with_its_full_name() {
        let table = table(&[(
            "s a::Vec::push; d dep::x::<u8>; w f::g::<u8> @ a.rs:3; s b::c; d dep::y; w f::main",
            1,
        )]);
        let position = &table.sites[0].positions[0];
        assert_eq!(
            position.place,
            Some(Place { function: "f::g::<u8>".into(), file: Some("a.rs".into()), line: 3 })
        );
        let callers: Vec<&str> = position.callers.iter().map(|caller| caller.function.as_str()).collect();
        assert_eq!(callers, ["dep::y", "f::main"]);
    }

    #[test]
    fn the_order_of_the_stacks_does_not_matter() {
        let (one, other) = (("w f::g::<u8> @ a.rs:3", 1), ("w f::g::<u16> @ a.rs:3", 2));
        assert_eq!(table(&[one, other]), table(&[other, one]));
    }

    #[test]
    fn recursion_and_empty_stacks_have_one_position() {
        let table = table(&[
            ("w f::walk @ a.rs:2; w f::main @ a.rs:9", 1),
            ("w f::walk @ a.rs:2; w f::walk @ a.rs:3; w f::main @ a.rs:9", 1),
            ("w f::walk @ a.rs:2; w f::walk @ a.rs:3; w f::walk @ a.rs:3; w f::main @ a.rs:9", 1),
            ("", 4),
            ("s std::rt::init", 5),
        ]);
        insta::assert_snapshot!(shown(&table), @r"
        alloc: 4@0
        alloc <- f::walk <- f::main: 3@2
        rt::init: 5@0
        ");
    }

    #[test]
    fn too_many_positions_are_summed() {
        let stacks = |count: i64| -> Vec<(String, i64)> {
            (1..=count).map(|line| (format!("w f::g @ a.rs:{line}"), 20 - line)).collect()
        };
        let of = |count| {
            let stacks = stacks(count);
            table(&stacks.iter().map(|(text, allocs)| (text.as_str(), *allocs)).collect::<Vec<_>>())
        };
        assert_eq!(of(16).sites[0].positions.len(), 16);
        assert_eq!(shown(&of(17)), "alloc <- f::g: 187@1\n");
    }

    #[test]
    fn too_many_lines_of_another_package_are_summed_by_the_users_lines() {
        let of = |count: i64| {
            let stacks: Vec<String> = (0..count)
                .map(|line| format!("d dep::x @ d.rs:{line}; w f::g @ a.rs:{}", line % 2 + 1))
                .collect();
            table(&stacks.iter().map(|text| (text.as_str(), 3)).collect::<Vec<_>>())
        };
        assert_eq!(of(16).sites[0].positions.len(), 16);
        assert_eq!(shown(&of(17)), "alloc <- dep::x <- f::g: 27@1, 24@2\n");
    }

    #[test]
    fn the_total_is_the_sum_of_everything() {
        let profile = Profile {
            stacks: vec![
                stack("w f::g", &[(Metric::PeakBytes, 100), (Metric::Allocs, 1)]),
                stack("w f::h", &[(Metric::PeakBytes, -30)]),
            ],
            older: StackNumbers { peak_bytes: -40, ..StackNumbers::default() },
            beyond_limit: StackNumbers { peak_bytes: 5, allocs: 2, ..StackNumbers::default() },
            ..Profile::default()
        };
        let total = SiteTable::from_profile(&profile).total();
        assert_eq!(total, SiteNumbers::default().with(Metric::PeakBytes, 35).with(Metric::Allocs, 3));
    }
}
