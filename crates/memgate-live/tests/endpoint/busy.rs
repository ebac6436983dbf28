//! What threads do, as tools see it.

use std::collections::HashMap;

use crate::http::ask;
use crate::program::{BUSY_PROGRAM, Running};
use crate::programs::{go_pprof, pprof};

fn get(program: &Running, path: &str) -> String {
    let answer = ask(program.address(), "GET", path, "", b"");
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.text()
}

/// The milliseconds that a table of pprof's has for each function, by itself.
fn milliseconds(top: &str) -> HashMap<String, f64> {
    let rows = top.lines().skip_while(|line| !line.contains("flat%")).skip(1);
    rows.map(|row| {
        let fields: Vec<&str> = row.split_whitespace().collect();
        let time = fields[0].trim_end_matches("ms").parse().unwrap();
        (fields[5..].join(" "), time)
    })
    .collect()
}

/// What all threads of a process have used of its processors so far, in milliseconds, as the kernel counts it.
fn processor_milliseconds(process: u32) -> f64 {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task")).unwrap();
    tasks
        .filter_map(|task| std::fs::read_to_string(task.unwrap().path().join("schedstat")).ok())
        .map(|text| text.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e6)
        .sum()
}

#[test]
fn bare_pprof_finds_the_hot_function_with_its_share() {
    let Some(go) = go_pprof() else { return };
    let program = Running::start(&BUSY_PROGRAM);
    let before = processor_milliseconds(program.process());
    let top = pprof(&go, &["-top", "-unit=ms", "-symbolize=remote", "-seconds=5", &program.url("")]);
    let used = processor_milliseconds(program.process()) - before;
    assert!(top.contains("Type: cpu") && top.contains("Duration: 5"), "{top}");
    let times = milliseconds(&top);
    let (large, small) = (times["busy_program::three_quarters"], times["busy_program::one_quarter"]);
    // A sample each ten milliseconds; four standard deviations of a share.
    let samples = (large + small) / 10.0;
    let margin = 4.0 * (0.75_f64 * 0.25 / samples).sqrt();
    let share = large / (large + small);
    assert!((share - 0.75).abs() < margin, "{share} ± {margin} of {samples} samples:\n{top}");
    // Before and after, there was the time in which pprof itself started; each thread may be short of a sample.
    let sampled: f64 = times.values().sum();
    assert!(sampled > 0.5 * used - 100.0 && sampled < 1.1 * used + 100.0, "{sampled} of {used} ms:\n{top}");
    let tree = pprof(&go, &["-peek=three_quarters", "-symbolize=remote", "-seconds=1", &program.url("")]);
    assert!(tree.contains("busy_program::computes"), "{tree}");
}

#[test]
fn two_cpu_profiles_at_once_are_one_and_a_word_when_to_come_again() {
    let program = Running::start(&BUSY_PROGRAM);
    let mut answers = std::thread::scope(|scope| {
        let get = || ask(program.address(), "GET", "/debug/pprof/profile?seconds=2", "", b"");
        [scope.spawn(get), scope.spawn(get)].map(|asking| asking.join().unwrap())
    });
    answers.sort_by_key(|answer| answer.status);
    let [profile, refused] = answers;
    assert_eq!((profile.status, refused.status), (200, 503), "{}", refused.text());
    assert!(refused.text().contains("a CPU profile is being collected already"), "{}", refused.text());
    let seconds: u64 = refused.header("Retry-After").unwrap().parse().unwrap();
    assert!((1..=3).contains(&seconds), "{seconds}");
    assert_eq!(refused.header("X-Go-Pprof"), Some("1"));
    let refused = ask(program.address(), "GET", "/debug/pprof/profile?seconds=1000000000", "", b"");
    assert_eq!(refused.status, 400, "{}", refused.text());
}

