//! One frame record: where it is, what it holds, and what its return address is.

/// The address of the caller's frame record: the frame pointer and the return address of a function that keeps one.
#[inline(always)]
pub fn frame_record() -> u64 {
    let frame: u64;
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: reads a register, and touches neither memory nor flags.
    unsafe {
        std::arch::asm!("mov {}, rbp", out(reg) frame, options(nomem, nostack, preserves_flags));
    }
    #[cfg(all(target_arch = "aarch64", not(miri)))]
    // SAFETY: reads a register, and touches neither memory nor flags.
    unsafe {
        std::arch::asm!("mov {}, x29", out(reg) frame, options(nomem, nostack, preserves_flags));
    }
    #[cfg(any(miri, not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
    {
        frame = 0;
    }
    frame
}

/// The inner end of what is mapped of the calling thread's stack for certain.
#[inline(always)]
pub(crate) fn stack_pointer() -> u64 {
    let top: u64;
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: reads a register, and touches neither memory nor flags.
    unsafe {
        std::arch::asm!("mov {}, rsp", out(reg) top, options(nomem, nostack, preserves_flags));
    }
    #[cfg(all(target_arch = "aarch64", not(miri)))]
    // SAFETY: reads a register, and touches neither memory nor flags.
    unsafe {
        std::arch::asm!("mov {}, sp", out(reg) top, options(nomem, nostack, preserves_flags));
    }
    #[cfg(any(miri, not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
    {
        // Nothing lies further out, so nothing is read.
        top = u64::MAX;
    }
    top
}

/// What a frame record holds: the address of the next one, and the return address as it was stored, which on AArch64 may
/// be signed; see [`without_signature`].
///
/// # Safety
/// Two words must be readable at `frame`, which is aligned for them.
#[inline(always)]
pub(crate) unsafe fn read(frame: u64) -> (u64, u64) {
    let record = std::ptr::with_exposed_provenance::<u64>(frame as usize);
    // SAFETY: our caller says so. Read as volatile, because the compiler knows nothing of frame records.
    let outer = unsafe { record.read_volatile() };
    // SAFETY: within the two words.
    let address = unsafe { record.add(1) };
    // SAFETY: as above.
    (outer, unsafe { address.read_volatile() })
}

/// The return address itself.
///
/// Code that is built with `-Z branch-protection=pac-ret`, as C libraries of some distributions are, stores it with a
/// signature in its upper bits, which depends on where in the stack it lies. With it, one call would be as many different
/// ones, and none that has a symbol.
///
/// Rejected: masking the bits above an address's 48, which are fewer where the kernel gives 52 bits, and which without
/// pointer authentication may hold a tag. The instruction takes away what this processor's signatures consist of.
#[inline(always)]
pub(crate) fn without_signature(address: u64) -> u64 {
    #[cfg(all(target_arch = "aarch64", not(miri)))]
    {
        let mut address = address;
        // `hint #7` is `xpaclri`, written so that every assembler takes it: it strips the link register, and does nothing on
        // processors that know no pointer authentication. They have no signatures either.
        //
        // SAFETY: changes the one register that is named, and touches neither memory nor flags.
        unsafe {
            std::arch::asm!("hint #7", inout("x30") address, options(nomem, nostack, preserves_flags));
        }
        address
    }
    #[cfg(not(all(target_arch = "aarch64", not(miri))))]
    {
        address
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_a_signature_stays_what_it_is() {
        for address in [0, 0x5555_0000_1234, 0x7FFF_FFFF_FFF0] {
            assert_eq!(without_signature(address), address);
        }
    }

    #[cfg(all(any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
    #[test]
    fn variables_lie_further_out_than_the_stack_pointer() {
        let variable = 0_u64;
        assert!((&raw const variable).addr() as u64 >= stack_pointer());
    }
}
