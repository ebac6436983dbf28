//! Names of functions, from the symbol tables of what is loaded; debug information is never touched.

mod question;
mod symbolize;
mod table;

pub(crate) use question::{addresses_of, answer};
pub(crate) use symbolize::{has_symbols, readable_names, symbolize};
