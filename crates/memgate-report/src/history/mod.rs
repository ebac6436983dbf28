//! Numbers over time: series, the rules that judge them, and how well each rule does on series with known answers.
//!
//! The order of a history is that of its commits, first parent after first parent; no rule looks at a clock.

mod acceptances;
mod drift;
mod followed;
mod json;
mod link;
mod note;
mod old_names;
mod page;
mod rates;
mod release;
mod render;
mod rules;
mod sparkline;
mod synthetic;
mod timeline;

pub use acceptances::Acceptances;
pub use drift::{Anchor, Drift, DriftReport, DriftRules, Finding, check_drift};
pub use followed::{followed_baselines, followed_records, former_names, positions_of_renames};
pub use json::{DRIFT_SCHEMA, TRENDS_SCHEMA, print_drift, print_trends};
pub use link::commit_url;
pub use note::{Note, NoteContents};
pub use old_names::FollowedRename;
pub use page::{PageCommit, PageInput, page_data, render_page};
pub use rates::{Rates, RuleName, measure_rates, rates_table};
pub use release::latest_releases;
pub use render::{ShowOptions, ShownCommit, render_drift, render_trends};
pub use rules::{
    Alarm, ChangePoint, ChangePointRule, Creep, CreepOutcome, CreepRule, End, Point, Statistic, WindowedRule,
    change_points, creep, windowed,
};
pub use sparkline::sparkline;
pub use synthetic::{Random, Scenario};
pub use timeline::{Conflict, Series, SeriesKey, SeriesSelection, Timeline, timeline};
