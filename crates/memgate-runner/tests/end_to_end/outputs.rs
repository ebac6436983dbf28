//! Where reports and baselines go: through links, into pipes and devices, and what happens where they can't.

use std::os::unix::fs::symlink;
#[cfg(target_os = "linux")]
use std::process::Stdio;

use crate::dials;
use crate::finished::Finished;
#[cfg(target_os = "linux")]
use crate::support::Project;
#[cfg(target_os = "linux")]
use crate::terminal::open_terminal;

#[test]
fn what_is_no_regular_file_is_written_through() {
    let project = dials::project_with_baseline("through", "first 1\n");
    let at = |name: &str| project.path(name);
    assert!(project.command("mkfifo").arg("pipe").status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = at("pipe");
        move || std::fs::read_to_string(pipe).unwrap()
    });
    project.write("real.json", "old");
    symlink("real.json", at("link.json")).unwrap();
    symlink("later/report.md", at("dangling.md")).unwrap();
    symlink("/dev/null", at("null.xml")).unwrap();
    let outputs = "--output json:pipe --output link.json --output dangling.md --output null.xml";
    project.memgate(&format!("check {outputs}")).exits(0).says("1 ok");
    let report = reader.join().unwrap();
    assert!(report.contains("\"memgate report\""), "{report}");
    assert_eq!(project.read("real.json"), report);
    assert!(project.read("later/report.md").starts_with("## "));
    for link in ["link.json", "dangling.md", "null.xml"] {
        assert!(at(link).is_symlink(), "{link}");
    }

    // Baselines that lie elsewhere, the folder and one file of it.
    std::fs::rename(at("baselines"), at("elsewhere")).unwrap();
    symlink("elsewhere", at("baselines")).unwrap();
    project.write("through/dials", "first 2\n");
    project.memgate("update").exits(0).says("changed through/memory/first");
    assert!(at("baselines").is_symlink());
    project.memgate("check").exits(0).says("1 ok");
    // What leads nowhere may be what is not checked out or mounted, and is no folder without baselines.
    std::fs::remove_dir_all(at("elsewhere")).unwrap();
    project.memgate("update").exits(101).complains("baselines: it is a link that leads nowhere");
    std::fs::create_dir(at("elsewhere")).unwrap();
    project.memgate("update").exits(0).says("added");
    assert!(at("baselines").is_symlink());
}

