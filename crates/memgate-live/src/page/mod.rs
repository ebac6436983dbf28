//! The page for people: what there is, what is live, and at which sites.

mod html;
mod sites;
mod snapshots;
mod text;

pub(crate) use html::{Page, page};
pub(crate) use sites::addresses;
