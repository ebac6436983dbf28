//! The text of `memgate.toml` to rules.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::time::Duration;

use jiff::civil::Date;
use memgate_protocol::TimeSettings;
use toml::de::DeTable;

use super::Problem;
use super::command::{CommandDefinition, commands};
use super::duration::parse_duration;
use super::exponent::exponent_limit;
use super::jobs::{Alone, jobs};
use super::limits::{Limits, amount, budgets, limits, limits_of_one};
use super::table::{Item, Table, line_of};
use super::time::time_settings;
use crate::format::brief;
use crate::model::{EnvironmentField, MetricKey};
use crate::rules::{BenchmarkRule, Policy, Waiver};

/// The configuration of a workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Limits, budgets, waivers, and which differences of the environment are tolerated.
    pub policy: Policy,
    /// How to measure, as far as it is said.
    pub measure: MeasureConfig,
    /// How long criterion may take for one benchmark when times are taken.
    pub time: TimeSettings,
    /// Which benchmarks run with nothing beside them.
    pub alone: Alone,
    /// Packages whose bench targets are not built unless they are asked for.
    pub excluded_packages: Vec<String>,
    /// The cargo profile that bench targets are built with, where it is not cargo's own.
    pub profile: Option<String>,
    /// Whole commands that are measured.
    pub commands: Vec<CommandDefinition>,
}

/// How to measure, as far as the configuration says; the command line wins over it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MeasureConfig {
    /// How many processes measure one benchmark.
    pub processes: Option<u32>,
    /// How many at most, when they do not agree.
    pub maximum_processes: Option<u32>,
    /// How long one process may run.
    pub time_limit: Option<Duration>,
    /// How many benchmarks run side by side.
    pub jobs: Option<NonZeroUsize>,
}

/// Reads a configuration.
///
/// # Errors
/// The first thing that can't be, with its line: unknown keys, wrong types, sizes and percentages that are none,
/// negative limits, broken globs.
///
/// # Example
/// ```
/// let problem = memgate_report::config::parse_config("[limits]\nallocs = { relative = \"-5%\" }").unwrap_err();
/// assert_eq!(problem.to_string(), "2: `relative`: `-5%` is negative; a limit is how far a metric may rise");
/// ```
pub fn parse_config(text: &str) -> Result<Config, Problem> {
    // TOML's own words for it are about what could have stood there instead.
    if let Some(start) = text.find('\0') {
        return Err(Problem { line: line_of(text, start), message: "this line has a NUL byte".to_owned() });
    }
    let root = DeTable::parse(text).map_err(|error| Problem {
        line: line_of(text, error.span().map_or(0, |span| span.start)),
        message: brief(error.message()),
    })?;
    let mut config = Config::default();
    let sections =
        ["benchmark", "build", "command", "environment", "jobs", "limits", "measure", "time", "waiver"];
    for (key, item) in Table::new(text, "memgate.toml", root.get_ref()).entries(&sections)? {
        match key {
            "limits" => {
                let limits = limits(item.table("[limits]")?)?;
                (config.policy.limits, config.policy.time) = (limits.metrics, limits.time);
                if let Some(item) = limits.exponent {
                    config.policy.exponent = exponent_limit(item)?;
                }
            }
            "benchmark" => {
                for (item, table) in item.tables("[[benchmark]]")? {
                    let (rule, alone) = benchmark_rule(item, table)?;
                    if let Some(alone) = alone {
                        config.alone.add(rule.pattern.clone(), alone);
                    }
                    config.policy.benchmarks.push(rule);
                }
            }
            "command" => config.commands = commands(item.tables("[[command]]")?)?,
            "waiver" => {
                for (item, table) in item.tables("[[waiver]]")? {
                    config.policy.waivers.push(waiver(item, table)?);
                }
            }
            "build" => build(item.table("[build]")?, &mut config)?,
            "environment" => config.policy.tolerated = tolerated(item.table("[environment]")?)?,
            "time" => config.time = time_settings(item.table("[time]")?)?,
            "jobs" => config.measure.jobs = Some(jobs(item)?),
            _ => measure(item.table("[measure]")?, &mut config.measure)?,
        }
    }
    Ok(config)
}

