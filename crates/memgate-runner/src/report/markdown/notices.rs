//! What else there is to say.

use super::inert::prose;
use super::section::{Noun, Section};
use crate::report::{NoticeKind, Report};

pub(super) fn section(report: &Report) -> Section {
    let rows = report.notices.iter().filter(|notice| notice.kind != NoticeKind::NoBaseline);
    Section {
        title: "### Notes".to_owned(),
        rows: rows.map(|notice| format!("- {}\n", prose(&notice.text))).collect(),
        in_sight: 5,
        ..Section::new(5, Noun("remark", "remarks"))
    }
}
