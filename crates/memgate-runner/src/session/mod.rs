//! What the commands do: builds, lists, measures, records, explains and probes. Knows nothing of the command line, whose words
//! come as a [`MeasureRequest`].

mod acceptance;
mod artifacts;
mod command;
mod command_definitions;
#[cfg(target_os = "linux")]
mod command_sites;
#[cfg_attr(not(target_os = "linux"), path = "command_suites_elsewhere.rs")]
mod command_suites;
mod committed_sites;
mod dependencies;
mod destinations;
mod explanations;
mod inputs;
mod measuring;
mod nothing;
mod opinions;
mod probes;
mod project;
mod recorder;
mod renames;
mod request;
mod search;
mod self_test;
mod sides;
mod since;
mod stale_snapshots;
mod times;
mod unreadable_files;
mod updating;

pub(crate) use acceptance::{accepted_by_change, pull_request_of_event};
pub(crate) use artifacts::{
    check_artifacts, write_dhat, write_difference, write_flame_graph, write_folded, write_pprof,
};
pub(crate) use command::{MeasuredCommand, measure_command};
pub(crate) use command_definitions::load_rules;
pub(crate) use committed_sites::CommittedSites;
pub(crate) use dependencies::{changed_between, changed_dependencies};
pub(crate) use destinations::{check_output, destination, write_output};
pub(crate) use explanations::{add_notes, difference, explain_red, window_of};
pub(crate) use inputs::{Input, read_inputs, read_runs, revision_of_shard, say_changed_trees};
pub(crate) use measuring::Purpose;
pub(crate) use opinions::{Opinions, Verified};
pub(crate) use probes::{Prober, memo};
pub(crate) use project::{Listed, Measured, Project, say_gaps, selected_part};
pub(crate) use recorder::{NamedWindow, Recorded, Recorder, Windows};
pub(crate) use renames::find_renames;
pub(crate) use request::MeasureRequest;
pub(crate) use search::Search;
pub(crate) use self_test::SelfTest;
pub(crate) use sides::{Revisions, Tree, as_baselines, compilers, record_sites};
pub(crate) use since::Since;
pub(crate) use stale_snapshots::StaleSnapshots;
pub(crate) use times::{TimesRequest, take_wall_clock};
pub(crate) use unreadable_files::unreadable_files;
pub(crate) use updating::{SitesSource, UpdateRequest, Updated, update_baselines};