fn benchmark_rule(whole: Item<'_>, table: Table<'_>) -> Result<(BenchmarkRule, Option<bool>), Problem> {
    let (mut pattern, mut rule_limits, mut caps) = (None, Limits::default(), BTreeMap::new());
    let mut alone = None;
    for (name, item) in table.entries(&["match", "limits", "budget", "alone"])? {
        match name {
            "match" => pattern = Some(glob(item)?),
            "limits" => rule_limits = limits_of_one(item.table("limits")?)?,
            "alone" => alone = Some(item.boolean()?),
            _ => caps = budgets(item.table("budget")?)?,
        }
    }
    let pattern = pattern.ok_or_else(|| whole.problem("it needs `match`, a glob over ids"))?;
    let rule = BenchmarkRule { pattern, limits: rule_limits.metrics, time: rule_limits.time, budgets: caps };
    Ok((rule, alone))
}

fn glob(item: Item<'_>) -> Result<glob::Pattern, Problem> {
    let text = item.string()?;
    glob::Pattern::new(text).map_err(|error| item.problem(format!("`{text}` is no glob: {}", error.msg)))
}

fn waiver(whole: Item<'_>, table: Table<'_>) -> Result<Waiver, Problem> {
    let (mut benchmark, mut metric, mut limit, mut reason, mut expires) = (None, None, None, None, None);
    for (name, item) in table.entries(&["benchmark", "metric", "limit", "reason", "expires"])? {
        match name {
            "benchmark" => benchmark = Some(item.string()?.to_owned()),
            "metric" => {
                metric = Some(item.string()?.parse::<MetricKey>().map_err(|error| item.problem(error))?);
            }
            "limit" => limit = Some(item),
            "reason" => {
                reason =
                    Some(item).filter(|item| item.as_string().is_some_and(|text| !text.trim().is_empty()));
            }
            _ => expires = Some(date(item)?),
        }
    }
    let needs = |key: &str, what: &str| whole.problem(format!("it needs `{key}`, {what}"));
    let metric = metric.ok_or_else(|| needs("metric", "such as \"allocs\""))?;
    let limit = limit.ok_or_else(|| needs("limit", "the value up to which the metric may rise"))?;
    Ok(Waiver {
        benchmark: benchmark.ok_or_else(|| needs("benchmark", "an id, or a glob over ids"))?,
        metric,
        limit: amount(limit, metric, "a waiver allows a rise")?,
        reason: reason
            .ok_or_else(|| needs("reason", "in words that a reviewer understands"))?
            .string()?
            .to_owned(),
        expires,
    })
}

fn date(item: Item<'_>) -> Result<Date, Problem> {
    let text = item.string()?;
    text.parse().map_err(|_| item.problem(format!("`{text}` is no date; write it like \"2027-01-31\"")))
}

fn tolerated(table: Table<'_>) -> Result<Vec<EnvironmentField>, Problem> {
    let mut fields = Vec::new();
    for (_, item) in table.entries(&["tolerate"])? {
        for item in item.items()? {
            let name = item.string()?;
            let field =
                EnvironmentField::ALL.into_iter().find(|field| field.name() == name).ok_or_else(|| {
                    let known = EnvironmentField::ALL.map(EnvironmentField::name).join(", ");
                    item.problem(format!("unknown part `{name}` of the environment; the parts are {known}"))
                })?;
            fields.push(field);
        }
    }
    Ok(fields)
}

fn build(table: Table<'_>, config: &mut Config) -> Result<(), Problem> {
    for (name, item) in table.entries(&["exclude", "profile"])? {
        if name == "profile" {
            config.profile = Some(item.string()?.to_owned());
            continue;
        }
        for item in item.items()? {
            config.excluded_packages.push(item.string()?.to_owned());
        }
    }
    Ok(())
}

