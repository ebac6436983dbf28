//! Whether an emulator runs this.

/// Whether the kernel calls its functions as another machine does: an emulator does not translate what `/proc` has of them.
pub(crate) fn is_emulated() -> bool {
    let read = match std::env::consts::ARCH {
        "x86_64" => "0 ",
        "aarch64" => "63 ",
        _ => "3 ",
    };
    std::fs::read_to_string("/proc/thread-self/syscall").is_ok_and(|call| !call.starts_with(read))
}
