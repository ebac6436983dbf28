//! Other libraries that are preloaded as well, and do what libraries do.

use std::path::PathBuf;
use std::process::Command;

use memgate_protocol::process_table::CALL_SITES;

use crate::preloaded::{program, run};
use crate::runner::cases;

cases! {
    a_library_may_allocate_while_the_c_library_translates,
    a_part_of_an_allocator_is_left_alone,
}

/// Compiles a shared library, and gives its path.
fn library(folder: &tempfile::TempDir, source: &str) -> PathBuf {
    let place = |name: &str| folder.path().join(name);
    std::fs::write(place("lib.rs"), source).unwrap();
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut compiler = Command::new(compiler);
    compiler.args(["--crate-type", "cdylib", "--edition", "2024", "-C", "panic=abort", "-O", "-o"]);
    let done = compiler.arg(place("libother.so")).arg(place("lib.rs")).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    place("libother.so")
}

/// Its constructor comes before ours, and is where the first block is asked for: with a lock held that the loader's messages need.
fn a_library_may_allocate_while_the_c_library_translates() {
    let folder = tempfile::tempdir().unwrap();
    let other = library(
        &folder,
        r#"
        unsafe extern "C" { fn bindtextdomain(name: *const i8, folder: *const i8) -> *const i8; }
        extern "C" fn at_start() {
            // SAFETY: texts that end with a zero byte; see bindtextdomain(3).
            unsafe { bindtextdomain(c"memgate-test".as_ptr().cast(), c"/nowhere".as_ptr().cast()) };
            // SAFETY: as above.
            unsafe { bindtextdomain(c"memgate-again".as_ptr().cast(), c"/nowhere".as_ptr().cast()) };
        }
        #[used]
        #[unsafe(link_section = ".init_array")]
        static AT_START: extern "C" fn() = at_start;
        "#,
    );
    for wanted in [0, CALL_SITES] {
        let done = run(program("leaks").env("LD_PRELOAD", &other), wanted);
        assert!(done.status.success(), "{}", done.output);
        assert!(done.table.processes[0].numbers.allocs > 0 && done.table.processes[0].has_ended);
    }
}

/// An allocator that does not have all of the functions can't be asked how long its blocks are.
fn a_part_of_an_allocator_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let other = library(
        &folder,
        r#"
        use std::ffi::c_void;
        unsafe extern "C" {
            fn __libc_malloc(size: usize) -> *mut c_void;
            fn __libc_free(block: *mut c_void);
        }
        const HEADER: usize = 16;
        #[unsafe(no_mangle)]
        unsafe extern "C" fn malloc(size: usize) -> *mut c_void {
            // SAFETY: any number is allowed.
            let block = unsafe { __libc_malloc(size + HEADER) };
            if block.is_null() { return block; }
            // SAFETY: a new block, with room for the header.
            unsafe { block.cast::<usize>().write(size) };
            // SAFETY: within the block, which is longer than its header.
            unsafe { block.byte_add(HEADER) }
        }
        #[unsafe(no_mangle)]
        unsafe extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
            // SAFETY: any number is allowed.
            let block = unsafe { malloc(count * size) };
            let bytes = block.cast::<u8>();
            // SAFETY: within the new block.
            for index in 0..count * size { unsafe { bytes.add(index).write_volatile(0) }; }
            block
        }
        #[unsafe(no_mangle)]
        unsafe extern "C" fn realloc(block: *mut c_void, size: usize) -> *mut c_void {
            // SAFETY: any number is allowed.
            let moved = unsafe { malloc(size) };
            if !block.is_null() {
                // SAFETY: the header of a block of ours.
                let old = unsafe { block.byte_sub(HEADER).cast::<usize>().read() };
                // SAFETY: no more than either block has, and they are two.
                unsafe { std::ptr::copy_nonoverlapping(block.cast::<u8>(), moved.cast(), old.min(size)) };
                // SAFETY: live until now, and not used again.
                unsafe { free(block) };
            }
            moved
        }
        #[unsafe(no_mangle)]
        unsafe extern "C" fn free(block: *mut c_void) {
            // SAFETY: where a block of ours begins for the C library.
            if !block.is_null() { unsafe { __libc_free(block.byte_sub(HEADER)) }; }
        }
        "#,
    );
    for wanted in [0, CALL_SITES] {
        let done = run(program("leaks").env("LD_PRELOAD", &other), wanted);
        assert!(done.status.success(), "{}: {}", done.status, done.output);
        assert!(done.table.processes[0].has_allocator_of_its_own);
    }
}
