//! The report as Markdown, in GitHub's dialect: a page, a step's summary, and the comment on a pull request are one
//! rendering with different limits.

mod acceptance;
mod causes;
mod changes;
mod details;
mod document;
mod gaps;
mod growth;
mod headline;
mod inert;
#[cfg(test)]
mod inert_tests;
mod lack;
mod notices;
mod numbers;
mod page;
mod section;
mod sites;
mod steps;
mod times;
mod triples;
mod unbroken;
mod words;

pub(super) use document::of_options;
pub(crate) use document::render;
pub use lack::Lack;
pub(crate) use page::Page;
pub(crate) use words::Words;
