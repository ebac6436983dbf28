//! Live bytes over iterations, however many, in little room.

/// As many blocks at most; when they are full, each two become one. So there are always at least half as many, of equal length.
const MOST_BLOCKS: usize = 32;

/// The live bytes of iterations that follow each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) lowest: i64,
    /// In which iteration they were lowest for the first time.
    pub(super) lowest_at: u32,
    pub(super) highest: i64,
    /// By how much they grew in one iteration, at most.
    pub(super) largest_growth: i64,
}

impl Part {
    const NONE: Self = Self { lowest: i64::MAX, lowest_at: 0, highest: i64::MIN, largest_growth: i64::MIN };

    fn and(self, later: Self) -> Self {
        let (lowest, lowest_at) = if later.lowest < self.lowest {
            (later.lowest, later.lowest_at)
        } else {
            (self.lowest, self.lowest_at)
        };
        Self {
            lowest,
            lowest_at,
            highest: self.highest.max(later.highest),
            largest_growth: self.largest_growth.max(later.largest_growth),
        }
    }
}

/// Live bytes after each iteration. Never allocates.
#[derive(Clone, Debug)]
pub(super) struct Trace {
    blocks: [Part; MOST_BLOCKS],
    /// Iterations in a block.
    length: u32,
    pub(super) iterations: u32,
}

impl Trace {
    pub(super) const fn new() -> Self {
        Self { blocks: [Part::NONE; MOST_BLOCKS], length: 1, iterations: 0 }
    }

    /// Takes in the live bytes after one more iteration, and says whether a block is full by that.
    pub(super) fn note(&mut self, live: i64, growth: i64) -> bool {
        if self.iterations / self.length >= MOST_BLOCKS as u32 {
            self.halve();
        }
        let number = (self.iterations / self.length) as usize;
        self.iterations += 1;
        if let Some(block) = self.blocks.get_mut(number) {
            let iteration =
                Part { lowest: live, lowest_at: self.iterations, highest: live, largest_growth: growth };
            *block = block.and(iteration);
        }
        self.iterations % self.length == 0
    }

    fn halve(&mut self) {
        let mut halved = [Part::NONE; MOST_BLOCKS];
        for (index, both) in halved[..MOST_BLOCKS / 2].iter_mut().enumerate() {
            *both = self.blocks[2 * index].and(self.blocks[2 * index + 1]);
        }
        self.blocks = halved;
        self.length *= 2;
    }

    /// From one fraction of all iterations to another, in thirty-seconds, as far as whole blocks allow. None when there are
    /// none.
    #[inline(never)]
    pub(super) fn part(&self, thirty_seconds: std::ops::Range<usize>) -> Option<Part> {
        let count = self.iterations.div_ceil(self.length) as usize;
        let blocks = self.blocks.get(count * thirty_seconds.start / 32..count * thirty_seconds.end / 32)?;
        let (first, others) = blocks.split_first()?;
        let mut part = *first;
        for block in others {
            part = part.and(*block);
        }
        Some(part)
    }
}
