//! `baselines/<target-triple>/<package>/<bench-target>.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::{FormatError, check_envelope, text_of};
use super::numbers::{check_commands, check_metrics, has_commands};
use super::{canonical, check_benchmark, unique_map};
use crate::model::{Baseline, Environment, MetricMap};

/// The newest schema version of baseline files. A file has the oldest that can say what it says, so that files stay as they are,
/// and can be read by an older memgate as far as it can understand them.
///
/// # Changelog
/// - 1: first version.
/// - 2: `packages` of a profile.
/// - 3: `commands` of an environment.
/// - 4: `resident.peak_bytes` and `cgroup.peak_bytes` of a command.
pub const BASELINE_SCHEMA: u32 = 4;

/// The first that knows commands.
const FIRST_WITH_COMMANDS: u32 = 3;

/// Objects from here on take one line: `benchmarks` → name → metric → spread.
const INLINE_DEPTH: usize = 3;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BaselineFile {
    #[serde(deserialize_with = "unique_map::deserialize")]
    benchmarks: BTreeMap<String, MetricMap>,
    environment: Environment,
    schema: u32,
}

/// Reads a baseline file.
///
/// # Errors
/// When the file is no baseline, has a newer schema, unknown or repeated keys, or numbers that can't be.
pub fn parse_baseline(bytes: &[u8]) -> Result<Baseline, FormatError> {
    let text = text_of(bytes)?;
    check_envelope(text, "memgate baseline", BASELINE_SCHEMA)?;
    let BaselineFile { benchmarks, environment, schema } = serde_json::from_str(text)?;
    for (name, metrics) in &benchmarks {
        check_benchmark(name)?;
        check_metrics(name, metrics)?;
    }
    if let Some(name) = environment.commands.keys().find(|name| !benchmarks.contains_key(*name)) {
        return Err(FormatError::Unsound(format!("the command {name:?} has no numbers")));
    }
    check_commands(&environment, benchmarks.keys())?;
    if has_commands(&environment) && schema < FIRST_WITH_COMMANDS {
        return Err(FormatError::Unsound(format!("it has commands, which schema {schema} does not know")));
    }
    Ok(Baseline { environment, benchmarks })
}

/// Prints a baseline file: keys sorted, one metric on a line, no date, no revision, no host; the same data always
/// gives the same bytes.
#[must_use]
pub fn print_baseline(baseline: &Baseline) -> String {
    let file = BaselineFile {
        benchmarks: baseline.benchmarks.clone(),
        environment: baseline.environment.clone(),
        schema: match &baseline.environment {
            _ if baseline.benchmarks.values().any(MetricMap::has_kernels) => BASELINE_SCHEMA,
            environment if !environment.commands.is_empty() => FIRST_WITH_COMMANDS,
            environment if !environment.profile.packages.is_empty() => 2,
            _ => 1,
        },
    };
    let value = serde_json::to_value(file).expect("a baseline has string keys and finite numbers");
    canonical::print(&value, INLINE_DEPTH)
}

#[cfg(test)]
mod tests {
    use memgate_protocol::check_name;
    use proptest::prelude::*;

    use super::*;
    use crate::model::{COMMAND_ALLOCATOR, CommandEnvironment, MetricKey, Observation};
    use crate::samples::environment;

    fn sample() -> Baseline {
        let metrics = |allocs: Vec<i64>| {
            MetricMap::from_iter([
                ("peak_bytes".parse().unwrap(), Observation::Exact(4_096)),
                ("allocs".parse().unwrap(), Observation::of(allocs).unwrap()),
            ])
        };
        Baseline {
            environment: environment(),
            benchmarks: BTreeMap::from([
                ("tokens".into(), metrics(vec![7])),
                ("größe/../a \"b\"".into(), metrics(vec![9, 7, 8])),
            ]),
        }
    }

    #[test]
    fn a_file_reads_well_in_a_diff() {
        insta::assert_snapshot!(print_baseline(&sample()));
    }

    #[test]
    fn only_a_file_that_says_more_has_a_newer_schema() {
        let mut baseline = sample();
        assert!(!print_baseline(&baseline).contains("packages"));
        baseline.environment.profile.packages = vec!["parser.opt-level=3".into()];
        let text = print_baseline(&baseline);
        assert!(text.ends_with("\"schema\": 2\n}\n"), "{text}");
        assert_eq!(parse_baseline(text.as_bytes()).unwrap(), baseline);
        let shown = baseline.environment.profile.to_string();
        assert_eq!(
            shown,
            "bench (opt-level=3, lto=false, codegen-units=default, panic=unwind; parser.opt-level=3)"
        );
    }

    #[test]
    fn a_command_says_what_decides_its_numbers() {
        let mut baseline = sample();
        baseline.environment.allocator = COMMAND_ALLOCATOR.into();
        let command = CommandEnvironment {
            command: "sort lines.txt < in.txt".into(),
            libc: "glibc 2.36".into(),
            program: Some("8ab686eafeb1f44702738c8b0f24f2567c36da6d".into()),
            variables: vec!["LANG=en".into()],
        };
        let other = CommandEnvironment { command: "sort".into(), ..command.clone() };
        baseline.environment.commands =
            [("tokens".into(), command), ("größe/../a \"b\"".into(), other)].into();
        let text = print_baseline(&baseline);
        insta::assert_snapshot!(text);
        assert_eq!(parse_baseline(text.as_bytes()).unwrap(), baseline);
        let lacking =
            text.replacen("\"tokens\": { \"command\"", "\"größe/../a \\\"b\\\"\": { \"command\"", 1);
        let problem = parse_baseline(lacking.as_bytes()).unwrap_err().to_string();
        assert_eq!(problem, "nothing says what decides the numbers of the command \"tokens\"");
        let older = text.replace("\"schema\": 3", "\"schema\": 2");
        let problem = parse_baseline(older.as_bytes()).unwrap_err().to_string();
        assert_eq!(problem, "it has commands, which schema 2 does not know");
        let gone = text.replacen("\"tokens\": {", "\"other\": {", 1);
        let problem = parse_baseline(gone.as_bytes()).unwrap_err().to_string();
        assert_eq!(problem, "the command \"tokens\" has no numbers");
    }