/// The nanoseconds of the stacks in which a name is, and of all, in a profile of locks as text.
fn delay(text: &str, name: &str) -> (f64, f64) {
    let (mut of_name, mut of_all, mut now) = (0.0, 0.0, 0.0);
    for line in text.lines() {
        if let Some((values, _)) = line.split_once(" @") {
            now = values.split(' ').next().unwrap().parse().unwrap();
            of_all += now;
        } else if line.starts_with("#\t") && line.contains(name) {
            of_name += std::mem::take(&mut now);
        }
    }
    (of_name, of_all)
}

#[test]
fn a_contended_lock_has_who_waits_and_whom_for() {
    let program = Running::start(&BUSY_PROGRAM);
    std::thread::sleep(std::time::Duration::from_secs(2));
    let mutex = get(&program, "/debug/pprof/mutex?debug=1");
    assert!(mutex.starts_with("--- mutex:\ncycles/second=1000000000\n"), "{mutex}");
    // One of them holds it for milliseconds, the other one for an instant, in which it can be put to sleep.
    let (holder, all) = delay(&mutex, "busy_program::lets_others_wait");
    assert!(holder > 0.8 * all && all > 0.0, "{mutex}");
    let block = get(&program, "/debug/pprof/block?debug=1");
    let (waiter, all_waits) = delay(&block, "busy_program::waits_for_the_lock");
    assert!(waiter > 0.8 * all_waits, "{block}");
    // Who is charged is charged with what was waited, less what it took the system to wake somebody.
    assert!(all <= 1.05 * all_waits + 1e7 && all > 0.3 * all_waits, "{mutex}\n{block}");
    let Some(go) = go_pprof() else { return };
    for (name, function) in [("mutex", "lets_others_wait"), ("block", "waits_for_the_lock")] {
        let url = program.url(&format!("/debug/pprof/{name}"));
        let top = pprof(&go, &["-top", "-symbolize=remote", &url]);
        assert!(top.contains("Type: delay") && top.contains(function), "{top}");
        let within = pprof(&go, &["-top", "-symbolize=remote", "-seconds=1", &url]);
        assert!(within.contains("Duration: 1s") && within.contains(function), "{within}");
    }
}

/// Who waits for ever, as threads show it. musl's function for it has something else in the frame pointer's register, so that its callers are
/// missing.
const WAITS: &str = if cfg!(target_env = "musl") { "syscall" } else { "busy_program::waits_for_ever" };

#[test]
fn threads_have_names_states_and_stacks() {
    let program = Running::start(&BUSY_PROGRAM);
    // A thread has its name once it runs, and is in its function some time later. Asked by its name: with musl there are others in `WAITS`.
    let threads = [
        ("\"busy_program\" [", "busy_program::main"),
        ("\"computes\" [", "busy_program::computes"),
        ("\"sleeper (1)\" [sleeping, ", WAITS),
    ];
    let mut text = String::new();
    let are_there = (0..1_000).any(|_| {
        text = get(&program, "/debug/pprof/threads?debug=2");
        threads.iter().all(|(head, function)| {
            let thread = text.split("\n\n").find(|thread| thread.contains(head));
            thread.is_some_and(|thread| thread.contains(&format!("\n{function}\n")))
        })
    });
    assert!(are_there, "{text}");
    assert!(get(&program, "/debug/pprof/goroutine?debug=1").starts_with("goroutine profile: total "));
    let refused = ask(program.address(), "GET", "/debug/pprof/threads?seconds=1", "", b"");
    assert_eq!(refused.status, 400, "{}", refused.text());
    let Some(go) = go_pprof() else { return };
    let url = program.url("/debug/pprof/threads");
    let tags = pprof(&go, &["-tags", "-symbolize=remote", &url]);
    assert!(tags.contains("sleeper (1)") && tags.contains("state: Total"), "{tags}");
    let top = pprof(&go, &["-top", "-cum", "-symbolize=remote", "-tagfocus=thread=computes", &url]);
    assert!(top.contains("Type: threads") && top.contains("busy_program::computes"), "{top}");
}
