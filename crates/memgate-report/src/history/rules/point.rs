//! One value of a series.

/// One value of a series. Commits without a value have no point, so that a gap is neither zero nor the value before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The commit's place in the history, counted from the oldest.
    pub position: usize,
    /// The value, in the metric's unit; the median where it is noisy.
    pub value: i64,
}

#[cfg(test)]
pub(super) fn series(values: impl IntoIterator<Item = i64>) -> Vec<Point> {
    values.into_iter().enumerate().map(|(position, value)| Point { position, value }).collect()
}
