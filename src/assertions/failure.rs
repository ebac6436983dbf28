//! How an assertion fails that another one may be around.

use crate::alloc::uncounted;

/// Looks for what there is to say against what was measured, and fails with it. None of that counts in an assertion around this one, which
/// measures the routine and nothing of ours; to panic with it does, as any panic within.
#[track_caller]
pub(super) fn fail_if(judge: impl FnOnce() -> Option<String>) {
    if let Some(text) = uncounted(judge) {
        fail(Uncounted(text));
    }
}

/// A text that was made where nothing counts, and is dropped so, by unwinding too.
struct Uncounted(String);

impl Drop for Uncounted {
    fn drop(&mut self) {
        uncounted(|| drop(std::mem::take(&mut self.0)));
    }
}

#[cold]
#[track_caller]
fn fail(text: Uncounted) -> ! {
    panic!("{}", text.0)
}
