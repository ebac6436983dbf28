//! The history as one page that needs nothing else: no network, no other file.

mod data;
mod html;
mod runs;

pub use data::{PageCommit, PageInput, page_data};
pub use html::render_page;
