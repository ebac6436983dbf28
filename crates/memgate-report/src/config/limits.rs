//! Limits and budgets, as every section has them.

use std::collections::BTreeMap;

use memgate_protocol::Unit;

use super::Problem;
use super::size::parse_size;
use super::table::{Item, Table};
use super::time::picoseconds;
use crate::model::{MetricKey, Phase};
use crate::rules::LimitRule;

/// The names of the metrics of a phase, as keys of a table.
fn metric_names(phase: Phase) -> Vec<(String, MetricKey)> {
    let keys = MetricKey::all().chain(MetricKey::KERNEL).filter(|key| key.phase == phase);
    keys.map(|key| (key.metric.name().to_owned(), key)).collect()
}

/// The tables of metrics within a table of metrics.
const TABLES: [&str; 3] = ["cold", "resident", "cgroup"];

/// What can have a limit.
enum Limited {
    Metric(MetricKey),
    Time,
    Exponent,
}

/// The entries of a table of metrics, in which those of the cold window lie in a table `cold` of their own, and the kernel's in `resident` and
/// `cgroup`.
fn by_metric<'a>(table: Table<'a>) -> Result<Vec<(Limited, Item<'a>)>, Problem> {
    let steady = metric_names(Phase::Steady);
    let known: Vec<&str> =
        steady.iter().map(|(name, _)| name.as_str()).chain(TABLES).chain(["time", "exponent"]).collect();
    let mut found = Vec::new();
    for (name, item) in table.entries(&known)? {
        if name == "time" {
            found.push((Limited::Time, item));
            continue;
        }
        if name == "exponent" {
            found.push((Limited::Exponent, item));
            continue;
        }
        if let Some((_, key)) = steady.iter().find(|(known, _)| known == name) {
            found.push((Limited::Metric(*key), item));
            continue;
        }
        let Some(table) = TABLES.into_iter().find(|table| *table == name) else { continue };
        let inner = metric_names(match table {
            "cold" => Phase::Cold,
            "resident" => Phase::Resident,
            _ => Phase::Cgroup,
        });
        let known: Vec<&str> = inner.iter().map(|(name, _)| name.as_str()).collect();
        for (name, item) in item.table(table)?.entries(&known)? {
            let key = inner.iter().find(|(known, _)| known == name);
            found.extend(key.map(|(_, key)| (Limited::Metric(*key), item)));
        }
    }
    Ok(found)
}

/// The limits of metrics, that of times, and where that of exponents stands.
#[derive(Default)]
pub(super) struct Limits<'a> {
    pub(super) metrics: BTreeMap<MetricKey, LimitRule>,
    pub(super) time: Option<LimitRule>,
    pub(super) exponent: Option<Item<'a>>,
}

pub(super) fn limits(table: Table<'_>) -> Result<Limits<'_>, Problem> {
    let mut limits = Limits::default();
    for (limited, item) in by_metric(table)? {
        let why = "a limit is how far a metric may rise";
        match limited {
            Limited::Metric(key) => {
                limits.metrics.insert(key, limit(item, |item| amount(item, key, why))?);
            }
            Limited::Time => limits.time = Some(limit(item, picoseconds)?),
            Limited::Exponent => limits.exponent = Some(item),
        }
    }
    Ok(limits)
}

fn limit<'a>(
    item: Item<'a>,
    parse_absolute: impl Fn(Item<'a>) -> Result<i64, Problem>,
) -> Result<LimitRule, Problem> {
    if let Some(text) = item.as_string() {
        let hint = "a limit is a table like { relative = \"2%\", absolute = \"1 KiB\" }, or \"off\"";
        return if text == "off" { Ok(LimitRule::Off) } else { Err(item.problem(hint)) };
    }
    let (mut relative, mut absolute) = (None, None);
    for (name, item) in item.table("a limit")?.entries(&["relative", "absolute"])? {
        match name {
            "relative" => relative = Some(item.string()?.parse().map_err(|error| item.problem(error))?),
            _ => absolute = Some(parse_absolute(item)?),
        }
    }
    Ok(LimitRule::Gated { relative, absolute })
}

/// A number in the metric's unit: a count, a number of bytes, or a size with its unit.
pub(super) fn amount(item: Item<'_>, key: MetricKey, why_positive: &str) -> Result<i64, Problem> {
    match item.integer()? {
        Some(number) if number < 0 => Err(item.problem(format!("{number} is negative; {why_positive}"))),
        Some(number) => Ok(number),
        None => match key.unit() {
            Unit::Count => Err(item.problem("it must be a whole number")),
            Unit::Bytes => parse_size(item.string()?).map_err(|problem| item.problem(problem)),
        },
    }
}

/// What metrics may never exceed.
pub(super) fn budgets(table: Table<'_>) -> Result<BTreeMap<MetricKey, i64>, Problem> {
    let mut budgets = BTreeMap::new();
    for (limited, item) in by_metric(table)? {
        let key = match limited {
            Limited::Metric(key) => key,
            Limited::Time => return Err(item.problem("a time can have a limit, and no budget")),
            Limited::Exponent => return Err(item.problem("an exponent can have a limit, and no budget")),
        };
        budgets.insert(key, amount(item, key, "a budget is a cap")?);
    }
    Ok(budgets)
}

/// The limits of one thing, which has no exponent.
pub(super) fn limits_of_one(table: Table<'_>) -> Result<Limits<'_>, Problem> {
    let limits = limits(table)?;
    match limits.exponent {
        Some(item) => {
            Err(item.problem("it belongs to several benchmarks; it is limited in [limits], for all"))
        }
        None => Ok(limits),
    }
}
