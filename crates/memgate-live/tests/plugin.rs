//! An allocator in a shared library that is loaded, and unloaded while threads go on that have used it.

// A static program loads nothing.
#![cfg(all(target_os = "linux", not(target_feature = "crt-static"), not(miri)))]

#[cfg(all(feature = "cpu", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[path = "support/built.rs"]
#[expect(dead_code, reason = "other tests need the rest")]
mod built;

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::mpsc::channel;

#[expect(unsafe_code, reason = "the system's own functions")]
unsafe extern "C" {
    fn dlopen(path: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
    fn dlclose(library: *mut c_void) -> c_int;
}

const NOW: c_int = 2;

/// Cargo builds it with the tests, unless it is asked for this one alone: `cargo build -p memgate-live --example plugin`.
fn plugin() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let folder = tests.parent().and_then(|folder| folder.parent()).unwrap();
    folder.join("examples/libplugin.so")
}

#[expect(unsafe_code, reason = "loads a library and calls what is in it")]
#[test]
fn threads_that_used_a_library_outlive_it() {
    let path = CString::new(plugin().as_os_str().as_bytes()).unwrap();
    let name: &CStr = c"memgate_live_plugin_work";
    for _ in 0..3 {
        // SAFETY: a library of this package, whose constructors do nothing special.
        let library = unsafe { dlopen(path.as_ptr(), NOW) };
        assert!(
            !library.is_null(),
            "{} can't be loaded; cargo builds it with all tests, or with --example plugin",
            plugin().display()
        );
        // SAFETY: the library is loaded, and the name ends with a zero.
        let work = unsafe { dlsym(library, name.as_ptr()) };
        assert!(!work.is_null());
        // SAFETY: this is what the library declares under this name.
        let work: extern "C" fn() -> u64 = unsafe { std::mem::transmute(work) };
        let (worked, has_worked) = channel();
        let (unloaded, is_unloaded) = channel();
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let worked = worked.clone();
                let (this_unloaded, this_is_unloaded) = channel::<()>();
                unloaded.send(this_unloaded).unwrap();
                std::thread::spawn(move || {
                    worked.send(work()).unwrap();
                    // Ends when the library is gone.
                    let _ = this_is_unloaded.recv();
                })
            })
            .collect();
        for _ in &threads {
            assert!(has_worked.recv().unwrap() >= 100);
        }
        // SAFETY: loaded above; its functions are not called any more.
        assert_eq!(unsafe { dlclose(library) }, 0);
        drop(unloaded);
        drop(is_unloaded);
        for thread in threads {
            thread.join().unwrap();
        }
    }
}

/// In a library that is loaded later, glibc allocates a thread's variables at their first access. A signal handler must not make it: it interrupts
/// threads that are in `malloc`, and they would wait for themselves. Only where there are stacks to take, which needs frame pointers.
#[cfg(all(feature = "cpu", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[test]
fn a_library_profiles_threads_that_are_in_malloc() {
    use std::io::Read;
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    let library = "[lib]\ncrate-type = [\"cdylib\"]\npath = \"src/main.rs\"\n";
    let program =
        built::built("profiled-plugin", include_str!("support/profiled_plugin.rs"), &["cpu"], library);
    let library = program.with_file_name("libprofiled_plugin.so");
    // With one heap for all, whoever runs nearly always holds its lock.
    let mut process = Command::new(&program)
        .arg(library)
        .env("MALLOC_ARENA_MAX", "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let began = Instant::now();
    let status = loop {
        if let Some(status) = process.try_wait().unwrap() {
            break status;
        }
        if began.elapsed() > Duration::from_secs(60) {
            process.kill().unwrap();
            panic!("the profile never ends");
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let mut said = String::new();
    process.stdout.unwrap().read_to_string(&mut said).unwrap();
    assert!(status.success() && said == "200\n", "{status} {said:?}");
}
