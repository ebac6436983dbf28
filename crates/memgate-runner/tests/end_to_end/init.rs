//! Setting projects up, and that the gate is green in them afterwards.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::finished::Finished;
use crate::support::{Package, Project, repository};
#[cfg(target_os = "linux")]
use crate::terminal::open_terminal;

/// Optimising would take time, and change nothing that is asserted.
const PROFILES: &str = "\n[profile.bench]\nopt-level = 0\n[profile.dev]\ndebug = 0\n";

/// A single package, as `cargo new --lib` writes it.
fn library(name: &str) -> Project {
    let project = Project::new(name, []);
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n{PROFILES}"
    );
    project.write("Cargo.toml", manifest);
    project.write("src/lib.rs", "pub fn add(left: u64, right: u64) -> u64 {\n    left + right\n}\n");
    project
}

/// `init` with the packages of this repository.
fn init(project: &Project, words: &str) -> Finished {
    let mut command = project.tool();
    command.args(["init", "--path"]).arg(repository()).args(words.split_whitespace());
    Finished::of(&mut command)
}

/// `cargo xtask memgate`.
fn xtask(project: &Project, words: &str) -> Finished {
    let mut cargo = project.cargo();
    cargo.args(["xtask", "memgate"]).args(words.split_whitespace());
    Finished::of(&mut cargo)
}

