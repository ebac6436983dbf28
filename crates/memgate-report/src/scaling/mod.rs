//! How metrics grow with the size of the input: benchmarks that differ in one number, to exponents.
//!
//! `build/1000`, `build/10000` and `build/100000` are a series, and so are divan's `build::1000` and so on. The exponent of a metric is the slope of its logarithm over
//! the logarithm of the size: 1 is linear, 2 is quadratic, 0 does not grow.

mod fit;
mod rise;
mod series;
#[cfg(test)]
mod tests;

pub use fit::{NoFit, fit, fit_rise};
pub(crate) use series::benchmarks_of;
pub use series::scaling;
