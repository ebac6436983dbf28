//! `--time`: wall-clock times through the criterion facade. What is timed sleeps for as long as a variable says, so that
//! no test depends on how fast the machine is.

use crate::finished::Finished;
use crate::support::{Package, Project, repository};

/// The group asks for more than the tool allows; `odd #2` is the second benchmark of one id.
const SUITE: &str = "use criterion::{Criterion, criterion_group, criterion_main};
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use std::time::Duration;

fn nap() {
    let milliseconds = std::env::var(\"NAP\").map_or(2, |text| text.parse().unwrap());
    assert!(milliseconds > 0 || std::env::var_os(\"MEMGATE_TIMES\").is_none(), \"no nap at all\");
    std::thread::sleep(Duration::from_millis(milliseconds));
}

fn suite(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(\"naps\");
    group.sample_size(2_000).warm_up_time(Duration::from_secs(600)).measurement_time(Duration::from_secs(600));
    group.bench_function(\"one? of them\", |bencher| bencher.iter(nap));
    group.finish();
    for milliseconds in [1, 20] {
        let mut group = criterion.benchmark_group(\"odd\");
        let nap = move || std::thread::sleep(Duration::from_millis(milliseconds));
        group.bench_function(\"same\", |bencher| bencher.iter(nap));
        group.finish();
    }
}

/// Counts calls, which are no nanoseconds.
struct Calls;
impl Measurement for Calls {
    type Intermediate = ();
    type Value = u64;
    fn start(&self) {}
    fn end(&self, (): ()) -> u64 { 7 }
    fn add(&self, a: &u64, b: &u64) -> u64 { a + b }
    fn zero(&self) -> u64 { 0 }
    fn to_f64(&self, value: &u64) -> f64 { *value as f64 }
    fn formatter(&self) -> &dyn ValueFormatter { WallTime.formatter() }
}
fn calls(criterion: &mut Criterion<Calls>) {
    criterion.bench_function(\"calls\", |bencher| bencher.iter(|| 1));
}

criterion_group!(benches, suite);
criterion_group!(name = counted; config = Criterion::default().with_measurement(Calls); targets = calls);
criterion_main!(benches, counted);";

const SHORT: &str = "[time]\nwarm-up = \"20ms\"\nmeasurement = \"100ms\"\nsamples = 10\n";

fn project() -> Project {
    let facade = repository().join("crates/memgate-criterion");
    let dependencies = format!(
        "[dev-dependencies]\n\
         memgate = {{ path = {:?} }}\n\
         criterion = {{ package = \"memgate-criterion\", path = {facade:?}, default-features = false, features = [\"allocator\"] }}\n",
        repository()
    );
    let package = Package::without_memgate("timed").manifest(&dependencies).bench("suite", SUITE);
    Project::new(
        "times",
        [package.bench("native", "memgate::main! { f }\nfn f(b: memgate::Bencher) { b.bench(|| 1) }")],
    )
}

fn check(project: &Project, nap: &str, words: &[&str]) -> Finished {
    Finished::of(project.tool().args(["check", "--format", "json", "--time"]).args(words).env("NAP", nap))
}

/// The mean time of a benchmark in milliseconds.
fn milliseconds(report: &serde_json::Value) -> f64 {
    report["time"]["mean"]["picoseconds"].as_f64().unwrap() / 1e9
}

#[test]
fn times_inform_unless_they_are_limited() {
    let project = project();
    project.write("memgate.toml", SHORT);
    let saved = Finished::of(project.tool().args(["update", "--time"]).env("NAP", "2")).exits(0);
    assert!(saved.stdout.contains("saved the times of 3 benchmarks as `memgate`"), "{}", saved.stdout);
    assert!(
        saved.stdout.contains("no time of timed/suite/calls: criterion left no time"),
        "{}",
        saved.stdout
    );

    // Benchmarks of one id are told apart, and what is not criterion's has no time.
    let all = check(&project, "2", &[]).exits(0).report();
    let time = |id: &str| all.benchmark(id)["time"].clone();
    assert!(milliseconds(&time("timed/suite/odd/same")) < 20.0);
    assert!(milliseconds(&time("timed/suite/odd/same #2")) >= 20.0);
    assert_eq!(time("timed/native/f"), serde_json::Value::Null);

    let nap = "timed/suite/naps/one? of them";
    let slower = check(&project, "40", &["--exact", nap]).exits(0).report();
    let time = &slower.benchmark(nap)["time"];
    assert!(
        milliseconds(time) >= 40.0 && time["time"]["change"]["lower"].as_i64() > Some(1_000_000),
        "{time}"
    );
    assert_eq!((time["verdict"].as_str(), &time["limit"]), (Some("ok"), &serde_json::Value::Null));

    // Another name has nothing saved, which only matters where times are limited.
    let other = ["--exact", nap, "--time-baseline", "other"];
    let unsaved = check(&project, "2", &other).exits(0).report();
    assert_eq!(unsaved.notices("times"), ["no times of 1 benchmark are saved as `other` yet"]);
    let broken = check(&project, "0", &["--exact", nap]).exits(0).report();
    assert_eq!(broken.notices("times"), [format!("no time of {nap}: it panicked (exit code 101)")]);

    project.write("memgate.toml", format!("{SHORT}[limits]\ntime = {{ relative = \"500%\" }}\n"));
    check(&project, "40", &["--exact", nap]).exits(100);
    check(&project, "2", &["--exact", nap]).exits(0);
    check(&project, "2", &other).exits(104);
    check(&project, "0", &["--exact", nap]).exits(101);
    let untimed = project.memgate("check --format json").exits(0).report();
    assert_eq!(
        untimed.notices("times"),
        ["times have limits in memgate.toml, which are checked with --time only"]
    );
    project.memgate("update --time --dry-run").exits(2);
}
