//! `measure`: whole commands, as they are.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::finished::Finished;
use crate::support::{Package, Project, has_ended};

/// Allocates as often as it is told, in threads, children or itself, and ends as it is told.
const PROGRAM: &str = r#"
use std::hint::black_box;

fn allocate(count: usize) {
    let mut kept: Vec<Box<[u8; 64]>> = Vec::with_capacity(10_000);
    for _ in 0..count {
        kept.push(Box::new(black_box([1; 64])));
    }
    black_box(&kept);
    black_box("grown".repeat(count));
}

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let count: usize = words[2].parse().unwrap();
    match &*words[1] {
        "here" => allocate(count),
        "threads" => {
            let threads: Vec<_> = (0..8).map(|_| std::thread::spawn(move || allocate(count))).collect();
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        }
        "leak" => std::mem::forget(black_box(vec![0_u8; count])),
        "exit" => std::process::exit(i32::try_from(count).unwrap()),
        "abort" => {
            allocate(count);
            std::process::abort();
        }
        // What is allocated in handlers comes after the library has written what it knows.
        "quick_exit" => {
            unsafe extern "C" {
                fn at_quick_exit(handler: extern "C" fn()) -> i32;
                fn quick_exit(status: i32) -> !;
            }
            extern "C" fn handler() {
                std::mem::forget(black_box(vec![0_u8; 5_000]));
            }
            // SAFETY: a function that takes nothing, and is there until the program ends.
            unsafe { at_quick_exit(handler) };
            // SAFETY: of two threads that end the program at once, there is one.
            unsafe { quick_exit(0) }
        }
        other => panic!("{other}"),
    }
}
"#;

/// The program, with lines and frame pointers. By the compiler alone, since it is no part of a project.
fn program() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("measured.rs"), PROGRAM).unwrap();
    let mut compile = Command::new("rustc");
    compile.args(["--edition", "2024", "-g", "-C", "force-frame-pointers=yes", "measured.rs"]);
    Finished::of(compile.current_dir(folder.path())).exits(0);
    let program = folder.path().join("measured").to_str().unwrap().to_owned();
    (folder, program)
}

/// `measure` of a command, in a folder that is no project.
fn tool(words: &[&str]) -> (tempfile::TempDir, Command) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-memgate"));
    command.args(["memgate", "measure"]).args(words).current_dir(folder.path());
    // Where its own folder goes, so that it can be seen to be gone.
    let temporary = folder.path().join("temporary");
    std::fs::create_dir(&temporary).unwrap();
    command.env("TMPDIR", temporary).env_remove("LD_PRELOAD").env_remove("NO_COLOR");
    (folder, command)
}

#[track_caller]
fn measure(words: &[&str]) -> Finished {
    let (folder, mut command) = tool(words);
    let finished = Finished::of(&mut command);
    assert_eq!(left_in(folder.path()), Vec::<PathBuf>::new());
    finished
}

fn left_in(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder.join("temporary")).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[track_caller]
fn metrics(words: &[&str]) -> Value {
    let words: Vec<&str> = std::iter::once("--json").chain(words.iter().copied()).collect();
    measure(&words).exits(0).json()["metrics"].clone()
}

#[track_caller]
fn difference(one: &Value, other: &Value, metric: &str) -> i64 {
    other[metric].as_i64().unwrap() - one[metric].as_i64().unwrap()
}

#[test]
fn every_allocation_of_a_program_is_in_the_numbers() {
    let (_folder, program) = program();
    let of = |how, count| metrics(&["--", &program, how, count]);
    let (none, some) = (of("here", "0000"), of("here", "1000"));
    // A thousand boxes, and a text.
    assert_eq!(difference(&none, &some, "allocs"), 1_001);
    assert_eq!(difference(&none, &some, "total_bytes"), 1_000 * 64 + 5_000);
    assert_eq!(difference(&none, &some, "peak_bytes"), 1_000 * 64 + 5_000);
    assert_eq!(difference(&none, &some, "retained_bytes"), 0);
    let (none, some) = (of("threads", "0000"), of("threads", "1000"));
    assert_eq!(difference(&none, &some, "allocs"), 8 * 1_001);
    let (less, more) = (of("leak", "10000"), of("leak", "10001"));
    assert_eq!(difference(&less, &more, "retained_bytes"), 1);
    for _ in 0..5 {
        assert_eq!(of("here", "1000"), some_again(&program), "the same run gives the same numbers");
    }
}

