//! Other libraries that are preloaded as well, and do what libraries do.

use std::path::PathBuf;
use std::process::Command;

use memgate_protocol::process_table::CALL_SITES;

use crate::preloaded::{numbers, program, run};
use crate::runner::cases;

cases! {
    a_library_may_allocate_while_the_c_library_translates,
    a_part_of_an_allocator_is_left_alone,
    a_whole_allocator_may_have_its_blocks_anywhere,
    a_program_with_functions_of_its_own_before_the_c_librarys_is_told,
    what_a_whole_allocator_gets_from_the_c_library_is_not_the_programs,
}

/// Compiles a shared library, and gives its path.
fn library(folder: &tempfile::TempDir, source: &str) -> PathBuf {
    compiled(folder, source, "cdylib")
}

fn compiled(folder: &tempfile::TempDir, source: &str, kind: &str) -> PathBuf {
    let place = |name: &str| folder.path().join(name);
    std::fs::write(place("other.rs"), source).unwrap();
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut compiler = Command::new(compiler);
    compiler.args(["--crate-type", kind, "--edition", "2024", "-C", "panic=abort", "-O", "-o"]);
    let done = compiler.arg(place("other")).arg(place("other.rs")).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    place("other")
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

/// Its blocks are as long as they are asked to be, and lie eight bytes apart; and every other one far below, in a region whose marks are
/// looked for in the same place.
fn a_whole_allocator_may_have_its_blocks_anywhere() {
    let folder = tempfile::tempdir().unwrap();
    let other = library(
        &folder,
        r#"
        use std::ffi::c_void;
        use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
        const BYTES: usize = 16 << 20;
        #[repr(align(4096))]
        struct Memory(std::cell::UnsafeCell<[u8; BYTES]>);
        // SAFETY: each part is given once.
        unsafe impl Sync for Memory {}
        static MEMORY: Memory = Memory(std::cell::UnsafeCell::new([0; BYTES]));
        static USED: AtomicUsize = AtomicUsize::new(0);
        static TURNS: AtomicUsize = AtomicUsize::new(0);
        const FAR: usize = 1 << 38;
        unsafe extern "C" { fn syscall(number: i64, ...) -> i64; }
        const SYS_MMAP: i64 = if cfg!(target_arch = "x86_64") { 9 } else { 222 };
        fn start() -> *mut u8 {
            let near = MEMORY.0.get().cast::<u8>();
            let far = near.wrapping_sub(FAR);
            let turn = TURNS.fetch_add(1, Relaxed);
            if turn == 0 {
                // Read and write; private, anonymous, and where nothing is.
                // SAFETY: new memory.
                let mapped = unsafe { syscall(SYS_MMAP, far, BYTES, 3_i64, 0x10_0022_i64, -1_i64, 0_i64) };
                assert_eq!(mapped as usize, far.addr());
            }
            if turn % 2 == 0 { far } else { near }
        }
        fn get(alignment: usize, size: usize) -> *mut c_void {
            if size > BYTES / 2 { return std::ptr::null_mut(); }
            let place = |used: usize| (used + 8).next_multiple_of(alignment);
            let end = |used: usize| place(used) + size.next_multiple_of(8);
            let Ok(used) = USED.fetch_update(Relaxed, Relaxed, |used| (end(used) <= BYTES).then(|| end(used)))
                else { return std::ptr::null_mut() };
            // SAFETY: within the memory, and nobody else's.
            let block = unsafe { start().add(place(used)) };
            // SAFETY: the eight bytes before it are nobody's.
            unsafe { block.cast::<usize>().sub(1).write(size) };
            block.cast()
        }
        #[unsafe(no_mangle)]
        extern "C" fn malloc(size: usize) -> *mut c_void { get(8, size) }
        #[unsafe(no_mangle)]
        extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
            count.checked_mul(size).map_or(std::ptr::null_mut(), |size| get(8, size))
        }
        #[unsafe(no_mangle)]
        extern "C" fn memalign(alignment: usize, size: usize) -> *mut c_void { get(alignment.max(8), size) }
        #[unsafe(no_mangle)]
        unsafe extern "C" fn malloc_usable_size(block: *mut c_void) -> usize {
            // SAFETY: written when the block was given.
            unsafe { block.cast::<usize>().sub(1).read() }
        }
        #[unsafe(no_mangle)]
        unsafe extern "C" fn realloc(block: *mut c_void, size: usize) -> *mut c_void {
            let moved = get(8, size);
            if !block.is_null() && !moved.is_null() {
                // SAFETY: a block of ours.
                let old = unsafe { malloc_usable_size(block) };
                // SAFETY: no more than either block has, and they are two.
                unsafe { std::ptr::copy_nonoverlapping(block.cast::<u8>(), moved.cast(), old.min(size)) };
            }
            moved
        }
        #[unsafe(no_mangle)]
        extern "C" fn free(_: *mut c_void) {}
        "#,
    );
    for name in ["every_function", "leaks"] {
        let alone = run(&mut program(name), 0).table.processes[0].numbers;
        for wanted in [0, CALL_SITES] {
            let done = run(program(name).env("LD_PRELOAD", &other), wanted);
            assert!(done.status.success(), "{}: {}", done.status, done.output);
            let [process] = &done.table.processes[..] else { panic!("{:?}", done.table) };
            assert!(process.has_ended && !process.has_allocator_of_its_own);
            assert_eq!(process.numbers, alone, "{name}");
        }
    }
}

