//! What is to become of the comments on a pull request.

use super::{CommentKey, RunAttempt, parse_marker};
use crate::report::{NoticeKind, Outcome, Report, Verdict, outcome};

/// A comment on a pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExistingComment {
    /// Its id; later comments have greater ones.
    pub id: u64,
    /// Who wrote it; none when the user was deleted.
    pub author: Option<CommentAuthor>,
    /// Its text.
    pub body: String,
}

/// Who wrote a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentAuthor {
    /// The login.
    pub login: String,
    /// Whether GitHub says that it is an app.
    pub is_bot: bool,
}

/// As whom the token writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The login.
    pub login: String,
}

/// When the user wants a comment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Only when there is something to say; a comment that is there is brought up to date all the same.
    pub only_on_change: bool,
    /// The comment is taken away when there is nothing to say.
    pub delete_when_clean: bool,
    /// Only a comment that is there is brought up to date: a run without a report is no occasion for a new one.
    pub only_update: bool,
}

/// What a comment would be written for.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// Which comment it is.
    pub key: &'a CommentKey,
    /// Where it was measured.
    pub run: RunAttempt,
    /// Whether there is nothing to say.
    pub is_clean: bool,
    /// When the user wants a comment.
    pub wish: Wish,
}

/// What is to be done, and in this order: writing, then deleting, so that there is never no comment in between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Write a new comment.
    Create,
    /// Write this comment anew.
    Update {
        /// The comment's id.
        id: u64,
        /// Our comments besides it.
        delete: Vec<u64>,
    },
    /// Take our comments away.
    Delete {
        /// Their ids; there is at least one.
        delete: Vec<u64>,
    },
    /// There is nothing to say, and no comment to take away.
    Nothing,
    /// A newer run has commented already; only what is older than its comment is taken away.
    Newer {
        /// That run.
        run: RunAttempt,
        /// Our comments besides it.
        delete: Vec<u64>,
    },
}

impl Identity {
    /// Whether this is who wrote a comment.
    ///
    /// REST names apps with `[bot]` behind, which no user's login can have; GraphQL may leave it out.
    #[must_use]
    pub fn wrote(&self, comment: &ExistingComment) -> bool {
        let Some(author) = &comment.author else { return false };
        let is_same = |login: &str| login.eq_ignore_ascii_case(&self.login);
        is_same(&author.login) || (author.is_bot && author.login.strip_suffix("[bot]").is_some_and(is_same))
    }
}

/// Decides what is to become of the comments on a pull request.
///
/// `comments` may hold anybody's; `identity` says which are ours.
#[must_use]
pub fn decide(occasion: Occasion<'_>, identity: &Identity, comments: &[ExistingComment]) -> Decision {
    let Occasion { key, run, is_clean, wish } = occasion;
    let mut ours: Vec<(u64, RunAttempt)> = comments
        .iter()
        .filter(|comment| identity.wrote(comment))
        .filter_map(|comment| Some((comment.id, parse_marker(&comment.body)?)))
        .filter(|(_, marker)| marker.key == *key)
        .map(|(id, marker)| (id, marker.run))
        .collect();
    ours.sort_unstable();
    // The oldest is kept: whoever else is tidying up at this moment keeps the same one.
    let Some((&(kept, kept_run), others)) = ours.split_first() else {
        let is_unwanted = wish.only_update || is_clean && (wish.only_on_change || wish.delete_when_clean);
        return if is_unwanted { Decision::Nothing } else { Decision::Create };
    };
    let newest = ours.iter().map(|(_, run)| *run).max().unwrap_or(kept_run);
    if newest > run {
        // As long as the newest is not in the oldest comment, its own run may be about to put it there.
        let delete = if kept_run == newest { others.iter().map(|(id, _)| *id).collect() } else { Vec::new() };
        return Decision::Newer { run: newest, delete };
    }
    if is_clean && wish.delete_when_clean {
        return Decision::Delete { delete: ours.iter().map(|(id, _)| *id).collect() };
    }
    Decision::Update { id: kept, delete: others.iter().map(|(id, _)| *id).collect() }
}

/// Whether there is nothing to say: everything was measured, every verdict is `ok`, and no limit, waiver or baseline
/// asks for attention. What holds for a suite as it stands, such as a tolerated environment, does not count.
#[must_use]
pub fn is_clean(report: &Report) -> bool {
    let asks_for_attention = |kind: NoticeKind| match kind {
        NoticeKind::NoBaseline
        | NoticeKind::StaleSnapshot
        | NoticeKind::StaleWaiver
        | NoticeKind::ExpiredWaiver
        | NoticeKind::UnmatchedGlob
        | NoticeKind::UnreadableFile
        | NoticeKind::BecameNoisy
        | NoticeKind::NoSavedTimes
        | NoticeKind::NoAcceptance
        | NoticeKind::Shard
        | NoticeKind::LostShard
        | NoticeKind::NotMeasured
        | NoticeKind::NothingGated => true,
        NoticeKind::ToleratedDifference
        | NoticeKind::LeftOut
        | NoticeKind::CustomWindow
        | NoticeKind::Threads
        | NoticeKind::OtherProcesses
        | NoticeKind::Revisions
        | NoticeKind::Since
        | NoticeKind::Times => false,
    };
    outcome(report) == Outcome::Passed
        // What never ran must never look green.
        && !report.benchmarks.is_empty()
        && report.benchmarks.iter().all(|benchmark| benchmark.verdict == Verdict::Ok)
        && !report.acceptance.as_ref().is_some_and(|acceptance| acceptance.asks())
        && report.scaling.iter().all(|series| series.steeper().next().is_none())
        && !report.notices.iter().any(|notice| asks_for_attention(notice.kind))
}