fn some_again(program: &str) -> Value {
    metrics(&["--no-sites", "--", program, "here", "1000"])
}

#[test]
fn its_lines_are_shown_worst_first_and_add_up() {
    let (folder, program) = program();
    let graph = folder.path().join("peak.svg");
    let profile = folder.path().join("heap.pb.gz");
    let words = ["--json", "--flamegraph", graph.to_str().unwrap(), "--pprof", profile.to_str().unwrap()];
    let words: Vec<&str> = words.into_iter().chain(["--", &program, "here", "1000"]).collect();
    let json = measure(&words).exits(0).json();
    // Not everywhere a control group can be made.
    let schema = if json["noisy_cgroup_peak_bytes"].is_null() { 1 } else { 2 };
    assert_eq!((&json["kind"], &json["schema"]), (&"memgate command".into(), &schema.into()));
    for sites in json["sites"].as_array().unwrap() {
        let metric = sites["metric"].as_str().unwrap();
        assert_eq!(sites["value"], json["metrics"][metric], "{metric}");
        let values = sites["sites"].as_array().unwrap().iter().map(|site| site["value"].as_i64().unwrap());
        assert_eq!(values.clone().sum::<i64>(), sites["value"].as_i64().unwrap(), "{metric}");
        assert!(values.is_sorted_by(|one, other| one >= other), "{metric}");
    }
    let text = std::fs::read_to_string(graph).unwrap();
    assert!(text.contains("measured::allocate"), "{text}");
    assert!(profile.exists() && folder.path().join("heap.peak.pb.gz").exists());

    let finished = measure(&["--", &program, "here", "1000"]).exits(0);
    let text = finished.stderr;
    assert!(text.contains("measured here 1000: heap memory\n"), "{text}");
    for word in ["peak", "total", "allocations", "reallocations", "never freed"] {
        assert!(text.lines().any(|line| line.starts_with(&format!("  {word} "))), "{text}");
    }
    assert!(text.contains("measured::allocate"), "{text}");
    assert_eq!(finished.stdout, "", "the command has printed nothing");
}

