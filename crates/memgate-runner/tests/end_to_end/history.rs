//! The history in git notes: recorded, shown, checked, imported and pruned, and what is bad about notes.

use git2::{Oid, Repository, Signature};
use serde_json::Value;

use crate::dials;
use crate::finished::Finished;
use crate::support::Project;

const REFERENCE: &str = "refs/notes/memgate";

/// A project that is a repository, and a run of it.
struct Past {
    project: Project,
    repository: Repository,
    run: Value,
}

impl Past {
    fn new(name: &str) -> Self {
        let project = Project::new(name, [dials::package("past", "alpha 10\nbeta 20\n")]);
        project.memgate("run --output run.json").exits(0);
        let run = serde_json::from_str(&project.read("run.json")).unwrap();
        project.write(".gitignore", "*.json\n!baselines/**\n");
        let repository = Repository::init(project.path("")).unwrap();
        let past = Self { project, repository, run };
        past.commit("begin");
        past
    }

    /// Commits everything, also nothing.
    fn commit(&self, message: &str) -> Oid {
        let git = &self.repository;
        let mut index = git.index().unwrap();
        index.add_all(["."], git2::IndexAddOption::DEFAULT, None).unwrap();
        index.write().unwrap();
        let tree = git.find_tree(index.write_tree().unwrap()).unwrap();
        let parent = git.head().ok().map(|head| head.peel_to_commit().unwrap());
        let author = Signature::now("a", "a@b.c").unwrap();
        git.commit(Some("HEAD"), &author, &author, message, &tree, &parent.iter().collect::<Vec<_>>())
            .unwrap()
    }

    /// Records what is checked out as if `alpha` had allocated so often.
    fn record(&self, allocs: i64) -> Finished {
        let mut run = self.run.clone();
        let metrics = &mut run["run"]["bench_targets"][0]["results"]["alpha"]["measured"]["metrics"];
        assert_eq!(metrics["allocs"], 10);
        metrics["allocs"] = allocs.into();
        self.project.write("run.json", run.to_string());
        self.project.memgate("history record --from run.json")
    }

    /// Commits and records, one commit for each number.
    fn go_on(&self, allocs: impl IntoIterator<Item = i64>) -> Vec<Oid> {
        let one = |allocs| {
            let commit = self.commit(&format!("alpha allocates {allocs}"));
            self.record(allocs).exits(0);
            commit
        };
        allocs.into_iter().map(one).collect()
    }

    fn note(&self, commit: Oid) -> String {
        self.repository.find_note(Some(REFERENCE), commit).unwrap().message().unwrap().to_owned()
    }

    /// Adds a line to the note of a commit, as anybody could.
    fn scribble(&self, commit: Oid, line: &str) {
        let author = Signature::now("a", "a@b.c").unwrap();
        let note = format!("{}{line}\n", self.note(commit));
        self.repository.note(&author, &author, Some(REFERENCE), commit, &note, true).unwrap();
    }
}

fn short(commit: Oid) -> String {
    commit.to_string()[..10].to_owned()
}

#[test]
fn what_is_measured_is_recorded_and_shown() {
    let past = Past::new("history-recorded");
    let project = &past.project;
    project.memgate("history show").exits(0).complains("nothing is recorded in the history of HEAD");
    project.memgate("history check --deny").exits(104).complains("nothing is recorded");
    project
        .memgate("history record")
        .exits(0)
        .says("Recorded 2 benchmarks at")
        .says("git push origin refs/notes/memgate");
    project.memgate("history record").exits(0).says("has this record already");
    project.write("past/dials", "alpha 12\nbeta 20\n");
    project.memgate("history record").exits(2).complains("tracked files differ from it: past/dials");
    let commit = past.commit("Two more");
    project.memgate("history record alpha").exits(0).says("Recorded 1 benchmark at");
    project
        .memgate("history show --metric allocs")
        .exits(0)
        .says("past/memory/alpha")
        .says("▁█  10 → 12 (+20.0 %)")
        .says(&format!("↑ 10 → 12 at {} Two more", short(commit)))
        .says("2 of 2 commits have a record.")
        .never_says("beta");
    project.memgate("history show -v beta").exits(0).says("past/memory/beta").never_says("alpha");
    project
        .memgate("history show --revision nowhere")
        .exits(2)
        .complains("failed to find the revision `nowhere`");
}