/// Every file of a project with its bytes.
fn files(project: &Project) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut waiting = vec![project.path("")];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                // An empty folder would be a trace too.
                files.insert(path.clone(), Vec::new());
                waiting.push(path);
            } else {
                files.insert(path.clone(), std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// A second time changes nothing.
#[track_caller]
fn is_done(project: &Project, words: &str) {
    let before = files(project);
    init(project, words).exits(0).says("\nNothing to do.\n").never_says("create").never_says("change");
    assert_eq!(files(project), before);
}

#[test]
fn an_empty_library_is_green_afterwards() {
    let project = library("init-library");
    init(&project, "--yes")
        .exits(0)
        .says("    create  benches/memory.rs")
        .says("\nNext:\n    cargo xtask memgate update ");
    xtask(&project, "update").exits(0);
    xtask(&project, "").exits(0).says("memgate: 3 ok");
    // What cargo says while it builds the tool is shown, and once it is built, there is nothing to say; but that another test builds.
    let stderr = xtask(&project, "--version").exits(0).stderr;
    assert!(stderr.lines().all(|line| line.contains("Blocking waiting for file lock")), "{stderr}");
    project.write("xtask/src/memgate.rs", "fn main() { tool() }\n");
    // Projects of these tests share a target folder, where cargo takes an xtask of one name, version and relative path for the same
    // one, and would not compile what is older than another test's. Such a version has no other.
    project.replace("xtask/Cargo.toml", "version = \"0.0.0\"", "version = \"0.0.1\"");
    xtask(&project, "--version")
        .exits(101)
        .complains("Compiling xtask v0.0.1")
        .complains("cannot find function `tool`");
    project.replace("xtask/Cargo.toml", "version = \"0.0.1\"", "version = \"0.0.0\"");
    project.write("xtask/src/memgate.rs", include_str!("../../src/init/templates/xtask_memgate.rs"));
    is_done(&project, "--yes");
    // Without a question, since there is nothing to ask.
    is_done(&project, "");
}

#[test]
fn a_workspace_asks_which_package() {
    let packages = ["init-one", "init-two"].map(Package::without_memgate);
    let project = Project::new("init-workspace", packages);
    project.replace(
        "Cargo.toml",
        "resolver = \"3\"\n",
        "resolver = \"3\"\ndefault-members = [\"init-one\"]\n",
    );
    let before = files(&project);
    init(&project, "--yes").exits(2).complains("Say it with --package NAME; there are init-one, init-two");
    init(&project, "--yes -p init-tow").exits(2).complains("did you mean `init-two`?");
    assert_eq!(files(&project), before);

    init(&project, "--yes --package init-two").exits(0);
    assert!(project.read("Cargo.toml").contains("members = [\"init-one\", \"init-two\", \"xtask\"]\n"));
    assert!(project.read("Cargo.toml").contains("default-members = [\"init-one\"]\n"));
    assert!(project.path("init-two/benches/memory.rs").exists());
    xtask(&project, "update").exits(0);
    xtask(&project, "").exits(0).says("memgate: 3 ok");
    is_done(&project, "--yes --package init-two");

    // In the folder of a package, that one is meant.
    let mut tool = project.tool();
    tool.args(["init", "--dry-run"]).current_dir(project.path("init-one"));
    Finished::of(&mut tool).exits(0).says("init-one in ").says("    create  init-one/benches/memory.rs");
    assert!(!project.path("init-one/benches").exists());
}

#[test]
fn a_criterion_suite_gets_the_facade() {
    let project = library("init-criterion");
    let dependency = "[dev-dependencies]\n# How long it takes.\n\
                      criterion = { version = \"0.8\", default-features = false, features = [\"cargo_bench_support\"] } # and how much\n\n\
                      [[bench]]\nname = \"speed\"\nharness = false\n";
    let manifest = project.read("Cargo.toml");
    project.write("Cargo.toml", format!("{manifest}\n{dependency}"));
    project.write(
        "benches/speed.rs",
        "use criterion::{Criterion, criterion_group, criterion_main};\n\
         fn fill(criterion: &mut Criterion) { criterion.bench_function(\"fill\", |bencher| bencher.iter(|| vec![1_u8; 64])); }\n\
         criterion_group!(all, fill);\ncriterion_main!(all);\n",
    );
    init(&project, "--yes").exits(0).never_says("benches/memory.rs");
    let after = project.read("Cargo.toml");
    let line = after.lines().find(|line| line.starts_with("criterion")).unwrap();
    assert!(line.starts_with("criterion = { package = \"memgate-criterion\", path = \""), "{line}");
    assert!(
        line.ends_with("\", default-features = false, features = [\"cargo_bench_support\", \"allocator\"] } # and how much"),
        "{line}"
    );
    xtask(&project, "update").exits(0);
    xtask(&project, "").exits(0).says("memgate: 1 ok");
    is_done(&project, "--yes");
}

#[test]
fn a_program_of_an_old_edition_is_green_without_an_xtask() {
    let project = library("init-program");
    project.replace("Cargo.toml", "2024", "2015");
    std::fs::rename(project.path("src/lib.rs"), project.path("src/main.rs")).unwrap();
    project.write("src/main.rs", "fn main() {}\n");
    init(&project, "--yes --no-xtask --no-workflows").exits(0).says("    cargo install --locked --path ");
    assert!(
        !project.path("xtask").exists()
            && !project.path(".cargo").exists()
            && !project.path(".github").exists()
    );
    assert!(project.read("benches/memory.rs").contains("a bench target can't see what is in main.rs"));
    project.memgate("update").exits(0);
    project.memgate("check").exits(0).says("memgate: 3 ok");
    is_done(&project, "--yes --no-xtask --no-workflows");
}

#[test]
fn nothing_is_written_unless_somebody_agrees() {
    let project = library("init-asked");
    let before = files(&project);
    init(&project, "")
        .exits(2)
        .says("    create  xtask/src/main.rs")
        .complains("nobody can be asked; add --yes");
    init(&project, "--dry-run").exits(0).says("            +[[bench]]\n            +name = \"memory\"\n");
    init(&project, "--yes --dry-run").exits(2);
    assert_eq!(files(&project), before);
}

#[test]
fn one_file_in_the_way_stops_everything() {
    let project = library("init-conflict");
    project.write("xtask/src/main.rs", "fn main() { println!(\"mine\"); }\n");
    project.write(".github/workflows/memgate.yml", "name: mine\n");
    let before = files(&project);
    init(&project, "--yes")
        .exits(101)
        .says("  conflict  .github/workflows/memgate.yml\n            keep your own with --no-workflows")
        .says("            -name: mine\n            +# The memory gate.")
        .says("            -fn main() { println!(\"mine\"); }\n")
        .complains("nothing was written, because of what is in the way: xtask/src/main.rs, .github/workflows/memgate.yml");
    assert_eq!(files(&project), before);
    init(&project, "--yes --no-workflows --no-xtask").exits(0);
}

#[test]
fn an_existing_xtask_is_told_what_to_add() {
    let project = library("init-own-xtask");
    let manifest = project.read("Cargo.toml");
    project.write("Cargo.toml", format!("{manifest}\n[workspace]\nmembers = [\"tools/*\"]\n"));
    project.write(
        "tools/tasks/Cargo.toml",
        // Not `xtask`, as the executable of the other tests is called, which lies in the same target folder.
        "[package]\nname = \"xtask\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\n\
         [[bin]]\nname = \"own-xtask\"\npath = \"src/main.rs\"\n",
    );
    project.write("tools/tasks/src/main.rs", "fn main() {}\n");
    project.write(".cargo/config.toml", "[alias]\nxtask = [\"run\", \"-p\", \"xtask\", \"--\"] # ours\n");
    let before = files(&project);
    let told =
        init(&project, "--yes").exits(101).complains("tools/tasks/Cargo.toml, tools/tasks/src/main.rs");
    assert_eq!(files(&project), before);

    // Both lines as they are told.
    let dependency = told.stdout.lines().find_map(|line| line.split_once("[dependencies]: ")).unwrap().1;
    let dependency = dependency.split_once(';').unwrap().0;
    project.replace("tools/tasks/Cargo.toml", "[dependencies]\n", &format!("[dependencies]\n{dependency}\n"));
    let call = "memgate_runner::run(\"cargo xtask memgate\", arguments)";
    assert!(told.stdout.contains(call));
    let main = format!(
        "fn main() -> std::process::ExitCode {{ let arguments = std::env::args_os().skip(2); {call} }}\n"
    );
    project.write("tools/tasks/src/main.rs", main);
    init(&project, "--yes").exits(0).says("      keep  .cargo/config.toml");
    assert!(
        project
            .read(".github/workflows/memgate-comment.yml")
            .contains("--manifest-path tools/tasks/Cargo.toml ")
    );
    xtask(&project, "update").exits(0);
    xtask(&project, "").exits(0);
}

#[test]
fn lines_of_windows_stay_so() {
    let project = library("init-windows");
    let manifest = project.read("Cargo.toml").replace('\n', "\r\n");
    project.write("Cargo.toml", &manifest);
    project.write(".cargo/config.toml", "[alias]\r\nb = \"build\"\r\n");
    init(&project, "--yes").exits(0);
    for path in ["Cargo.toml", ".cargo/config.toml"] {
        let after = project.read(path);
        assert_eq!(after.matches('\n').count(), after.matches("\r\n").count(), "{path}");
    }
    assert!(project.read("Cargo.toml").starts_with(manifest.split_once("[dependencies]").unwrap().0));
    is_done(&project, "--yes");
}

#[test]
fn where_nothing_is_set_up_it_is_said_where_to_begin() {
    let project = library("init-nothing");
    for line in ["", "list", "update", "explain x"] {
        let finished = project
            .memgate(line)
            .exits(2)
            .complains("`cargo memgate init`")
            .complains("`cargo memgate update`")
            .complains("`cargo memgate measure -- COMMAND`");
        assert_eq!(
            (finished.stdout.as_str(), finished.stderr.lines().count()),
            ("", 3),
            "{}",
            finished.stderr
        );
    }
    let before = files(&project);
    init(&project, "--dry-run").exits(0).says("    create  benches/memory.rs");
    assert_eq!(files(&project), before);
    // Whoever asks for a package is told what it lacks.
    project.memgate("check -p init-nothing").exits(101).complains("memgate::main! { example }");
    // As is whoever has begun.
    project.write("memgate.toml", "");
    project.memgate("").exits(101).complains("memgate::main! { example }");
}

#[test]
fn the_first_number_is_the_projects_own() {
    let project = library("init-first");
    project.write("src/lib.rs", "#[cfg(test)]\nmod tests;\npub mod tables;\n");
    project.write(
        "src/tables.rs",
        "#[must_use]\npub fn squares() -> Vec<u64> {\n    (0..100).map(|n| n * n).collect()\n}\n",
    );
    init(&project, "--yes --no-xtask --no-workflows").exits(0);
    project.memgate("list tables").exits(0).says("init-first/memory/tables_squares\n");
    is_done(&project, "--yes --no-xtask --no-workflows");
}

#[test]
fn what_is_no_project_is_said() {
    let project = Project::new("init-none", []);
    project.write("Cargo.toml", "[package\n");
    init(&project, "--yes").exits(101).complains("error: failed to read the workspace: ");
    std::fs::remove_file(project.path("Cargo.toml")).unwrap();
    init(&project, "--yes").exits(101).complains("could not find `Cargo.toml`");
    let mut elsewhere = project.tool();
    elsewhere.args(["init", "--yes", "--path", "."]);
    Finished::of(&mut elsewhere)
        .exits(2)
        .complains("is not that of memgate; name the folder of memgate's own repository");
    assert_eq!(files(&project).len(), 1, "the lock file that was there");
}

#[cfg(unix)]
#[test]
fn what_can_not_be_written_leaves_everything_as_it_was() {
    let project = library("init-read-only");
    let before = files(&project);
    // As with a full disk: a file can be made, and nothing put into it.
    let limited = "trap '' XFSZ; ulimit -f 0; exec \"$@\"";
    let mut command = project.command("/bin/sh");
    command.args([
        "-c",
        limited,
        "sh",
        env!("CARGO_BIN_EXE_cargo-memgate"),
        "memgate",
        "init",
        "--yes",
        "--path",
    ]);
    Finished::of(command.arg(repository()))
        .exits(101)
        .complains("error: failed to write ")
        .complains("File too large");
    assert_eq!(files(&project), before, "no folder and no temporary file either");

    let manifest = project.path("Cargo.toml");
    let mut permissions = std::fs::metadata(&manifest).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&manifest, permissions).unwrap();
    init(&project, "--yes").exits(101).complains("Cargo.toml: permission denied");
    assert_eq!(files(&project), before);
}

/// `init` on a terminal, as it waits for an answer, and what is at the terminal's other end.
#[cfg(target_os = "linux")]
fn asked(project: &Project) -> (std::process::Child, std::fs::File) {
    use std::io::Read;

    let (mut user, terminal) = open_terminal();
    let mut tool = project.tool();
    tool.args(["init", "--no-xtask", "--path"]).arg(repository());
    tool.stdin(terminal.try_clone().unwrap()).stdout(terminal.try_clone().unwrap()).stderr(terminal);
    let child = tool.spawn().unwrap();
    let (mut shown, mut buffer) = (String::new(), [0; 4096]);
    while !shown.contains("Write this? [y/N] ") {
        let length = user.read(&mut buffer).unwrap();
        shown += &String::from_utf8_lossy(&buffer[..length]);
    }
    assert!(shown.contains("benches/memory.rs"), "{shown}");
    (child, user)
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_it_asks() {
    use std::io::Write;
    use std::os::unix::process::ExitStatusExt;

    let project = library("init-terminal");
    let before = files(&project);

    let (mut child, mut user) = asked(&project);
    user.write_all(b"\n").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert_eq!(files(&project), before);

    // What a terminal sends on Ctrl-C.
    const INTERRUPT: i32 = 2;
    let (mut child, _user) = asked(&project);
    let id = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(INTERRUPT));
    assert_eq!(files(&project), before);

    // What somebody has changed in the meantime is not written over.
    let (mut child, mut user) = asked(&project);
    let manifest = project.read("Cargo.toml");
    project.write("Cargo.toml", format!("{manifest}# more\n"));
    user.write_all(b"y\n").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2));
    project.write("Cargo.toml", manifest);
    assert_eq!(files(&project), before);

    let (mut child, mut user) = asked(&project);
    user.write_all(b"y\n").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(project.path("benches/memory.rs").exists());
}
