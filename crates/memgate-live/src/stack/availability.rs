//! Why samples have no stacks.

/// Whether stacks can be taken on this platform at all, however a program is built.
const CAN_BE_TAKEN: bool =
    cfg!(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)));

/// What is said of a profile whose samples have no stacks.
pub(crate) const WHY_THERE_ARE_NONE: &str = if CAN_BE_TAKEN {
    "this program has no frame pointers, so that samples have no stacks: build it with RUSTFLAGS=\"-C force-frame-pointers=yes\""
} else {
    "samples have no stacks, which can't be taken on this platform"
};
