//! A signal that asks a thread where it is.
//!
//! Its handler is all that runs within other threads: it puts the interrupted stack down in a place that is there already, keeps `errno`,
//! and neither allocates nor waits. So it may land anywhere: in the allocator's slow path, in `malloc`, in a thread that ends. The signal is
//! SIGPROF, which nothing but profilers use; a program that handles it itself keeps its handler, and gets no profiles that need ours. Signals
//! that are not ours are passed over.

#[cfg(feature = "threads")]
#[expect(unsafe_code, reason = "sends a signal to a thread by a system call")]
mod ask;
mod collection;
mod exclusive;
#[expect(unsafe_code, reason = "installs a signal handler, and reads what it is given")]
mod handler;
mod information;
#[expect(
    unsafe_code,
    reason = "gives each place of a table to one thread at a time, and asks for a register"
)]
mod known;
mod mark;
mod numbers;
mod reach;
mod ring;
#[cfg(feature = "cpu")]
#[expect(unsafe_code, reason = "makes timers by system calls")]
mod timer;

#[cfg(feature = "threads")]
pub(crate) use ask::ask;
pub(crate) use collection::Collection;
pub(crate) use exclusive::Exclusive;
pub(crate) use handler::Foreign;
#[cfg(feature = "cpu")]
pub(crate) use mark::Mark;
pub(crate) use mark::Purpose;
#[cfg(feature = "threads")]
pub(crate) use reach::Obstacle;
pub(crate) use reach::obstacles;
#[cfg(feature = "cpu")]
pub(crate) use timer::Timer;
