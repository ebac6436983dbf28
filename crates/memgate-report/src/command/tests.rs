use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::Arc;

use memgate_protocol::process_table::{Announcement, ProcessEntry, ProcessTable};
use memgate_protocol::{Metric, StackNumbers};

use super::samples::{announced, became_another, entry, forked, linked, pipeline, table};
use super::*;
use crate::explain::MetricSites;
use crate::sites::{Function, Module, Origin, PhysicalFrame, Profile, RecordedStack, SiteTable};

#[test]
fn a_process_has_its_highest_peak_and_what_its_last_program_left() {
    let all = totals(&pipeline());
    assert_eq!(all.peak_bytes, 5_000 + 3 * 20_000);
    assert_eq!(all.retained_bytes, 7 + 3 * 50);
    assert_eq!((all.total_bytes, all.allocs, all.reallocs), (105_100, 961, 6));
    assert_eq!(process_count(&pipeline()), 4);
}

#[test]
fn a_number_that_comes_again_is_another_process() {
    let first = entry(1, 10, "/bin/sh", [5, 5, 1, 2]);
    let again = entry(2, 10, "/bin/sh", [3, 3, 1, 1]);
    for again in [forked(again.clone()), again.clone()] {
        let table = table(vec![first.clone(), again]);
        assert_eq!((totals(&table).peak_bytes, totals(&table).retained_bytes), (8, 3));
    }
    // Unless it is what the first has become, which one that counts by itself does not say.
    for first in [became_another(first.clone()), linked(first.clone())] {
        let table = table(vec![first, again.clone()]);
        assert_eq!((totals(&table).peak_bytes, totals(&table).retained_bytes), (5, 1));
    }
    let of_another = ProcessEntry { parent: 9, ..again };
    let table = table(vec![linked(first), of_another]);
    assert_eq!((totals(&table).peak_bytes, totals(&table).retained_bytes), (8, 3));
}

#[test]
fn programs_are_rows_and_the_same_program_is_one() {
    let rows = programs(&pipeline());
    let shown: Vec<_> = rows.iter().map(|row| (row.program.as_str(), row.processes)).collect();
    assert_eq!(shown, [("ls", 3), ("sh", 2), ("cat", 1)]);
    assert_eq!(rows[0].metrics.peak_bytes, 60_000);
    // The shell became `cat`, and its child `ls`: neither has left anything as a shell.
    assert_eq!(rows[1].metrics.retained_bytes, 0);
    let retained: u64 = rows.iter().map(|row| row.metrics.retained_bytes).sum();
    assert_eq!(retained, totals(&pipeline()).retained_bytes);
}

#[test]
fn a_program_of_another_name_is_shown_with_both() {
    let mut shell = entry(1, 10, "/usr/bin/dash", [1, 1, 1, 0]);
    shell.arguments = vec!["-sh".into()];
    let mut nameless = entry(2, 11, "", [1, 1, 1, 0]);
    nameless.arguments.clear();
    let rows = programs(&table(vec![shell, nameless]));
    let mut names: Vec<_> = rows.iter().map(|row| row.program.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["process 11", "sh (dash)"]);
}

/// What is wrong with `app`, which is process 10 and ended with 0.
fn problems(table: &ProcessTable, executables: &[(&str, ExecutableFacts)]) -> Vec<String> {
    let executables: BTreeMap<OsString, ExecutableFacts> =
        executables.iter().map(|(path, facts)| (OsString::from(path), facts.clone())).collect();
    let witnesses = Witnesses {
        program: "app".as_ref(),
        process: 10,
        table,
        executables: &executables,
        end: CommandEnd::ExitCode(0),
        expected: ExpectedEnd::default(),
        left: &[],
    };
    judge(&witnesses).iter().map(ToString::to_string).collect()
}

fn facts(kind: ExecutableKind) -> ExecutableFacts {
    ExecutableFacts { kind, file: None, direct_allocator: None, has_global_allocator: false }
}

#[test]
fn what_was_seen_as_a_whole_is_measured() {
    assert_eq!(problems(&pipeline(), &[("/bin/ls", facts(ExecutableKind::Dynamic))]), Vec::<String>::new());
    // A child that allocates nothing, and a program that could not be run, are no lack.
    let mut table = table(vec![entry(1, 10, "/bin/app", [1, 1, 1, 0]), entry(3, 11, "/bin/true", [0; 4])]);
    table.announcements = vec![announced(2, 11, "true")];
    assert_eq!(problems(&table, &[]), Vec::<String>::new());
}