#[test]
fn what_it_reads_and_prints_goes_through() {
    let (_folder, mut command) = tool(&["--", "sh", "-c", "cat; echo error >&2"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"a line\n").unwrap();
    let finished = Finished::from(child.wait_with_output().unwrap()).exits(0);
    assert_eq!(finished.stdout, "a line\n");
    assert!(finished.stderr.starts_with("error\nsh -c "), "{}", finished.stderr);

    let finished = measure(&["--json", "--", "sh", "-c", "echo out"]).exits(0).complains("out\n");
    assert_eq!(finished.json()["command"][2], "echo out");
    // An option of the command's is not the tool's.
    let finished = measure(&["sh", "-c", "echo $0", "--json"]).exits(0);
    assert_eq!(finished.stdout, "--json\n");
}

#[test]
fn all_processes_are_in_the_numbers_and_each_program_has_a_row() {
    let json = measure(&["--json", "--", "sh", "-c", "ls / >/dev/null; ls / | cat; ls /"]).exits(0).json();
    let rows = json["programs"].as_array().unwrap();
    let row = |name: &str| {
        let is_it = |row: &&Value| row["program"].as_str().unwrap().starts_with(name);
        rows.iter().find(is_it).unwrap_or_else(|| panic!("{name}: {json:#}"))
    };
    assert_eq!((&row("ls")["processes"], &row("cat")["processes"]), (&3.into(), &1.into()));
    let sum: i64 = rows.iter().map(|row| row["metrics"]["allocs"].as_i64().unwrap()).sum();
    assert_eq!(json["metrics"]["allocs"], sum);
    // Three times the same, from three processes.
    let alone = metrics(&["--", "sh", "-c", "ls /"]);
    let of_three = row("ls")["metrics"]["peak_bytes"].as_i64().unwrap();
    assert!(of_three > 0 && of_three % 3 == 0, "{json:#}");
    assert!(alone["peak_bytes"].as_i64().unwrap() < of_three);
}

#[test]
fn what_is_in_no_call_site_is_said() {
    let (_folder, program) = program();
    let late = "were allocated when call sites had been written";
    measure(&["--", &program, "quick_exit", "0"])
        .exits(0)
        .complains("note: 5,000 B of the total")
        .complains(late);
    let whole = measure(&["--", &program, "here", "10"]).exits(0);
    assert!(!whole.stderr.contains(late), "{}", whole.stderr);
}

#[test]
fn how_it_ends_decides() {
    let (_folder, program) = program();
    let finished = measure(&["--", &program, "exit", "3"]).exits(101);
    let finished = finished.complains("it ended with exit code 3, and was to end with 0");
    finished.complains("\n  allocations ");
    measure(&["--expect-exit", "3", "--", &program, "exit", "3"]).exits(0);
    measure(&["--expect-exit", "3", "--", &program, "here", "1"]).exits(101);
    let aborted = measure(&["--json", "--", &program, "abort", "1000"]).exits(101);
    let json = aborted.json();
    assert_eq!((&json["verdict"], &json["end"]["signal"]), (&"failed".into(), &6.into()));
    // Its counters were in the file all the time.
    assert!(json["metrics"]["allocs"].as_i64().unwrap() > 1_000, "{json:#}");

    let began = Instant::now();
    let json = measure(&["--json", "--timeout", "1", "--", "sh", "-c", "sleep 300; true"]).exits(101).json();
    assert!(began.elapsed() < Duration::from_secs(60));
    assert_eq!(json["end"]["timed_out_after_seconds"], 1);
    assert!(json["metrics"]["allocs"].as_i64().unwrap() > 0);
}

#[test]
fn what_it_leaves_is_ended_and_named() {
    for script in ["sleep 300 & echo $!", "setsid -f sh -c 'echo $$; exec sleep 300'; sleep 0.1"] {
        let finished = measure(&["--no-sites", "--", "sh", "-c", script]).exits(101);
        let finished = finished.complains("1 process was still there when it had ended, and killed: sleep (");
        assert!(has_ended(finished.stdout.trim()), "{script}");
    }
    // What ends by itself within moments was not left.
    measure(&["--", "sh", "-c", "sleep 0.1 & exit 0"]).exits(0);
}

#[test]
fn what_can_not_be_started_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str, mode| {
        use std::os::unix::fs::PermissionsExt;

        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    for (program, why) in [
        ("there-is-no-such-program".to_owned(), "there is no such program"),
        (file("plain", "x", 0o644), "it is not executable"),
        (file("lost", "#!/nowhere/sh\n", 0o755), "it is a script for /nowhere/sh, which is not there"),
        (file("bare", "echo\n", 0o755), "it is a script whose first line does not say who reads it (`#!`)"),
        (file("odd", "\u{0}\u{1}", 0o755), "it is no program of this system"),
        (folder.path().to_str().unwrap().to_owned(), "it is not executable"),
    ] {
        let finished = measure(&["--", &program]).exits(2);
        finished.complains(&format!("error: failed to start {program}: {why}\n"));
    }
    measure(&[]).exits(2);
    measure(&["--timeout", "0", "--", "ls"]).exits(2);
}

/// A program of C; none where there is no compiler for it.
#[expect(clippy::print_stderr, reason = "a test that does nothing says so")]
fn c_program(folder: &Path, name: &str, source: &str, options: &[&str]) -> Option<String> {
    let (file, program) = (folder.join(format!("{name}.c")), folder.join(name));
    std::fs::write(&file, source).unwrap();
    let mut command = Command::new("cc");
    let is_built = command.arg(&file).arg("-o").arg(&program).args(options).output();
    if is_built.is_ok_and(|output| output.status.success()) {
        return Some(program.to_str().unwrap().to_owned());
    }
    eprintln!("SKIPPED: {name} can't be compiled here");
    None
}

const IN_C: &str = "#include <stdlib.h>\nvoid *kept;\nint main(void) { kept = malloc(10); return 0; }\n";

/// Ends, or becomes another program, in a handler that has interrupted an allocation. Glibc itself sends the signal then, and holds the lock of
/// the thread's heap: what comes after the last block is how much there is left, and far too much here.
const ENDED_IN_AN_ALLOCATION: &str = r#"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
extern char **environ;
static int becomes_another;
static void end(int number) {
    (void)number;
    char *arguments[] = {"sh", "-c", "exit 9", NULL};
    if (becomes_another) {
        execve("/nowhere/sh", arguments, environ);
        execve("/bin/sh", arguments, environ);
    }
    _exit(7);
}
static void *destroy(void *unused) {
    size_t *volatile block = malloc(1000);
    block[1000 / sizeof(size_t)] = ~(size_t)7;
    block = malloc(100000);
    return unused;
}
int main(int count, char **words) {
    (void)words;
    becomes_another = count > 1;
    signal(SIGABRT, end);
    pthread_t thread;
    pthread_create(&thread, NULL, destroy, NULL);
    pthread_join(thread, NULL);
    return 0;
}
"#;

#[test]
fn a_handler_may_end_a_program_in_the_middle_of_an_allocation() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = c_program(folder.path(), "handling", ENDED_IN_AN_ALLOCATION, &["-pthread"]) else {
        return;
    };
    for (words, code) in [(vec![&*program], "7"), (vec![&*program, "another"], "9")] {
        let finished =
            measure(&[&["--timeout", "60", "--expect-exit", code, "--"], words.as_slice()].concat()).exits(0);
        finished.complains("in 1 process: no call sites were left").complains("\n  allocations ");
    }
}

