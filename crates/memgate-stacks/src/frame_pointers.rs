//! Takes the call stack by following the frame records.

use std::sync::atomic::Ordering::Relaxed;

use crate::bounds::Bounds;
use crate::frame::{read, stack_pointer, without_signature};
use crate::last_stack::{LastStack, MOST_FRAMES, Walked};

impl LastStack {
    /// Takes the calling thread's stack, from the frame record at `frame` outwards to the end of the bounds; by the unwind
    /// tables when none can lie there.
    ///
    /// # Safety
    /// Nobody else uses `self` meanwhile, nor changed it since [`make_ready`](Self::make_ready) was called, unless by walks
    /// and [`keep`](Self::keep). The bounds are [`Bounds::NONE`], or of the calling thread's stack.
    #[inline(always)]
    pub unsafe fn walk(&self, frame: u64) -> Walked {
        if can_begin_at(self.bounds(), frame) {
            // SAFETY: just looked at; the rest is what our own caller promises.
            unsafe { self.walk_by_frame_pointers(frame) }
        } else {
            self.walk_by_unwind_tables()
        }
    }

    /// Follows the frame records. What they hold is compared with the last stack as long as they lie where they lay then.
    ///
    /// # Safety
    /// As [`walk`](Self::walk); and a frame record can lie at `innermost`, no further in than the stack pointer.
    #[inline(always)]
    unsafe fn walk_by_frame_pointers(&self, innermost: u64) -> Walked {
        let bounds = self.bounds();
        let mut frame = innermost;
        // How many frames have been put down; and the known frames, of which those from `matched` down to `next` were found
        // unchanged, and are not put down yet.
        let mut met = 0;
        let mut next = self.length.load(Relaxed);
        let mut matched = next;
        loop {
            while let Some(known) = next.checked_sub(1).and_then(|index| self.known.get(index)) {
                if known.frame.load(Relaxed) >= frame {
                    break;
                }
                // Skipped frames are gone. Nothing was matched yet, or all that was has been put down.
                next -= 1;
                matched = next;
            }
            // SAFETY: `frame` is in the bounds of this thread's stack, which leave room for two words, and aligned: our caller
            // says so of the innermost one, `leads_on` found so, or it is a known one, which was met in the same bounds. It
            // is not further in than the stack pointer, so the memory is mapped.
            let (outer, address) = unsafe { read(frame) };
            let known = next.checked_sub(1).and_then(|index| self.known.get(index));
            let is_known = known.is_some_and(|known| {
                known.frame.load(Relaxed) == frame && known.address.load(Relaxed) == address
            });
            let expected = match next.checked_sub(2) {
                Some(index) => self.known.get(index).map_or(0, |known| known.frame.load(Relaxed)),
                None => self.end.load(Relaxed),
            };
            if is_known && outer == expected {
                // From here on the known frames say where to read, and reading only confirms it.
                next -= 1;
                if next == 0 {
                    if matched + met > MOST_FRAMES {
                        return self.cut_known(matched, met);
                    }
                    return Walked::whole(matched, met);
                }
                frame = expected;
                continue;
            }
            // What was found unchanged so far has another outer end now.
            for index in (next..matched).rev() {
                let Some(known) = self.known.get(index) else { break };
                if !self.meet(met, known.frame.load(Relaxed), known.address.load(Relaxed)) {
                    return Walked::cut(met);
                }
                met += 1;
            }
            if !self.meet(met, frame, address) {
                return Walked::cut(met);
            }
            met += 1;
            if known.is_some_and(|known| known.frame.load(Relaxed) == frame) {
                next -= 1;
            }
            matched = next;
            if !bounds.leads_on(frame, outer) {
                self.end.store(outer, Relaxed);
                return Walked::whole(0, met);
            }
            frame = outer;
        }
    }

    /// The stack is deeper than the limit, and its outer frames are the `matched` known ones. They are put down as far as
    /// there is room.
    #[cold]
    #[inline(never)]
    fn cut_known(&self, matched: usize, mut met: usize) -> Walked {
        for index in (0..matched).rev() {
            let Some(known) = self.known.get(index) else { break };
            if !self.meet(met, known.frame.load(Relaxed), known.address.load(Relaxed)) {
                break;
            }
            met += 1;
        }
        Walked::cut(met)
    }
}

/// Whether a walk can begin at the frame record at `frame`: within the bounds, and where the stack is mapped.
///
/// Further in than the stack pointer, nothing need be mapped; there a frame can only seem to lie, where the register is used
/// for something else. And where the stack pointer is not on this stack at all, as in a coroutine, it says nothing about it.
#[inline(always)]
pub(crate) fn can_begin_at(bounds: Bounds, frame: u64) -> bool {
    let top = stack_pointer();
    bounds.holds(frame) && frame >= top && top >= bounds.low
}