#[test]
fn a_command_that_never_came_is_told_why_by_its_file() {
    let none = table(Vec::new());
    for (kind, expected) in [
        (ExecutableKind::Static, "saw no allocation of app: it is linked statically"),
        (ExecutableKind::Musl, "saw no allocation of app: it has the C library musl"),
        (ExecutableKind::Privileged("setuid"), "saw no allocation of app: it has rights of its own (setuid)"),
        (ExecutableKind::OtherArchitecture, "saw no allocation of app: it is for other processors"),
        (ExecutableKind::Dynamic, "saw no allocation of app: the library was not loaded into it"),
    ] {
        let said = problems(&none, &[("app", facts(kind))]);
        assert!(said.len() == 1 && said[0].starts_with(expected), "{said:?}");
    }
    let go = ExecutableFacts {
        kind: ExecutableKind::Static,
        file: None,
        direct_allocator: direct_allocator("runtime.mallocgc"),
        has_global_allocator: false,
    };
    assert!(problems(&none, &[("app", go)])[0].contains("it has Go, which is called directly"));
}

#[test]
fn what_a_program_becomes_does_not_stand_for_it() {
    let later = entry(2, 10, "/bin/ls", [1, 1, 1, 0]);
    let hidden = ("app", facts(ExecutableKind::Static));
    let said = problems(&table(vec![later.clone()]), &[hidden]);
    assert!(
        said.len() == 1 && said[0].starts_with("saw no allocation of app: it is linked statically"),
        "{said:?}"
    );

    let first = entry(1, 10, "/bin/app", [1, 1, 1, 0]);
    let with = |announcements, entries: Vec<_>| {
        let mut table = table([vec![first.clone()], entries].concat());
        table.announcements = announcements;
        table
    };
    // Its child is a static program that becomes another, and one that has cleared its environment for one of them.
    let child = entry(4, 11, "/bin/ls", [1, 1, 1, 0]);
    let hidden = ("static", facts(ExecutableKind::Static));
    let said = problems(&with(vec![announced(3, 11, "static")], vec![child.clone()]), &[hidden]);
    assert!(said[0].starts_with("saw no allocation of static: it is linked statically"), "{said:?}");
    let twice = vec![announced(2, 11, "hidden"), announced(3, 11, "ls")];
    let said = problems(&with(twice, vec![child]), &[]);
    assert!(said.len() == 1 && said[0].starts_with("saw no allocation of hidden"), "{said:?}");
}

#[test]
fn a_static_program_that_counts_by_itself_is_seen_and_stands_for_itself_alone() {
    let file = |kind, path: &str| ExecutableFacts { file: Some(path.into()), ..facts(kind) };
    let app = || ("app", file(ExecutableKind::Static, "/bin/app"));
    let own = linked(entry(1, 10, "/bin/app", [1, 1, 1, 0]));
    assert_eq!(problems(&table(vec![own.clone()]), &[app()]), Vec::<String>::new());
    // It becomes another, and has a child that does.
    let more = [
        entry(2, 10, "/bin/ls", [1, 1, 1, 0]),
        linked(forked(entry(3, 11, "/bin/app", [1, 1, 1, 0]))),
        entry(4, 11, "/bin/ls", [1, 1, 1, 0]),
    ];
    assert_eq!(problems(&table([vec![own.clone()], more.to_vec()].concat()), &[app()]), Vec::<String>::new());
    // What it has around its allocator is its own business.
    let jemalloc = ExecutableFacts { direct_allocator: direct_allocator("_rjem_mallocx"), ..app().1 };
    let both = [("app", jemalloc.clone()), ("/bin/app", jemalloc)];
    assert_eq!(problems(&table(vec![own]), &both), Vec::<String>::new());

    // Another that counts by itself, or is preloaded, is not the one that was started.
    for other in [linked(entry(1, 10, "/bin/other", [1, 1, 1, 0])), entry(1, 10, "/bin/app", [1, 1, 1, 0])] {
        let said = problems(&table(vec![other]), &[app()]);
        assert!(said.len() == 1 && said[0].starts_with("saw no allocation of app: it is linked"), "{said:?}");
    }
    // A shell starts it, and one that does not count.
    let mut started = table(vec![
        entry(1, 10, "/bin/sh", [1, 1, 1, 0]),
        linked(entry(3, 11, "/bin/musl", [1, 1, 1, 0])),
        linked(entry(5, 12, "/bin/musl", [1, 1, 1, 0])),
    ]);
    started.announcements = vec![announced(2, 11, "musl"), announced(4, 12, "busybox")];
    let musl = ("musl", file(ExecutableKind::Musl, "/bin/musl"));
    let busybox = ("busybox", file(ExecutableKind::Static, "/bin/busybox"));
    let said = problems(&started, &[musl, busybox]);
    assert!(said.len() == 1 && said[0].starts_with("saw no allocation of busybox: it is linked"), "{said:?}");
}

