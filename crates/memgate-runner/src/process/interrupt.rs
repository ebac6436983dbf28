//! What asks the tool to end: Ctrl-C, and the signals of terminals and systems.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::Duration;

#[cfg(unix)]
use signal_hook::consts::signal::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
#[cfg(unix)]
use signal_hook::flag;

/// Whether nobody listens, so that a signal does what it does everywhere.
static IS_IDLE: AtomicBool = AtomicBool::new(true);
/// Whether there was a signal since somebody listens.
static IS_PRESSED: AtomicBool = AtomicBool::new(false);
/// The number of the last signal.
static SIGNAL: AtomicUsize = AtomicUsize::new(0);
static LISTENERS: Mutex<usize> = Mutex::new(0);
static HANDLERS: Once = Once::new();

/// Windows has no signals. Exit codes are those of shells there too.
#[cfg(not(unix))]
const SIGINT: i32 = 2;

/// How long a signal may take to get here.
const MOMENT: Duration = Duration::from_millis(100);

/// Whether the user has pressed Ctrl-C, or somebody asks the tool to end in another way (SIGTERM, as a cancelled job of CI
/// does; SIGHUP, SIGQUIT). Looked at wherever there is waiting; nothing is killed in the handler.
///
/// Its default is never pressed.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Option<Arc<Listener>>);

/// Somebody listens until the last is dropped.
#[derive(Debug)]
struct Listener;

impl Interrupt {
    /// Listens from now on, until this and all its clones are dropped. A second signal ends the program at once, in case the
    /// first is not looked at.
    #[must_use]
    pub fn listen() -> Self {
        HANDLERS.call_once(handle);
        let mut listeners = LISTENERS.lock().unwrap_or_else(PoisonError::into_inner);
        if *listeners == 0 {
            forget();
        }
        *listeners += 1;
        IS_IDLE.store(false, Ordering::SeqCst);
        Self(Some(Arc::new(Listener)))
    }

    /// Forgets what an earlier command of this program was told. Without effect while another one listens.
    pub(crate) fn forget_earlier() {
        let listeners = LISTENERS.lock().unwrap_or_else(PoisonError::into_inner);
        if *listeners == 0 {
            forget();
        }
    }

    /// Whether it was pressed in any part of the program, after a moment: a program that was started gets the signal as well,
    /// and may have failed of it before it is known here.
    #[must_use]
    pub fn was_pressed_by_now() -> bool {
        if HANDLERS.is_completed() && !Self::is_any_pressed() {
            std::thread::sleep(MOMENT);
        }
        Self::is_any_pressed()
    }

    /// Whether it has been pressed.
    #[must_use]
    pub fn is_pressed(&self) -> bool {
        self.0.is_some() && Self::is_any_pressed()
    }

    /// Whether it was pressed in any part of the program.
    pub(crate) fn is_any_pressed() -> bool {
        IS_PRESSED.load(Ordering::SeqCst)
    }

    /// What ended the command, in words.
    pub(crate) fn ending() -> &'static str {
        match Self::signal() {
            #[cfg(unix)]
            SIGHUP => "ended by SIGHUP",
            #[cfg(unix)]
            SIGQUIT => "ended by SIGQUIT",
            #[cfg(unix)]
            SIGTERM => "ended by SIGTERM",
            _ => "interrupted",
        }
    }

    /// The number of the signal that asked; that of Ctrl-C when none did.
    pub(crate) fn signal() -> i32 {
        match i32::try_from(SIGNAL.load(Ordering::SeqCst)) {
            Ok(signal) if signal > 0 => signal,
            _ => SIGINT,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut listeners = LISTENERS.lock().unwrap_or_else(PoisonError::into_inner);
        *listeners = listeners.saturating_sub(1);
        IS_IDLE.store(*listeners == 0, Ordering::SeqCst);
    }
}

fn forget() {
    IS_PRESSED.store(false, Ordering::SeqCst);
    SIGNAL.store(0, Ordering::SeqCst);
}

/// Flags rather than a thread that waits for signals: a thread may not be to be had, and there is nothing to do at once but to
/// end, which the supervisor notices.
#[cfg(unix)]
fn handle() {
    for signal in signals() {
        // Carried out in this order. A signal that can't be handled does what it does everywhere.
        let _ = flag::register_conditional_default(signal, &IS_IDLE);
        let _ = flag::register_conditional_shutdown(signal, 128 + signal, &IS_PRESSED);
        let _ = flag::register_usize(signal, &SIGNAL, usize::try_from(signal).unwrap_or_default());
        let _ = flag::register(signal, &IS_PRESSED);
    }
}

#[cfg(unix)]
fn signals() -> Vec<i32> {
    let mut signals = vec![SIGINT, SIGTERM, SIGQUIT];
    // With `nohup`, the end of the terminal is not to be the end of the program.
    if !is_ignored(SIGHUP) {
        signals.push(SIGHUP);
    }
    signals
}

/// What a console tells all of its programs: Ctrl-C, Ctrl-Break, and that its window is closed, after which the system ends them at once.
/// Signals of C's library there know the first alone.
#[cfg(windows)]
fn handle() {
    // Where it can't be, the console ends the program itself.
    let _ = ctrlc::try_set_handler(|| {
        let is_second = IS_PRESSED.swap(true, Ordering::SeqCst);
        if is_second || IS_IDLE.load(Ordering::SeqCst) {
            std::process::exit(128 + SIGINT);
        }
    });
}

#[cfg(not(any(unix, windows)))]
fn handle() {}

/// Whether this process was started with a signal ignored, where the system tells.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask >> (signal - 1) & 1 == 1
}

/// Held by tests that press, and by those that would end of it: what is pressed is so in the whole process.
#[cfg(all(test, unix))]
pub(super) static UNDISTURBED: Mutex<()> = Mutex::new(());

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_second_command_of_one_program_hears_too() {
        let _undisturbed = UNDISTURBED.lock().unwrap_or_else(PoisonError::into_inner);
        let raise = || {
            let own = rustix::process::getpid();
            rustix::process::kill_process(own, rustix::process::Signal::INT).unwrap();
            let began = std::time::Instant::now();
            while !Interrupt::is_any_pressed() && began.elapsed() < Duration::from_secs(60) {
                std::thread::sleep(Duration::from_millis(1));
            }
        };
        for _ in 0..2 {
            Interrupt::forget_earlier();
            assert!(!Interrupt::is_any_pressed());
            let interrupt = Interrupt::listen();
            let clone = interrupt.clone();
            assert!(!interrupt.is_pressed());
            drop(interrupt);
            raise();
            assert!(clone.is_pressed() && Interrupt::was_pressed_by_now());
            assert_eq!(Interrupt::signal(), SIGINT);
            assert!(!Interrupt::default().is_pressed());
        }
        assert!(IS_IDLE.load(Ordering::SeqCst));
        Interrupt::forget_earlier();
    }
}
