//! Stacks to call sites, the worst first.

use super::stack::{Function, Path, Stack};
use memgate_protocol::{Metric, StackNumbers};

/// A place in the user's code, and what was done there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Site {
    pub(super) path: Path,
    pub(super) numbers: StackNumbers,
}

impl Site {
    /// The function that it is shown at.
    pub(super) fn function(&self) -> Option<&Function> {
        self.path.steps.get(self.path.first_user_step())
    }

    /// The dependencies' functions between it and what was called, innermost first.
    pub(super) fn through(&self) -> &[Function] {
        self.path.steps.get(..self.path.first_user_step()).unwrap_or_default()
    }

    /// The functions around it, innermost first.
    pub(super) fn callers(&self) -> &[Function] {
        self.path.steps.get(self.path.first_user_step() + 1..).unwrap_or_default()
    }

    fn is_at(&self, other: &Path) -> bool {
        self.path.operation == other.operation && self.function() == other.steps.get(other.first_user_step())
    }
}

/// The places of the stacks that have anything of `metrics`, the one with the largest share of them first. One that was reached in several
/// ways is shown with the callers of the first.
pub(super) fn sites(stacks: &[Stack], metrics: &[Metric]) -> Vec<Site> {
    let mut sites: Vec<Site> = Vec::new();
    for stack in stacks {
        let path = Path::of(stack);
        match sites.iter_mut().find(|site| site.is_at(&path)) {
            Some(site) => site.numbers += stack.numbers,
            None => sites.push(Site { path, numbers: stack.numbers }),
        }
    }
    sites.retain(|site| metrics.iter().any(|metric| site.numbers.value(*metric) > 0));
    let totals: Vec<(Metric, f64)> = metrics
        .iter()
        .map(|metric| {
            let total: i64 = sites.iter().map(|site| site.numbers.value(*metric).max(0)).sum();
            (*metric, total.max(1) as f64)
        })
        .collect();
    let share = |site: &Site| -> f64 {
        totals.iter().map(|(metric, total)| site.numbers.value(*metric) as f64 / total).sum()
    };
    sites.sort_by(|one, other| share(other).total_cmp(&share(one)));
    sites
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack(line: u32, caller: &str, allocs: i64, peak_bytes: i64) -> Stack {
        let function = |name: &str, line| Function {
            name: name.to_owned(),
            file: Some("/w/src/lib.rs".to_owned()),
            line,
            ..Function::default()
        };
        Stack {
            frames: vec![vec![function("app::f", line)], vec![function(caller, 1)]],
            numbers: StackNumbers { allocs, peak_bytes, ..StackNumbers::default() },
        }
    }

    #[test]
    fn one_line_is_one_site_and_the_largest_share_is_first() {
        let stacks = [stack(1, "app::a", 1, 500), stack(2, "app::a", 2, 0), stack(2, "app::b", 3, 20)];
        let lines = |metrics: &[Metric]| -> Vec<(u32, i64)> {
            let sites = sites(&stacks, metrics);
            sites.iter().map(|site| (site.function().unwrap().line, site.numbers.allocs)).collect()
        };
        assert_eq!(lines(&[Metric::Allocs]), [(2, 5), (1, 1)]);
        assert_eq!(lines(&[Metric::PeakBytes]), [(1, 1), (2, 5)]);
        assert_eq!(lines(&[Metric::Allocs, Metric::PeakBytes]), [(1, 1), (2, 5)]);
        assert_eq!(lines(&[Metric::Reallocs]), []);
        assert_eq!(sites(&stacks, &[Metric::Allocs])[0].callers()[0].name, "app::a");
    }
}