fn what_a_whole_allocator_gets_from_the_c_library_is_not_the_programs() {
    let folder = tempfile::tempdir().unwrap();
    let other = library(
        &folder,
        r#"
        use std::ffi::c_void;
        unsafe extern "C" {
            fn __libc_malloc(size: usize) -> *mut c_void;
            fn __libc_calloc(count: usize, size: usize) -> *mut c_void;
            fn __libc_realloc(block: *mut c_void, size: usize) -> *mut c_void;
            fn __libc_memalign(alignment: usize, size: usize) -> *mut c_void;
            fn __libc_free(block: *mut c_void);
        }
        #[unsafe(no_mangle)]
        unsafe extern "C" fn malloc(size: usize) -> *mut c_void {
            // SAFETY: our caller keeps the contract.
            unsafe { __libc_malloc(size + 8) }
        }
        #[unsafe(no_mangle)]
        unsafe extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
            // SAFETY: our caller keeps the contract.
            unsafe { __libc_calloc(count, size + 8) }
        }
        #[unsafe(no_mangle)]
        unsafe extern "C" fn realloc(block: *mut c_void, size: usize) -> *mut c_void {
            // SAFETY: our caller keeps the contract.
            unsafe { __libc_realloc(block, size + 8) }
        }
        #[unsafe(no_mangle)]
        unsafe extern "C" fn memalign(alignment: usize, size: usize) -> *mut c_void {
            // SAFETY: our caller keeps the contract.
            unsafe { __libc_memalign(alignment, size + 8) }
        }
        #[unsafe(no_mangle)]
        unsafe extern "C" fn malloc_usable_size(block: *mut c_void) -> usize {
            // SAFETY: as glibc has it of blocks that are not mapped by themselves.
            unsafe { (block.cast::<usize>().sub(1).read() & !7) - 8 }
        }
        #[unsafe(no_mangle)]
        unsafe extern "C" fn free(block: *mut c_void) {
            // SAFETY: our caller keeps the contract.
            unsafe { __libc_free(block) };
        }
        "#,
    );
    let alone = numbers("every_function");
    let done = run(program("every_function").env("LD_PRELOAD", &other), 0);
    assert!(done.status.success(), "{}: {}", done.status, done.output);
    let [process] = &done.table.processes[..] else { panic!("{:?}", done.table) };
    assert!(!process.has_allocator_of_its_own && !process.has_uncounted_blocks);
    assert_eq!(process.numbers, alone);
}

/// They come back to us, though by no name that is the program's.
fn a_program_with_functions_of_its_own_before_the_c_librarys_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let program = compiled(
        &folder,
        r#"
        use std::ffi::c_void;
        unsafe extern "C" {
            fn __libc_malloc(size: usize) -> *mut c_void;
            fn __libc_calloc(count: usize, size: usize) -> *mut c_void;
            fn __libc_realloc(block: *mut c_void, size: usize) -> *mut c_void;
            fn __libc_free(block: *mut c_void);
        }
        #[unsafe(no_mangle)]
        unsafe extern "C" fn malloc(size: usize) -> *mut c_void {
            // SAFETY: our caller keeps the contract.
            unsafe { __libc_malloc(size + 16) }
        }
        #[unsafe(no_mangle)]
        unsafe extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
            // SAFETY: our caller keeps the contract.
            unsafe { __libc_calloc(count, size + 16) }
        }
        #[unsafe(no_mangle)]
        unsafe extern "C" fn realloc(block: *mut c_void, size: usize) -> *mut c_void {
            // SAFETY: our caller keeps the contract.
            unsafe { __libc_realloc(block, size + 16) }
        }
        #[unsafe(no_mangle)]
        unsafe extern "C" fn free(block: *mut c_void) {
            // SAFETY: our caller keeps the contract.
            unsafe { __libc_free(block) }
        }
        fn main() { println!("{}", vec![String::from("it"), String::from("works")].join(" ")); }
        "#,
        "bin",
    );
    for wanted in [0, CALL_SITES] {
        let done = run(&mut Command::new(&program), wanted);
        assert!(done.status.success() && done.output == "it works\n", "{}: {}", done.status, done.output);
        assert!(done.table.processes[0].has_allocator_of_its_own);
    }
}
