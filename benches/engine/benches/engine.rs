//! memgate's own engine: a baseline of 10,000 benchmarks is read, compared with a run, and rendered.

use memgate::Bencher;
use memgate_engine_benches::{alone, baseline, compared, run};
use memgate_report::format::{parse_baseline, print_baseline};
use memgate_report::render::{Format, RenderOptions, render};

const BENCHMARKS: usize = 10_000;

fn load_baseline(bencher: Bencher) {
    let text = print_baseline(&baseline(BENCHMARKS));
    bencher.bench(|| parse_baseline(text.as_bytes()).unwrap());
}

fn print(bencher: Bencher) {
    let baseline = baseline(BENCHMARKS);
    bencher.bench(|| print_baseline(&baseline));
}

fn compare(bencher: Bencher) {
    let (runs, baselines) = ([run(BENCHMARKS)], alone(baseline(BENCHMARKS)));
    bencher.bench(|| compared(&runs, &baselines));
}

fn render_markdown(bencher: Bencher) {
    let report = compared(&[run(BENCHMARKS)], &alone(baseline(BENCHMARKS)));
    let options = RenderOptions {
        verbose: true,
        cold: false,
        color: false,
        width: None,
        command: "cargo memgate".into(),
        cargo_flags: Vec::new(),
        filters: Vec::new(),
    };
    bencher.bench(|| render(&report, Format::Markdown, &options));
}

memgate::main! {
    load_baseline,
    "print_baseline" => print,
    compare,
    render_markdown,
}
