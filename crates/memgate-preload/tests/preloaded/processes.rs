//! Processes that fork, start others, become others, and end in every way.

use std::os::fd::AsRawFd;
use std::process::Command;

use memgate_protocol::process_table::{ProcessEntry, ProcessTable};

use crate::preloaded::{numbers, program, program_that, run};
use crate::runner::cases;

cases! {
    each_fork_counts_what_it_does_itself,
    what_a_fork_inherits_is_its_parents,
    programs_that_are_started_are_announced_and_counted,
    a_program_that_becomes_another_is_two,
    a_program_that_can_not_be_started_is_withdrawn,
    a_program_without_the_library_is_announced_alone,
    whatever_starts_a_program_announces_it,
    a_program_that_becomes_another_is_two_however_it_does,
    a_program_whose_file_is_gone_says_so,
    numbers_survive_every_end,
    a_program_says_how_much_of_it_was_resident_and_not_who_started_it,
    a_shell_and_what_it_starts_are_counted,
}

fn a_program_says_how_much_of_it_was_resident_and_not_who_started_it() {
    let large = std::hint::black_box(vec![1_u8; 48 << 20]);
    let of = |name| {
        let done = run(&mut program(name), 0);
        done.table.processes[0].resident_peak_bytes
    };
    let (small, touched) = (of("nothing").unwrap(), of("touches").unwrap());
    assert!((1 << 16..24 << 20).contains(&small), "{small}");
    assert!((24 << 20..48 << 20).contains(&touched), "{touched}");
    assert!(of("ends_at_once").is_some());
    assert_eq!(of("aborts"), None, "who is killed says nothing");
    drop(std::hint::black_box(large));
}

fn entries(table: &ProcessTable, is_forked: bool) -> Vec<&ProcessEntry> {
    table.processes.iter().filter(|process| process.is_forked == is_forked).collect()
}

fn each_fork_counts_what_it_does_itself() {
    let done = run(&mut program("forks"), 0);
    assert!(done.status.success(), "{}", done.output);
    let forks = entries(&done.table, true);
    assert_eq!((forks.len(), done.table.lost), (200, 0));
    for (number, fork) in (1_000..).zip(&forks) {
        let numbers = fork.numbers;
        assert_eq!((numbers.allocs, numbers.live_bytes, numbers.peak_bytes), (1, number, number));
        assert!(fork.has_ended && fork.parent == done.table.processes[0].process);
    }
}

fn what_a_fork_inherits_is_its_parents() {
    let done = run(&mut program("frees_what_it_inherits"), 0);
    assert!(done.status.success(), "{}", done.output);
    let [fork] = entries(&done.table, true)[..] else { panic!("{:?}", done.table) };
    let numbers = fork.numbers;
    assert_eq!((numbers.allocs, numbers.frees, numbers.unknown_blocks), (0, 0, 0));
    assert_eq!((numbers.reallocs, numbers.total_bytes, numbers.peak_bytes), (1, 50, 50));
}

fn programs_that_are_started_are_announced_and_counted() {
    let done = run(&mut program("starts"), 0);
    assert!(done.status.success(), "{}", done.output);
    let programs = entries(&done.table, false);
    assert_eq!(programs.len(), 3, "{:?}", done.table);
    let announced: Vec<u32> = done.table.announcements.iter().map(|program| program.process).collect();
    assert_eq!(announced, [programs[1].process, programs[2].process]);
    for (announced, program) in done.table.announcements.iter().zip(&programs[1..]) {
        assert!(announced.slot < program.slot);
        assert_eq!(announced.program, program.executable);
    }
    assert_eq!(programs[1].numbers.allocs, numbers("leaks").allocs);
}

fn a_program_that_becomes_another_is_two() {
    let done = run(&mut program("becomes"), 0);
    assert!(done.status.success(), "{}", done.output);
    let [first, second] = &done.table.processes[..] else { panic!("{:?}", done.table) };
    assert_eq!(first.process, second.process);
    assert!(first.has_ended && second.has_ended && !second.is_forked);
    assert!(first.has_become_another && !second.has_become_another);
    assert_eq!(second.numbers.allocs, numbers("leaks").allocs);
}

