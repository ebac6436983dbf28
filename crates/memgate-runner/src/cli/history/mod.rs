//! `history`: numbers over time, kept in git notes.

mod arguments;
mod check;
mod command;
mod html;
mod import;
mod load;
mod prune;
mod record;
mod show;

pub(super) use command::{HistoryArguments, history};
