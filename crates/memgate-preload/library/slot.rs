//! The slots of the table, as whoever else counts in it has them.

pub(crate) use memgate_protocol::process_table::Slot;
