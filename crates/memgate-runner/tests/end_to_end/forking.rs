//! Routines that fork while other threads allocate.

use crate::support::{Package, Project};

const BENCH: &str = r#"
use std::sync::atomic::{AtomicBool, Ordering};

use memgate::Bencher;

static STOP: AtomicBool = AtomicBool::new(false);

/// In the child of a fork, whoever held a lock is gone.
fn fork(bencher: Bencher) {
    let allocate = |size: usize| while !STOP.load(Ordering::Relaxed) { std::hint::black_box(vec![0_u8; size]); };
    let threads: Vec<_> = [32, 33].into_iter().map(|size| std::thread::spawn(move || allocate(size))).collect();
    bencher.bench(|| {
        for _ in 0..20 {
            // SAFETY: The child allocates, as it may with this allocator, and ends.
            let child = unsafe { libc::fork() };
            if child == 0 {
                let mut blocks = Vec::new();
                for size in 0..2_000 {
                    blocks.push(vec![1_u8; size]);
                }
                drop(std::hint::black_box(blocks));
                // SAFETY: Nothing has to be done before the end.
                unsafe { libc::_exit(7) }
            }
            let mut status = 0;
            // SAFETY: The status is this frame's.
            unsafe { libc::waitpid(child, &mut status, 0) };
            assert_eq!(libc::WEXITSTATUS(status), 7);
        }
    });
    STOP.store(true, Ordering::Relaxed);
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

memgate::main! { fork }
"#;

#[test]
fn other_processes_and_threads_are_noted_beside_the_numbers() {
    let bench = r#"
        use memgate::Bencher;
        fn quiet(bencher: Bencher) {
            bencher.bench(|| vec![1_u8; 9]);
        }
        fn starts(bencher: Bencher) {
            let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
            bencher.bench(|| std::process::Command::new(&program).arg("-V").output().unwrap().status.success());
        }
        fn forks(bencher: Bencher) {
            // Once, since nobody waits for the children.
            let mut is_done = false;
            bencher.bench(|| {
                // SAFETY: the child calls nothing but `_exit`.
                if !std::mem::replace(&mut is_done, true) && unsafe { libc::fork() } == 0 {
                    // SAFETY: it takes any number, and may be called after a fork.
                    unsafe { libc::_exit(0) }
                }
                vec![1_u8; 9]
            });
        }
        fn threads(bencher: Bencher) {
            bencher.bench(|| std::thread::scope(|scope| scope.spawn(|| vec![1_u8; 9]).join().unwrap()));
        }
        memgate::main! { quiet, starts, forks, threads }
    "#;
    let project = Project::new(
        "forking-beside",
        [Package::new("forking-beside").manifest("libc = \"0.2\"\n").bench("memory", bench)],
    );
    project.memgate("update").exits(0);
    let mut check = project.memgate("check");
    if cfg!(target_os = "linux") {
        check = check.says(
            "starts other processes, whose memory is not counted: forking-beside/memory/forks, forking-beside/memory/starts\n",
        );
    }
    check.says("numbers depend on scheduling: forking-beside/memory/threads (2 threads)\n");
}

#[test]
fn a_fork_beside_allocating_threads_does_not_hang_in_the_child() {
    let package = Package::new("forking").manifest("libc = \"0.2\"\n").bench("memory", BENCH);
    let project = Project::new("forking", [package]);
    for _ in 0..3 {
        project.memgate("explain forking/memory/fork --time-limit 60s").exits(0);
    }
    project.memgate("run --no-sites --output run.json").exits(0);
}
