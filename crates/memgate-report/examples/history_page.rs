//! Makes a page of a synthetic history, to look at and to measure in a browser:
//!
//! ```console
//! cargo run --release -p memgate-report --example history_page -- [BENCHMARKS] [COMMITS] > history.html
//! ```

#![expect(clippy::print_stdout, reason = "the page goes to standard output")]

use memgate_protocol::Metric;
use memgate_report::history::{
    FollowedRename, PageCommit, PageInput, Point, Random, Series, SeriesKey, Timeline, render_page,
};
use memgate_report::model::{BenchmarkId, MetricKey, Rename};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let benchmarks: usize = arguments.next().map_or(Ok(500), |word| word.parse())?;
    let commits: usize = arguments.next().map_or(Ok(1_000), |word| word.parse())?;
    let mut random = Random::new(1);
    let mut timeline = Timeline::default();
    for benchmark in 0..benchmarks {
        for metric in Metric::ALL {
            let id = BenchmarkId::new(
                format!("package-{}", benchmark % 10),
                "memory",
                format!("routine/{benchmark}"),
            );
            let key = SeriesKey {
                id,
                target: "x86_64-unknown-linux-gnu".to_owned(),
                metric: MetricKey::steady(metric),
            };
            let points = points(&mut random, commits, benchmark % 10 == 0);
            timeline.series.insert(key, Series { points, other_environments: Vec::new() });
        }
    }
    // One benchmark had two other names before.
    let names = ["package-1/memory/first", "package-1/memory/second", "package-1/memory/routine/1"];
    for (pair, position) in names.windows(2).zip([commits / 3, commits / 2]) {
        let rename = Rename::new(pair[0].parse()?, pair[1].parse()?)?;
        timeline.renames.push(FollowedRename { position, rename });
    }
    let commits: Vec<PageCommit> = (0..commits)
        .map(|number| PageCommit {
            id: format!("{:08x}{number:032x}", (number as u32).wrapping_mul(0x9E37_79B1)),
            subject: format!("Change number {number}"),
            author_date: format!(
                "{}-{:02}-{:02}",
                2020 + number / 336,
                number / 28 % 12 + 1,
                number % 28 + 1
            ),
        })
        .collect();
    let commit_url = Some("https://github.com/memgate/memgate/commit/");
    print!("{}", render_page(&PageInput { timeline: &timeline, commits: &commits, commit_url }));
    Ok(())
}

/// Levels that change now and then; one in ten benchmarks has noise of 1 % as well.
fn points(random: &mut Random, commits: usize, is_noisy: bool) -> Vec<Point> {
    let mut level = 1_000.0 * f64::from(1 + random.below(10_000));
    let mut points = Vec::with_capacity(commits);
    for position in 0..commits {
        if random.below(300) == 0 {
            level *= 1.0 + 0.05 * random.normal();
        }
        if random.below(100) == 0 {
            continue;
        }
        let noise = if is_noisy { 0.01 * random.normal() } else { 0.0 };
        points.push(Point { position, value: (level * (1.0 + noise)).round() as i64 });
    }
    points
}