#[test]
fn a_step_is_found_until_it_is_accepted() {
    let past = Past::new("history-step");
    let project = &past.project;
    past.go_on(std::iter::repeat_n(10, 12));
    let step = past.go_on([15, 15])[0];
    project.memgate("history check --deny").exits(0).says("0 found in");
    past.go_on([15]);
    project.memgate("history check").exits(0);
    project
        .memgate("history check --deny --metric allocs")
        .exits(100)
        .says("rise   past/memory/alpha allocs")
        .says(&format!("10 → 15 (+50.0 %)  since {} alpha allocates 15", short(step)));
    let found = project.memgate("history check --deny --metric allocs --format json").exits(100);
    let found: Value = serde_json::from_str(&found.stdout).unwrap();
    assert_eq!((&found["kind"], &found["schema"]), (&"memgate drift".into(), &1.into()));
    let finding = &found["findings"][0];
    assert_eq!(finding["id"], "past/memory/alpha");
    assert_eq!((&finding["rule"], &finding["metric"]), (&"rise".into(), &"allocs".into()));
    assert_eq!((&finding["before"], &finding["after"]), (&10.into(), &15.into()));
    assert_eq!(finding["since"]["id"], step.to_string());
    let trends = project.memgate("history show --metric allocs --format json alpha").exits(0);
    let trends: Value = serde_json::from_str(&trends.stdout).unwrap();
    let [series] = &trends["series"].as_array().unwrap()[..] else { panic!("{trends:#}") };
    let change = &series["changes"][0];
    let at = usize::try_from(change["commit"].as_u64().unwrap()).unwrap();
    assert_eq!(trends["commits"][at]["id"], step.to_string());
    assert_eq!((&change["before"], &change["after"]), (&10.into(), &15.into()));
    assert_eq!(series["points"].as_array().unwrap().last().unwrap()[1], 15);
    // However long it lasts.
    past.go_on(std::iter::repeat_n(15, 8));
    project.memgate("history check --deny").exits(100).says("10 → 15").says("rise ");
    project.memgate("history check --deny beta").exits(0);
    // Accepted: the committed baseline is another one.
    project.write("past/dials", "alpha 15\nbeta 20\n");
    project.memgate("update").exits(0);
    past.go_on(std::iter::repeat_n(15, 2));
    project.memgate("history check --deny").exits(0).says("With too few values to look for a rise: 12.");
}

#[test]
fn creep_is_held_against_a_release() {
    let past = Past::new("history-creep");
    let project = &past.project;
    let commits = past.go_on((0..24).map(|at| 1_000 + 4 * at));
    project
        .memgate("history check --deny --metric allocs")
        .exits(100)
        .says("creep")
        .says("its newest acceptance");
    let tag = |name: &str, commit: Oid| {
        let commit = past.repository.find_object(commit, None).unwrap();
        past.repository.tag_lightweight(name, &commit, false).unwrap();
    };
    project
        .memgate("history check --anchor latest-release")
        .exits(2)
        .complains("is a version, such as v1.2.3");
    tag("v1.0.0", commits[0]);
    project
        .memgate("history check --deny --anchor latest-release")
        .exits(100)
        .says("creep  past/memory/alpha allocs")
        .says("1,000 → 1,092 (+9.2 %)")
        .says("compared with v1.0.0");
    project.memgate("history check --deny --creep-budget 10%").exits(0);
    tag("v1.1.0", commits[15]);
    project.memgate("history check --deny").exits(0);
    project.memgate("history check --deny --anchor v1.0.0").exits(100);
    project.memgate("history check --anchor nowhere").exits(2);
    // What could not be looked at is not green.
    project.memgate("history check --deny --last 3").exits(104).says("With too few values");
    project.memgate("history check --window 9").exits(2).complains("it is no number from 10");
    project.memgate("history show nosuch").exits(0).complains("is selected by these filters");
    project
        .memgate("history html nosuch")
        .exits(0)
        .complains("is selected by these filters")
        .never_says("Wrote");
}

#[test]
fn what_is_bad_about_notes_is_said_and_nothing_is_lost() {
    let past = Past::new("history-bad");
    let project = &past.project;
    let commits = past.go_on(std::iter::repeat_n(10, 4));
    let newer = past.note(commits[1]).trim().replace("\"schema\":1", "\"schema\":9");
    past.scribble(commits[1], &newer);
    past.scribble(commits[2], "\u{1b}[31mgarbage");
    let last = commits[3];
    past.record(11).exits(0).says("The commit has another record for this target triple");
    let shown = project.memgate("history show -v").exits(0);
    assert!(!shown.stderr.contains('\u{1b}'), "{shown:?}");
    shown
        .complains("records from a newer memgate are left out: 1; update memgate to read them")
        .complains(&format!("that are no records are left out: 1, such as {}: ", short(commits[2])))
        .complains("recorded more than once and differ: 1, such as past/memory/alpha allocs")
        .complains("(10, 11); the middle one counts, the lower of two");
    project.memgate("history check").exits(0);
    project.memgate("history check --deny").exits(101).complains("newer memgate");
    assert_eq!(past.note(last).lines().count(), 2);
    // Recording beside them keeps them.
    past.repository.set_head_detached(commits[1]).unwrap();
    past.record(12).exits(0);
    assert!(past.note(commits[1]).contains(&newer));
    project.memgate("history prune --garbage --yes").exits(0).says("lines that are no records: 1.");
    assert!(past.note(commits[1]).contains(&newer), "what is newer stays");
    assert!(!past.note(commits[2]).contains("garbage"));
}

