//! Runs test cases each in a process of its own, and answers the command line as libtest does.
//!
//! What these tests count is global to the process: the allocator, the pool of counters, the span that is open. libtest
//! allocates in threads of its own beside the test that it runs, so numbers exact to the byte need a `main` like this.

use std::process::{Command, ExitCode};

/// A test: its name, and what panics when it fails.
pub(crate) type Case = (&'static str, fn());

/// Names the case that a child process is to run.
const CASE_VARIABLE: &str = "MEMGATE_TEST_CASE";
/// Options of libtest that take a value and choose nothing here.
const WITH_VALUE: [&str; 5] = ["--format", "--color", "--test-threads", "--logfile", "-Z"];

/// Makes `CASES` of functions; those that are not named here are reported as unused.
macro_rules! cases {
    ($($case:ident),+ $(,)?) => {
        pub(crate) const CASES: &[$crate::runner::Case] =
            &[$((concat!(module_path!(), "::", stringify!($case)), $case)),+];
    };
}
pub(crate) use cases;

/// To be returned from the `main` of a test target with `harness = false`.
#[expect(clippy::print_stdout, reason = "this is what prints the result of a test run")]
pub(crate) fn main(cases: &[Case]) -> ExitCode {
    if let Ok(name) = std::env::var(CASE_VARIABLE) {
        let (_, run) = cases.iter().find(|case| case.0 == name).expect("the parent names a case that exists");
        run();
        return ExitCode::SUCCESS;
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let selection = Selection::parse(&arguments);
    let selected: Vec<&Case> = cases.iter().filter(|case| selection.selects(case.0)).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        for (name, _) in &selected {
            println!("{name}: test");
        }
        return ExitCode::SUCCESS;
    }
    println!("\nrunning {} tests", selected.len());
    let mut failures = Vec::new();
    for case in &selected {
        let result = run_alone(case);
        println!("test {} ... {}", case.0, if result.is_ok() { "ok" } else { "FAILED" });
        if let Err(output) = result {
            failures.push((case.0, output));
        }
    }
    for (name, output) in &failures {
        println!("\n---- {name} ----\n{output}");
    }
    println!(
        "\ntest result: {}. {} passed; {} failed; 0 ignored; 0 measured; {} filtered out\n",
        if failures.is_empty() { "ok" } else { "FAILED" },
        selected.len() - failures.len(),
        failures.len(),
        cases.len() - selected.len(),
    );
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(101) }
}

/// Runs a case in a process of its own; the error is what it printed.
fn run_alone(case: &Case) -> Result<(), String> {
    if cfg!(miri) {
        // Miri starts no processes. A failure then ends the run, which says as much.
        (case.1)();
        return Ok(());
    }
    let executable = std::env::current_exe().expect("this executable has a path");
    let output =
        Command::new(executable).env(CASE_VARIABLE, case.0).output().expect("it can be started again");
    if output.status.success() {
        return Ok(());
    }
    let (printed, errors) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(format!("{printed}{errors}({})", output.status))
}

/// Which cases the command line asks for.
struct Selection {
    filters: Vec<String>,
    skips: Vec<String>,
    exact: bool,
    only_ignored: bool,
}

impl Selection {
    fn parse(arguments: &[String]) -> Self {
        let mut selection =
            Self { filters: Vec::new(), skips: Vec::new(), exact: false, only_ignored: false };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--exact" => selection.exact = true,
                "--ignored" => selection.only_ignored = true,
                "--skip" => selection.skips.extend(arguments.next().cloned()),
                option if WITH_VALUE.contains(&option) => drop(arguments.next()),
                option if option.starts_with('-') => {}
                filter => selection.filters.push(filter.to_owned()),
            }
        }
        selection
    }

    fn selects(&self, name: &str) -> bool {
        let matches = |filter: &String| if self.exact { name == filter } else { name.contains(filter) };
        !self.only_ignored
            && (self.filters.is_empty() || self.filters.iter().any(matches))
            && !self.skips.iter().any(matches)
    }
}
