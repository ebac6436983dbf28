//! Why a command is not counted, or failed.

use std::fmt;

use super::end::CommandEnd;
use super::executable::ExecutableKind;
use crate::text::Noun;

/// A reason why a command is not green.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandProblem {
    /// A program of it was not seen.
    NotSeen {
        /// The program.
        program: String,
        /// Why not.
        why: NotSeen,
    },
    /// Not all blocks of a program were counted.
    Uncounted {
        /// The program.
        program: String,
        /// Why not.
        why: Uncounted,
    },
    /// There are processes of which nothing is known.
    Lost(u64),
    /// It ended in another way than it was to.
    Ended {
        /// How it ended.
        end: CommandEnd,
        /// The exit code that it was to have.
        expected_exit_code: i32,
    },
    /// Processes were still there when it had ended, and were killed.
    Left(Vec<String>),
}

/// Why a program was not seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotSeen {
    /// Its file says why.
    File(ExecutableKind),
    /// It was there, and called nothing.
    NoAllocation,
    /// Its `malloc` is not the C library's.
    AllocatorOfItsOwn,
    /// There is an allocator in it that is called directly.
    DirectAllocator {
        /// One of its functions.
        function: &'static str,
        /// Its name.
        allocator: &'static str,
    },
    /// It had no file any more when it began, which would say whether there is such an allocator in it.
    FileGone,
    /// It was started by another program of the command, and the library was not in it.
    Unfollowed,
}

/// Why not all blocks of a program were counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uncounted {
    /// There was no memory to write down how large they are.
    NoMemory,
    /// So many were freed, or given another size, that nobody had seen being allocated.
    Unseen(u64),
}

impl CommandProblem {
    /// Whether the numbers are those of a part of the command.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        matches!(self, Self::NotSeen { .. } | Self::Uncounted { .. } | Self::Lost(_))
    }

    /// What to do about it; none where that is said already.
    #[must_use]
    pub fn advice(&self) -> Option<&'static str> {
        let why = match self {
            Self::NotSeen { why, .. } => why,
            Self::Uncounted { why: Uncounted::NoMemory, .. } => {
                return Some("give it more addresses (`ulimit -v`)");
            }
            Self::Uncounted { why: Uncounted::Unseen(_), .. } => {
                return Some(
                    "something in it looks up the C library's malloc by itself (dlsym, dlmopen, RTLD_DEEPBIND)",
                );
            }
            Self::Lost(_) | Self::Ended { .. } | Self::Left(_) => return None,
        };
        Some(match why {
            NotSeen::DirectAllocator { allocator: "Go", .. } => {
                "Go's memory is measured by its own runtime/pprof and testing.AllocsPerRun"
            }
            NotSeen::AllocatorOfItsOwn | NotSeen::DirectAllocator { .. } => {
                "build it with the system's allocator (for Rust: without that `#[global_allocator]`), and measure again"
            }
            NotSeen::File(ExecutableKind::Static | ExecutableKind::Musl) => {
                "build it for a target that shares glibc, such as x86_64-unknown-linux-gnu, and without `+crt-static`; or have it count \
                 by itself, if it is written in Rust: with memgate's feature `command`, and \
                 `#[global_allocator] static ALLOCATOR: memgate::Alloc = memgate::Alloc::system();`"
            }
            NotSeen::File(ExecutableKind::NothingPreloaded) => {
                "if it is written in Rust, have it count by itself: with memgate's feature `command`, and \
                 `#[global_allocator] static ALLOCATOR: memgate::Alloc = memgate::Alloc::system();`"
            }
            NotSeen::File(ExecutableKind::Privileged(_)) => {
                "measure a copy of it without these rights, as the user that it would become"
            }
            NotSeen::File(ExecutableKind::OtherArchitecture) => {
                "measure it with a tool that is built for its processors"
            }
            NotSeen::File(_) => return None,
            NotSeen::FileGone => "measure it from a file that stays",
            NotSeen::NoAllocation => {
                "if it does allocate, it has memory of its own; a program that never does needs no measuring"
            }
            NotSeen::Unfollowed => {
                "have it started with the variable LD_PRELOAD as it is, or measure it alone"
            }
        })
    }
}

impl fmt::Display for CommandProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSeen { program, why } => write!(f, "saw no allocation of {program}: {why}"),
            Self::Uncounted { program, why } => write!(f, "not all of {program} was counted: {why}"),
            Self::Lost(count) => write!(
                f,
                "{} not counted: there was no room left, or it was killed before it could say anything",
                Noun("process was", "processes were").counted(*count)
            ),
            Self::Ended { end, expected_exit_code } => {
                write!(f, "{end}")?;
                match end {
                    CommandEnd::ExitCode(_) => write!(f, ", and was to end with {expected_exit_code}"),
                    CommandEnd::Signal(_)
                    | CommandEnd::TimedOutAfterSeconds(_)
                    | CommandEnd::FloodedBeyondBytes(_) => Ok(()),
                }
            }
            Self::Left(names) => {
                let were = Noun("process was", "processes were").counted(names.len());
                write!(f, "{were} still there when it had ended, and killed: {}", names.join(", "))
            }
        }
    }
}

impl fmt::Display for Uncounted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMemory => {
                f.write_str("it had no memory left in which to write down how large its blocks are")
            }
            Self::Unseen(blocks) => {
                let were = Noun("block", "blocks").counted(*blocks);
                write!(f, "it freed or resized {were} that nobody had seen being allocated")
            }
        }
    }
}

impl fmt::Display for NotSeen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(kind) => kind.fmt(f),
            Self::NoAllocation => f.write_str("it called neither malloc nor anything like it"),
            Self::AllocatorOfItsOwn => f.write_str("it has an allocator of its own in the place of the C library's"),
            Self::DirectAllocator { function, allocator } => {
                write!(f, "it has {allocator}, which is called directly and not through malloc ({function} is in it)")
            }
            Self::FileGone => {
                f.write_str("its file was gone when it began, and nothing else says whether it has an allocator of its own")
            }
            Self::Unfollowed => f.write_str(
                "it was started by the command, and the library was not in it: its environment was cleared, or it is linked \
                 statically",
            ),
        }
    }
}
