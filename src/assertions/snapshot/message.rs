//! What a failed snapshot assertion says.

use std::fmt::Write;

use super::change::Change;
use super::mode::UPDATE_VARIABLE;
use super::place::{Place, profile_flag};
use super::site::SnapshotSite;
use memgate_protocol::snapshots::{Snapshot, SnapshotFile};
use memgate_protocol::units::exact;

/// How every message of an assertion begins.
pub(super) fn begin(site: &SnapshotSite) -> String {
    format!("memgate::assert_heap!(\"{}\"): ", site.id)
}

/// How the numbers of an assertion's package are recorded.
pub(super) fn command(site: &SnapshotSite, profile: &str) -> String {
    command_on(cfg!(windows), site, profile)
}

fn command_on(is_windows: bool, site: &SnapshotSite, profile: &str) -> String {
    let cargo = format!("cargo test -p {}{}", site.package, profile_flag(profile));
    match is_windows {
        // Neither of the system's shells takes a variable in front of a command, and each has a way of its own.
        true => format!("{cargo}, with {UPDATE_VARIABLE}=1 in its environment"),
        false => format!("{UPDATE_VARIABLE}=1 {cargo}"),
    }
}

/// Says what was measured, and that nothing is recorded to compare it with.
pub(super) fn missing(
    site: &SnapshotSite,
    place: &Place,
    profile: &str,
    file: &SnapshotFile,
    measured: &Snapshot,
) -> String {
    let others = file.profiles.iter().filter(|(_, snapshots)| snapshots.contains_key(site.id));
    let others: Vec<String> = others.map(|(profile, _)| format!("`{profile}`")).collect();
    let others = match others.is_empty() {
        true => String::new(),
        false => format!("; they are for {}", others.join(" and ")),
    };
    format!(
        "no numbers are recorded for it with the profile `{profile}`{others}\n  {}\n  to record them in {}: {}",
        all(measured),
        place.file.display(),
        command(site, profile),
    )
}

/// Says what changed, in which direction, and how to accept it.
pub(super) fn changed(
    site: &SnapshotSite,
    profile: &str,
    changes: &[Change],
    measured: &Snapshot,
    environment: Option<&str>,
) -> String {
    let rises = changes.iter().filter(|change| change.is_rise()).count();
    let mut text = match (rises, changes.len()) {
        (0, 1) => {
            "a number fell, and could grow back unseen as long as the new one is not recorded".to_owned()
        }
        (0, _) => {
            "numbers fell, and could grow back unseen as long as the new ones are not recorded".to_owned()
        }
        (1, _) => "a number is over its limit".to_owned(),
        _ => "numbers are over their limits".to_owned(),
    };
    let width = changes.iter().map(|change| change.metric.name().len()).max().unwrap_or_default();
    for Change { metric, recorded, measured } in changes {
        let sign = if measured > recorded { "+" } else { "" };
        let [value, base, by] = [*measured, *recorded, measured.saturating_sub(*recorded)]
            .map(|value| exact(value, metric.unit()));
        let _ = write!(text, "\n  {metric:width$}  {value}, recorded {base}: {sign}{by}");
    }
    let _ = write!(text, "\n  {}", all(measured));
    if let Some(environment) = environment {
        let _ = write!(text, "\n  {environment}");
    }
    let _ = write!(text, "\n  to accept that: {}", command(site, profile));
    text
}

/// Says that there are no numbers to record.
pub(super) fn other_numbers(first: &Snapshot, measured: &Snapshot) -> String {
    format!(
        "it has other numbers than a moment ago, so that there are none to record; what is filled once, such as a cache, can be \
         filled before, and what differs needs ids of its own\n  first {}\n  now   {}",
        all(first),
        all(measured)
    )
}

/// Says where else the id stands.
pub(super) fn duplicate(places: &[String]) -> String {
    format!(
        "its id is that of another assertion of this package, and one id has one set of numbers: {}",
        places.join(", ")
    )
}

fn all(snapshot: &Snapshot) -> String {
    let values =
        snapshot.by_metric().map(|(metric, value)| format!("{metric} {}", exact(value, metric.unit())));
    format!("measured: {}", values.collect::<Vec<_>>().join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use memgate_protocol::Metric;

    const SITE: SnapshotSite = SnapshotSite {
        id: "parse/json",
        package: "app",
        package_folder: "/w/app",
        file: "app/tests/memory.rs",
        line: 7,
        column: 5,
        has_debug_assertions: true,
    };

    fn snapshot() -> Snapshot {
        Snapshot { values: [2_048, 3_072, 5, 0, -1_500], probe: 1, rustc: "1.95.0".to_owned() }
    }

    #[test]
    fn what_rose_and_what_fell_is_told_in_the_words_of_the_other_assertions() {
        let change = |metric, recorded, measured| Change { metric, recorded, measured };
        let changes = [change(Metric::PeakBytes, 1_024, 2_048), change(Metric::Allocs, 6, 5)];
        assert_eq!(
            begin(&SITE) + &changed(&SITE, "release", &changes, &snapshot(), Some("they were recorded …")),
            "memgate::assert_heap!(\"parse/json\"): a number is over its limit\n\
             \u{20} peak_bytes  2,048 B, recorded 1,024 B: +1,024 B\n\
             \u{20} allocs      5, recorded 6: -1\n\
             \u{20} measured: peak_bytes 2,048 B · total_bytes 3,072 B · allocs 5 · reallocs 0 · retained_bytes -1,500 B\n\
             \u{20} they were recorded …\n\
             \u{20} to accept that: COMMAND"
                .replace("COMMAND", &command(&SITE, "release"))
        );
        let fell = changed(&SITE, "dev", &changes[1..], &snapshot(), None);
        assert!(fell.starts_with("a number fell, and could grow back unseen"), "{fell}");
        assert!(fell.ends_with(&format!("\n  to accept that: {}", command(&SITE, "dev"))), "{fell}");
    }

    #[test]
    fn a_command_is_one_that_the_shells_of_the_system_know() {
        assert_eq!(
            [true, false].map(|is_windows| command_on(is_windows, &SITE, "release")),
            [
                "cargo test -p app --release, with MEMGATE_UPDATE=1 in its environment",
                "MEMGATE_UPDATE=1 cargo test -p app --release"
            ]
        );
    }

    #[test]
    fn where_nothing_is_recorded_the_command_and_other_profiles_are_told() {
        let mut file = SnapshotFile::default();
        let place = Place {
            workspace: "/w".into(),
            package: "/w/app".into(),
            file: "baselines/t/app/tests.json".into(),
        };
        let said = missing(&SITE, &place, "release", &file, &snapshot());
        assert!(
            said.starts_with("no numbers are recorded for it with the profile `release`\n  measured: peak"),
            "{said}"
        );
        assert!(
            said.ends_with(&format!(
                "\n  to record them in baselines/t/app/tests.json: {}",
                command(&SITE, "release")
            )),
            "{said}"
        );
        file.insert("dev", "parse/json", snapshot());
        let said = missing(&SITE, &place, "release", &file, &snapshot());
        assert!(said.contains("with the profile `release`; they are for `dev`\n"), "{said}");
    }
}
