//! The comment, as a reader sees it and as an attacker would have it.

mod gfm;
mod hostile_files;
mod hostile_texts;
mod lacks;
mod quotations;
mod samples;
mod size;
mod snapshots;
