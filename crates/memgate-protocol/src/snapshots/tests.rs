use super::*;
use crate::PROBE_VERSION;

/// Never changed: a new schema gets a new one.
const VERSION_1: &str = include_str!("../../tests/fixtures/tests.v1.json");

fn sample() -> SnapshotFile {
    let snapshot = |values, rustc: &str| Snapshot { values, probe: 1, rustc: rustc.to_owned() };
    let (old, new) = ("1.95.0 (59807616e 2026-04-14)", "1.96.0 (abcdef012 2026-06-01)");
    let mut file = SnapshotFile::default();
    file.insert("release", "parse/json", snapshot([7_000, 8_000, 11, 3, 4_096], new));
    file.insert("dev", "parse/json", snapshot([8_000, 9_000, 12, 3, 4_096], old));
    file.insert("dev", "größe/../a b", snapshot([0, 0, 0, 0, -512], old));
    file
}

#[test]
fn version_1_is_read_and_written_as_it_was() {
    assert_eq!(PROBE_VERSION, 1, "the sample says so");
    assert_eq!(parse_snapshots(VERSION_1.as_bytes()).unwrap(), sample());
    assert_eq!(print_snapshots(&sample()), VERSION_1);
    let empty = print_snapshots(&SnapshotFile::default());
    assert_eq!(empty, "{\n  \"kind\": \"memgate tests\",\n  \"profiles\": {},\n  \"schema\": 1\n}\n");
    assert_eq!(parse_snapshots(empty.as_bytes()).unwrap(), SnapshotFile::default());
}

#[test]
fn a_checkout_with_carriage_returns_is_read_as_any_other() {
    let windows = |text: &str| text.replace('\n', "\r\n");
    assert_eq!(parse_snapshots(windows(VERSION_1).as_bytes()).unwrap(), sample());
    let conflict = "{\n<<<<<<< ours\n=======\n>>>>>>> theirs\n";
    assert_eq!(problem(windows(conflict)), problem(conflict));
    let source = windows("// assert_heap!(\"not\")\nfn f() {\n    assert_heap!(\n        \"id\", f);\n}\n");
    assert_eq!(mentions(&source).collect::<Vec<_>>(), [Mention { id: "id", line: 3 }]);
}

#[test]
fn what_is_printed_is_json_as_others_read_it() {
    let value: serde_json::Value = serde_json::from_str(&print_snapshots(&sample())).unwrap();
    assert_eq!(value["profiles"]["dev"]["größe/../a b"]["retained_bytes"], -512);
}

#[track_caller]
fn problem(text: impl AsRef<[u8]>) -> String {
    parse_snapshots(text.as_ref()).unwrap_err().to_string()
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let replaced = |old: &str, new: &str| {
        assert!(VERSION_1.contains(old), "{old}");
        problem(VERSION_1.replacen(old, new, 1))
    };
    assert_eq!(problem(""), "line 1: it ends where it should have an object at byte 0");
    assert_eq!(problem("{}"), "it is no file of the numbers of tests (`\"kind\": \"memgate tests\"`)");
    assert_eq!(replaced("memgate tests", "memgate run"), problem("{\"schema\": 1}"));
    assert_eq!(
        replaced("\"schema\": 1", "\"odd\": [2], \"schema\": 2"),
        "it has schema 2, written by a newer memgate; this one reads schemas up to 1: update memgate (nothing was changed)"
    );
    assert_eq!(replaced("\"schema\": 1", "\"schema\": 0"), "it has schema 0, which does not exist");
    assert!(
        replaced("\"allocs\": 0", "\"alocs\": 0")
            .starts_with("line 6: unknown field `alocs`, where there can be ")
    );
    assert!(
        replaced("\"allocs\": 0", "\"reallocs\": 0")
            .starts_with("line 9: `reallocs` is there twice at byte ")
    );
    assert!(
        replaced("\"größe/../a b\"", "\"parse/json\"").starts_with("line 13: `parse/json` is there twice")
    );
    assert!(replaced("        \"allocs\": 0,\n", "").starts_with("line 11: missing field `allocs`"));
    assert!(replaced("\"probe\": 1, ", "").starts_with("line 7: missing field `probe`"));
    assert_eq!(replaced("\"allocs\": 0", "\"allocs\": -1"), "`allocs` of `größe/../a b` is negative");
    assert!(replaced("\"allocs\": 0", "\"allocs\": 0.5").starts_with("line 6: expected an integer"));
    assert_eq!(
        replaced("größe/../a b", "two\\nlines"),
        "\"two\\nlines\" is no id of a test: it has the invisible character U+000A"
    );
    assert_eq!(
        replaced("größe/../a b", "a\\\\b"),
        "\"a\\\\b\" is no id of a test: it has `\\`, which does not stand in a source as it is"
    );
    assert!(replaced("\"dev\"", "\"\"").ends_with("is no name of a profile: it is empty"));
    let conflict = VERSION_1.replacen("      \"parse", "<<<<<<< HEAD\n      \"parse", 1);
    assert!(problem(conflict).starts_with("line 13 is a merge conflict marker; resolve the conflict, or "));
    let mut bytes = VERSION_1.as_bytes().to_vec();
    bytes[40] = 0xFF;
    assert!(problem(bytes).starts_with("line 3: it is not UTF-8"));
}

#[test]
fn every_cut_is_noticed() {
    let bytes = VERSION_1.trim_end().as_bytes();
    for at in 0..bytes.len() {
        assert!(parse_snapshots(&bytes[..at]).is_err(), "cut at {at}");
    }
}

#[test]
fn assertions_are_found_in_sources_and_not_in_what_is_commented_out() {
    let source = "memgate::assert_heap!(\"a/b\", || 1);\n\
                  //! memgate::assert_heap!(\"in an example\", || 1);\n\
                  // memgate::assert_heap!(\"off\", || 1);\n\
                  let x = assert_heap! {\n    \"größe\",\n || f(\"no\") };  // assert_heap!(\"off too\")\n\
                  macro_rules! assert_heap { () => {} } assert_heap!(id, || 1); assert_heap!(\"";
    let found: Vec<(&str, usize)> = mentions(source).map(|mention| (mention.id, mention.line)).collect();
    assert_eq!(found, [("a/b", 1), ("in an example", 2), ("größe", 4)]);
    assert!(source.contains(&quoted("off")));
}
