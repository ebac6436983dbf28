//! The page for people: what there is, what is live, and at which sites.

mod flame;
mod html;
mod sites;
mod snapshots;
mod stacks;
mod text;

pub(crate) use html::{Page, page};
pub(crate) use stacks::addresses;
