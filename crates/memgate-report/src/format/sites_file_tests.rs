//! Files of sites: what is read, what is refused, and the bytes that are written.

use std::collections::BTreeMap;

use memgate_protocol::{Metric, check_name};
use proptest::prelude::*;

use super::{parse_sites, print_sites};
use crate::sites::{BenchTargetSites, OtherSites, SiteKey, SiteNumbers, StoredSite, StoredSites};

/// A file is never changed: a new version gets a new one.
const SITES_1: &str = include_str!("../../tests/fixtures/sites.v1.json");
const SITES_2: &str = include_str!("../../tests/fixtures/sites.v2.json");

fn numbers(allocs: i64) -> SiteNumbers {
    SiteNumbers::default().with(Metric::Allocs, allocs).with(Metric::TotalBytes, 8 * allocs)
}

fn sites() -> BenchTargetSites {
    let site = |key: &str, positions: &[i64]| StoredSite {
        key: key.parse().unwrap(),
        positions: positions.iter().copied().map(numbers).collect(),
    };
    let benchmarks = BTreeMap::from([
        (
            "größe/../a \"b\"".to_owned(),
            StoredSites {
                sites: vec![
                    site("Box::new", &[2]),
                    site("alloc <- formats::walk::{closure#0} <- formats::walk", &[1, 0, 3]),
                ],
                other: OtherSites { sites: 12, numbers: numbers(30), largest: numbers(4) },
                older: SiteNumbers::default().with(Metric::PeakBytes, -64),
            },
        ),
        (
            "tokens".to_owned(),
            StoredSites {
                sites: vec![
                    site("Vec::push <- formats::parse", &[7]),
                    site("Vec::push <- formats::write", &[1, 1]),
                ],
                ..StoredSites::default()
            },
        ),
    ]);
    BenchTargetSites { benchmarks, features: None }
}

#[test]
fn sites_1_are_read_and_written_as_they_were() {
    assert_eq!(parse_sites(SITES_1.as_bytes()).unwrap(), sites());
    assert_eq!(print_sites(&sites()), SITES_1);
}

#[test]
fn sites_2_are_read_and_written_as_they_were() {
    let with = |features: &[&str]| features.iter().map(|&feature| feature.to_owned()).collect();
    let features = [("hashbrown", with(&["default-hasher", "inline-more"])), ("serde", with(&["std"]))];
    let features = features.map(|(package, features)| (package.to_owned(), features)).into();
    let sites = BenchTargetSites { features: Some(features), ..sites() };
    assert_eq!(parse_sites(SITES_2.as_bytes()).unwrap(), sites);
    assert_eq!(print_sites(&sites), SITES_2);
    let hostile = SITES_2.replacen("inline-more", "a\u{202e}b", 1);
    let problem = parse_sites(hostile.as_bytes()).unwrap_err().to_string();
    assert!(problem.contains("is no name of a package or a feature"), "{problem}");
}

