//! The rules over series: windowed, creep, change points. Pure, and the same on every machine.

mod change_points;
mod creep;
mod point;
mod spread;
mod windowed;

pub use change_points::{ChangePoint, ChangePointRule, change_points};
pub use creep::{Creep, CreepOutcome, CreepRule, creep};
pub use point::Point;
pub use spread::Statistic;
pub use windowed::{Alarm, End, WindowedRule, windowed};
