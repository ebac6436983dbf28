//! Routines whose values vary, by what makes them vary.

use memgate_report::history::Random;

/// Why values vary.
#[derive(Clone, Copy)]
pub(crate) enum Luck {
    /// They do not.
    None,
    /// A seed or an address: one value for all windows of a process, of so many.
    OfProcess(u32),
    /// The same, with the first of the values in one process of so many.
    Rare(u32),
    /// Scheduling: one value for a process, another in one window of so many.
    MostlyOfProcess { values: u32, other: u32 },
    /// Scheduling: another value in each window.
    OfWindow(u32),
    /// One more in one window of so many.
    Lightly(u32),
    /// Often the same, sometimes twice, seldom four times as much, and so on.
    LongTail,
}

impl Luck {
    /// What one process draws for its four windows: 0 is the least.
    pub(crate) fn draw(self, random: &mut Random) -> [i64; 4] {
        let below = |end: u32, random: &mut Random| i64::from(random.below(end));
        match self {
            Self::None => [0; 4],
            Self::OfProcess(values) => [below(values, random); 4],
            Self::Rare(one_in) => [i64::from(random.below(one_in) != 0); 4],
            Self::MostlyOfProcess { values, other } => {
                let own = below(values, random);
                [(); 4].map(|()| if random.below(other) == 0 { below(values, random) } else { own })
            }
            Self::OfWindow(values) => [(); 4].map(|()| below(values, random)),
            Self::Lightly(one_in) => [(); 4].map(|()| i64::from(random.below(one_in) == 0)),
            Self::LongTail => [(); 4].map(|()| {
                let doublings = (0..6).take_while(|_| random.below(3) == 0).count();
                (1_i64 << doublings) - 1
            }),
        }
    }
}
