//! Units of bytes, as `memgate.toml` has them.
//!
//! # Example
//! ```
//! use memgate::{Limits, units::{KIB, MIB}};
//! let limits = Limits::new().peak_bytes(64 * KIB).total_bytes(2 * MIB);
//! # let _ = limits;
//! ```

/// 1,024 bytes.
pub const KIB: u64 = 1 << 10;
/// 1,024 KiB.
pub const MIB: u64 = 1 << 20;
/// 1,024 MiB.
pub const GIB: u64 = 1 << 30;
/// 1,000 bytes.
pub const KB: u64 = 1_000;
/// 1,000 kB.
pub const MB: u64 = 1_000_000;
/// 1,000 MB.
pub const GB: u64 = 1_000_000_000;