fn measure(table: Table<'_>, config: &mut MeasureConfig) -> Result<(), Problem> {
    let mut maximum = None;
    for (name, item) in table.entries(&["processes", "maximum-processes", "time-limit"])? {
        match name {
            "processes" => config.processes = Some(processes(item)?),
            "maximum-processes" => {
                config.maximum_processes = Some(processes(item)?);
                maximum = Some(item);
            }
            _ => {
                config.time_limit =
                    Some(parse_duration(item.string()?).map_err(|problem| item.problem(problem))?);
            }
        }
    }
    // Whatever order they are in. Without a maximum, it is as high as `processes` if need be.
    if let (Some(least), Some(most), Some(item)) = (config.processes, config.maximum_processes, maximum)
        && most < least
    {
        return Err(item.problem(format!("it is less than `processes`, which is {least}")));
    }
    Ok(())
}

fn processes(item: Item<'_>) -> Result<u32, Problem> {
    match item.integer()?.map(u32::try_from) {
        Some(Ok(number)) if (1..=1_000).contains(&number) => Ok(number),
        _ => Err(item.problem("it must be a whole number from 1 to 1000")),
    }
}

#[cfg(test)]
mod tests {
    use memgate_protocol::Metric;

    use super::*;
    use crate::rules::{LimitRule, Relative};

