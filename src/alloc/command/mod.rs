//! The whole process counted as a command of the tool's, where no library can be put in front of its `malloc`: in a static program.
//!
//! The tool starts every command with the variable `LD_PRELOAD`, which names its library. A program that is linked dynamically gets that
//! library from the loader, and is counted by it; nothing here happens then, or it would be counted twice. A static program has no
//! loader, so it looks by itself, at its first allocation: beside the library lies the table, and it counts there as the library would.
//!
//! Rejected: a variable of its own, which the tool would have to set for static programs alone, so that nobody finds one that a shell has
//! started; and which would change what a program that copies its environment allocates.

#[cfg(all(feature = "command", target_os = "linux"))]
mod c;
#[cfg(all(feature = "command", target_os = "linux"))]
mod count;
#[cfg(all(feature = "command", target_os = "linux"))]
mod hooks;
#[cfg(not(all(feature = "command", target_os = "linux")))]
mod not_counted;
#[cfg(all(feature = "command", target_os = "linux"))]
mod place;
#[cfg(all(feature = "command", target_os = "linux"))]
mod process;

#[cfg(all(feature = "command", target_os = "linux"))]
pub(super) use hooks::{on_alloc, on_dealloc, on_realloc};
#[cfg(not(all(feature = "command", target_os = "linux")))]
pub(super) use not_counted::{on_alloc, on_dealloc, on_realloc};