#[test]
fn archives_are_merged_and_what_nobody_needs_is_pruned() {
    let past = Past::new("history-merged");
    let project = &past.project;
    let commits = past.go_on([10, 11, 12]);
    // Somebody else's archive, from before the newest record.
    let tip = past.repository.find_reference(REFERENCE).unwrap().peel_to_commit().unwrap();
    past.repository.reference("refs/notes/memgate-origin", tip.parent_id(0).unwrap(), false, "").unwrap();
    let author = Signature::now("a", "a@b.c").unwrap();
    let note = past.note(commits[2]).replace("\"tool\":\"", "\"tool\":\"other ");
    past.repository
        .note(&author, &author, Some("refs/notes/memgate-origin"), commits[2], &note, true)
        .unwrap();
    let line = "history import --reference refs/notes/memgate-origin";
    project.memgate(line).exits(0).says("Commits with new records: 1.");
    project.memgate(line).exits(0).says("Commits with new records: 0.");
    assert_eq!(past.note(commits[2]).lines().count(), 2);
    let merge = past.repository.find_reference(REFERENCE).unwrap().peel_to_commit().unwrap();
    assert_eq!(merge.parent_count(), 2, "so that pushing it is a fast-forward");
    project.memgate("history import --reference refs/notes/none").exits(2).complains("there are no notes");

    // Into another repository.
    let other = Past::new("history-merged-other");
    let path = project.path("");
    other
        .project
        .memgate_words(["history".as_ref(), "import".as_ref(), path.as_os_str()])
        .exits(0)
        .says("records: 3.");
    other.project.memgate("history show").exits(0).complains("that are not among the newest");

    // A rewritten history: the newest commit is nobody's any more.
    let parent = past.repository.find_object(commits[1], None).unwrap();
    past.repository.reset(&parent, git2::ResetType::Soft, None).unwrap();
    project
        .memgate("history show")
        .exits(0)
        .complains("that are not among the newest 3 of this history, first parent after first parent: 1");
    for line in ["history prune", "history prune --yes", "history import", "history record --commit HEAD"] {
        project.memgate(line).exits(2).complains("required");
    }
    project.memgate("history prune --unreachable --dry-run").exits(0).says("Notes to drop: 1.");
    project
        .memgate("history prune --unreachable")
        .exits(2)
        .complains("nothing was dropped, because nobody can be asked");
    assert_eq!(past.note(commits[2]).lines().count(), 2);
    project.memgate("history prune --unreachable --yes").exits(0);
    assert!(past.repository.find_note(Some(REFERENCE), commits[2]).is_err());
    project.memgate_words(["history", "prune", "--yes", "--before", &commits[1].to_string()]).exits(0);
    assert!(past.repository.find_note(Some(REFERENCE), commits[0]).is_err());
    assert_eq!(past.note(commits[1]).lines().count(), 1);
}

#[test]
fn a_shallow_clone_says_so() {
    let past = Past::new("history-shallow");
    let project = &past.project;
    let commits = past.go_on([10, 11]);
    std::fs::write(past.repository.path().join("shallow"), format!("{}\n", commits[1])).unwrap();
    project
        .memgate("history show")
        .exits(0)
        .complains("the clone is shallow")
        .says("1 of 1 commit has a record.");
    project.memgate("history prune --unreachable --yes").exits(101).complains("the clone is shallow");
    assert_eq!(past.note(commits[0]).lines().count(), 1);
}

#[test]
fn the_page_holds_what_was_recorded_and_nothing_of_it_is_markup() {
    let past = Past::new("history-page");
    let project = &past.project;
    past.go_on([10, 10, 10]);
    past.commit("</script><script>alert(1)</script>");
    past.record(15).exits(0);
    past.repository.remote("origin", "https://me:secret@github.com/some/where.git").unwrap();
    project.memgate("history html --output page.html --metric allocs").exits(0).says("Wrote page.html");
    let page = project.read("page.html");
    let data = page.split_once("id=\"data\">").unwrap().1.split_once("</script>").unwrap().0;
    let data: Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["commit_url"], "https://github.com/some/where/commit/");
    assert_eq!(data["commits"][4]["subject"], "</script><script>alert(1)</script>");
    assert_eq!(data["series"][0]["id"], "past/memory/alpha");
    // The first commit, with which the repository began, has no record.
    assert_eq!(data["series"][0]["runs"], "_1 10x3 15");
    assert_eq!(data["series"][0]["changes"], serde_json::json!([[4, 10, 15]]));
    assert!(!page.contains("alert(1)</script>") && !page.contains("secret"));
    project
        .memgate("history html --commit-url javascript:1")
        .exits(2)
        .complains("it does not begin with https://");
}