    #[test]
    fn only_a_file_with_a_figure_of_the_kernels_has_its_schema() {
        let mut baseline = crate::samples::baselines_of_commands().into_values().next().unwrap();
        assert!(print_baseline(&baseline).ends_with("\"schema\": 3\n}\n"));
        let metrics = baseline.benchmarks.values_mut().next().unwrap();
        metrics.insert(MetricKey::RESIDENT, Observation::of(vec![1 << 20, 2 << 20]).unwrap());
        let text = print_baseline(&baseline);
        assert!(text.ends_with("\"schema\": 4\n}\n"), "{text}");
        assert_eq!(parse_baseline(text.as_bytes()).unwrap(), baseline);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let good = print_baseline(&sample());
        let problem = |text: String| parse_baseline(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(problem(String::new()), "it is empty");
        assert_eq!(
            problem(good[..good.len() / 2].to_owned()),
            "it is cut short: EOF while parsing an object at line 16 column 2"
        );
        assert_eq!(problem("not json".into()), "expected ident at line 1 column 2");
        assert_eq!(
            problem(good.replace("\"schema\": 1", "\"schema\": 5")),
            "it has schema 5, written by a newer memgate; this one reads schemas up to 4: update memgate (nothing was \
             changed)"
        );
        assert_eq!(
            problem(good.replace("\"schema\": 1", "\"schema\": 0")),
            "it has schema 0, which does not exist"
        );
        assert_eq!(problem("{}".into()), "it is not a memgate baseline");
        assert_eq!(
            problem(good.replacen("allocs", "alocs", 1)),
            "unknown metric `alocs`; the nearest is `allocs` at line 4 column 13"
        );
        assert_eq!(
            problem(good.replacen("peak_bytes", "allocs", 1)),
            "the metric `allocs` stands twice at line 5 column 14"
        );
        assert_eq!(
            problem(good.replace("größe/../a \\\"b\\\"", "tokens")),
            "the benchmark `tokens` stands twice at line 7 column 12"
        );
        assert_eq!(
            problem(good.replace("  \"benchmarks\"", "<<<<<<< HEAD\n  \"benchmarks\"")),
            "line 2 is a merge conflict marker"
        );
        assert_eq!(
            problem(good.replace("\"minimum\": 7", "\"minimum\": 70")),
            "`allocs` of `größe/../a \"b\"` is no spread of values"
        );
        assert_eq!(
            problem(good.replace("\"allocs\": 7", "\"allocs\": -7")),
            "`allocs` of `tokens` is negative"
        );
        assert_eq!(
            problem(good.replace("\"tokens\"", "\"tok\u{202E}ens\"")),
            "\"tok\\u{202e}ens\" is no name of a benchmark: it has the invisible character U+202E"
        );
        assert_eq!(
            problem(format!("\u{feff}{good}")),
            "it begins with a byte order mark; save it as UTF-8 without one"
        );
        assert_eq!(
            problem(good.replace("\"allocs\": 7", "\"allocs\": 7.5")),
            "a value is a whole number of 64 bits, or a spread of such (minimum, median, maximum, samples) at line 8 \
             column 19"
        );
        let utf16: Vec<u8> = format!("\u{feff}{good}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(
            parse_baseline(&utf16).unwrap_err().to_string(),
            "it is UTF-16, as `>` of Windows PowerShell writes; have it written by --output, or save it as UTF-8"
        );
        let mut bytes = good.into_bytes();
        bytes[40] = 0xff;
        assert_eq!(parse_baseline(&bytes).unwrap_err().to_string(), "line 3 is not UTF-8");
    }

    #[test]
    fn every_cut_is_noticed() {
        let text = print_baseline(&sample());
        let bytes = text.trim_end().as_bytes();
        for at in 0..bytes.len() {
            assert!(parse_baseline(&bytes[..at]).is_err(), "cut at {at}");
        }
    }

    fn any_observation() -> impl Strategy<Value = Observation> {
        proptest::collection::vec(0..=i64::MAX, 1..5).prop_map(|values| Observation::of(values).unwrap())
    }

    proptest! {
        #[test]
        fn every_baseline_reads_back_and_prints_the_same_bytes(
            benchmarks in proptest::collection::btree_map(
                "[^\\p{C}]{1,12}".prop_filter("a name", |name| check_name(name).is_ok()),
                proptest::collection::vec((0_usize..11, any_observation()), 0..11),
                0..6,
            ),
        ) {
            let keys: Vec<MetricKey> = MetricKey::all().collect();
            let benchmarks = benchmarks
                .into_iter()
                .map(|(name, values)| (name, values.into_iter().map(|(key, value)| (keys[key], value)).collect()))
                .collect();
            let baseline = Baseline { environment: environment(), benchmarks };
            let text = print_baseline(&baseline);
            let read = parse_baseline(text.as_bytes()).unwrap();
            prop_assert_eq!(&read, &baseline);
            prop_assert_eq!(print_baseline(&read), text);
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse_baseline(&bytes);
        }
    }
}
