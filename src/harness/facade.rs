//! The gate's side of another harness's facade, such as memgate-criterion and memgate-divan.
//!
//! A facade does not know its benchmarks before its user's code has declared them, one after the other. So what is asked is
//! kept for the whole process, benchmarks are declared to it, and the answer is written again whenever the facade thinks
//! that it may be complete; the last one counts.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::bencher::Bencher;
use super::names::Names;
use super::session::{Purpose, Session};
use super::{checks, serve};
use memgate_protocol::{Command, Outcome, REQUEST_VARIABLE, Record, Refusal, RefusalKind, keep_marker};

pub use super::measure::Edges;

/// The exit code of a process that could not answer.
const FAILED: i32 = 101;

/// What the gate asks of this process, and what is known of the answer.
#[derive(Debug)]
pub struct Gate {
    process: u32,
    response: PathBuf,
    question: Question,
    state: Mutex<State>,
}

#[derive(Debug)]
enum Question {
    List,
    Measure { name: String, file: Option<PathBuf> },
}

#[derive(Debug, Default)]
struct State {
    /// Every name so far, in the order of declaration.
    names: Vec<String>,
    known: Names,
    /// What the benchmark is to be run for; taken when it is.
    purpose: Option<Purpose>,
    answer: Option<Result<Record, Refusal>>,
}

/// What the gate asks of this process, or none when nobody asks. Also keeps the marker in the executable.
// Compiled where it is called, as the marker in it.
#[inline]
pub fn gate() -> Option<&'static Gate> {
    keep_marker();
    Gate::of_process()
}

impl Gate {
    fn of_process() -> Option<&'static Self> {
        static GATE: OnceLock<Option<Gate>> = OnceLock::new();
        GATE.get_or_init(|| Some(Self::read(Path::new(&std::env::var_os(REQUEST_VARIABLE)?)))).as_ref()
    }

    fn read(request: &Path) -> Self {
        let Some((response, command)) = serve::read(request) else { std::process::exit(FAILED) };
        let mut state = State::default();
        let question = match command {
            Ok(Command::List) => Question::List,
            Ok(Command::Measure { name, engine, plan, file }) => {
                state.prepare(serve::purpose(engine, plan, file.clone()));
                Question::Measure { name, file }
            }
            Ok(Command::MeasureInjected { name, plan, injection }) => {
                state.prepare(serve::injected(injection, plan));
                Question::Measure { name, file: None }
            }
            Err(refusal) => {
                state.answer = Some(Err(refusal));
                Question::List
            }
        };
        Self { process: std::process::id(), response, question, state: Mutex::new(state) }
    }

    /// Declares a benchmark and, if it is the one that is asked for, runs it with `function`. When the name is taken, the
    /// benchmark is told apart by a number: `name #2`.
    pub fn bench(&self, name: &str, function: impl FnOnce(&Benchmark)) {
        let Some((name, benchmark)) = self.declare(name) else { return };
        function(&benchmark);
        self.finish(&name, benchmark);
    }

    /// Answers with what a benchmark's function has left. Apart, so that no user of [`bench`](Self::bench) compiles it again.
    fn finish(&self, name: &str, benchmark: Benchmark) {
        let Question::Measure { file, .. } = &self.question else { return };
        let record = serve::record(benchmark.session, name, file.clone(), no_window);
        let record = record.map(|record| Record { is_custom: benchmark.is_custom.get(), ..record });
        self.state().answer = Some(record);
        // At once, in case that the process ends in some way of its own.
        self.answer();
    }

    /// Adds a name. It is given back, as it is told apart, when it is the one that is asked for.
    fn declare(&self, name: &str) -> Option<(String, Benchmark)> {
        let mut state = self.state();
        let name = state.unique(name);
        if let Err(refusal) = checks::check_one_name(&name) {
            state.answer.get_or_insert(Err(refusal));
        }
        state.known.insert(&name);
        state.names.push(name.clone());
        match &self.question {
            Question::Measure { name: asked, .. } if *asked == name && state.answer.is_none() => {
                let session = Session::new(state.purpose.take()?);
                Some((name, Benchmark { session, is_custom: Cell::new(false) }))
            }
            _ => None,
        }
    }

    /// Refuses the request because a facade's own rule makes two benchmarks one.
    pub fn refuse_duplicate(&self, name: &str) {
        let message = format!("two benchmarks of one group are named `{name}`; rename one");
        self.state().answer.get_or_insert(Err(Refusal { kind: RefusalKind::DuplicateName, message }));
    }

    /// Whether nothing that is still to come can change the answer, so that it need not be run.
    pub fn is_answered(&self) -> bool {
        matches!(self.question, Question::Measure { .. }) && self.state().answer.is_some()
    }

    /// Writes the answer as far as it is known. Ends the process when that fails, or when it is a fork of the one that was
    /// asked.
    pub fn answer(&self) {
        let outcome = {
            let state = self.state();
            match (&state.answer, &self.question) {
                (Some(Ok(record)), _) => Outcome::Measured(record.clone()),
                (Some(Err(refusal)), _) => Outcome::Refused(refusal.clone()),
                (None, Question::List) => Outcome::Listed(state.names.clone()),
                (None, Question::Measure { name, .. }) => Outcome::Refused(serve::unknown_name(name)),
            }
        };
        if !serve::respond(&self.response, outcome, self.process) {
            std::process::exit(FAILED);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in here is left half done by a panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn prepare(&mut self, purpose: Result<Purpose, Refusal>) {
        match purpose {
            Ok(purpose) => self.purpose = Some(purpose),
            Err(refusal) => self.answer = Some(Err(refusal)),
        }
    }

    /// The name itself, or with the first number that tells it apart.
    fn unique(&self, name: &str) -> String {
        if !self.known.contains(name) {
            return name.to_owned();
        }
        let mut number = 2_u64;
        loop {
            let numbered = format!("{name} #{number}");
            if !self.known.contains(&numbered) {
                return numbered;
            }
            number += 1;
        }
    }
}

/// The benchmark that is asked for, while its function runs.
#[derive(Debug)]
pub struct Benchmark {
    session: Session,
    is_custom: Cell<bool>,
}

impl Benchmark {
    /// A way to run windows. Of several, the last one counts.
    pub fn bencher(&self) -> Bencher {
        self.is_custom.set(false);
        Bencher::new(self.session.clone())
    }

    /// As [`bencher`](Self::bencher), for a closure that runs and times the routine by itself.
    pub fn custom_bencher(&self) -> Bencher {
        let bencher = self.bencher();
        self.is_custom.set(true);
        bencher
    }
}

fn no_window(name: &str) -> Refusal {
    Refusal {
        kind: RefusalKind::NoWindow,
        message: format!(
            "`{name}` returned without opening a window; call one of its Bencher's methods that take a routine"
        ),
    }
}
