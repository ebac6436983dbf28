//! What a signal of ours carries, by which its handler knows it.

/// What a signal is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A thread has used some processor time.
    Cpu,
    /// Somebody wants to know where a thread is.
    Threads,
}

/// The value of a signal: what it is for, and which collection it belongs to. What comes late, when that is over, is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) purpose: Purpose,
    /// Never zero.
    pub(crate) collection: u32,
}

/// The upper half of all values of ours.
const CPU: u32 = 0x6d67_c0de;
const THREADS: u32 = 0x6d67_a5ed;

impl Mark {
    pub(crate) const fn to_value(self) -> u64 {
        let upper = match self.purpose {
            Purpose::Cpu => CPU,
            Purpose::Threads => THREADS,
        };
        (upper as u64) << 32 | self.collection as u64
    }

    /// None when the signal is somebody else's.
    pub(crate) const fn of_value(value: u64) -> Option<Self> {
        let collection = value as u32;
        let purpose = match (value >> 32) as u32 {
            CPU => Purpose::Cpu,
            THREADS => Purpose::Threads,
            _ => return None,
        };
        if collection == 0 { None } else { Some(Self { purpose, collection }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_values_are_known() {
        for purpose in [Purpose::Cpu, Purpose::Threads] {
            for collection in [1, 7, u32::MAX] {
                let mark = Mark { purpose, collection };
                assert_eq!(Mark::of_value(mark.to_value()), Some(mark));
            }
        }
        for value in [0, 1, u64::MAX, Mark { purpose: Purpose::Cpu, collection: 0 }.to_value()] {
            assert_eq!(Mark::of_value(value), None, "{value:#x}");
        }
    }
}