#[cfg(test)]
mod tests {
    use super::super::Marker;
    use super::*;

    const BOT: &str = "github-actions[bot]";
    const RUN: RunAttempt = RunAttempt { run: 100, attempt: 2 };

    fn comment(id: u64, login: &str, key: &str, run: RunAttempt) -> ExistingComment {
        let marker = Marker { key: key.parse().unwrap(), head: "a".repeat(40).parse().unwrap(), run };
        ExistingComment {
            id,
            author: Some(CommentAuthor { login: login.into(), is_bot: login.ends_with("[bot]") }),
            body: format!("{marker}\ntext"),
        }
    }

    fn ours(id: u64, run: u64, attempt: u32) -> ExistingComment {
        comment(id, BOT, "memgate", RunAttempt { run, attempt })
    }

    fn decided(is_clean: bool, wish: Wish, comments: &[ExistingComment]) -> Decision {
        let key = CommentKey::default();
        decide(Occasion { key: &key, run: RUN, is_clean, wish }, &Identity { login: BOT.into() }, comments)
    }

    #[test]
    fn ours_is_known_by_author_and_marker() {
        let theirs = [
            comment(1, "mallory", "memgate", RUN),
            comment(2, BOT, "other-key", RUN),
            ExistingComment { author: None, ..ours(3, 1, 1) },
            ExistingComment { body: format!("quoted:\n{}", ours(4, 1, 1).body), ..ours(4, 1, 1) },
        ];
        assert_eq!(decided(false, Wish::default(), &theirs), Decision::Create);
        let mut comments = theirs.to_vec();
        comments.push(ours(9, 99, 1));
        assert_eq!(decided(false, Wish::default(), &comments), Decision::Update { id: 9, delete: vec![] });
    }

    #[test]
    fn an_app_is_known_under_both_of_its_names() {
        let by_app = comment(1, "memgate-app[bot]", "memgate", RUN);
        assert!(Identity { login: "memgate-app".into() }.wrote(&by_app));
        assert!(Identity { login: "Memgate-App[bot]".into() }.wrote(&by_app));
        // A user can't be taken for an app, nor an app for another user.
        assert!(!Identity { login: "github-actions[bot]".into() }.wrote(&comment(
            1,
            "github-actions",
            "memgate",
            RUN
        )));
        let no_app = ExistingComment {
            author: Some(CommentAuthor { login: "memgate-app[bot]".into(), is_bot: false }),
            ..by_app
        };
        assert!(!Identity { login: "memgate-app".into() }.wrote(&no_app));
    }

    #[test]
    fn the_oldest_is_kept_and_written() {
        let comments = [ours(30, 90, 1), ours(10, 80, 1), ours(20, 100, 2)];
        let kept = Decision::Update { id: 10, delete: vec![20, 30] };
        assert_eq!(decided(false, Wish::default(), &comments), kept);
    }

    #[test]
    fn a_newer_run_is_never_written_over() {
        let newer = RunAttempt { run: 100, attempt: 3 };
        let decision = |comments: &[ExistingComment]| decided(false, Wish::default(), comments);
        assert_eq!(decision(&[ours(10, 100, 3)]), Decision::Newer { run: newer, delete: vec![] });
        assert_eq!(
            decision(&[ours(10, 100, 3), ours(11, 9, 1)]),
            Decision::Newer { run: newer, delete: vec![11] }
        );
        // The newer run's is not yet where it belongs.
        assert_eq!(
            decision(&[ours(10, 9, 1), ours(11, 100, 3)]),
            Decision::Newer { run: newer, delete: vec![] }
        );
        let wish = Wish { delete_when_clean: true, ..Wish::default() };
        assert_eq!(decided(true, wish, &[ours(10, 100, 3)]), Decision::Newer { run: newer, delete: vec![] });
    }

    #[test]
    fn what_is_wished_for_when_there_is_nothing_to_say() {
        let there = [ours(1, 90, 1), ours(2, 90, 1)];
        let wish = |only_on_change, delete_when_clean| Wish {
            only_on_change,
            delete_when_clean,
            only_update: false,
        };
        let update = Decision::Update { id: 1, delete: vec![2] };
        assert_eq!(decided(true, wish(false, false), &[]), Decision::Create);
        assert_eq!(decided(true, wish(true, false), &[]), Decision::Nothing);
        assert_eq!(decided(true, wish(true, false), &there), update);
        assert_eq!(decided(true, wish(false, true), &[]), Decision::Nothing);
        assert_eq!(decided(true, wish(true, true), &there), Decision::Delete { delete: vec![1, 2] });
        assert_eq!(decided(false, wish(true, true), &[]), Decision::Create);
        assert_eq!(decided(false, wish(true, true), &there), update);
    }

    #[test]
    fn a_run_without_a_report_only_brings_up_to_date() {
        let wish = Wish { only_update: true, ..Wish::default() };
        assert_eq!(decided(false, wish, &[]), Decision::Nothing);
        assert_eq!(decided(false, wish, &[ours(1, 90, 1)]), Decision::Update { id: 1, delete: vec![] });
    }

    #[test]
    fn nothing_measured_is_not_clean() {
        assert!(!is_clean(&Report::default()));
    }
}
