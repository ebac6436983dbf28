//! What else there is to say.

use super::section::Section;
use super::words::Words;
use crate::report::{NoticeKind, Report};
use crate::text::Noun;

pub(super) fn section(report: &Report, words: Words) -> Section {
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
    let title = match words {
        Words::Own => "### Notes",
        Words::Reported => "### Notes\n\nThe report says:",
    };
    Section {
        title: title.to_owned(),
        rows: rows.map(|notice| format!("- {}\n", words.item(&notice.text))).collect(),
        in_sight: 5,
        ..Section::new(5, Noun("remark", "remarks"))
    }
}
