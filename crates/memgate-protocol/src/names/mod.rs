//! Names of functions as people read them, and as they are told apart: in the tool's reports as in a failed assertion.

mod erased;
mod operation;
mod origin;

pub use erased::{crates_of, erased_name, name_without_modules, short_name};
pub use operation::operation;
pub use origin::{
    is_compiler_shim, is_global_allocator, is_of_allocator, is_of_standard_library, without_registry,
};
