//! With which toolchains `compare` builds its two sides.

use memgate_report::model::{EnvironmentField, Run};
use memgate_report::report::{NoticeKind, Report};
use memgate_report::rules::Policy;
use memgate_report::text::shell_quoted;

use crate::cargo::Toolchain;
use crate::error::Error;
use crate::session::compilers;

/// With which toolchains both sides are built; none is the one that holds here.
#[derive(Clone, Debug, Default)]
pub(super) struct Toolchains {
    pub(super) base: Option<Toolchain>,
    pub(super) head: Option<Toolchain>,
}

impl Toolchains {
    /// Finds what is named: base's and head's, or one for both.
    pub(super) fn find(names: &[String]) -> Result<Self, Error> {
        let find = |name: &String| Toolchain::find(name);
        match names {
            [] => Ok(Self::default()),
            [both] => {
                let both = find(both)?;
                Ok(Self { base: Some(both.clone()), head: Some(both) })
            }
            [base, head] => Ok(Self { base: Some(find(base)?), head: Some(find(head)?) }),
            more => Err(Error::Usage(format!(
                "--toolchain is given {} times; BASE and HEAD have one each",
                more.len()
            ))),
        }
    }

    /// Whether the two sides are asked to have a toolchain each.
    pub(super) fn differ(&self) -> bool {
        self.base != self.head
    }

    /// Has two compilers compared, which are what the user wants to see the difference of.
    pub(super) fn allow_two_compilers(&self, policy: &mut Policy) {
        if self.differ() {
            policy.tolerated.push(EnvironmentField::Rustc);
        }
    }

    /// Takes away what the report says of every bench target that was compared across two compilers: it is said once, and better.
    pub(super) fn say_once(&self, report: &mut Report, policy: &Policy) {
        // Where more is tolerated, the same notices say that.
        if self.differ() && policy.tolerated.iter().all(|field| *field == EnvironmentField::Rustc) {
            report.notices.retain(|notice| notice.kind != NoticeKind::ToleratedDifference);
        }
    }

    /// What both sides were built with, in words.
    pub(super) fn built_with(&self, base: &Run, head: &Run) -> String {
        if compilers(base).is_empty() && compilers(head).is_empty() {
            return "nothing was built here".to_owned();
        }
        let words = |toolchain: &Option<Toolchain>, compilers: &[String]| {
            let compilers = format!("rustc {}", compilers.join(", "));
            match toolchain {
                Some(toolchain) => format!("the toolchain {} ({compilers})", toolchain.name()),
                None => compilers,
            }
        };
        let base = words(&self.base, &compilers(base));
        let head = words(&self.head, &compilers(head));
        if base == head {
            format!("both were built with {base}")
        } else {
            format!("base was built with {base}, head with {head}")
        }
    }

    /// Whose doing a difference is, where two toolchains build the same sources.
    pub(super) fn of_one_source(&self) -> Option<String> {
        self.differ().then(|| {
            "the sources of both sides are the same: whatever differs is the doing of the compiler and of the standard library that \
             comes with it"
                .to_owned()
        })
    }

    /// How to tell whose doing a difference is, where two toolchains build different sources. `command` is how this tool is called.
    pub(super) fn of_two_sources(&self, command: &str, base: &str, head: &str) -> Option<String> {
        let (Some(old), Some(new), true) = (&self.base, &self.head, self.differ()) else { return None };
        let [base, head, old, new] = [base, head, old.name(), new.name()].map(shell_quoted);
        Some(format!(
            "the sources of both sides differ, and so do the toolchains: \
             `{command} compare {head} {head} --toolchain {old} --toolchain {new}` shows the compiler's part alone, and \
             `{command} compare {base} {head} --toolchain {new}` the code's"
        ))
    }
}
