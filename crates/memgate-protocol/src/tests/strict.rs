//! What is refused, where, and in which words.

use std::error::Error;

use crate::codec::{Decode, DecodeError, Reader, from_bytes};
use crate::{CountWindow, DecodeProblem, Engine, LiveBytes, Request, RequestError, Response, ResponseError};

fn problem<T: Decode + std::fmt::Debug>(text: &str) -> String {
    from_bytes::<T>(text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn json_that_others_let_pass_is_refused() {
    for (text, expected) in [
        ("", "it ends where it should have a string at byte 0"),
        (
            "\"a",
            "it ends where it should have the end of the string, or an escape in place of a control character at byte 2",
        ),
        ("\"\t\"", "expected the end of the string, or an escape in place of a control character at byte 1"),
        ("\"\\x\"", "expected an escape at byte 2"),
        ("\"\\u12\"", "expected four hexadecimal digits at byte 5"),
        ("\"\\u+123\"", "expected four hexadecimal digits at byte 3"),
        ("\"\\ud83e\"", "expected both halves of a surrogate pair at byte 7"),
        ("\"\\ud83e\\u0041\"", "expected both halves of a surrogate pair at byte 9"),
        ("\"\\udd80\"", "expected both halves of a surrogate pair at byte 3"),
        ("'a'", "expected a string at byte 0"),
        ("\"a\" x", "expected nothing more at byte 4"),
        ("\u{FEFF}\"a\"", "expected a string at byte 0"),
    ] {
        assert_eq!(problem::<String>(text), expected, "{text}");
    }
    for text in [
        "01",
        "-0",
        "+1",
        "1.0",
        "1e0",
        "1.",
        "0x1",
        "1_000",
        ".5",
        "-",
        "9223372036854775808",
        "\"1\"",
        "null",
    ] {
        assert!(from_bytes::<i64>(text.as_bytes()).is_err(), "{text}");
    }
    assert_eq!(
        problem::<u32>("4294967296"),
        "the number is out of range for an unsigned integer of 32 bits at byte 0"
    );
    assert_eq!(
        problem::<u64>(" -1"),
        "the number is out of range for an unsigned integer of 64 bits at byte 1"
    );
    for text in ["[1,]", "[,1]", "[1 2]", "[1", "[1}", "[1]]", "[1/**/]"] {
        assert!(from_bytes::<Vec<i64>>(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn fields_and_variants_are_there_once_and_known() {
    let window = |fields: &str| problem::<CountWindow>(&format!("{{{fields}}}"));
    assert_eq!(
        window(r#""peak_bytes":1,"peak_bytes":2"#),
        "the field `peak_bytes` is there twice at byte 29"
    );
    assert_eq!(window(r#""peak_bytes":1"#), "missing field `total_bytes` at byte 16");
    assert!(
        window(r#""odd":1"#)
            .starts_with("unknown field `odd`, where there can be `peak_bytes`, `total_bytes`, ")
    );
    assert_eq!(window(r#""peak_bytes""#), "expected `:` at byte 13");
    assert_eq!(
        problem::<Engine>("\"heaptrack\""),
        "unknown variant `heaptrack`, where there can be `off`, `count`, `sites`, `stats_alloc`, `dhat` at byte 0"
    );
    assert_eq!(problem::<Engine>("{\"off\":1}"), "unknown variant `off`, where there can be none at byte 1");
    assert_eq!(
        problem::<LiveBytes>("\"rising\""),
        "unknown variant `rising`, where there can be `level` at byte 0"
    );
    assert_eq!(problem::<LiveBytes>("{\"rising\":1,\"level\":2}"), "expected `}` at byte 11");
    assert_eq!(problem::<LiveBytes>("{}"), "expected a variant's name at byte 1");
    assert_eq!(problem::<LiveBytes>("[1]"), "expected a variant's name, or an object with it at byte 0");
}

/// A text that is nested so deep that a reader without a limit would need more stack than there is.
#[test]
fn depth_has_a_limit() {
    #[derive(Debug)]
    struct Skipped;

    impl Decode for Skipped {
        fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
            reader.skip().map(|()| Self)
        }
    }

    for open in ["[", "{\"a\":"] {
        assert_eq!(
            from_bytes::<Skipped>(open.repeat(1_000_000).as_bytes()).unwrap_err().problem,
            DecodeProblem::TooDeep
        );
    }
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(from_bytes::<Skipped>(nested(128).as_bytes()).is_ok());
    assert!(from_bytes::<Skipped>(nested(129).as_bytes()).is_err());
    // What is closed again counts no more.
    assert!(from_bytes::<Skipped>(format!("[{}[]]", "[{}],".repeat(1_000)).as_bytes()).is_ok());
    let newer = format!(r#"{{"protocol":99,"response":"r","new":{}}}"#, "[".repeat(1_000_000));
    assert!(matches!(Request::parse(newer.as_bytes()), Err(RequestError::Parse(_))));
}

#[test]
fn another_version_is_told_before_anything_else_is_looked_at() {
    let newer = br#"{"new":[{"x":1.5e3}],"response":"/r","protocol":99,"command":{"dance":true}}"#;
    let error = Request::parse(newer).unwrap_err();
    assert!(
        matches!(&error, RequestError::Version { theirs: 99, response } if response.as_os_str() == "/r"),
        "{error}"
    );
    let error =
        Response::parse(br#"{"protocol":98,"memgate_version":"9.8.7","what":[null,false]}"#).unwrap_err();
    assert!(
        matches!(&error, ResponseError::Version { theirs: 98, memgate_version } if memgate_version == "9.8.7"),
        "{error}"
    );
}

#[test]
fn unknown_fields_within_a_measurement_are_ignored_as_ever() {
    let text = br#"{"protocol":4,"response":"r","command":{"measure_injected":{"name":"a","odd":[1],"odd":2,
        "plan":{"warm_up":1,"steady":2},"injection":{"allocs":3}}}}"#;
    assert_eq!(Request::parse(text).unwrap(), serde_json::from_slice(text).unwrap());
}

#[test]
fn errors_lead_to_their_cause() {
    let error = Response::parse(b"\"\xFF\"").unwrap_err();
    assert_eq!(error.to_string(), "its answer is not a response: it is not UTF-8 at byte 1");
    let cause = error.source().and_then(Error::source).expect("what is not UTF-8 says so");
    assert!(cause.is::<std::str::Utf8Error>());
}

#[cfg(unix)]
#[test]
fn a_path_that_is_no_unicode_is_refused() {
    use std::os::unix::ffi::OsStringExt;

    let path = std::ffi::OsString::from_vec(b"/a/\xFF".to_vec());
    let error = Request::new(path, crate::Command::List).to_json().unwrap_err();
    assert_eq!(error.to_string(), "the path /a/\u{FFFD} is not Unicode");
}
