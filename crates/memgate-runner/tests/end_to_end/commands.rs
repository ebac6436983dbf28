//! Whole commands in `memgate.toml`: the same life as a benchmark's.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use crate::commits::History;
use crate::finished::Finished;
use crate::support::{Package, Project};

/// Counts the words of what it is given, and does what else it is told.
const PROGRAM: &str = r#"
fn main() {
    let words: Vec<String> = std::env::args().collect();
    match words.get(1).map_or("", String::as_str) {
        "exit" => std::process::exit(words[2].parse().unwrap()),
        "sleep" => std::thread::sleep(std::time::Duration::from_secs(60)),
        "flood" => loop {
            print!("{}", "flood".repeat(10_000));
        },
        "leave" => drop(std::process::Command::new("sleep").arg("60").spawn().unwrap()),
        "say" => {
            eprintln!("last words");
            std::process::exit(7);
        }
        "around" => {
            let variables: Vec<_> = std::env::vars_os().collect();
            let folder = std::env::current_dir().unwrap();
            println!("{folder:?} {variables:?}");
            let cores = std::thread::available_parallelism().unwrap().get();
            drop(std::hint::black_box(vec![0_u8; 1_000 * cores]));
        }
        "append" => {
            let text = std::fs::read_to_string("log.txt").unwrap();
            std::fs::write("log.txt", text.clone() + &text).unwrap();
        }
        "read" => {
            let text = std::io::read_to_string(std::io::stdin()).unwrap();
            println!("{}", library::count(&text));
        }
        _ => println!("{}", library::count("one two three")),
    }
}
"#;

const LIBRARY: &str = "
pub fn count(text: &str) -> usize {
    let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    words.len()
}
";

fn package(name: &str) -> Package {
    Package::without_memgate(name)
        .manifest("[[bin]]\nname = \"words\"\npath = \"src/main.rs\"\n")
        .file("src/main.rs", &PROGRAM.replace("library::", &format!("{}::", name.replace('-', "_"))))
        .file("src/lib.rs", LIBRARY)
}

/// A project with commands of one program: names, and what else is said of each.
fn project(name: &str, commands: &[(&str, &str)]) -> Project {
    let project = Project::new(name, [package(name)]);
    project.write("memgate.toml", configuration(commands));
    project
}

fn configuration(commands: &[(&str, &str)]) -> String {
    let table =
        |(name, rest): &(&str, &str)| format!("[[command]]\nname = {name:?}\nbin = \"words\"\n{rest}\n\n");
    commands.iter().map(table).collect()
}

/// The verdicts of a report by id.
#[track_caller]
fn verdicts(finished: &Finished) -> BTreeMap<String, String> {
    let report = finished.json();
    let benchmarks = report["report"]["benchmarks"].as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    benchmarks.iter().map(|benchmark| (text(&benchmark["id"]), text(&benchmark["verdict"]))).collect()
}

