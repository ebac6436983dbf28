//! The encoding of requests, responses and the headers of captures: JSON as RFC 8259 has it, and a small part of it.
//!
//! What is written has no white space, the fields in the order of the source, numbers that are integers, and strings in
//! which only `"`, `\` and control characters are escaped. It is what `serde_json` writes of the same types with serde's
//! derive, byte for byte, as the first versions of memgate did; the tests compare one with the other, and only for them the types have
//! serde's attributes, which say the same as the lines with `structure!` and `choice!`.
//!
//! | in Rust | in JSON |
//! | --- | --- |
//! | a struct | an object. A field that is twice, missing or unknown is an error |
//! | a field that is marked `default` | left out when it has its default |
//! | an enum's variant without content | its name, `"in_snake_case"` |
//! | an enum's variant with content | an object with one field: `{"its_name":…}` |
//! | an `Option` | `null` or the value |
//!
//! The reader is strict: no comments, no trailing commas, no number with a leading zero, no half of a surrogate pair, no
//! byte after the end. Integers are exact, and one that has a fraction or does not fit is an error. It reads what it is given
//! once, from the beginning to the end, and recurses at most [`MAXIMUM_DEPTH`](read::MAXIMUM_DEPTH) deep. A tree of values
//! in between was not built: it would take many times the memory of the text.

mod choice;
mod error;
mod number;
mod read;
mod string;
mod structure;
mod value;
mod write;

pub(crate) use choice::{Variant, choice};
pub use error::{DecodeError, DecodeProblem};
pub(crate) use read::{Decode, Reader};
pub(crate) use structure::{decode_fields, is_default, read_fields, required, structure};
pub(crate) use value::{from_bytes, to_bytes};
pub(crate) use write::{Encode, Writer};