    #[test]
    fn everything_that_can_be_said_is_understood() {
        let config = parse_config(
            r#"
            [limits]
            peak_bytes = { relative = "2%", absolute = "1 KiB" }
            reallocs = "off"
            cold.allocs = {}
            time = { relative = "15%", absolute = "2 us" }

            [[benchmark]]
            match  = "parser/*"
            limits = { allocs = { relative = "5%" }, time = "off" }
            budget = { peak_bytes = "8 MiB", allocs = 100 }

            [[waiver]]
            benchmark = "parser/parse/json"
            metric    = "allocs"
            limit     = 120
            reason    = "interning lands with the next release"
            expires   = "2027-01-31"

            [environment]
            tolerate = ["rustc"]

            [build]
            exclude = ["slow"]
            profile = "quick"

            [time]
            warm-up = "0.1s"
            measurement = "2s"
            samples = 20

            [measure]
            processes = 3
            maximum-processes = 9
            time-limit = "2m"
            "#,
        )
        .unwrap();
        let allocs = MetricKey::steady(Metric::Allocs);
        let gated = |relative, absolute| LimitRule::Gated { relative, absolute };
        assert_eq!(
            config.policy.limits,
            BTreeMap::from([
                (MetricKey::steady(Metric::PeakBytes), gated(Some(Relative::percent(2)), Some(1_024))),
                (MetricKey::steady(Metric::Reallocs), LimitRule::Off),
                (MetricKey::cold(Metric::Allocs), gated(None, None)),
            ])
        );
        assert_eq!(config.policy.time, Some(gated(Some(Relative::percent(15)), Some(2_000_000))));
        let settings = TimeSettings { warm_up_ms: 100, measurement_ms: 2_000, samples: 20 };
        assert_eq!(config.time, settings);
        let rule = &config.policy.benchmarks[0];
        assert_eq!(rule.time, Some(LimitRule::Off));
        assert_eq!(rule.pattern.as_str(), "parser/*");
        assert_eq!(rule.limits[&allocs], gated(Some(Relative::percent(5)), None));
        assert_eq!(
            rule.budgets,
            BTreeMap::from([(MetricKey::steady(Metric::PeakBytes), 8 << 20), (allocs, 100)])
        );
        let waiver = &config.policy.waivers[0];
        assert_eq!((waiver.metric, waiver.limit), (allocs, 120));
        assert_eq!(waiver.expires, Some(jiff::civil::date(2027, 1, 31)));
        assert_eq!(config.policy.tolerated, [EnvironmentField::Rustc]);
        assert_eq!(config.excluded_packages, ["slow"]);
        assert_eq!(config.profile.as_deref(), Some("quick"));
        assert_eq!(config.measure.time_limit, Some(Duration::from_secs(120)));
        assert_eq!(parse_config("").unwrap(), Config::default());
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let problems = [
            ("\n[limit]\n", "2: unknown key `limit` in memgate.toml; did you mean `limits`?"),
            (
                "[limits]\npeek_bytes = {}",
                "2: unknown key `peek_bytes` in [limits]; did you mean `peak_bytes`?",
            ),
            (
                "[limits]\nallocs = { rel = \"1%\" }",
                "2: unknown key `rel` in a limit; did you mean `relative`?",
            ),
            (
                "[limits]\nzzz = {}",
                "2: unknown key `zzz` in [limits]; the keys are peak_bytes, total_bytes, allocs, reallocs, retained_bytes, leaked_bytes, cold, resident, cgroup, time, exponent",
            ),
            (
                "[limits]\ntime = { absolute = \"1 KiB\" }",
                "2: `absolute`: `1 KiB` is no span of time; write it like \"90s\", \"500ms\" or \"2m\"",
            ),
            (
                "[[benchmark]]\nmatch = \"*\"\nbudget = { time = 1 }",
                "3: `time`: a time can have a limit, and no budget",
            ),
            ("[time]\nsamples = 9", "2: `samples`: it must be a whole number from 10 to 10000"),
            (
                "[limits]\npeak_bytes = { absolute = \"8 Mib\" }",
                "2: `absolute`: `8 Mib` has the unknown unit `Mib`; did you mean `MiB`?",
            ),
            (
                "[limits]\nallocs = { absolute = -1 }",
                "2: `absolute`: -1 is negative; a limit is how far a metric may rise",
            ),
            ("[limits]\nallocs = { absolute = \"1 B\" }", "2: `absolute`: it must be a whole number"),
            ("[limits]\nallocs = 5", "2: `allocs`: it must be a table"),
            (
                "[limits]\nallocs = \"5%\"",
                "2: `allocs`: a limit is a table like { relative = \"2%\", absolute = \"1 KiB\" }, or \"off\"",
            ),
            (
                "[limits]\ncold.leaked_bytes = {}",
                "2: unknown key `leaked_bytes` in cold; did you mean `retained_bytes`?",
            ),
            ("[[benchmark]]\n", "1: `benchmark`: it needs `match`, a glob over ids"),
            ("[[benchmark]]\nmatch = \"a[\"", "2: `match`: `a[` is no glob: invalid range pattern"),
            (
                "[[waiver]]\nmetric = \"aloccs\"",
                "2: `metric`: unknown metric `aloccs`; the nearest is `allocs`",
            ),
            (
                "[[waiver]]\nbenchmark = \"a\"\nmetric = \"allocs\"\nlimit = 1\nreason = \" \"",
                "1: `waiver`: it needs `reason`, in words that a reviewer understands",
            ),
            (
                "[[waiver]]\nexpires = \"31.1.2027\"",
                "2: `expires`: `31.1.2027` is no date; write it like \"2027-01-31\"",
            ),
            (
                "[environment]\ntolerate = [\"llvm\"]",
                "2: `tolerate`: unknown part `llvm` of the environment; the parts are allocator, command, features, libc, probe, profile, program, rustc, rustflags, target, variables",
            ),
            ("[measure]\nprocesses = 0", "2: `processes`: it must be a whole number from 1 to 1000"),
            (
                "[measure]\nmaximum-processes = 2\nprocesses = 9",
                "2: `maximum-processes`: it is less than `processes`, which is 9",
            ),
            (
                "[measure]\ntime-limit = \"1h\"",
                "2: `time-limit`: `1h` is no span of time; write it like \"90s\", \"500ms\" or \"2m\"",
            ),
        ];
        for (text, problem) in problems {
            assert_eq!(parse_config(text).unwrap_err().to_string(), problem, "{text}");
        }
        assert_eq!(parse_config("a = 1\n[limits\n").unwrap_err().line, 2);
        assert_eq!(parse_config("jobs = 1\n[a\0]").unwrap_err().to_string(), "2: this line has a NUL byte");
    }
}