#[test]
fn a_command_lives_as_a_benchmark_does() {
    let project =
        project("commands-life", &[("plain", ""), ("read/some", "args = [\"read\"]\nstdin = \"in.txt\"")]);
    project.write("in.txt", "a b c d");
    let text = project.read("memgate.toml");
    project.write(
        "memgate.toml",
        format!("{text}[[command]]\nname = \"true\"\nrun = [\"sh\", \"-c\", \"true\"]\n"),
    );
    let ids = ["commands/true", "commands-life/words/plain", "commands-life/words/read/some"];
    assert_eq!(project.memgate("list").exits(0).lines(), ids);
    project.memgate("check").exits(104).says("3 new");
    project.memgate("update").exits(0);
    let written = project.baselines();
    project.memgate("check --strict").exits(0).says("3 ok");
    project.memgate("update").exits(0).says("up to date");
    assert_eq!(project.baselines(), written);

    // Moved, and called otherwise, it is the same.
    let moved = format!("\n// moved\n\n{}", LIBRARY.replace("words", "found"));
    project.write("commands-life/src/lib.rs", moved);
    project.memgate("check --strict").exits(0).says("3 ok");
    let grown = LIBRARY.replace("words.len()", "std::hint::black_box(vec![0_u8; 3]);\n    words.len()");
    project.write("commands-life/src/lib.rs", grown);
    let red = project.memgate("check").exits(100).says("1 cause explains both regressions in 2 benchmarks");
    red.says("commands-life/src/lib.rs:4").says("allocs +1").says("2 regressed, 1 ok");
    project.memgate("explain read/some").exits(0).says("+1").says("commands-life/src/lib.rs:4");
    project.memgate("check commands/true").exits(0).says("1 ok");
    project.memgate("check nothere").exits(2).complains("no benchmark matches `nothere`");
    let verified = project.memgate("verify").exits(101);
    let verified = verified.complains("the commands in memgate.toml are measured by `check`");
    assert!(!verified.stderr.contains("has a baseline"), "{}", verified.stderr);
    project
        .memgate("update --rename commands/true commands/sh/true")
        .exits(0)
        .says("commands/true → commands/sh/true");
    project.memgate("update --rename commands/sh/true commands/true").exits(0);
    project
        .memgate("update read/some")
        .exits(0)
        .says("changed commands-life/words/read/some")
        .never_says("plain");

    project.write("memgate.toml", configuration(&[("read/some", "args = [\"read\"]\nstdin = \"in.txt\"")]));
    project.memgate("check").exits(104).says("2 missing, 1 ok");
    project
        .memgate("update")
        .exits(0)
        .says("removed commands/true")
        .says("removed commands-life/words/plain");
    project.memgate("check --strict").exits(0).says("1 ok");
}

#[test]
fn what_decides_its_numbers_is_recorded_and_of_another_nothing_is_said() {
    let project = project("commands-identity", &[("one", ""), ("two", "")]);
    project.memgate("update").exits(0);
    project.write("memgate.toml", configuration(&[("one", "args = [\"a\"]"), ("two", "")]));
    let finished = project.memgate("check --format json").exits(104);
    let expected = [("commands-identity/words/one", "incomparable"), ("commands-identity/words/two", "ok")];
    assert_eq!(verdicts(&finished), expected.map(|(id, verdict)| (id.to_owned(), verdict.to_owned())).into());
    project.memgate("check").says("commands-identity/words/one is not what its baseline was measured with: command was `words` and is `words a`");
    project.memgate("update one").exits(0).says("changed commands-identity/words/one");
    project.memgate("check --strict").exits(0);
    project
        .write("memgate.toml", configuration(&[("one", "args = [\"a\"]\nenv = { A = \"b\" }"), ("two", "")]));
    project.memgate("check").exits(104).says("variables was [] and is [A=b]");
    project.memgate("check two --keep-environment").exits(104).says("variables was []");
    let tolerant = configuration(&[("one", "args = [\"a\"]\nenv = { A = \"b\" }"), ("two", "")]);
    project.write("memgate.toml", format!("{tolerant}[environment]\ntolerate = [\"variables\"]\n"));
    project.memgate("check one").exits(0).says("is compared although variables was [] and is [A=b]");
    let over = configuration(&[("one", "args = [\"a\"]\nbudget = { allocs = 1 }"), ("two", "")]);
    project.write("memgate.toml", over);
    project.memgate("check").exits(100).says("over budget");
}

