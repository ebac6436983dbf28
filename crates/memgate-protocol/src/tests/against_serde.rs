//! Both directions against `serde_json`, with the derive that the first versions of memgate were built with.

use proptest::prelude::*;
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::bytes::mutated;
use super::values::{capture, request, response, text};
use crate::capture::{Capture, Header};
use crate::codec::{Decode, DecodeError, Encode, Reader, from_bytes, to_bytes};
use crate::{Request, Response};

/// A value that nobody wants.
struct Skipped;

impl Decode for Skipped {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.skip().map(|()| Self)
    }
}

/// What is written is what `serde_json` writes, byte for byte; and both read it, in whatever form.
fn check<T>(value: &T) -> Result<(), TestCaseError>
where
    T: Encode + Decode + Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let bytes = to_bytes(value);
    prop_assert_eq!(&String::from_utf8_lossy(&bytes), &serde_json::to_string(value).unwrap());
    prop_assert_eq!(&serde_json::from_slice::<T>(&bytes).unwrap(), value);
    prop_assert_eq!(&from_bytes::<T>(&bytes).unwrap(), value);
    prop_assert!(from_bytes::<Skipped>(&bytes).is_ok());
    // With white space, with other fields first, and with an escape for everything that can have one.
    let pretty = serde_json::to_string_pretty(value).unwrap();
    prop_assert_eq!(&from_bytes::<T>(pretty.as_bytes()).unwrap(), value);
    let sorted = serde_json::to_value(value).unwrap().to_string();
    prop_assert_eq!(&from_bytes::<T>(sorted.as_bytes()).unwrap(), value);
    prop_assert_eq!(&from_bytes::<T>(escaped(&sorted).as_bytes()).unwrap(), value);
    Ok(())
}

/// A text with everything but ASCII as escapes, in pairs where it takes two.
fn escaped(json: &str) -> String {
    let escape = |character: char| match character {
        character if character.is_ascii() => String::from(character),
        character => {
            character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04X}")).collect()
        }
    };
    json.chars().map(escape).collect()
}

/// What is read of a text that may be wrong, `serde_json` reads as the same. What it refuses is refused.
fn check_refused<T>(text: &[u8]) -> Result<(), TestCaseError>
where
    T: Decode + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    if let Ok(value) = from_bytes::<T>(text) {
        let theirs = serde_json::from_slice::<T>(text);
        prop_assert!(theirs.is_ok_and(|theirs| theirs == value), "{}", String::from_utf8_lossy(text));
    }
    Ok(())
}

/// What a text is as a value that nobody wants.
fn check_skipped(text: &[u8]) -> Result<(), TestCaseError> {
    let ours = from_bytes::<Skipped>(text).is_ok();
    prop_assert!(!ours || serde_json::from_slice::<IgnoredAny>(text).is_ok(), "is read, and is no JSON");
    prop_assert!(
        ours || serde_json::from_slice::<serde_json::Value>(text).is_err(),
        "is JSON, and is not read"
    );
    Ok(())
}

/// Texts of the characters that mean something in JSON.
fn almost_json() -> impl Strategy<Value = String> {
    let words = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\"a\"",
        "\\",
        "\\u",
        "d83e",
        "\\ud83e\\udd80",
        "0",
        "1",
        "-",
        ".",
        "e",
        "E",
        "+",
        "null",
        "true",
        "false",
        "nul",
        " ",
        "\n",
        "\t",
        "\r",
        "\u{C}",
        "\u{0}",
        "ä",
        "/",
        "NaN",
    ];
    proptest::collection::vec(prop::sample::select(words.to_vec()), 0..12).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn requests_are_what_serde_writes(request in request()) {
        check(&request)?;
        prop_assert_eq!(Request::parse(&request.to_json().unwrap()).unwrap(), request);
    }

    #[test]
    fn responses_are_what_serde_writes(response in response()) {
        check(&response)?;
        prop_assert_eq!(Response::parse(&response.to_json()).unwrap(), response);
    }

    #[test]
    fn headers_are_what_serde_writes(capture in capture()) {
        check(&Header::of(&capture))?;
    }

    #[test]
    fn texts_are_what_serde_writes(text in text()) {
        check(&text)?;
    }

    #[test]
    fn what_serde_refuses_of_a_request_is_refused(text in mutated(request().prop_map(|value| to_bytes(&value)))) {
        check_refused::<Request>(&text)?;
        check_skipped(&text)?;
    }

    #[test]
    fn what_serde_refuses_of_a_response_is_refused(text in mutated(response().prop_map(|value| to_bytes(&value)))) {
        check_refused::<Response>(&text)?;
        check_skipped(&text)?;
    }

    #[test]
    fn what_serde_refuses_of_a_header_is_refused(
        text in mutated(capture().prop_map(|capture: Capture| to_bytes(&Header::of(&capture)))),
    ) {
        check_refused::<Header>(&text)?;
        check_skipped(&text)?;
    }

    #[test]
    fn what_serde_refuses_of_json_is_refused(text in almost_json()) {
        check_skipped(text.as_bytes())?;
        check_refused::<String>(text.as_bytes())?;
        check_refused::<i64>(text.as_bytes())?;
        check_refused::<u64>(text.as_bytes())?;
        check_refused::<u32>(text.as_bytes())?;
        check_refused::<bool>(text.as_bytes())?;
        check_refused::<Vec<Option<i64>>>(text.as_bytes())?;
    }

    #[test]
    fn integers_are_what_serde_reads(text in "-?(0|[0-9]{1,3}|[1-9][0-9]{17,19})") {
        prop_assert_eq!(from_bytes::<i64>(text.as_bytes()).ok(), serde_json::from_str(&text).ok());
        prop_assert_eq!(from_bytes::<u64>(text.as_bytes()).ok(), serde_json::from_str(&text).ok());
        prop_assert_eq!(from_bytes::<u32>(text.as_bytes()).ok(), serde_json::from_str(&text).ok());
    }
}