#[test]
fn a_part_is_never_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let assert_unseen = |words: &[&str], what: &str| {
        let words: Vec<&str> = ["--json", "--"].into_iter().chain(words.iter().copied()).collect();
        let json = measure(&words).exits(101).json();
        assert_eq!(json["metrics"], Value::Null, "{json:#}");
        assert!(json["problems"].to_string().contains(what), "{what}: {json:#}");
    };
    assert_unseen(&["env", "-i", "ls"], "saw no allocation of ls: it was started by the command");
    if let Some(program) = c_program(folder.path(), "static", IN_C, &["-static"]) {
        assert_unseen(&[&program], "saw no allocation of static: it is linked statically");
        // Its output can't hide it.
        let script = format!("ls; {program}; ls");
        assert_unseen(&["sh", "-c", &script], "saw no allocation of static: it is linked statically");
    }
    let own = "#include <stddef.h>\nstatic char room[1 << 20];\nstatic size_t used;\n\
               void *malloc(size_t size) { used += size + 16; return room + (used - size) / 16 * 16; }\n\
               void free(void *block) { (void)block; }\n\
               void *calloc(size_t count, size_t size) { return malloc(count * size); }\n\
               void *realloc(void *block, size_t size) { (void)block; return malloc(size); }\n\
               void *kept;\nint main(void) { kept = malloc(10); return 0; }\n";
    if let Some(program) = c_program(folder.path(), "own", own, &["-fno-builtin"]) {
        assert_unseen(&[&program], "saw no allocation of own: it has an allocator of its own");
    }
    let direct = "#include <stdlib.h>\nstatic char room[64];\nvoid *mi_malloc(size_t size) { (void)size; return room; }\n\
                  void *kept, *other;\nint main(void) { kept = malloc(10); other = mi_malloc(9); return 0; }\n";
    if let Some(program) = c_program(folder.path(), "direct", direct, &[]) {
        assert_unseen(&[&program], "saw no allocation of direct: it has mimalloc, which is called directly");
    }
    let none = "int main(void) { return 0; }\n";
    if let Some(program) = c_program(folder.path(), "none", none, &[]) {
        assert_unseen(&[&program], "saw no allocation of none: it called neither malloc");
    }
    // What could not be run is no part of it.
    measure(&["--", "sh", "-c", "there-is-no-such-program; exec ls"]).exits(0);
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that does nothing says so")]
fn a_program_of_go_is_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.go"), "package main\nfunc main() { println(\"go\") }\n").unwrap();
    let mut build = Command::new("go");
    build.args(["build", "-o", "gone", "-ldflags", "-s -w", "main.go"]).current_dir(folder.path());
    build.env("GOCACHE", folder.path().join("cache")).env("GOFLAGS", "-mod=mod").env("GOTOOLCHAIN", "local");
    if !build.output().is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: there is no Go here");
        return;
    }
    let program = folder.path().join("gone");
    let finished = measure(&["--", program.to_str().unwrap()]).exits(101);
    finished.complains("saw no allocation of gone: it has Go, which is called directly");
}