#[test]
fn what_goes_wrong_is_named_and_the_others_are_measured() {
    let project = project(
        "commands-failing",
        &[
            ("code", "args = [\"exit\", \"3\"]"),
            ("expected", "args = [\"exit\", \"3\"]\nexpect-exit = 3"),
            ("says", "args = [\"say\"]"),
            ("sleeps", "args = [\"sleep\"]\ntime-limit = \"300ms\""),
            ("floods", "args = [\"flood\"]"),
            ("leaves", "args = [\"leave\"]"),
            ("no-input", "stdin = \"nowhere.txt\""),
            ("no-folder", "directory = \"nowhere\""),
            ("pipe", "stdin = \"pipe\""),
        ],
    );
    Finished::of(project.command("mkfifo").arg("pipe")).exits(0);
    let text = project.read("memgate.toml");
    let others = "[[command]]\nname = \"gone\"\nrun = [\"no-such-program-here\"]\n\n\
                  [[command]]\nname = \"static\"\nrun = [\"./static\"]\n";
    project.write("memgate.toml", text + others);
    project.write("static.rs", "fn main() { println!(\"{:?}\", vec![1]); }");
    let mut compile = project.command("rustc");
    Finished::of(compile.args(["-C", "target-feature=+crt-static", "static.rs"])).exits(0);
    let checked = project.memgate("check --verbose").exits(101).says("10 failed, 1 new");
    for words in [
        "commands-failing/words/code: it ended with exit code 3, and was to end with 0",
        "commands-failing/words/says: it ended with exit code 7, and was to end with 0",
        "last words",
        "commands-failing/words/sleeps: it was killed within a second",
        "commands-failing/words/floods: it was killed when it had printed more than 64.00 MiB",
        "commands-failing/words/leaves: 1 process was still there when it had ended, and killed: sleep",
        "commands-failing/words/no-input: failed to read its standard input, ",
        "commands-failing/words/no-folder: failed to run it in ",
        "commands-failing/words/pipe: failed to read its standard input, ",
        "commands/gone: failed to start no-such-program-here: there is no such program",
        "commands/static: saw no allocation of static: it is linked statically",
    ] {
        assert!(checked.stdout.contains(words), "{words}\n{}", checked.stdout);
    }
    // An update of all would be refused.
    checked.never_says("to see one fail by itself").never_says("to write the baseline");
    project.memgate("update").exits(101).complains("was not measured");
    assert!(project.baselines().is_empty());
    project.memgate("check expected").exits(104).says("1 new");
}

#[test]
fn every_run_is_the_same_whatever_is_around_the_tool() {
    let around = [
        ("around", "args = [\"around\"]\nfresh-copies = [\"in\"]"),
        ("append", "args = [\"append\"]\ndirectory = \"in\"\nfresh-copies = [\"in\"]"),
    ];
    let project = project("commands-around", &around);
    project.write("in/log.txt", "0123456789");
    let script = "#!/bin/sh\necho \"$0\" >> in/log.txt\nchmod 500 in\n";
    project.write("script.sh", script);
    Finished::of(project.command("chmod").args(["+x", "script.sh"])).exits(0);
    let text = project.read("memgate.toml");
    let table = "[[command]]\nname = \"script\"\nrun = [\"./script.sh\"]\nfresh-copies = [\"script.sh\", \"in\", \"in/log.txt\"]\n";
    project.write("memgate.toml", text + table);
    project.memgate("update").exits(0);
    let written = project.baselines();
    let mut tool = project.tool();
    for number in 0..50 {
        tool.env(format!("SOME_VARIABLE_{number}"), "with a value");
    }
    let elsewhere = tempfile::tempdir().unwrap();
    tool.env("HOME", "/nowhere/at/all")
        .env("TMPDIR", elsewhere.path())
        .env("LANG", "de_DE.UTF-8")
        .env("TZ", "Asia/Tokyo");
    let home = std::env::var("CARGO_HOME")
        .map_or_else(|_| PathBuf::from(std::env::var("HOME").unwrap()).join(".cargo"), PathBuf::from);
    let rustup = std::env::var("RUSTUP_HOME").map_or_else(|_| home.with_file_name(".rustup"), PathBuf::from);
    tool.env("CARGO_HOME", home).env("RUSTUP_HOME", rustup);
    Finished::of(tool.args(["update", "--all"])).exits(0);
    assert!(
        project.baselines() == written,
        "{}",
        project.read(project.baseline_path("commands-around", "words"))
    );
    assert_eq!(project.read("in/log.txt"), "0123456789");
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0, "nothing is left");
    // With what is around it, it has more to copy.
    project.memgate("check around --keep-environment").exits(104).says("incomparable");
}

