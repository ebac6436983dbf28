//! Ctrl-C.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Whether there is a handler.
static IS_HEARD: AtomicBool = AtomicBool::new(false);

/// Whether Ctrl-C was pressed since there is one.
static WAS_PRESSED: AtomicBool = AtomicBool::new(false);

/// How long a signal may take to get here.
const MOMENT: Duration = Duration::from_millis(100);

/// Whether the user has pressed Ctrl-C. Looked at wherever there is waiting; nothing is killed in the handler.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens for Ctrl-C from now on. A second one ends the program at once, in case the first is not looked at.
    #[must_use]
    pub fn listen() -> Self {
        let interrupt = Self::default();
        let flag = Arc::clone(&interrupt.0);
        // Without a handler (a second call in one process), Ctrl-C ends the program as it does everywhere.
        IS_HEARD.store(true, Ordering::SeqCst);
        let _ = ctrlc::set_handler(move || {
            WAS_PRESSED.store(true, Ordering::SeqCst);
            if flag.swap(true, Ordering::SeqCst) {
                std::process::exit(i32::from(crate::exit::ExitCode::Interrupted.code()));
            }
        });
        interrupt
    }

    /// Whether it was pressed in any part of the program, after a moment: a program that was started gets the signal as well,
    /// and may have failed of it before it is known here.
    #[must_use]
    pub fn was_pressed_by_now() -> bool {
        if IS_HEARD.load(Ordering::SeqCst) && !WAS_PRESSED.load(Ordering::SeqCst) {
            std::thread::sleep(MOMENT);
        }
        WAS_PRESSED.load(Ordering::SeqCst)
    }

    /// Whether it has been pressed.
    #[must_use]
    pub fn is_pressed(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
