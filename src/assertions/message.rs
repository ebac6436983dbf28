//! What a failed assertion says.

use std::fmt::Write;

use super::heap::Heap;
use super::limits::Exceeded;
use memgate_protocol::Unit;
use memgate_protocol::units::exact;

/// Says what is over, by how much, and what else was measured.
pub(super) fn over_limits(function: &str, exceeded: &[Exceeded], heap: &Heap) -> String {
    let is_are =
        if exceeded.len() == 1 { "a number is over its limit" } else { "numbers are over their limits" };
    let mut text = format!("memgate::{function}: {is_are}");
    let width = exceeded.iter().map(|exceeded| exceeded.metric.name().len()).max().unwrap_or_default();
    for Exceeded { metric, value, most } in exceeded {
        let [value, most, over] = [*value, *most, value - most].map(|value| exact(value, metric.unit()));
        let _ = write!(text, "\n  {metric:width$}  {value}, at most {most}: +{over}");
    }
    let all = heap.values().map(|(metric, value)| format!("{metric} {}", exact(value, metric.unit())));
    let _ = write!(text, "\n  measured: {}", all.join(" · "));
    text
}

/// Says what is left.
pub(super) fn leak(bytes: i64, blocks: i64) -> String {
    let [bytes, blocks_text] =
        [(bytes, Unit::Bytes), (blocks, Unit::Count)].map(|(value, unit)| exact(value, unit));
    let blocks_are = if blocks == 1 { "block is" } else { "blocks are" };
    format!(
        "memgate::assert_no_leak: {blocks_text} {blocks_are} left of what was allocated: {bytes}\n  \
         what is meant to stay, such as a cache that is filled once, can be filled before"
    )
}

#[cfg(test)]
mod tests {
    use super::super::limits::Limits;
    use super::*;

    #[test]
    fn the_numbers_are_told_in_the_words_of_the_gate() {
        let heap =
            Heap { peak_bytes: 2_048, total_bytes: 3_072, allocs: 5, reallocs: 0, retained_bytes: -1_500 };
        let limits = Limits::new().allocs(3).peak_bytes(1_024);
        assert_eq!(
            over_limits("assert_at_most", &limits.exceeded_by(&heap), &heap),
            "memgate::assert_at_most: numbers are over their limits\n\
             \u{20} peak_bytes  2,048 B, at most 1,024 B: +1,024 B\n\
             \u{20} allocs      5, at most 3: +2\n\
             \u{20} measured: peak_bytes 2,048 B · total_bytes 3,072 B · allocs 5 · reallocs 0 · retained_bytes -1,500 B"
        );
        let limits = Limits::new().allocs(0);
        assert_eq!(
            over_limits("assert_no_alloc", &limits.exceeded_by(&heap), &heap).lines().next(),
            Some("memgate::assert_no_alloc: a number is over its limit")
        );
    }
}
