//! Thirty small benchmarks in a large program: it links the tool's engine. For measuring what an explanation takes. No bench
//! target, so that the gate passes it by.

use memgate::Bencher;
use memgate_engine_benches::{alone, baseline, compared, run};
use memgate_report::format::{parse_baseline, print_baseline};
use memgate_report::render::{Format, RenderOptions, render};

/// Enough for a hundred sites or so.
const BENCHMARKS: usize = 3;

fn everything(bencher: Bencher, _: usize) {
    let options = RenderOptions {
        verbose: true,
        cold: true,
        color: true,
        width: Some(100),
        command: "cargo memgate".into(),
        cargo_flags: Vec::new(),
        filters: Vec::new(),
    };
    bencher.bench(move || {
        let text = print_baseline(&baseline(BENCHMARKS));
        let baseline = parse_baseline(text.as_bytes()).unwrap();
        let report = compared(&[run(BENCHMARKS)], &alone(baseline));
        [Format::Terminal, Format::Markdown, Format::Json, Format::Junit]
            .map(|format| render(&report, format, &options))
    });
}

memgate::main! { "everything" => everything: 0..30_usize }
