//! A program that does not know of memgate: it parses JSON so many times, or does nothing at all.

#![forbid(unsafe_code)]

use std::fmt::Write;

use serde_json::Value;

const USERS: usize = 5_000;

fn main() {
    let times: usize = std::env::args().nth(1).and_then(|times| times.parse().ok()).unwrap_or(0);
    if times == 0 {
        return;
    }
    let mut text = String::from("[");
    for number in 0..USERS {
        let separator = if number == 0 { "" } else { "," };
        write!(
            text,
            r#"{separator}{{"id":{number},"name":"user {number}","tags":["a","bb"],"score":{number}.5,"nested":{{"xs":[1,2,3],"note":"a text of some length"}}}}"#
        )
        .expect("a string takes all");
    }
    text.push(']');
    for _ in 0..times {
        let value: Value = serde_json::from_str(&text).expect("it was just made");
        assert_eq!(value.as_array().map(Vec::len), Some(USERS));
    }
}
