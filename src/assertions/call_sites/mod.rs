//! From recorded stacks to the lines that did it, in the words of the gate's reports.

mod owner;
mod site;
mod stack;
mod symbols;
mod text;

pub(super) use text::of_recorded;
