//! What this executable does when it is a program.

use std::ffi::{c_int, c_void};
use std::hint::black_box;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use crate::preloaded::{PROGRAM_VARIABLE, padded, program};
use crate::{starting, threads};

unsafe extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn calloc(count: usize, size: usize) -> *mut c_void;
    fn realloc(block: *mut c_void, size: usize) -> *mut c_void;
    fn reallocarray(block: *mut c_void, count: usize, size: usize) -> *mut c_void;
    fn aligned_alloc(alignment: usize, size: usize) -> *mut c_void;
    fn posix_memalign(place: *mut *mut c_void, alignment: usize, size: usize) -> c_int;
    fn malloc_usable_size(block: *mut c_void) -> usize;
    fn strdup(text: *const std::ffi::c_char) -> *mut std::ffi::c_char;
    fn free(block: *mut c_void);
    fn fork() -> c_int;
    fn waitpid(process: c_int, status: *mut c_int, options: c_int) -> c_int;
    fn _exit(status: c_int) -> !;
    fn mmap(
        start: *mut c_void,
        length: usize,
        protection: c_int,
        flags: c_int,
        file: c_int,
        offset: i64,
    ) -> *mut c_void;
}

/// Does what `name` says.
pub(crate) fn run(name: &str) -> ExitCode {
    match name.trim_end() {
        "nothing" => {}
        "every_function" => every_function(),
        "every_length" => every_length(),
        "glibc_names" => glibc_names(),
        "looks_up" => looks_up(),
        "refused" => refused(),
        "has_little_room" => has_little_room(),
        "threads" => threads::many(),
        "forks" => forks(),
        "frees_what_it_inherits" => frees_what_it_inherits(),
        "starts" => starts(),
        "becomes" => panic!("{}", program("leaks").exec()),
        "fails_to_become" => drop(black_box(Command::new("/nowhere/at/all").exec())),
        "clears_the_environment" => drop(Command::new("true").env_clear().status().unwrap()),
        "starts_uncounted" => starting::run(false),
        "starts_echo" => starting::run(true),
        "leaks" => std::mem::forget(black_box(vec![1_u8; 10_000])),
        "ends_at_once" => {
            leak(700);
            // SAFETY: always allowed.
            unsafe { _exit(3) }
        }
        "aborts" => {
            leak(700);
            std::process::abort();
        }
        "maps" => maps(),
        "touches" => drop(black_box(vec![1_u8; 24 << 20])),
        "first_in_a_thread" => threads::first_in_a_thread(),
        "counts_modules" => return threads::counts_modules(),
        "says_its_addresses" => {
            std::io::stdout().write_all(taken_kibibytes().to_string().as_bytes()).unwrap();
        }
        "deep" => deep(),
        other => panic!("no program is called {other}"),
    }
    ExitCode::SUCCESS
}

fn leak(size: usize) {
    // SAFETY: any size is allowed.
    black_box(unsafe { malloc(size) });
}

/// 8 blocks, of which one is given another size twice; all are freed. 10 + 40 + 64 + 1000 + 64 + 6 + 300 + 0 bytes, and 290 more.
fn every_function() {
    let mut aligned = std::ptr::null_mut();
    // SAFETY: sizes and alignments are allowed, and there is a place for the block.
    let blocks = unsafe {
        assert_eq!(posix_memalign(&raw mut aligned, 64, 64), 0);
        [
            realloc(realloc(malloc(10), 300), 200),
            calloc(4, 10),
            aligned_alloc(4096, 1000),
            aligned,
            strdup(c"hello".as_ptr()).cast(),
            reallocarray(std::ptr::null_mut(), 3, 100),
            malloc(0),
            aligned_alloc(64, 64),
        ]
    };
    assert_eq!((blocks[2].addr() % 4096, blocks[3].addr() % 64), (0, 0));
    // SAFETY: forty bytes were asked for.
    assert_eq!(unsafe { std::slice::from_raw_parts(blocks[1].cast::<u8>(), 40) }, [0; 40]);
    for block in blocks {
        // SAFETY: the block is live.
        let usable = unsafe { malloc_usable_size(block) };
        // What can be used is the program's to write to, all of it.
        // SAFETY: so many bytes can be used.
        unsafe { block.cast::<u8>().write_bytes(0xA5, usable) };
        // SAFETY: the block is live, and not used again.
        unsafe { free(block) };
    }
}

/// Blocks that are as long as they were asked to be, and blocks that are much longer: all of what can be used is written to, and all are
/// freed but one of 7 bytes. Of each size up to 600 there is one as it is, and one that was made smaller in its place; beside them
/// 4 that are aligned, one of 40 MiB that is made smaller, and three whose growth is refused.
fn every_length() {
    let shrink = |from: usize, to: usize| {
        // SAFETY: any size is allowed, and the first block is not used again.
        unsafe { realloc(black_box(malloc(from)), to) }
    };
    // SAFETY: any size is allowed.
    let mut blocks: Vec<*mut c_void> = (0..=600).map(|size| unsafe { malloc(size) }).collect();
    blocks.extend((1..=600).map(|size| shrink(size + 400, size)));
    for alignment in [32, 4096, 1 << 16, 1 << 20] {
        // SAFETY: sizes and alignments are allowed.
        blocks.push(unsafe { aligned_alloc(alignment, 3) });
        assert_eq!(blocks[blocks.len() - 1].addr() % alignment, 0);
    }
    blocks.push(shrink(40 << 20, 100));
    for size in [7, 200_000, 40 << 20] {
        // SAFETY: any size is allowed.
        blocks.push(unsafe { malloc(size) });
        // SAFETY: refused, so that the block is live as before.
        assert!(unsafe { realloc(blocks[blocks.len() - 1], black_box(usize::MAX / 4)) }.is_null());
    }
    for block in &blocks {
        // SAFETY: the block is live, and so many bytes of it can be used.
        unsafe { block.cast::<u8>().write_bytes(0xA5, malloc_usable_size(*block)) };
    }
    let kept = blocks.len() - 3;
    for block in blocks[..kept].iter().chain(&blocks[kept + 1..]) {
        // SAFETY: the block is live, and not used again.
        unsafe { free(*block) };
    }
}