/// Puts down the return addresses from the frame record at `frame` outwards, the innermost first, as many as there is room
/// for. Gives how many. None when no frame record can lie there; the platform's unwinder is never called.
///
/// # Safety
/// The bounds are [`Bounds::NONE`], or of the calling thread's stack.
#[inline]
pub unsafe fn take_return_addresses(bounds: Bounds, frame: u64, addresses: &mut [u64]) -> usize {
    let mut taken = 0;
    let mut next = Some(frame).filter(|frame| can_begin_at(bounds, *frame));
    while let (Some(frame), Some(place)) = (next, addresses.get_mut(taken)) {
        // SAFETY: `frame` is in the bounds of this thread's stack, which leave room for two words, and aligned: looked at above
        // or by `leads_on`. It is not further in than the stack pointer, so the memory is mapped.
        let (outer, address) = unsafe { read(frame) };
        *place = without_signature(address);
        taken += 1;
        next = bounds.leads_on(frame, outer).then_some(outer);
    }
    taken
}

#[cfg(all(test, target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
mod tests {
    use super::*;
    use crate::last_stack::tests_support::{Stacks, empty};
    use crate::unwind;

    const ROOT: u32 = 1;
    const CUT: u32 = 2;

    fn return_addresses(frame: u64) -> Vec<u64> {
        let mut addresses = vec![0; MOST_FRAMES];
        // SAFETY: of this thread's stack.
        let taken = unsafe { take_return_addresses(Bounds::of_this_thread(), frame, &mut addresses) };
        addresses.truncate(taken);
        addresses
    }

    #[test]
    fn there_are_as_many_addresses_as_there_is_room_for() {
        let mut chain = Chain { records: [[0; 2]; MOST_FRAMES + 100] };
        let start = chain.lay(&[0x11, 0x22, 0x33], 0);
        assert_eq!(return_addresses(start), [0x11, 0x22, 0x33]);
        for room in 0..4 {
            let mut addresses = [0; 4];
            // SAFETY: of this thread's stack.
            let taken =
                unsafe { take_return_addresses(Bounds::of_this_thread(), start, &mut addresses[..room]) };
            assert_eq!((taken, addresses[room..].iter().sum::<u64>()), (room.min(3), 0));
            assert_eq!(addresses[..taken], [0x11, 0x22, 0x33][..taken]);
        }
    }

    #[test]
    fn another_stack_is_not_followed() {
        // As from a coroutine, whose own stack is this one: the bounds are those of a stack further out.
        let mut chain = Chain { records: [[0; 2]; MOST_FRAMES + 100] };
        let outer = chain.lay(&[0x11, 0x22, 0x33], 0) + 16;
        let (_, high) = unwind::stack_bounds().unwrap();
        let mut addresses = [0; 4];
        // SAFETY: a part of this thread's stack.
        let taken = unsafe { take_return_addresses(Bounds::between(outer, high), outer, &mut addresses) };
        assert_eq!(taken, 0);
    }

    #[test]
    fn what_cannot_be_a_frame_record_is_not_read() {
        let (low, high) = unwind::stack_bounds().unwrap();
        let local = 0_u64;
        let here = (&raw const local).addr() as u64;
        // The last has room for one word of the two, and the second word may not be mapped.
        for frame in [0, 8, low, here - 0x1000, here + 1, high, high + 8, u64::MAX - 7, high - 8] {
            assert_eq!(return_addresses(frame), [0_u64; 0], "{frame:#x}");
        }
    }

    /// Frame records that lie in this thread's stack, each pointing to the next, as if so many functions were running.
    struct Chain {
        records: [[u64; 2]; MOST_FRAMES + 100],
    }

    impl Chain {
        /// From the inner end to the outer; the outermost points to `end`.
        fn lay(&mut self, addresses: &[u64], end: u64) -> u64 {
            let start = (&raw const self.records).expose_provenance() as u64;
            for (index, address) in addresses.iter().enumerate() {
                let outer = if index + 1 < addresses.len() { start + 16 * (index as u64 + 1) } else { end };
                self.records[index] = [outer, *address];
            }
            start
        }
    }

    /// The number of the stack that lies there.
    fn number_of(last: &LastStack, stacks: &mut Stacks, frame: u64) -> u32 {
        // SAFETY: nobody else has `last`, and its bounds are of this thread's stack.
        let walked = unsafe { last.walk(frame) };
        let base = if walked.is_whole() { ROOT } else { CUT };
        last.keep(walked, base, |parent, address| stacks.child(parent, address))
    }

