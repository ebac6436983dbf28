//! Counters of inputs, which divan is told of when the benchmark runs.
//!
//! Divan's `Bencher` with inputs is of a type that nobody outside of it can name, so none can be kept: what is asked of it is, each
//! counter with its own type.

use std::any::Any;
use std::marker::PhantomData;

use divan::counter::{BytesCount, CharsCount, Counter, CyclesCount, ItemsCount};

/// A function that counts an input.
pub struct InputCounter<F, C> {
    pub(crate) count: F,
    pub(crate) kind: PhantomData<fn() -> C>,
}

/// What an input of a number's type counts as.
pub(crate) fn count_as<C: Counter, I>(input: &I) -> C
where
    for<'i> BytesCount: From<&'i I>,
    for<'i> CharsCount: From<&'i I>,
    for<'i> CyclesCount: From<&'i I>,
    for<'i> ItemsCount: From<&'i I>,
{
    let mut counted: Option<C> = None;
    put(&mut counted, BytesCount::from(input));
    put(&mut counted, CharsCount::from(input));
    put(&mut counted, CyclesCount::from(input));
    put(&mut counted, ItemsCount::from(input));
    counted.expect("divan has four counters, and the trait is sealed")
}

/// Puts a counter in its place, if it is of the type that is asked for.
fn put<K: Counter>(place: &mut dyn Any, counter: K) {
    if let Some(place) = place.downcast_mut::<Option<K>>() {
        *place = Some(counter);
    }
}

impl<F, C> std::fmt::Debug for InputCounter<F, C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InputCounter").finish_non_exhaustive()
    }
}
