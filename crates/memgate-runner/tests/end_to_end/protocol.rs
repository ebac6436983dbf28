//! Bench executables that speak another version of the protocol, or none at all.

use memgate_protocol::PROTOCOL_VERSION;

use crate::support::{Package, Project};

/// Has the marker of another version, and would leave a trace if it were executed.
const OTHER_MARKER: &str = r#"
fn main() {
    std::hint::black_box(std::hint::black_box(&"memgate.bench.protocol=99;").as_bytes().first());
    std::fs::write("executed", "").unwrap();
}
"#;

/// Has the right marker, with `VERSION` replaced, and answers with what is in a file, or in a way that is none.
const OTHER_ANSWER: &str = r#"
fn main() {
    std::hint::black_box(std::hint::black_box(&"memgate.bench.protocol=VERSION;").as_bytes().first());
    let request = std::fs::read_to_string(std::env::var("MEMGATE_REQUEST").unwrap()).unwrap();
    let path = request.split("\"response\":\"").nth(1).unwrap().split('"').next().unwrap();
    let answer = std::fs::read_to_string("benches/answer.json").unwrap();
    match &*answer {
        "PIPE" => assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success()),
        "HUGE" => std::fs::File::create(path).unwrap().set_len(3 << 30).unwrap(),
        #[cfg(unix)]
        "LINK" => std::os::unix::fs::symlink("/dev/zero", path).unwrap(),
        answer => std::fs::write(path, answer).unwrap(),
    }
}
"#;

const GOOD: &str =
    "fn good(bencher: memgate::Bencher) { bencher.bench(|| Box::new(1)); }\nmemgate::main! { good }";

#[test]
fn another_version_is_named_together_with_ours() {
    let package = Package::new("protocol")
        .bench("good", GOOD)
        .bench("marker", OTHER_MARKER)
        .bench("answer", &OTHER_ANSWER.replace("VERSION", &PROTOCOL_VERSION.to_string()));
    let project = Project::new("protocol", [package]);
    let newer = r#"{"protocol": 98, "memgate_version": "9.8.7", "what": ["a newer one", "says"]}"#;
    project.write("protocol/benches/answer.json", newer);

    let report = project.memgate("check --format json").exits(101).report();
    assert_eq!(report.verdicts()["protocol/good/good"], "new", "the others are measured");
    let version = env!("CARGO_PKG_VERSION");
    let (kind, message, _) = report.target_failure("marker");
    assert_eq!(kind, "version");
    assert_eq!(
        message,
        format!(
            "the bench target was built with a memgate that speaks version 99 of the protocol; this tool is {version} \
             and speaks version {PROTOCOL_VERSION}: use the same version of memgate and memgate-runner"
        )
    );
    assert!(!project.path("protocol/executed").exists(), "the marker tells before anything is executed");
    let (kind, message, _) = report.target_failure("answer");
    assert_eq!(kind, "version");
    assert_eq!(
        message,
        format!(
            "it was built with memgate 9.8.7, which speaks version 98 of the protocol; this tool is {version} and \
             speaks version {PROTOCOL_VERSION}: use the same version of both"
        )
    );
    project
        .memgate("update")
        .exits(101)
        .complains("so no baseline is touched; fix it, or name the others with --bench");
    assert!(project.baselines().is_empty());

    for (answer, expected) in [
        (
            "",
            "it exited with code 0: its answer is not a response: it ends where it should have an object at byte 0",
        ),
        ("{\"protocol\": VERSION}", "its answer is not a response: missing field `memgate_version`"),
        (
            "{\"protocol\": VERSION, \"memgate_version\": \"9\", \"odd\": 1}",
            "its answer is not a response: unknown field",
        ),
        ("HUGE", "failed to read its answer: it is larger than 67108864 bytes"),
        #[cfg(unix)]
        ("PIPE", "failed to read its answer: it is no regular file"),
        #[cfg(unix)]
        ("LINK", "failed to read its answer: it is a link, and no file"),
    ] {
        project
            .write("protocol/benches/answer.json", answer.replace("VERSION", &PROTOCOL_VERSION.to_string()));
        let report = project.memgate("check --bench answer --format json").exits(101).report();
        let (kind, message, _) = report.target_failure("answer");
        assert_eq!(kind, "crashed");
        assert!(message.contains(expected), "{message}");
    }
}