#[test]
fn standard_output_has_one_report_and_a_failure_costs_no_other() {
    let project = dials::project_with_baseline("places", "first 1\n");
    let shown = project.memgate("check --output json:-").exits(0).complains("1 ok");
    assert!(shown.report().benchmark("places/memory/first").is_object());
    project
        .memgate("check --output json:/dev/stdout --output x.md --output ./x.md")
        .exits(0)
        .complains("1 ok");
    assert!(!project.path("-").exists());

    // Said before anything is built.
    project.write("file", "");
    for (line, code, problem) in [
        ("check --output a.json --output markdown:./a.json", 2, "another report goes to a.json already"),
        ("check --format json --output json:-", 2, "both for standard output"),
        ("check --output file/report.json", 101, "failed to write file/report.json"),
        ("check --artifacts file/deep", 101, "failed to write file/deep"),
        ("check --output mardown:b.md", 2, "`mardown` is no format; the nearest is `markdown`"),
        ("check --output md:o/a.json", 2, "write ./md:o/a.json for a file of that name"),
        ("run --output markdown:run.md", 2, "leave `markdown:` out"),
        ("run --output file/run.json", 101, "failed to write file/run.json"),
        ("explain first --flamegraph file/graph.svg", 101, "failed to write file/graph.svg"),
        ("explain first --folded a --flamegraph ./a", 2, "./a is asked for twice"),
        ("check --output json:baselines", 101, "failed to write baselines: it is a folder"),
    ] {
        let refused = project.memgate(line).exits(code).complains(problem);
        assert!(!refused.stderr.contains("Listing") && refused.stdout.is_empty(), "{refused:#?}");
    }

    let folded = project.memgate("explain first --folded -").exits(0).complains("places/memory/first");
    assert!(folded.stdout.lines().all(|line| line.rsplit_once(' ').unwrap().1.parse::<u64>().is_ok()));
    let run = project.memgate("run --output -").exits(0);
    assert_eq!(run.json()["kind"], "memgate run");
    // Also with the format's name, as in `check`.
    project.memgate("run --output json:run.json").exits(0);
    assert!(
        project.read("run.json").contains("\"kind\": \"memgate run\"")
            && !project.path("json:run.json").exists()
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_told_by_every_command() {
    let project = dials::project_with_baseline("full-devices", "first 1\n");
    let outputs = "--output json:/dev/full --output markdown:/dev/full --output good.md";
    project
        .memgate(&format!("check {outputs}"))
        .exits(101)
        .says("1 ok")
        .complains("error: failed to write /dev/full: No space left on device (os error 28)\n       failed to write /dev/full");
    assert!(project.read("good.md").starts_with("## "));

    project.memgate("run --output run.json").exits(0);
    for line in
        ["--version", "check --help", "help", "report run.json", "update --from run.json", "explain first"]
    {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = project.tool();
        command.args(line.split_whitespace()).stdin(Stdio::null()).stdout(full).stderr(Stdio::piped());
        let finished = Finished::from(command.output().unwrap());
        finished.exits(101).complains("failed to write to standard output: No space left on device");
    }
}

#[test]
fn a_folder_for_temporary_files_that_is_not_there_is_not_needed() {
    let project = dials::project_with_baseline("temporary", "first 1\n");
    let mut check = project.tool();
    check.arg("check").env("TMPDIR", project.path("gone"));
    Finished::of(&mut check).exits(0);
}

/// What the tool writes to a terminal with this locale and of this kind.
#[cfg(target_os = "linux")]
fn at_a_terminal(project: &Project, line: &str, locale: &str, term: &str) -> String {
    use std::io::Read;

    let (mut user, terminal) = open_terminal();
    let mut tool = project.tool();
    tool.args(line.split(' ')).env("LC_ALL", locale).env("TERM", term);
    tool.stdin(Stdio::null()).stdout(terminal).stderr(Stdio::null());
    let mut child = tool.spawn().unwrap();
    drop(tool);
    let (mut shown, mut buffer) = (Vec::new(), [0; 4096]);
    // When nobody has the other end any more, reading fails.
    while let Ok(length @ 1..) = user.read(&mut buffer) {
        shown.extend_from_slice(&buffer[..length]);
    }
    child.wait().unwrap();
    String::from_utf8(shown).unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_is_written_to_as_it_can_show_it() {
    let project = dials::project_with_baseline("terminals", "first 1\n");
    project.write("terminals/dials", "first 9\n");
    project.memgate("check --output report.json").exits(100);
    let utf8 = at_a_terminal(&project, "report report.json", "C.UTF-8", "xterm");
    assert!(utf8.contains('→') && utf8.contains('─') && utf8.contains('\u{1b}'), "{utf8}");
    // Other characters and no colours are two things.
    let dumb = at_a_terminal(&project, "report report.json", "C.UTF-8", "dumb");
    assert!(dumb.contains('→') && !dumb.contains('\u{1b}'), "{dumb}");
    let ascii = at_a_terminal(&project, "report report.json", "C", "xterm");
    assert!(ascii.is_ascii() && ascii.contains("1 -> 9") && ascii.contains('\u{1b}'), "{ascii}");
    // A file and a pipe are UTF-8 whatever the locale.
    let mut piped = project.tool();
    piped.args(["report", "report.json"]).env("LC_ALL", "C");
    Finished::of(&mut piped).exits(100).says("→");
}