#[test]
fn what_is_not_in_the_numbers_of_a_program_that_counts_by_itself_is_said() {
    let own = linked(entry(1, 10, "/bin/app", [1, 1, 1, 0]));
    let said = notes(&table(vec![own.clone(), linked(entry(2, 11, "/bin/app", [1, 1, 1, 0]))]));
    assert!(said.len() == 1 && said[0].starts_with("app counts by itself: "), "{said:?}");
    let said = notes(&table(vec![own, forked(linked(entry(2, 11, "/bin/app", [1, 1, 1, 0])))]));
    assert!(said.len() == 2 && said[1].starts_with("app was forked, and its children freed"), "{said:?}");
}

#[test]
fn nothing_counted_is_never_zero() {
    let said = problems(&table(vec![entry(1, 10, "/bin/app", [0; 4])]), &[]);
    assert_eq!(said, ["saw no allocation of app: it called neither malloc nor anything like it"]);
    // What was forked of it shows that it would have been seen; what it started does not.
    let with = |child| table(vec![entry(1, 10, "/bin/app", [0; 4]), child]);
    let child = entry(2, 11, "/bin/app", [1, 1, 1, 0]);
    assert_eq!(problems(&with(forked(child.clone())), &[]), Vec::<String>::new());
    assert_eq!(problems(&with(child), &[]).len(), 1);
    // A wrapper that allocates nothing, and becomes what does.
    let wrapped = table(vec![entry(1, 10, "/bin/env", [0; 4]), entry(2, 10, "/bin/app", [1, 1, 1, 0])]);
    assert_eq!(problems(&wrapped, &[]), Vec::<String>::new());
}

#[test]
fn another_allocator_anywhere_is_said_once() {
    let mut own = entry(2, 11, "/bin/cc1", [9, 9, 9, 0]);
    own.has_allocator_of_its_own = true;
    let again = ProcessEntry { slot: 3, process: 12, ..own.clone() };
    let table = table(vec![entry(1, 10, "/bin/app", [1, 1, 1, 0]), own, again]);
    let said = problems(&table, &[]);
    assert_eq!(
        said,
        ["saw no allocation of cc1: it has an allocator of its own in the place of the C library's"]
    );
    let direct = ExecutableFacts {
        kind: ExecutableKind::Dynamic,
        file: None,
        direct_allocator: direct_allocator("_rjem_mallocx@@V1"),
        has_global_allocator: false,
    };
    let said = problems(&table, &[("/bin/app", direct)]);
    assert!(said[0].starts_with("saw no allocation of app: it has jemalloc"), "{said:?}");
    assert_eq!(said.len(), 2);
}

#[test]
fn a_program_without_a_file_from_the_beginning_may_have_any_allocator() {
    let run_from = |path: &str| {
        let table = table(vec![entry(1, 10, path, [1, 1, 1, 0])]);
        problems(&table, &[(path, facts(ExecutableKind::Missing))])
    };
    let said = run_from("/memfd:app (deleted)");
    assert!(said.len() == 1 && said[0].contains("its file was gone when it began"), "{said:?}");
    assert_eq!(run_from("/tmp/conftest"), Vec::<String>::new());
}

#[test]
fn a_program_of_which_a_part_was_counted_is_named() {
    let mut partly = entry(1, 10, "/bin/app", [1, 1, 1, 0]);
    partly.numbers.unknown_blocks = 2;
    let said = problems(&table(vec![partly.clone()]), &[]);
    assert_eq!(
        said,
        ["not all of app was counted: it freed or resized 2 blocks that nobody had seen being allocated"]
    );
    partly.has_uncounted_blocks = true;
    let said = problems(&table(vec![partly]), &[]);
    assert!(
        said.len() == 1 && said[0].starts_with("not all of app was counted: it had no memory left"),
        "{said:?}"
    );
}

#[test]
fn a_program_that_was_started_and_did_not_come_is_named() {
    let mut table =
        table(vec![entry(1, 10, "/bin/app", [1, 1, 1, 0]), entry(4, 12, "/bin/seen", [1, 1, 1, 0])]);
    table.announcements = vec![announced(2, 11, "/opt/box"), announced(3, 12, "/bin/seen")];
    let said = problems(&table, &[("/bin/seen", facts(ExecutableKind::Dynamic))]);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("saw no allocation of box: it was started by the command"), "{said:?}");
    let said = problems(&table, &[("/opt/box", facts(ExecutableKind::Static))]);
    assert!(said[0].starts_with("saw no allocation of box: it is linked statically"), "{said:?}");
    // An entry from before does not count: the process was something else then.
    table.announcements = vec![announced(5, 10, "/bin/late")];
    assert!(problems(&table, &[])[0].starts_with("saw no allocation of late"));
}

