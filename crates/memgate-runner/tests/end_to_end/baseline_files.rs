//! Baselines that can't be read or written: what is wrong is said with its place, and nothing is written over.

use crate::dials;

/// The lines of a good baseline, one of them replaced by others.
fn with_line(good: &str, old: &str, new: &str) -> Vec<u8> {
    assert!(good.contains(old), "{old} is not in {good}");
    good.replacen(old, new, 1).into_bytes()
}

fn line_of(text: &str, part: &str) -> usize {
    text.lines().position(|line| line.contains(part)).unwrap() + 1
}

#[test]
fn a_broken_baseline_is_named_and_never_written_over() {
    let project = dials::project_with_baseline("broken", "first 1\nsecond 2\n");
    let path = project.baseline_path("broken", "memory");
    let good = project.read(&path);
    project.write("broken/dials", "first 10\nsecond 20\n");

    let second = line_of(&good, "\"second\"");
    let schema = line_of(&good, "\"schema\"");
    let mut not_utf8 = good.clone().into_bytes();
    let byte = good.find("second").unwrap();
    not_utf8[byte] = 0xFF;
    let conflict = "<<<<<<< HEAD\n    \"second\": {";
    let broken: [(Vec<u8>, String); 11] = [
        (Vec::new(), "it is empty".into()),
        (good.as_bytes()[..good.len() / 2].to_vec(), "it is cut short: EOF while parsing".into()),
        (b"half a sentence".to_vec(), "at line 1 column".into()),
        (not_utf8, format!("line {second} is not UTF-8")),
        (
            with_line(&good, "\"schema\": 1", "\"schema\": 5"),
            "it has schema 5, written by a newer memgate; this one reads schemas up to 4: update memgate"
                .into(),
        ),
        // A newer file is called newer, whatever else is in it.
        (
            b"{\"schema\": 7, \"benchmarks\": [\"odd\"]}".to_vec(),
            "it has schema 7, written by a newer memgate".into(),
        ),
        (
            with_line(&good, "\"allocs\"", "\"alocs\""),
            format!(
                "unknown metric `alocs`; the nearest is `allocs` at line {}",
                line_of(&good, "\"allocs\"")
            ),
        ),
        (
            with_line(&good, "\"allocs\"", "\"reallocs\""),
            format!("the metric `reallocs` stands twice at line {}", line_of(&good, "\"reallocs\"")),
        ),
        (
            with_line(&good, "\"second\"", "\"first\""),
            format!("the benchmark `first` stands twice at line {second}"),
        ),
        (
            with_line(&good, "    \"second\": {", conflict),
            format!("line {second} is a merge conflict marker"),
        ),
        (with_line(&good, "\"schema\": 1", "\"schema\": 1, \"more\": 2"), format!("at line {schema}")),
    ];
    for (bytes, message) in broken {
        project.write(&path, &bytes);
        let place = format!("error: failed to read the baseline {}: ", project.path(&path).display());
        for command in ["check", "update --all"] {
            project.memgate(command).exits(101).complains(&place).complains(&message);
            assert_eq!(std::fs::read(project.path(&path)).unwrap(), bytes, "{command}: {message}");
        }
    }

    // One that is broken is an error even for another triple, since an update must never write over it.
    project.write(&path, &good);
    project.write("baselines/some-other-triple/broken/memory.json", "{");
    project.memgate("check").exits(101).complains("memory.json: it is cut short");
    // What is no baseline is left alone.
    std::fs::remove_dir_all(project.path("baselines/some-other-triple")).unwrap();
    project.write("baselines/README.md", "About them.");
    project.write("baselines/some-other-triple/.gitkeep", "");
    project.memgate("update").exits(0).says("changed broken/memory/first");
    assert_eq!(project.read("baselines/README.md"), "About them.");
    project.memgate("check --strict").exits(0).says("2 ok");
}

#[test]
fn what_can_not_be_written_is_named_and_left_as_it_is() {
    let project = dials::project_with_baseline("unwritable", "first 1\n");
    let path = project.baseline_path("unwritable", "memory");
    std::fs::remove_dir_all(project.path("baselines")).unwrap();
    let whole = project.path(&path);

    // Permissions mean nothing to a superuser, who may well run these tests; something else in the place does.
    project.write("baselines", "a file in the folder's place");
    project.memgate("update").exits(101).complains(&format!("error: failed to write {}: ", whole.display()));
    assert_eq!(project.read("baselines"), "a file in the folder's place");

    std::fs::remove_file(project.path("baselines")).unwrap();
    project.write(path.parent().unwrap(), "a file in the package's place");
    project.memgate("update").exits(101).complains(&format!("error: failed to write {}: ", whole.display()));
    assert_eq!(project.read(path.parent().unwrap()), "a file in the package's place");

    std::fs::remove_file(project.path(path.parent().unwrap())).unwrap();
    project.write(path.join("inside"), "a folder in the file's place");
    let error = format!("error: failed to read {}: ", whole.display());
    project.memgate("update").exits(101).complains(&error);
    project.memgate("check").exits(101).complains(&error);
    assert_eq!(project.read(path.join("inside")), "a folder in the file's place");
}

#[test]
fn a_baseline_that_git_ignores_is_warned_of_unless_it_is_committed_all_the_same() {
    let project = dials::project_with_baseline("ignored", "first 1\n");
    let git = |line: &str| {
        let finished = project.command("git").args(line.split(' ')).output().unwrap();
        assert!(finished.status.success(), "{finished:?}");
    };
    git("init --quiet");
    let warned = |value: u32| {
        project.write("ignored/dials", format!("first {value}\n"));
        let finished = project.memgate("update").exits(0).says("changed ignored/memory/first");
        finished.stderr.contains("warning: git ignores baselines/")
    };
    assert!(!warned(2));
    project.write(".gitignore", "baselines\n");
    assert!(warned(3));
    project.memgate("update --dry-run").exits(0);
    git("add --force baselines");
    assert!(!warned(4));
}
