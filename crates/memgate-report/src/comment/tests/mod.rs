//! The comment, as a reader sees it and as an attacker would have it.

mod gfm;
mod hostile_texts;
mod quotations;
mod size;
mod snapshots;