#[test]
fn a_shell_that_the_c_library_starts_is_known_by_its_parent() {
    let of_app = |entry| ProcessEntry { parent: 10, ..entry };
    let mut table = table(vec![
        entry(1, 10, "/bin/app", [1, 1, 1, 0]),
        of_app(entry(4, 11, "/bin/ls", [1, 1, 1, 0])),
        of_app(entry(5, 12, "/bin/sh", [1, 1, 1, 0])),
        of_app(forked(entry(6, 13, "/bin/app", [1, 1, 1, 0]))),
    ]);
    let shell = |slot| Announcement { parent: 10, ..announced(slot, 0, "/bin/sh") };
    table.announcements = vec![shell(2), announced(3, 11, "ls")];
    assert_eq!(problems(&table, &[]), Vec::<String>::new());
    // Of two there is one.
    table.announcements.push(shell(4));
    let said = problems(&table, &[]);
    assert!(
        said.len() == 1 && said[0].starts_with("saw no allocation of sh: it was started by the command"),
        "{said:?}"
    );
}

#[test]
fn what_is_lost_left_or_ended_otherwise_is_a_problem_each() {
    let mut table = table(vec![entry(1, 10, "/bin/app", [1, 1, 1, 0])]);
    table.lost = 2;
    let witnesses = Witnesses {
        program: "app".as_ref(),
        process: 10,
        table: &table,
        executables: &BTreeMap::new(),
        end: CommandEnd::Signal(9),
        expected: ExpectedEnd { exit_code: 3 },
        left: &["sleep (process 12)".to_owned()],
    };
    let problems = judge(&witnesses);
    let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(said.join("\n"), @r"
    2 processes were not counted: there was no room left, or it was killed before it could say anything
    it was ended by signal 9 (SIGKILL)
    1 process was still there when it had ended, and killed: sleep (process 12)
    ");
    assert_eq!(problems.iter().filter(|problem| problem.is_partial()).count(), 1);
    let end = CommandEnd::ExitCode(1);
    let ended = CommandProblem::Ended { end, expected_exit_code: 3 };
    assert_eq!(ended.to_string(), "it ended with exit code 1, and was to end with 3");
    assert!(ExpectedEnd { exit_code: 1 }.is(end) && !ExpectedEnd::default().is(end));
}

#[test]
fn what_is_right_and_has_to_be_known_is_a_note() {
    let mut table = pipeline();
    table.processes[2].numbers.mapped_peak_bytes = 3 << 20;
    table.processes[3].numbers.mapped_peak_bytes = 5 << 20;
    table.processes[0].numbers.mapped_peak_bytes = (1 << 20) - 1;
    insta::assert_snapshot!(notes(&table).join("\n"), @r"
    a process became another program: it counts with the higher of their peaks, and what the last left
    ls maps memory by itself, up to 5.00 MiB in a process, which is not in the numbers
    ");
}

fn profile(name: &str, numbers: StackNumbers) -> Profile {
    let function =
        |name: &str| Function { name: Arc::from(name), file: None, line: 0, origin: Origin::Unknown };
    let frame = |module, name: &str| {
        Arc::new(PhysicalFrame { address: 1, module: Some(module), functions: vec![function(name)] })
    };
    let module = |path: &str| Module {
        path: path.to_owned(),
        build_id: String::new(),
        start: 0,
        limit: 9,
        file_offset: 0,
    };
    Profile {
        modules: vec![module("/tmp/x/libmemgate.so"), module("/bin/app")],
        stacks: vec![RecordedStack {
            frames: vec![frame(0, "malloc"), frame(1, name), frame(1, "0x12 (app)")],
            is_cut: false,
            numbers,
        }],
        ..Profile::default()
    }
}

fn numbers(peak_bytes: i64) -> StackNumbers {
    StackNumbers {
        allocs: 1,
        total_bytes: peak_bytes,
        peak_bytes,
        retained_bytes: 1,
        ..StackNumbers::default()
    }
}

#[test]
fn profiles_add_up_to_the_totals() {
    // As `sh` with 5,000, then as `cat` with 4,000.
    let table = table(vec![
        became_another(entry(1, 10, "/bin/sh", [50, 50, 1, 1])),
        entry(2, 10, "/bin/cat", [40, 40, 1, 1]),
    ]);
    let joined = join_profiles(&table, vec![(1, profile("f", numbers(50))), (2, profile("g", numbers(40)))]);
    let sum: StackNumbers = joined.stacks.iter().map(|stack| stack.numbers).sum();
    let all = totals(&table);
    assert_eq!(sum.peak_bytes, i64::try_from(all.peak_bytes).unwrap());
    assert_eq!(sum.retained_bytes, i64::try_from(all.retained_bytes).unwrap());
    assert_eq!((sum.allocs, sum.total_bytes), (2, 90));
    assert_eq!(joined.modules.len(), 4);
    assert_eq!(joined.stacks[1].frames[1].module, Some(3));
}

#[test]
fn functions_without_names_have_their_files() {
    let named = named_by_module(profile("f", numbers(1)));
    let names: Vec<&str> = named.stacks[0]
        .frames
        .iter()
        .flat_map(|frame| &frame.functions)
        .map(|function| &*function.name)
        .collect();
    assert_eq!(names, ["f", "[app]"]);
}

fn report() -> CommandReport {
    let table = pipeline();
    let joined = named_by_module(profile("setlocale", numbers(20_000)));
    let sites = SiteTable::from_profile(&joined);
    let of = |metric| CommandSites {
        metric,
        value: 65_000,
        sites: MetricSites::sites_of(&sites, metric),
        other_processes_blocks: 0,
        beyond_limit: 12,
    };
    CommandReport {
        command: ["sh", "-c", "ls | ls; ls; exec cat"].map(str::to_owned).to_vec(),
        problems: Vec::new(),
        end: CommandEnd::ExitCode(0),
        totals: Some(totals(&table)),
        kernel: KernelFigures { resident_peak_bytes: Some(3 << 20), cgroup_peak_bytes: Some(9 << 20) },
        no_cgroup: None,
        processes: process_count(&table),
        programs: programs(&table),
        sites: vec![of(Metric::PeakBytes), of(Metric::TotalBytes)],
        notes: notes(&table),
    }
}

fn shown(report: &CommandReport, width: usize) -> String {
    render_command(report, CommandOptions { all: false, color: false, width: Some(width) })
}

#[test]
fn a_stranger_understands_the_table() {
    for width in [80, 120] {
        let text = shown(&report(), width);
        assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
        insta::assert_snapshot!(format!("measured_{width}"), text);
    }
    let one = CommandReport {
        processes: 1,
        programs: Vec::new(),
        sites: Vec::new(),
        notes: Vec::new(),
        ..report()
    };
    insta::assert_snapshot!("one_process", shown(&one, 80));
}

#[test]
fn a_part_is_not_shown_as_the_whole() {
    let problem = |program: &str, why| CommandProblem::NotSeen { program: program.to_owned(), why };
    let failed = CommandReport {
        problems: vec![
            problem("box", NotSeen::Unfollowed),
            problem("cc1", NotSeen::AllocatorOfItsOwn),
            CommandProblem::Ended { end: CommandEnd::ExitCode(2), expected_exit_code: 0 },
        ],
        totals: None,
        sites: Vec::new(),
        kernel: KernelFigures::default(),
        no_cgroup: Some("none can be made in /sys/fs/cgroup: Permission denied".to_owned()),
        ..report()
    };
    insta::assert_snapshot!("failed", shown(&failed, 80));
    let json: serde_json::Value = serde_json::from_str(&print_command(&failed)).unwrap();
    assert_eq!((&json["verdict"], &json["metrics"]), (&"failed".into(), &serde_json::Value::Null));
}

#[test]
fn programs_find_the_same() {
    let mut report = report();
    report.sites.truncate(1);
    report.programs.truncate(1);
    insta::assert_snapshot!("json", print_command(&report));
}

#[test]
fn an_allocator_of_rusts_that_maps_its_memory_is_told_from_one_that_counts() {
    let seen = |mapped_peak_bytes, total_bytes, has_global_allocator| {
        let mut own = entry(1, 10, "app", [1_000, total_bytes, 6, 0]);
        own.numbers.mapped_peak_bytes = mapped_peak_bytes;
        let file = ExecutableFacts { has_global_allocator, ..facts(ExecutableKind::Dynamic) };
        problems(&table(vec![own]), &[("app", file)]).is_empty()
    };
    assert!(!seen(512 << 10, 1_736, true));
    assert!(seen(512 << 10, 1_736, false), "a program may map files");
    assert!(seen(12 << 10, 1_736, true), "a stack for signals");
    assert!(seen(768 << 10, 8 << 20, true), "such a stack in each of many threads");
}
