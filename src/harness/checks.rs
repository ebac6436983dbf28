//! What has to be so before a benchmark's numbers are believed: its name, the allocator, and the process.

use crate::alloc::{SHARED_STANDARD_LIBRARY, installed_allocator, is_built_in, sees_standard_library};
use memgate_protocol::{Engine, Refusal, RefusalKind, check_name};

/// Refuses two benchmarks with one name, and names that can't be used.
#[cfg(feature = "suites")]
pub(super) fn check_names<'a>(names: impl Iterator<Item = &'a str>) -> Result<(), Refusal> {
    let mut seen = super::names::Names::default();
    for name in names {
        check_one_name(name)?;
        if !seen.insert(name) {
            return Err(Refusal {
                kind: RefusalKind::DuplicateName,
                message: format!(
                    "two benchmarks are named `{name}`; rename one, or give them different arguments"
                ),
            });
        }
    }
    Ok(())
}

/// Refuses a name that can't be used.
pub(super) fn check_one_name(name: &str) -> Result<(), Refusal> {
    check_name(name).map_err(|error| Refusal {
        kind: RefusalKind::InvalidName,
        message: format!("the benchmark name {name:?} can't be used: {error}; rename it"),
    })
}

/// The error of a benchmark that returned without running a routine.
#[cfg(feature = "suites")]
pub(super) fn no_window(name: &str) -> Refusal {
    Refusal {
        kind: RefusalKind::NoWindow,
        message: format!(
            "`{name}` returned without opening a window; call `bench`, `bench_values` or `bench_refs` on its Bencher"
        ),
    }
}

/// Refuses to measure what could not be measured, where zeros would come out otherwise.
pub(super) fn check_allocator(engine: Engine) -> Result<(), Refusal> {
    let Some(inner) = installed_allocator() else {
        return Err(Refusal::allocator_not_installed());
    };
    if !sees_standard_library() {
        return Err(Refusal::new(RefusalKind::AllocatorNotInstalled, SHARED_STANDARD_LIBRARY));
    }
    let problem = match engine {
        Engine::Off => Some("the engine `off` measures nothing".to_owned()),
        Engine::Sites if !is_built_in(engine) => Some(
            "the engine `sites` takes call stacks on Linux, on x86-64 and AArch64, and this is another platform"
                .to_owned(),
        ),
        engine if !is_built_in(engine) => {
            Some(format!("the engine `{engine}` is not built in; enable memgate's feature `{engine}`"))
        }
        Engine::Dhat if inner != std::any::type_name::<std::alloc::System>() => {
            Some(format!("dhat can only wrap `System`, and this target's allocator is `{inner}`"))
        }
        _ => None,
    };
    problem.map_or(Ok(()), |message| Err(Refusal::new(RefusalKind::Engine, message)))
}

/// Refuses numbers from a process whose standard output the routine has closed: the next file that anyone opened got
/// its number, and with it everything that is printed.
#[cfg(unix)]
pub(super) fn check_process() -> Result<(), Refusal> {
    use std::os::fd::AsFd;

    for (name, closed) in [
        ("output", std::io::stdout().as_fd().try_clone_to_owned().is_err()),
        ("error", std::io::stderr().as_fd().try_clone_to_owned().is_err()),
    ] {
        if closed {
            return Err(Refusal {
                kind: RefusalKind::Process,
                message: format!(
                    "the routine closed standard {name}, which belongs to the process; the next file that is opened \
                     would be written over with what is printed"
                ),
            });
        }
    }
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn check_process() -> Result<(), Refusal> {
    Ok(())
}
