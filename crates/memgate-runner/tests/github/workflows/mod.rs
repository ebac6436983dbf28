//! Whole workflows: what `init` gives to others, and what this repository has, run step by step with GitHub's part played.
//!
//! Whatever a workflow uses that is not known here is a panic, so that no workflow can outgrow its tests.

mod actions;
mod comment;
mod composite;
mod document;
mod expression;
mod history;
mod installed;
mod measuring;
mod programs;
mod run;
mod world;
