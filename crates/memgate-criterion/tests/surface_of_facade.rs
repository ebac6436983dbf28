//! Every public item of criterion, from the facade.

extern crate memgate_criterion as criterion;

mod surface;
