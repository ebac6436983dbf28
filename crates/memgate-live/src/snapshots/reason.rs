//! Why there is a snapshot, and why there is none.

/// Why a snapshot was taken, the strongest reason first: where several are true at once, there is one file with that one's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Reason {
    /// The program called for it.
    Call,
    /// Somebody sent a signal.
    Signal,
    /// So much memory is taken.
    Level,
    /// Tasks wait for memory.
    Pressure,
    /// The limit is reached soon at this rate.
    Slope,
    /// There is so much more than in the last one.
    Growth,
    /// To compare the others with.
    Start,
}

impl Reason {
    pub(crate) const ALL: [Self; 7] =
        [Self::Call, Self::Signal, Self::Level, Self::Pressure, Self::Slope, Self::Growth, Self::Start];

    /// In names of files and in metrics.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Signal => "signal",
            Self::Level => "level",
            Self::Pressure => "pressure",
            Self::Slope => "slope",
            Self::Growth => "growth",
            Self::Start => "start",
        }
    }
}

/// Why a trigger led to no snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Skip {
    /// There was one by the same trigger a short time ago. It is taken when the time is over and the trigger still says so.
    CoolDown,
    /// There was one already, and it has not been well below since.
    Latched,
    /// What may be kept leaves no room for another.
    NoRoom,
}

impl Skip {
    pub(crate) const ALL: [Self; 3] = [Self::CoolDown, Self::Latched, Self::NoRoom];

    /// In metrics.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::CoolDown => "cool_down",
            Self::Latched => "latched",
            Self::NoRoom => "no_room",
        }
    }
}
