//! Routines by what they keep.

use std::collections::BTreeSet;

use memgate_report::history::Random;

/// Live bytes after each iteration of one process, beginning with the first.
pub(crate) type LiveBytes = Box<dyn FnMut(&mut Random) -> i64>;

/// So many bytes in every iteration that is due: one in `every`, wherever that begins.
pub(crate) fn block(bytes: i64, every: u32, random: &mut Random) -> LiveBytes {
    let (mut until, mut live) = (random.below(every), 0);
    Box::new(move |_| {
        if until == 0 {
            (until, live) = (every, live + bytes);
        }
        until -= 1;
        live
    })
}

/// As [`block`], whenever chance says so.
pub(crate) fn now_and_then(bytes: i64, every: u32) -> LiveBytes {
    let mut live = 0;
    Box::new(move |random| {
        live += if random.below(every) == 0 { bytes } else { 0 };
        live
    })
}

/// One element of so many bytes, in a container that doubles when it is full. How full it is at first is chance.
pub(crate) fn doubling(bytes: i64, random: &mut Random) -> LiveBytes {
    let mut length = i64::from(random.below(64));
    let mut capacity = 4;
    Box::new(move |_| {
        length += 1;
        while capacity < length {
            capacity *= 2;
        }
        capacity * bytes
    })
}

/// A hash map with one more entry an iteration: seven eighths of a power of two, and a byte more an entry.
pub(crate) fn hash_map(bytes: i64, random: &mut Random) -> LiveBytes {
    let mut length = i64::from(random.below(64));
    let mut buckets: i64 = 4;
    Box::new(move |_| {
        length += 1;
        while buckets * 7 / 8 < length {
            buckets *= 2;
        }
        buckets * (bytes + 1) + 16
    })
}

/// A leak of a block every other iteration below live bytes that go up and down by up to so many.
pub(crate) fn noisy_block(bytes: i64, noise: u32, random: &mut Random) -> LiveBytes {
    let mut kept = block(bytes, 2, random);
    Box::new(move |random| kept(random) + i64::from(random.below(noise)))
}

/// A cache that takes one entry an iteration until it has so many.
pub(crate) fn cache(entries: i64) -> LiveBytes {
    let mut held = 0;
    Box::new(move |_| {
        held = entries.min(held + 1);
        held * 64
    })
}

/// A cache whose table doubles, too.
pub(crate) fn growing_cache(entries: i64) -> LiveBytes {
    let (mut held, mut capacity) = (0, 4);
    Box::new(move |_| {
        held = entries.min(held + 1);
        while capacity < held {
            capacity *= 2;
        }
        capacity * 64
    })
}

/// A pool that takes in what was in use at once: the most of any iteration.
pub(crate) fn pool(most: u32) -> LiveBytes {
    let mut held = 0;
    Box::new(move |random| {
        held = held.max(random.below(most));
        i64::from(held) * 1_024
    })
}

/// An interner over so many names, of which each iteration needs one.
pub(crate) fn interner(names: u32) -> LiveBytes {
    let mut known = BTreeSet::new();
    Box::new(move |random| {
        known.insert(random.below(names));
        i64::try_from(known.len()).unwrap_or(i64::MAX) * 48
    })
}

/// A table that grows when it is full and shrinks when it is nearly empty, with a size that wanders.
pub(crate) fn shrinking_table(most: i64) -> LiveBytes {
    let (mut held, mut capacity) = (0, 4);
    Box::new(move |random| {
        held = (held + i64::from(random.below(9)) - 4).clamp(0, most);
        while capacity < held {
            capacity *= 2;
        }
        while capacity > 4 && capacity > 4 * held {
            capacity /= 2;
        }
        capacity * 32
    })
}

/// A size that goes up or down by one, within bounds.
pub(crate) fn wandering(most: i64) -> LiveBytes {
    let mut held = most / 2;
    Box::new(move |random| {
        held = (held + if random.below(2) == 0 { 1 } else { -1 }).clamp(0, most);
        held * 64
    })
}

/// A size that is another in each iteration.
pub(crate) fn any(most: u32) -> LiveBytes {
    Box::new(move |random| i64::from(random.below(most)))
}

/// Buffers that are made once, by an iteration within the first hundred each.
pub(crate) fn lazy(buffers: u32, random: &mut Random) -> LiveBytes {
    let made: Vec<u32> = (0..buffers).map(|_| random.below(100)).collect();
    let mut iteration = 0;
    Box::new(move |_| {
        iteration += 1;
        i64::try_from(made.iter().filter(|made| **made < iteration).count()).unwrap_or(i64::MAX) * 8_192
    })
}

/// Both.
pub(crate) fn both(mut one: LiveBytes, mut other: LiveBytes) -> LiveBytes {
    Box::new(move |random| one(random) + other(random))
}

/// A number of iterations between two, as often in one octave as in another.
pub(crate) fn period(least: u32, most: u32, random: &mut Random) -> u32 {
    let octave = least << random.below((most / least).ilog2() + 1);
    (octave + random.below(octave)).min(most)
}

/// A buffer that takes in so many bytes in each iteration, and is emptied after so many.
pub(crate) fn buffer(bytes: i64, period: u32, random: &mut Random) -> LiveBytes {
    let mut held = random.below(period);
    Box::new(move |_| {
        held = (held + 1) % period;
        i64::from(held) * bytes
    })
}

/// The same in a container that doubles, and is given back when it is emptied.
pub(crate) fn doubling_buffer(bytes: i64, period: u32, random: &mut Random) -> LiveBytes {
    let mut held = random.below(period);
    Box::new(move |_| {
        held = (held + 1) % period;
        if held == 0 { 0 } else { i64::from(held.next_power_of_two()) * bytes }
    })
}

/// A queue of which a part is drained when it is long.
pub(crate) fn drained(bytes: i64, longest: u32, random: &mut Random) -> LiveBytes {
    let (mut held, part) = (0, 1 + random.below(longest));
    Box::new(move |_| {
        held += 1;
        if held > longest {
            held -= part;
        }
        i64::from(held) * bytes
    })
}

/// Sessions that begin by chance, in every other iteration, and end after so many iterations.
pub(crate) fn sessions(bytes: i64, lifetime: u32) -> LiveBytes {
    let mut begun = std::collections::VecDeque::new();
    let mut now = 0;
    Box::new(move |random| {
        now += 1;
        if random.below(2) == 0 {
            begun.push_back(now);
        }
        while begun.front().is_some_and(|begin| begin + lifetime < now) {
            begun.pop_front();
        }
        i64::try_from(begun.len()).unwrap_or(i64::MAX) * bytes
    })
}

/// So many bytes that are given back once.
pub(crate) fn given_back(bytes: i64, before: u32, random: &mut Random) -> LiveBytes {
    let mut left = random.below(before);
    Box::new(move |_| {
        left = left.saturating_sub(1);
        if left == 0 { 0 } else { bytes }
    })
}
