//! A series as one line of blocks.

use super::rules::Point;

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A series as a line of at most `width` blocks: the lowest value is the lowest block, the highest the highest. A column is the
/// newest value of its commits, and blank when none of them has one.
#[must_use]
pub fn sparkline(points: &[Point], width: usize) -> String {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return String::new() };
    let span = last.position - first.position + 1;
    let columns = span.min(width).max(1);
    let mut values: Vec<Option<i64>> = vec![None; columns];
    for point in points {
        let column = (point.position - first.position) * columns / span;
        if let Some(value) = values.get_mut(column) {
            *value = Some(point.value);
        }
    }
    let all = || points.iter().map(|point| point.value);
    let (lowest, highest) = (all().min().unwrap_or_default(), all().max().unwrap_or_default());
    let block = |value: Option<i64>| {
        let Some(value) = value else { return ' ' };
        let range = u128::from(highest.abs_diff(lowest));
        let height = u128::from(value.abs_diff(lowest)) * 7;
        let index = (height + range / 2).checked_div(range).unwrap_or(0);
        usize::try_from(index).ok().and_then(|index| BLOCKS.get(index)).copied().unwrap_or(' ')
    };
    values.into_iter().map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(values: &[(usize, i64)], width: usize) -> String {
        let points: Vec<Point> =
            values.iter().map(|(position, value)| Point { position: *position, value: *value }).collect();
        sparkline(&points, width)
    }

    #[test]
    fn lowest_and_highest_span_the_blocks_and_gaps_are_blank() {
        let rising: Vec<(usize, i64)> = (0..8).map(|at| (at, at as i64)).collect();
        assert_eq!(line(&rising, 40), "▁▂▃▄▅▆▇█");
        assert_eq!(line(&[(4, 0), (5, 0), (7, 10)], 40), "▁▁ █");
        assert_eq!(line(&[(0, 5), (1, 5)], 40), "▁▁");
        assert_eq!(line(&[(0, i64::MIN), (1, i64::MAX)], 40), "▁█");
        assert_eq!(line(&[], 40), "");
    }

    #[test]
    fn a_long_series_takes_the_width() {
        let values: Vec<(usize, i64)> = (0..1_000).map(|at| (at, i64::from(at >= 500))).collect();
        assert_eq!(line(&values, 10), "▁▁▁▁▁█████");
    }
}