fn a_program_that_can_not_be_started_is_withdrawn() {
    let done = run(&mut program("fails_to_become"), 0);
    assert!(done.table.announcements.is_empty() && done.table.lost == 0, "{:?}", done.table);
    assert!(done.table.processes[0].has_ended && !done.table.processes[0].has_become_another);
}

fn a_program_without_the_library_is_announced_alone() {
    let done = run(&mut program("clears_the_environment"), 0);
    let [announced] = &done.table.announcements[..] else { panic!("{:?}", done.table) };
    assert!(done.table.processes.iter().all(|process| process.process != announced.process));
    assert!(announced.program.to_string_lossy().ends_with("true"));
}

/// Each with an environment that was cleared.
fn whatever_starts_a_program_announces_it() {
    for (name, program) in [
        ("execl", "/bin/true"),
        ("execlp", "true"),
        ("execle", "/bin/true"),
        ("syscall_execve", "/bin/true"),
        ("syscall_execveat", "/bin/true"),
        ("system", "/bin/sh"),
        ("popen", "/bin/sh"),
    ] {
        let done = run(&mut program_that("starts_uncounted", name), 0);
        assert!(done.status.success(), "{name}: {}", done.output);
        let [own] = &done.table.processes[..] else { panic!("{name}: {:?}", done.table) };
        let [announced] = &done.table.announcements[..] else { panic!("{name}: {:?}", done.table) };
        assert_eq!(announced.program, program, "{name}");
        let is_shell = program == "/bin/sh";
        let expected = if is_shell { (0, own.process) } else { (own.process, 0) };
        assert_eq!((announced.process, announced.parent), expected, "{name}");
        assert!(own.has_ended, "{name}");
    }
}

/// With more arguments than there are registers for them.
fn a_program_that_becomes_another_is_two_however_it_does() {
    for name in ["execl", "execlp", "execle", "syscall_execve", "syscall_execveat", "system", "popen"] {
        let done = run(&mut program_that("starts_echo", name), 0);
        assert!(done.status.success(), "{name}: {}", done.output);
        assert_eq!(done.output, "a b c d e f g h\n", "{name}");
        assert!(done.table.processes.len() >= 2, "{name}: {:?}", done.table);
        let [announced] = &done.table.announcements[..] else { panic!("{name}: {:?}", done.table) };
        let started = &done.table.processes[1];
        let is_the_same = if announced.process == 0 {
            announced.parent == started.parent
        } else {
            announced.process == started.process
        };
        assert!(is_the_same && announced.slot < started.slot, "{name}: {:?}", done.table);
    }
}

fn a_program_whose_file_is_gone_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("program");
    std::fs::copy(std::env::current_exe().unwrap(), &path).unwrap();
    let file = std::fs::File::open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let mut command = Command::new(format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd()));
    command.envs(program("leaks").get_envs().filter_map(|(name, value)| Some((name, value?))));
    let done = run(&mut command, 0);
    assert!(done.status.success(), "{}", done.output);
    assert_eq!(done.table.processes[0].executable, format!("{} (deleted)", path.display()).as_str());
}

fn numbers_survive_every_end() {
    for (name, has_ended) in [("ends_at_once", true), ("aborts", false)] {
        let done = run(&mut program(name), 0);
        let [process] = &done.table.processes[..] else { panic!("{:?}", done.table) };
        assert_eq!((process.has_ended, done.status.success()), (has_ended, false), "{name}");
        assert!(process.numbers.live_bytes >= 700, "{name}");
    }
}

fn a_shell_and_what_it_starts_are_counted() {
    let done = run(Command::new("sh").args(["-c", "ls -d /; true"]), 0);
    assert!(done.status.success() && done.output == "/\n", "{}", done.output);
    let names: Vec<_> = done.table.processes.iter().filter_map(|process| process.arguments.first()).collect();
    assert!(names.iter().any(|name| *name == "ls"), "{:?}", done.table);
}
