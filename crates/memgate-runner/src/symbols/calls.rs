//! What machine code calls, where it says so.

use std::collections::HashMap;

use object::{Architecture, Object, ObjectSection, RelocationTarget, SectionKind};

/// The machine code of one file.
pub(super) struct Calls {
    architecture: Architecture,
    sections: Vec<CodeSection>,
    /// What the loader puts into the table through which functions of other crates are called: addresses by place.
    slots: HashMap<u64, u64>,
}

struct CodeSection {
    address: u64,
    code: Vec<u8>,
}

impl Calls {
    pub(super) fn none() -> Self {
        Self { architecture: Architecture::Unknown, sections: Vec::new(), slots: HashMap::new() }
    }

    pub(super) fn of<'data>(file: &impl Object<'data>) -> Self {
        let sections = file.sections().filter(|section| section.kind() == SectionKind::Text);
        let sections = sections.filter_map(|section| {
            Some(CodeSection { address: section.address(), code: section.data().ok()?.to_vec() })
        });
        // Only what lies in the file itself is without a symbol.
        let slots = file.dynamic_relocations().into_iter().flatten().filter_map(|(place, relocation)| {
            let is_own = relocation.target() == RelocationTarget::Absolute;
            Some((place, u64::try_from(relocation.addend()).ok().filter(|_| is_own)?))
        });
        Self { architecture: file.architecture(), sections: sections.collect(), slots: slots.collect() }
    }

    /// The address that is called just before a call returns to an address, if the code names it: what is called through a
    /// pointer is not known. The bytes before an address may look like a call and be none, so the caller has to see whether a
    /// function begins there.
    pub(super) fn target(&self, returns_to: u64) -> Option<u64> {
        let section = self.sections.iter().find(|section| {
            returns_to.checked_sub(section.address).is_some_and(|at| at <= section.code.len() as u64)
        })?;
        let end = usize::try_from(returns_to - section.address).ok()?;
        match self.architecture {
            Architecture::X86_64 => {
                let code = section.code.get(..end)?;
                match *code.last_chunk::<6>()? {
                    [_, 0xe8, offset @ ..] => relative(returns_to, offset),
                    [0xff, 0x15, offset @ ..] => self.slots.get(&relative(returns_to, offset)?).copied(),
                    _ => None,
                }
            }
            Architecture::Aarch64 => {
                let start = end.checked_sub(4)?;
                let instruction = u32::from_le_bytes(*section.code.get(start..end)?.first_chunk::<4>()?);
                let is_call = instruction >> 26 == 0b10_0101;
                // The offset is signed, of 26 bits, in words.
                let offset = i64::from((instruction << 6).cast_signed() >> 6) * 4;
                is_call.then(|| returns_to.checked_sub(4)?.checked_add_signed(offset))?
            }
            _ => None,
        }
    }
}

fn relative(to: u64, offset: [u8; 4]) -> Option<u64> {
    to.checked_add_signed(i64::from(i32::from_le_bytes(offset)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(architecture: Architecture, code: &[u8]) -> Calls {
        let sections = vec![CodeSection { address: 0x1000, code: code.to_vec() }];
        Calls { architecture, sections, slots: HashMap::from([(0x1100, 0x1200)]) }
    }

    #[test]
    fn a_direct_call_names_what_it_calls() {
        let code = [0x90, 0xe8, 0x10, 0, 0, 0, 0xe8, 0xf0, 0xff, 0xff, 0xff, 0xff, 0xd0];
        let calls = calls(Architecture::X86_64, &code);
        assert_eq!(calls.target(0x1006), Some(0x1016));
        assert_eq!(calls.target(0x100b), Some(0xffb));
        // `call rax`.
        assert_eq!(calls.target(0x100d), None);
        // Through the table.
        let calls = self::calls(Architecture::X86_64, &[0xff, 0x15, 0xfa, 0, 0, 0, 0xff, 0x15, 0, 0, 0, 0]);
        assert_eq!((calls.target(0x1006), calls.target(0x100c)), (Some(0x1200), None));
        assert_eq!((calls.target(0x1002), calls.target(0xfff), calls.target(0x2000)), (None, None, None));
    }

    #[test]
    fn so_it_does_on_aarch64() {
        // `bl +8`, `bl -4`, `blr x8`.
        let code = [0x02, 0, 0, 0x94, 0xff, 0xff, 0xff, 0x97, 0, 0x01, 0x3f, 0xd6];
        let calls = calls(Architecture::Aarch64, &code);
        assert_eq!(calls.target(0x1004), Some(0x1008));
        assert_eq!(calls.target(0x1008), Some(0x1000));
        assert_eq!(calls.target(0x100c), None);
    }
}
