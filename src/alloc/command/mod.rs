//! The whole process counted as a command of the tool's, where no library can be put in front of its `malloc`: in a static program on
//! Linux, and in every one on Windows and macOS.
//!
//! The tool starts every command with the variable `LD_PRELOAD`, which names its library. A program that is linked dynamically gets that
//! library from the loader, and is counted by it; nothing here happens then, or it would be counted twice. A static program has no
//! loader, so it looks by itself, at its first allocation: beside the library lies the table, and it counts there as the library would.
//!
//! On Windows and macOS, where nothing is preloaded, a variable of the tool's names the table.
//!
//! Rejected, on Linux: a variable of its own, which the tool would have to set for static programs alone, so that nobody finds one that a shell has
//! started; and which would change what a program that copies its environment allocates.

#[cfg(all(feature = "command", any(target_os = "linux", target_os = "macos", windows)))]
mod count;
#[cfg(all(feature = "command", any(target_os = "linux", target_os = "macos", windows)))]
mod hooks;
#[cfg(not(all(feature = "command", any(target_os = "linux", target_os = "macos", windows))))]
mod not_counted;
#[cfg(all(feature = "command", any(target_os = "linux", target_os = "macos", windows)))]
mod place;
#[cfg(all(feature = "command", any(target_os = "linux", target_os = "macos", windows)))]
mod process;
#[cfg(all(feature = "command", any(target_os = "linux", target_os = "macos")))]
mod unix;
#[cfg(all(feature = "command", windows))]
mod windows;

#[cfg(all(feature = "command", any(target_os = "linux", target_os = "macos")))]
use unix as system;
#[cfg(all(feature = "command", windows))]
use windows as system;

#[cfg(all(feature = "command", any(target_os = "linux", target_os = "macos", windows)))]
pub(super) use hooks::{on_alloc, on_dealloc, on_realloc};
#[cfg(not(all(feature = "command", any(target_os = "linux", target_os = "macos", windows))))]
pub(super) use not_counted::{on_alloc, on_dealloc, on_realloc};
