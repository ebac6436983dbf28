//! Uses every public item of criterion 0.8 once. Compiled against criterion and against the facade.

mod benches;
mod types;

use criterion::{BenchmarkFilter, Criterion};

#[test]
fn every_item_can_be_used() {
    // Nothing is timed: all that is looked at is that the names are there and fit together.
    let nothing = || Criterion::default().with_benchmark_filter(BenchmarkFilter::RejectAll);
    benches::groups(&mut nothing());
    benches::settings(&mut nothing());
    benches::async_forms(&mut nothing());
    benches::generic(&mut nothing().with_measurement(types::Ticks::default()));
    let _ = (types::values(), benches::compact as fn(), benches::complete as fn(), benches::main as fn());
    let _ = criterion::runner as fn(&[&dyn Fn()]);
}
