//! Call sites as a failed assertion shows them.

use std::fmt::Write;
use std::path::Path;

use super::site::{Site, sites};
use super::stack::Function;
use super::symbols::stacks;
use crate::alloc::ThreadRecorded;
use memgate_protocol::Metric;
use memgate_protocol::names::without_registry;
use memgate_protocol::units::exact;

/// How many sites are shown, and how many callers of each.
const SITES_SHOWN: usize = 5;
const CALLERS_SHOWN: usize = 3;

/// The call sites of what was recorded, those first that have most of `metrics`.
pub(in super::super) fn of_recorded(recorded: &ThreadRecorded, metrics: &[Metric]) -> String {
    let folder = std::env::current_dir().unwrap_or_default();
    let mut text = shown(&sites(&stacks(recorded), metrics), metrics, &folder);
    if recorded.recorded.lost_blocks > 0 {
        text += "\n  there were more blocks than can be followed, so peak_bytes and retained_bytes of call sites are inexact";
    }
    text
}

fn shown(sites: &[Site], metrics: &[Metric], folder: &Path) -> String {
    let mut text = String::from("\n  call sites, worst first:");
    for (number, site) in (1..).zip(sites).take(SITES_SHOWN) {
        let function = site.function();
        let place = function.and_then(|function| position(function, folder));
        let name = function.map_or_else(|| "?".to_owned(), Function::short_name);
        let operation = &site.path.operation;
        let _ = write!(text, "\n  {number}  ");
        if let Some(place) = place {
            let _ = write!(text, "{place}  ");
        }
        let _ = write!(text, "{operation} in {name}");
        // The outermost is what the user's code called.
        if let Some(through) = site.through().last() {
            let _ = write!(text, ", through {}", positioned(through, folder));
        }
        for caller in site.callers().iter().take(CALLERS_SHOWN) {
            let _ = write!(text, "\n     ← {}", positioned(caller, folder));
        }
        let amounts = metrics.iter().map(|metric| (metric, site.numbers.value(*metric)));
        let amounts = amounts.filter(|(_, value)| *value != 0);
        let amounts: Vec<String> =
            amounts.map(|(metric, value)| format!("{metric} {}", exact(value, metric.unit()))).collect();
        let _ = write!(text, "\n     {}", amounts.join(" · "));
    }
    if let Some(more) = sites.len().checked_sub(SITES_SHOWN).filter(|more| *more > 0) {
        let _ = write!(text, "\n  and {more} more");
    }
    if !sites.iter().any(|site| site.function().is_some_and(|function| function.file.is_some())) {
        text += "\n  this program has no line numbers, so functions may be missing as well; \
                 `debug = 1` in its profile in Cargo.toml brings them";
    }
    text
}

fn positioned(function: &Function, folder: &Path) -> String {
    let name = function.short_name();
    position(function, folder).map_or_else(|| name.clone(), |position| format!("{name} {position}"))
}

/// The file from the package's folder on, and the line.
fn position(function: &Function, folder: &Path) -> Option<String> {
    let file = function.file.as_deref()?;
    let within = Path::new(file).strip_prefix(folder).ok().and_then(Path::to_str);
    Some(format!("{}:{}", within.or_else(|| without_registry(file)).unwrap_or(file), function.line))
}

#[cfg(test)]
mod tests {
    use super::super::owner::OwnSources;
    use super::super::stack::Path as SitePath;
    use super::*;
    use memgate_protocol::StackNumbers;

    fn function(name: &str, file: &str, line: u32) -> Function {
        let owner = OwnSources::default().owner_of(name, Some(file));
        Function { name: name.to_owned(), file: Some(file.to_owned()), line, owner }
    }

    fn site(steps: Vec<Function>, allocs: i64) -> Site {
        let numbers = StackNumbers { allocs, peak_bytes: allocs * 1_000, ..StackNumbers::default() };
        Site { path: SitePath { operation: "Vec::push".to_owned(), steps }, numbers }
    }

    #[test]
    fn a_site_is_shown_as_in_a_report() {
        let fetched = function("serde::de::visit", "/h/registry/src/index-1/serde-1.0.0/src/de.rs", 9);
        let steps = vec![
            fetched,
            function("app::parse", "/w/app/src/lib.rs", 12),
            function("t::test::{closure#0}", "/w/app/tests/t.rs", 3),
        ];
        assert_eq!(
            shown(
                &[site(steps, 2)],
                &[Metric::PeakBytes, Metric::Allocs, Metric::Reallocs],
                Path::new("/w/app")
            ),
            "\n  call sites, worst first:\
             \n  1  src/lib.rs:12  Vec::push in app::parse, through de::visit serde-1.0.0/src/de.rs:9\
             \n     ← t::test::{closure#0} tests/t.rs:3\
             \n     peak_bytes 2,000 B · allocs 2"
        );
    }

    #[test]
    fn without_lines_the_profile_is_named_and_what_is_too_much_is_counted() {
        let bare = Function { name: "app::parse".to_owned(), ..Function::default() };
        let sites: Vec<Site> = (0..7).map(|_| site(vec![bare.clone()], 1)).collect();
        let text = shown(&sites, &[Metric::Allocs], Path::new("/w"));
        assert!(text.contains("\n  5  Vec::push in app::parse\n     allocs 1\n  and 2 more\n"), "{text}");
        assert!(text.contains("`debug = 1`"), "{text}");
        assert!(shown(&[site(Vec::new(), 1)], &[Metric::Allocs], Path::new("/w")).contains("Vec::push in ?"));
    }
}
