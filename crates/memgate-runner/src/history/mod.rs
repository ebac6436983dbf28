//! Numbers over time: series, the rules that judge them, and how well each rule does on series with known answers.
//!
//! The order of a history is that of its commits, first parent after first parent; no rule looks at a clock.

mod rates;
mod rules;
mod synthetic;

pub use rates::{Rates, RuleName, measure_rates, rates_table};
pub use rules::{
    Alarm, ChangePoint, ChangePointRule, Creep, CreepOutcome, CreepRule, End, Point, Statistic, WindowedRule,
    change_points, creep, default_floor, windowed,
};
pub use synthetic::{Random, Scenario};