#[test]
fn a_benchmark_without_sites_is_kept() {
    let benchmarks = BTreeMap::from([("tokens".to_owned(), StoredSites::default())]);
    let none = BenchTargetSites { benchmarks, features: None };
    let text = print_sites(&none);
    insta::assert_snapshot!(text, @r#"
    {
      "benchmarks": {
        "tokens": {
          "sites": {}
        }
      },
      "kind": "memgate sites",
      "schema": 1
    }
    "#);
    assert_eq!(parse_sites(text.as_bytes()).unwrap(), none);
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let good = print_sites(&sites());
    let problem = |text: String| parse_sites(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(problem(String::new()), "it is empty");
    assert_eq!(problem("{}".into()), "it is not a memgate sites");
    assert_eq!(problem("{\"schema\": 1}".into()), "missing field `benchmarks` at line 1 column 13");
    assert_eq!(problem(good.replace("memgate sites", "memgate run")), "it is not a memgate sites");
    assert_eq!(
        problem(good.replace("\"schema\": 1", "\"schema\": 3")),
        "it has schema 3, written by a newer memgate; this one reads schemas up to 2: update memgate (nothing was \
         changed)"
    );
    assert_eq!(
        problem(good.replace("\"schema\": 1", "\"schema\": 0")),
        "it has schema 0, which does not exist"
    );
    assert_eq!(
        problem(good.replace("  \"kind\"", "<<<<<<< HEAD\n  \"kind\"")),
        "line 24 is a merge conflict marker"
    );
    assert_eq!(
        problem(good.replace("formats::write", "formats::parse")),
        "the site `Vec::push <- formats::parse` stands twice at line 20 column 37"
    );
    assert_eq!(
        problem(good.replace("\"tokens\"", "\"größe/../a \\\"b\\\"\"")),
        "the benchmark `größe/../a \"b\"` stands twice at line 17 column 24"
    );
    assert_eq!(
        problem(good.replace("\"allocs\": 7", "\"aloc\": 7")),
        "unknown metric `aloc`; the metrics are peak_bytes, total_bytes, allocs, reallocs, retained_bytes, \
         leaked_bytes at line 19 column 47"
    );
    assert_eq!(
        problem(good.replace("\"allocs\": 7, ", "\"total_bytes\": 7, ")),
        "the metric `total_bytes` stands twice at line 19 column 72"
    );
    assert_eq!(
        problem(good.replace("\"older\"", "\"olden\"")),
        "unknown field `olden`, expected one of `older`, `other`, `sites` at line 4 column 13"
    );
    assert_eq!(
        problem(good.replace("\"sites\": 12", "\"sites\": 0")),
        "`other` of `größe/../a \"b\"` is of no sites"
    );
    assert_eq!(
        problem(good.replace("Vec::push <- formats::write", "Vec::push <-formats::write")),
        "a site of `tokens` is no site: failed to read the site \"Vec::push <-formats::write\": it has `<-` without \
         a space on either side"
    );
    assert_eq!(
        problem(good.replace("{ \"allocs\": 7, \"total_bytes\": 56 }", "[]")),
        "the site `Vec::push <- formats::parse` of `tokens` has 0 positions; it may have 1 to 16"
    );
    assert_eq!(
        problem(good.replace("\"allocs\": 7", "\"allocs\": 7.5")),
        "invalid type: floating point `7.5`, expected i64 at line 19 column 54"
    );
    assert_eq!(
        problem(good.replace("\"tokens\"", "\"tok\u{202E}ens\"")),
        "\"tok\\u{202e}ens\" is no name of a benchmark: it has the invisible character U+202E"
    );
}

#[test]
fn every_cut_is_noticed() {
    let text = print_sites(&sites());
    let bytes = text.trim_end().as_bytes();
    for at in 0..bytes.len() {
        assert!(parse_sites(&bytes[..at]).is_err(), "cut at {at}");
    }
}

fn any_numbers() -> impl Strategy<Value = SiteNumbers> {
    proptest::collection::vec((0_usize..6, any::<i64>()), 0..6).prop_map(|values| {
        values
            .into_iter()
            .fold(SiteNumbers::default(), |sum, (metric, value)| sum.with(Metric::ALL[metric], value))
    })
}

fn any_stored() -> impl Strategy<Value = StoredSites> {
    let sites = proptest::collection::btree_map(
        "[a-c{}#<>: é\"\\\\]{1,6}( <- [a-c<>:…]{1,5}){0,3}"
            .prop_filter("a key", |text| text.parse::<SiteKey>().is_ok()),
        proptest::collection::vec(any_numbers(), 1..17),
        0..8,
    );
    let other = (0_u64..3, any_numbers(), any_numbers()).prop_map(|(sites, numbers, largest)| {
        if sites == 0 { OtherSites::default() } else { OtherSites { sites, numbers, largest } }
    });
    (sites, other, any_numbers()).prop_map(|(sites, other, older)| {
        let site = |(text, positions): (String, Vec<SiteNumbers>)| {
            let key = text.parse().unwrap();
            StoredSite { key, positions }
        };
        StoredSites { sites: sites.into_iter().map(site).collect(), other, older }
    })
}

proptest! {
    #[test]
    fn every_file_reads_back_and_prints_the_same_bytes(
        benchmarks in proptest::collection::btree_map(
            "[^\\p{C}]{1,12}".prop_filter("a name", |name| check_name(name).is_ok()),
            any_stored(),
            0..4,
        ),
    ) {
        let sites = BenchTargetSites { benchmarks, features: None };
        let text = print_sites(&sites);
        let read = parse_sites(text.as_bytes()).unwrap();
        prop_assert_eq!(&read, &sites);
        prop_assert_eq!(print_sites(&read), text);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse_sites(&bytes);
    }
}
