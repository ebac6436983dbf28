//! How memgate's engine scales: records compared and rendered, as times and as ratios to a tenth of the size.
//!
//! `cargo bench -p memgate-engine-benches --bench scale`

use std::time::{Duration, Instant};

use memgate_engine_benches::{alone, baseline, compared, run};
use memgate_report::render::{Format, RenderOptions, render};

/// Counts while a span is open, for the memory of the largest size.
#[global_allocator]
static ALLOCATOR: memgate::Alloc = memgate::Alloc::system();

const ROUNDS: usize = 5;

#[expect(clippy::print_stdout, reason = "the table is this program's output")]
fn main() {
    // `cargo test --benches` only wants to see that it works.
    let sizes: &[usize] =
        if std::env::args().any(|word| word == "--bench") { &[10_000, 100_000] } else { &[100] };
    println!("| records | compare | Markdown | both | peak of both | × time | × peak |");
    println!("|---:|---:|---:|---:|---:|---:|---:|");
    let mut before: Option<(Duration, i64)> = None;
    for &size in sizes {
        let (runs, baselines) = ([run(size)], alone(baseline(size)));
        let options = RenderOptions {
            verbose: false,
            cold: false,
            color: false,
            width: None,
            command: "cargo memgate".into(),
            cargo_flags: Vec::new(),
            filters: Vec::new(),
        };
        let best = (0..ROUNDS)
            .map(|_| {
                let started = Instant::now();
                let report = compared(&runs, &baselines);
                let compare = started.elapsed();
                let text = render(&report, Format::Markdown, &options);
                assert!(text.contains("memory regressed"), "one in a hundred has risen");
                (started.elapsed(), compare)
            })
            .min()
            .unwrap_or_default();
        let span = memgate::__private::Span::begin();
        let report = compared(&runs, &baselines);
        let text = render(&report, Format::Markdown, &options);
        let peak = span.end().peak_bytes;
        drop((report, text));
        let (both, compare) = best;
        let ratio = |now: f64, then: f64| format!("{:.1}", now / then);
        let (times, peaks) = before.map_or_else(
            || ("–".to_owned(), "–".to_owned()),
            |(time, bytes)| (ratio(both.as_secs_f64(), time.as_secs_f64()), ratio(peak as f64, bytes as f64)),
        );
        println!(
            "| {size} | {:.0} ms | {:.0} ms | {:.0} ms | {} | {times} | {peaks} |",
            compare.as_secs_f64() * 1e3,
            (both - compare).as_secs_f64() * 1e3,
            both.as_secs_f64() * 1e3,
            memgate_protocol::units::human(peak, memgate_protocol::Unit::Bytes),
        );
        before = Some((both, peak));
    }
}