/// 6 blocks of 100 bytes each, of which one grows to 300.
fn glibc_names() {
    unsafe extern "C" {
        fn __libc_malloc(size: usize) -> *mut c_void;
        fn __libc_calloc(count: usize, size: usize) -> *mut c_void;
        fn __libc_realloc(block: *mut c_void, size: usize) -> *mut c_void;
        fn __libc_memalign(alignment: usize, size: usize) -> *mut c_void;
        fn __libc_valloc(size: usize) -> *mut c_void;
        fn __libc_free(block: *mut c_void);
    }
    // SAFETY: sizes and alignments are allowed.
    let blocks = unsafe {
        [
            __libc_malloc(100),
            __libc_calloc(10, 10),
            __libc_realloc(__libc_realloc(std::ptr::null_mut(), 100), 300),
            __libc_memalign(64, 100),
            __libc_valloc(100),
            malloc(100),
        ]
    };
    for block in &blocks[1..] {
        // SAFETY: the block is live, and not used again.
        unsafe { __libc_free(*block) };
    }
    // SAFETY: as above.
    unsafe { free(blocks[0]) };
}

/// Two blocks of glibc's own `malloc`, of which one is freed and one made larger.
fn looks_up() {
    unsafe extern "C" {
        fn dlopen(path: *const std::ffi::c_char, flags: c_int) -> *mut c_void;
        fn dlsym(library: *mut c_void, name: *const std::ffi::c_char) -> *mut c_void;
    }
    // SAFETY: texts that end with a zero byte, and a handle that was just given; the function has this type.
    unsafe {
        let library = dlopen(c"libc.so.6".as_ptr(), 1);
        let get: extern "C" fn(usize) -> *mut c_void =
            std::mem::transmute(dlsym(library, c"malloc".as_ptr()));
        free(black_box(get(1_000)));
        free(black_box(realloc(get(1_000), 3_000)));
    }
}

/// What is refused, and what is nothing, counts for nothing.
fn refused() {
    let mut place = std::ptr::null_mut();
    // SAFETY: any number is allowed, and there is a place for the block.
    unsafe {
        assert!(malloc(black_box(usize::MAX)).is_null());
        assert!(calloc(black_box(usize::MAX), 8).is_null());
        assert!(reallocarray(std::ptr::null_mut(), black_box(usize::MAX), 8).is_null());
        assert_ne!(posix_memalign(&raw mut place, 3, 8), 0);
        free(std::ptr::null_mut());
    }
}

/// How many addresses it has.
fn taken_kibibytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let taken = status.lines().find_map(|line| line.strip_prefix("VmSize:")?.trim().strip_suffix(" kB"));
    taken.unwrap().parse().unwrap()
}

/// Of all addresses that it may have, 1.5 MiB are left when the first block is asked for that lies apart from all others.
fn has_little_room() {
    unsafe extern "C" {
        fn setrlimit(resource: c_int, limit: *const [u64; 2]) -> c_int;
    }
    const ADDRESSES: c_int = 9;
    let limit = [taken_kibibytes() * 1024 + (3 << 19), u64::MAX];
    // SAFETY: two numbers, the first no more than the second.
    assert_eq!(unsafe { setrlimit(ADDRESSES, &raw const limit) }, 0);
    // SAFETY: any size is allowed.
    assert!(!black_box(unsafe { malloc(1 << 20) }).is_null());
}

fn in_fork(child: impl FnOnce()) {
    // SAFETY: the child does what is allowed after a fork of one thread.
    let process = unsafe { fork() };
    if process == 0 {
        child();
        // SAFETY: always allowed.
        unsafe { _exit(0) }
    }
    let mut status = 0;
    // SAFETY: there is a place for the status.
    assert_eq!(unsafe { waitpid(process, &raw mut status, 0) }, process);
    assert_eq!(status, 0);
}

fn forks() {
    for number in 0..200 {
        in_fork(|| leak(1_000 + number));
    }
}

fn frees_what_it_inherits() {
    // SAFETY: any size is allowed.
    let blocks = [(); 100].map(|()| unsafe { malloc(100_000) });
    in_fork(|| {
        for block in &blocks[1..] {
            // SAFETY: the child's own copy, live until now.
            unsafe { free(*block) };
        }
        // SAFETY: as above.
        black_box(unsafe { realloc(blocks[0], 50) });
    });
}

fn starts() {
    for name in ["leaks", "nothing"] {
        assert!(
            Command::new(std::env::current_exe().unwrap())
                .env(PROGRAM_VARIABLE, padded(name))
                .status()
                .unwrap()
                .success()
        );
    }
}

fn maps() {
    const READ_AND_WRITE: c_int = 3;
    const PRIVATE_AND_ANONYMOUS: c_int = 0x22;
    // SAFETY: new memory.
    let start = unsafe { mmap(std::ptr::null_mut(), 5 << 20, READ_AND_WRITE, PRIVATE_AND_ANONYMOUS, -1, 0) };
    assert_ne!(start.addr(), usize::MAX);
}

#[inline(never)]
fn deep() {
    deeper();
    black_box(());
}

#[inline(never)]
fn deeper() {
    for _ in 0..50 {
        leak(111);
    }
    black_box(());
}
