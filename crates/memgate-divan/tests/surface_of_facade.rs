//! Every public item of divan, from the facade.

extern crate memgate_divan as divan;

mod surface;
