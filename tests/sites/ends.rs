//! Processes that do not end as they should: none leaves an answer that is taken for good.

use memgate_protocol::{Command, Engine, Outcome, Refusal, RefusalKind, ResponseError};

use crate::recorded::{PLAN, ask_to_record, record_into};
use crate::request::{Answer, ask};
use crate::runner;

runner::cases![
    a_panic_leaves_no_answer,
    an_exit_leaves_no_answer,
    closed_standard_streams_are_refused,
    a_request_without_a_file_is_refused,
    a_capture_that_cannot_be_written_is_refused,
];

fn refusal(answer: Answer) -> Refusal {
    match answer.outcome() {
        Outcome::Refused(refusal) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn a_panic_leaves_no_answer() {
    let (answer, capture) = ask_to_record("panics", PLAN);
    assert!(matches!(answer.response, Err(ResponseError::Absent)), "{answer:?}");
    assert!(capture.is_none());
    assert_eq!(answer.output.status.code(), Some(101));
    assert!(String::from_utf8_lossy(&answer.output.stderr).contains("on purpose"), "{answer:?}");
}

fn an_exit_leaves_no_answer() {
    for (name, code) in [("exits", Some(7)), ("aborts", None)] {
        let (answer, capture) = ask_to_record(name, PLAN);
        assert!(matches!(answer.response, Err(ResponseError::Absent)), "{answer:?}");
        assert!(capture.is_none());
        assert_eq!(answer.output.status.code(), code);
    }
}

fn closed_standard_streams_are_refused() {
    for (name, stream) in [("closes output", "output"), ("closes error", "error"), ("closes all", "output")] {
        let (answer, _) = ask_to_record(name, PLAN);
        let refusal = refusal(answer);
        assert_eq!(refusal.kind, RefusalKind::Process, "{name}");
        assert!(refusal.message.contains(&format!("closed standard {stream}")), "{}", refusal.message);
    }
}

fn a_request_without_a_file_is_refused() {
    let refusal = refusal(ask("sites", Command::measure("grow", Engine::Sites, PLAN)));
    assert_eq!(refusal.kind, RefusalKind::Request);
    assert!(refusal.message.contains("needs a file"), "{}", refusal.message);
}

fn a_capture_that_cannot_be_written_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("no such folder").join("capture");
    let refusal = refusal(ask("sites", record_into(&file, "grow", PLAN)));
    assert_eq!(refusal.kind, RefusalKind::Request);
    assert!(refusal.message.contains("no such folder"), "{}", refusal.message);
}
