//! The benchmarks of the group `twins` in `criterion.rs`, written natively.

use memgate::Bencher;
use memgate_criterion_benches::{document, fields, package_names, table};

fn twin_fields(bencher: Bencher) {
    let text = table(500);
    bencher.bench(|| fields(&text));
}

fn twin_package_names(bencher: Bencher) {
    bencher.with_inputs(document).bench_values(package_names);
}

fn twin_push(bencher: Bencher) {
    let text = table(500);
    bencher.with_inputs(|| text.clone()).bench_refs(|text| text.push('\n'));
}

memgate::main! {
    "twins/fields" => twin_fields,
    "twins/package_names" => twin_package_names,
    "twins/push" => twin_push,
}