#[test]
fn what_was_preloaded_already_stays_behind_ours() {
    let (_folder, mut command) = tool(&["--", "sh", "-c", "echo $LD_PRELOAD"]);
    let finished = Finished::of(command.env("LD_PRELOAD", "libm.so.6")).exits(0);
    assert!(finished.stdout.ends_with("/libmemgate.so:libm.so.6\n"), "{}", finished.stdout);
    let (folder, mut command) = tool(&["--no-sites", "--", "env"]);
    let finished = Finished::of(&mut command).exits(0);
    let own = folder.path().join("temporary");
    let set = finished
        .lines()
        .into_iter()
        .filter(|line| line.contains("/memgate-") && line.contains(".so"))
        .collect::<Vec<_>>();
    assert!(
        set.len() == 1 && set[0].starts_with(&format!("LD_PRELOAD={}/memgate-", own.display())),
        "{set:?}"
    );
}

#[test]
fn a_folder_from_which_nothing_is_loaded_is_said() {
    let (folder, mut command) = tool(&["--", "ls"]);
    let odd = folder.path().join("two words");
    std::fs::create_dir(&odd).unwrap();
    let finished = Finished::of(command.env("TMPDIR", &odd)).exits(101);
    finished.complains("no library can be loaded from").complains("set TMPDIR to another folder");
    let (folder, mut command) = tool(&["--", "ls"]);
    let finished = Finished::of(command.env("TMPDIR", folder.path().join("gone"))).exits(101);
    finished.complains("error: failed to make a folder in ");
    let (_folder, mut command) = tool(&["--flamegraph", "no/such/folder/graph.svg", "--", "touch", "ran"]);
    Finished::of(&mut command);
}

/// A command that tells its number, and then waits.
fn waiting(folder: &Path, mut command: Command) -> (Child, String) {
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let file = folder.join("id");
    let began = Instant::now();
    while !file.exists() {
        assert!(began.elapsed() < Duration::from_secs(120), "it does not begin");
        std::thread::sleep(Duration::from_millis(5));
    }
    (child, std::fs::read_to_string(file).unwrap().trim().to_owned())
}

#[test]
fn ctrl_c_ends_all_and_leaves_nothing() {
    let script = "setsid -f sh -c 'echo $$ > part; mv part id; exec sleep 300'; sleep 300";
    for (signal, code) in [(Signal::INT, Some(130)), (Signal::TERM, Some(143)), (Signal::KILL, None)] {
        let (folder, command) = tool(&["--", "sh", "-c", script]);
        let (mut child, stray) = waiting(folder.path(), command);
        kill_process(Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap(), signal).unwrap();
        assert_eq!(child.wait().unwrap().code(), code);
        assert!(has_ended(&stray), "{signal:?}");
        let began = Instant::now();
        while !left_in(folder.path()).is_empty() {
            assert!(
                began.elapsed() < Duration::from_secs(20),
                "{signal:?} has left {:?}",
                left_in(folder.path())
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

#[test]
fn a_project_that_is_not_set_up_is_shown_both_ways() {
    let project = Project::new("measured_or_set_up", [Package::without_memgate("measured_or_set_up")]);
    let finished = project.memgate("").exits(2);
    let finished = finished.complains("`cargo memgate init` sets the project up");
    finished.complains("\n`cargo memgate measure -- COMMAND` shows the heap numbers of any command at once");
}

#[test]
fn where_files_may_not_be_long_the_tool_says_so_instead_of_being_ended() {
    let (folder, tool) = tool(&["--", "true"]);
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -f 1000; exec \"$0\" \"$@\""]).arg(tool.get_program()).args(tool.get_args());
    command.current_dir(folder.path()).env("TMPDIR", folder.path().join("temporary"));
    let finished = Finished::of(&mut command).exits(101);
    finished.complains("and it is 64.00 MiB, of which little is used; raise `ulimit -f`");
    assert_eq!(left_in(folder.path()), Vec::<PathBuf>::new());
}
