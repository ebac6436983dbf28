//! Exit codes of processes, as people read them.

/// What a process ended with. The codes with which Windows itself ends one are negative numbers there, and known to people in another way.
#[must_use]
pub fn exit_code(code: i32) -> String {
    if code >= 0 {
        return code.to_string();
    }
    let name = windows_status(code.cast_unsigned()).map(|name| format!(" ({name})"));
    format!("0x{code:08X}{}", name.unwrap_or_default())
}

/// Those of `ntstatus.h` that programs of Rust end with.
fn windows_status(status: u32) -> Option<&'static str> {
    Some(match status {
        0x8000_0003 => "a breakpoint",
        0xC000_0005 => "access violation",
        0xC000_0017 => "out of memory",
        0xC000_001D => "illegal instruction",
        0xC000_0094 => "integer division by zero",
        0xC000_00FD => "stack overflow",
        0xC000_0135 => "a DLL was not found",
        0xC000_0139 => "a DLL has not the function that was asked for",
        0xC000_013A => "Ctrl-C",
        0xC000_0142 => "a DLL could not be initialized",
        0xC000_0374 => "heap corruption",
        // What `abort` ends with there.
        0xC000_0409 => "abort",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_of_windows_are_named_as_its_documentation_does() {
        assert_eq!([0, 101, i32::MAX].map(exit_code), ["0", "101", "2147483647"]);
        assert_eq!(exit_code(-1_073_741_819), "0xC0000005 (access violation)");
        assert_eq!(exit_code(-1_073_740_791), "0xC0000409 (abort)");
        assert_eq!(exit_code(-1), "0xFFFFFFFF");
    }
}