#[test]
fn revisions_are_compared_and_searched() {
    let mut history =
        History::of(project("commands-history", &[("plain", ""), ("same", "args = [\"exit\", \"0\"]")]));
    history.commit("First");
    history.tag("v1");
    history.project.write("commands-history/README.md", "words");
    history.commit("Second");
    let grown = LIBRARY.replace("words.len()", "std::hint::black_box(vec![0_u8; 3]);\n    words.len()");
    history.project.write("commands-history/src/lib.rs", grown);
    history.commit("It grows");
    history.tag("v2");
    history.project.write("commands-history/README.md", "more words");
    history.commit("Fourth");
    let compared = history.project.memgate("compare v1 v2").exits(100);
    compared.says("1 regressed, 1 ok").says("commands-history/src/lib.rs:4").says("allocs +1");
    let found = history.project.memgate("bisect v1 HEAD commands-history/words/plain").exits(0);
    found.says("subject It grows").says("commands-history/src/lib.rs:4");
    history.project.memgate("compare v1 v2 same").exits(0).says("1 ok");
    // What is not declared any more is missing, as a benchmark would be.
    history.project.write("memgate.toml", configuration(&[("plain", "")]));
    history.commit("Without");
    history.project.memgate("compare v2 HEAD").exits(104).says("1 missing, 1 ok");
    // Of another revision, a command runs in a folder with a longer path.
    let since = history.project.memgate("check --since v2").exits(101);
    since.complains("note: whole commands are left out");
}

#[test]
fn what_was_measured_with_another_program_is_not_remembered() {
    let mut history = History::of(project("commands-memory", &[]));
    let tools = tempfile::tempdir().unwrap();
    let program = tools.path().join("tool");
    let run = format!("[[command]]\nname = \"tool\"\nrun = [{:?}, \"data\"]\n", program.to_str().unwrap());
    history.project.write("memgate.toml", run);
    history.project.write("data", "b\na\n");
    history.commit("Small");
    history.tag("v1");
    history.project.write("data", "b\na\n".repeat(20_000));
    history.commit("Large");
    let values = |tool: &str| {
        std::fs::copy(tool, &program).unwrap();
        history.project.memgate("bisect v1 HEAD commands/tool --metric total_bytes").exits(0).stdout
    };
    let sorted = values("/usr/bin/sort");
    assert!(values("/usr/bin/sort").contains("2 of which were remembered"));
    let shuffled = values("/usr/bin/shuf");
    assert!(shuffled.contains("0 of which were remembered"), "{shuffled}");
    assert_ne!(sorted.lines().next(), shuffled.lines().next());
}

#[test]
fn a_program_that_is_not_there_is_named_with_the_line() {
    let project = project("commands-unknown", &[("one", "")]);
    let with = |text: &str| {
        project.write("memgate.toml", text);
        project.memgate("check").exits(2)
    };
    with("\n[[command]]\nname = \"a\"\nbin = \"word\"\n")
        .complains("memgate.toml:2: no package of this workspace has a binary `word`; did you mean `words`?");
    with("[[command]]\nname = \"a\"\nbin = \"words\"\npackage = \"other\"\n")
        .complains("memgate.toml:1: the package `other` of this workspace has no binary `words`");
    with("[[command]]\nname = \"a\"\nbin = \"words\"\n[[command]]\nname = \"a\"\nbin = \"words\"\n")
        .complains("memgate.toml:4: `command`: `a` stands on line 1 already");
}

#[test]
fn a_bench_target_of_the_same_name_is_refused_before_anything_is_built() {
    let bench = "fn text(bencher: memgate::Bencher) { bencher.bench(|| \"text\".to_owned()); }\nmemgate::main! { text }\n";
    let package = Package::new("commands-twice")
        .manifest("[[bin]]\nname = \"words\"\npath = \"src/main.rs\"\n")
        .file("src/main.rs", "fn main() {}")
        .bench("words", bench);
    let project = Project::new("commands-twice", [package]);
    project.write("memgate.toml", "[[command]]\nname = \"a\"\nbin = \"words\"\n");
    let refused = project.memgate("check").exits(2);
    let refused = refused.complains("memgate.toml:1: `commands-twice/words` is a bench target as well");
    assert!(!refused.stderr.contains("Building"), "{}", refused.stderr);
}