    #[test]
    fn a_stack_has_its_number_whatever_the_last_one_was() {
        let (mut stacks, last) = (Stacks::default(), empty());
        last.make_ready(1, Bounds::of_this_thread());
        let mut chain = Chain { records: [[0; 2]; MOST_FRAMES + 100] };
        let mut state = 1_u64;
        for step in 0..3_000 {
            // Some outer frames as before; a depth, and what is further in, by a generator (Knuth's MMIX).
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let (depth, changed) = ((state >> 33) as usize % 40 + 1, (state >> 45) as usize % 40);
            let mut stack: Vec<u64> = (0..depth as u64).map(|index| 0x4000 + index).collect();
            for address in stack.iter_mut().skip(changed) {
                *address += (state >> 60) * 0x100;
            }
            stack.reverse();
            // Always at the outer end, so that what is shared lies where it lay.
            let unused = 40 - depth;
            let start = {
                let mut laid = vec![0; unused];
                laid.extend(&stack);
                chain.lay(&laid, 0) + 16 * unused as u64
            };
            stack.reverse();
            assert_eq!(number_of(&last, &mut stacks, start), stacks.looked_up(ROOT, &stack), "step {step}");
        }
    }

    #[test]
    fn a_stack_that_is_deeper_than_the_limit_keeps_its_inner_frames() {
        let (mut stacks, last) = (Stacks::default(), empty());
        last.make_ready(1, Bounds::of_this_thread());
        let mut chain = Chain { records: [[0; 2]; MOST_FRAMES + 100] };
        for depth in [MOST_FRAMES, MOST_FRAMES + 1, MOST_FRAMES + 50, MOST_FRAMES, MOST_FRAMES - 1] {
            let addresses: Vec<u64> = (0..depth as u64).map(|index| 0x9000 + index).collect();
            let start = chain.lay(&addresses, 0);
            let taken: Vec<u64> = addresses[..depth.min(MOST_FRAMES)].iter().rev().copied().collect();
            let base = if depth > MOST_FRAMES { CUT } else { ROOT };
            assert_eq!(number_of(&last, &mut stacks, start), stacks.looked_up(base, &taken), "{depth}");
        }
        // Known outer frames, and then too many inner ones.
        let outer: Vec<u64> = (0..MOST_FRAMES as u64).map(|index| 0xA000 + index).collect();
        let all: Vec<u64> = (0..50).map(|index| 0xB000 + index).chain(outer.iter().copied()).collect();
        let start = chain.lay(&all, 0);
        assert_eq!(
            number_of(&last, &mut stacks, start + 16 * 50),
            stacks.looked_up(ROOT, &outer.iter().rev().copied().collect::<Vec<_>>())
        );
        let taken: Vec<u64> = all[..MOST_FRAMES].iter().rev().copied().collect();
        assert_eq!(number_of(&last, &mut stacks, start), stacks.looked_up(CUT, &taken));
    }

    #[test]
    fn a_record_that_leads_nowhere_ends_the_walk() {
        let (mut stacks, last) = (Stacks::default(), empty());
        last.make_ready(1, Bounds::of_this_thread());
        let mut chain = Chain { records: [[0; 2]; MOST_FRAMES + 100] };
        let start = (&raw const chain.records).addr() as u64;
        let (_, high) = unwind::stack_bounds().unwrap();
        for end in [0, 8, start, start + 16 + 1, high - 8, high, u64::MAX - 7] {
            let start = chain.lay(&[0x11, 0x22], end);
            let expected = stacks.looked_up(ROOT, &[0x22, 0x11]);
            for _ in 0..2 {
                assert_eq!(number_of(&last, &mut stacks, start), expected, "{end:#x}");
            }
        }
    }

    #[test]
    fn frames_from_the_window_outwards_are_not_taken() {
        let (mut stacks, last) = (Stacks::default(), empty());
        let mut chain = Chain { records: [[0; 2]; MOST_FRAMES + 100] };
        let start = chain.lay(&[0x11, 0x22, 0x33], 0);
        last.make_ready(1, Bounds::of_this_thread().inside_of(start + 32));
        assert_eq!(number_of(&last, &mut stacks, start), stacks.looked_up(ROOT, &[0x22, 0x11]));
    }

    #[test]
    fn a_frame_that_is_not_aligned_is_left_to_the_unwind_tables() {
        let (mut stacks, last) = (Stacks::default(), empty());
        last.make_ready(1, Bounds::of_this_thread());
        let mut chain = Chain { records: [[0; 2]; MOST_FRAMES + 100] };
        let start = chain.lay(&[0x1111_1111_1111_1111; 4], 0);
        let mut addresses = Vec::new();
        // SAFETY: nobody else has `last`, and its bounds are of this thread's stack.
        let walked = unsafe { last.walk(start + 4) };
        last.keep(walked, ROOT, |parent, address| {
            addresses.push(address);
            stacks.child(parent, address)
        });
        assert!(addresses.len() > 2 && !addresses.contains(&0x1111_1111_1111_1111), "{addresses:x?}");
    }
}
