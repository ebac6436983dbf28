//! What else there is to say.

use super::inert::prose;
use super::section::{Noun, Section};
use crate::report::{NoticeKind, Report};

pub(super) fn section(report: &Report) -> Section {
    let is_gap = |kind| {
        matches!(
            kind,
            NoticeKind::NoBaseline
                | NoticeKind::NoSavedTimes
                | NoticeKind::NotMeasured
                | NoticeKind::LostShard
        )
    };
    let rows = report.notices.iter().filter(|notice| !is_gap(notice.kind));
    Section {
        title: "### Notes".to_owned(),
        rows: rows.map(|notice| format!("- {}\n", prose(&notice.text))).collect(),
        in_sight: 5,
        ..Section::new(5, Noun("remark", "remarks"))
    }
}
