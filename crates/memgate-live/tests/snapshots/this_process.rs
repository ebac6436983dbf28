//! What this very process is told, and refused.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use memgate_live::{Options, Request, SnapshotError, SnapshotOptions, Snapshots, Threshold};

use crate::files::{read, reason, snapshots};
use crate::programs::{output_with, program};

/// A process takes them once.
static ONCE: Mutex<()> = Mutex::new(());

pub(crate) fn once() -> MutexGuard<'static, ()> {
    ONCE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// None by themselves.
pub(crate) fn quiet() -> SnapshotOptions {
    SnapshotOptions::new().levels([]).growth(None).slope(None).pressure_percent(None).after_start(None)
}

fn take(snapshots: &Snapshots, times: usize) {
    for _ in 0..times {
        snapshots.take().unwrap();
    }
}

fn metric(name: &str) -> Vec<f64> {
    let metrics = memgate_live::metrics();
    let metric = metrics.iter().find(|metric| metric.name == name);
    metric.map_or(Vec::new(), |metric| metric.samples.iter().map(|sample| sample.value).collect())
}

#[test]
fn a_folder_stays_where_it_was_though_the_program_goes_elsewhere() {
    let _once = once();
    let above = tempfile::tempdir().unwrap();
    let here = std::env::current_dir().unwrap();
    let to_root: std::path::PathBuf = here.components().skip(1).map(|_| "..").collect();
    let folder = to_root.join(above.path().join("heap").strip_prefix("/").unwrap());
    assert!(folder.is_relative());
    let guard = quiet().start(&folder).unwrap();
    assert!(guard.take().unwrap().is_absolute());
}

#[test]
fn a_snapshot_is_this_users_alone_and_what_a_scrape_would_be() {
    let _once = once();
    let kept: Vec<Vec<u8>> = (0..64).map(|_| vec![1; 1 << 20]).collect();
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("heap");
    let guard = quiet().start(&folder).unwrap();
    let path = guard.take().unwrap();
    assert_eq!(std::fs::metadata(&folder).unwrap().mode() & 0o777, 0o700);
    assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    assert_eq!((reason(&path).as_str(), snapshots(&folder).1.len()), ("call", 0));
    let profile = read(&path);
    let live = profile.sum(3) as f64 / f64::from(1 << 20);
    // Other tests of this process have something, too.
    assert!((50.0..200.0).contains(&live), "{live} MiB");
    assert_eq!(profile.mapping_ids, (1..=profile.mapping_ids.len() as u64).collect::<Vec<_>>());
    assert!(profile.period > 0 && profile.time_nanoseconds > 0);
    assert_eq!(metric("memgate_snapshots_total").iter().sum::<f64>(), 1.0);
    assert_eq!(metric("memgate_snapshot_files"), [1.0]);
    drop(guard);
    assert!(metric("memgate_snapshots_total").is_empty());
    drop(kept);
}

#[test]
fn the_caps_hold_and_the_first_the_highest_and_the_newest_stay() {
    let _once = once();
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("heap");
    let guard = quiet().keep_newest(2).start(&folder).unwrap();
    let first = guard.take().unwrap();
    let high: Vec<u8> = vec![1; 64 << 20];
    let highest = guard.take().unwrap();
    drop(high);
    take(&guard, 20);
    let (files, _) = snapshots(&folder);
    assert!(files.len() == 4 && files.contains(&first) && files.contains(&highest), "{files:?}");
    drop(guard);
    // One after the other, as after restarts.
    for _ in 0..10 {
        let guard = quiet().keep_newest(3).most_files(7).start(&folder).unwrap();
        take(&guard, 5);
        assert!(snapshots(&folder).0.len() <= 7);
    }
    assert_eq!(snapshots(&folder).0.len(), 7);
    let size = std::fs::metadata(&snapshots(&folder).0[0]).unwrap().len();
    let most = (1 << 20).max(size * 3);
    let guard = quiet().most_bytes(most).start(&folder).unwrap();
    take(&guard, 10);
    let bytes: u64 = snapshots(&folder).0.iter().map(|path| std::fs::metadata(path).unwrap().len()).sum();
    assert!(bytes <= most, "{bytes} of {most}");
}

#[test]
fn nonsense_a_second_time_and_a_folder_that_is_unfit_are_refused() {
    let _once = once();
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("heap");
    let said = |options: SnapshotOptions| options.start(&folder).unwrap_err().to_string();
    for wrong in [
        quiet().keep_newest(0),
        quiet().most_files(3),
        quiet().most_bytes(10),
        quiet().levels([Threshold::Percent(0.0)]),
        quiet().live_levels([0]),
        quiet().pressure_percent(Some(f64::NAN)),
    ] {
        assert!(said(wrong).contains("makes no sense"));
    }
    assert!(!folder.exists(), "nothing is made before everything is right");
    let guard = quiet().start(&folder).unwrap();
    assert!(matches!(quiet().start(&folder), Err(SnapshotError::AlreadyStarted)));
    drop(guard);
    let missing = memgate_live::snapshots(above.path().join("a/b")).unwrap_err();
    assert!(matches!(&missing, SnapshotError::Folder(path, _) if path.ends_with("a/b")), "{missing}");
    let proc = memgate_live::snapshots("/proc/self/heap").unwrap_err();
    assert!(matches!(proc, SnapshotError::Folder(..)), "{proc}");
    // A failure leaves nothing behind.
    drop(quiet().start(&folder).unwrap());
}

#[test]
fn a_folder_that_goes_away_is_an_error_and_no_more() {
    let _once = once();
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("heap");
    let guard = quiet().start(&folder).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let error = guard.take().unwrap_err();
    assert!(matches!(&error, SnapshotError::Write(path, _) if path == Path::new(&folder)), "{error}");
    assert_eq!(metric("memgate_failed_snapshots_total"), [1.0]);
    std::fs::create_dir(&folder).unwrap();
    guard.take().unwrap();
}

#[test]
fn the_page_and_the_metrics_have_them() {
    let _once = once();
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("heap & co");
    let guard = quiet().start(&folder).unwrap();
    let responder = Options::new().without_authentication().responder().unwrap();
    let get = |path| {
        let request = Request { method: "GET", path, host: Some("localhost"), ..Request::default() };
        String::from_utf8(responder.respond(&request).body).unwrap()
    };
    assert!(get("/debug/pprof/").contains("There is none yet."));
    let path = guard.take().unwrap();
    let page = get("/debug/pprof/");
    assert!(
        page.contains("heap &amp; co") && page.contains(path.file_name().unwrap().to_str().unwrap()),
        "{page}"
    );
    let metrics = get("/metrics");
    assert!(metrics.contains("memgate_snapshots_total{reason=\"call\"} 1\n"), "{metrics}");
    assert!(metrics.contains("memgate_skipped_snapshots_total{reason=\"no_room\"} 0\n"), "{metrics}");
    let Some(promtool) = program(&["promtool"]) else { return };
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), metrics).unwrap();
    let input = Stdio::from(std::fs::File::open(file.path()).unwrap());
    assert_eq!(output_with(Command::new(promtool).args(["check", "metrics"]), input), "", "no advice either");
}
